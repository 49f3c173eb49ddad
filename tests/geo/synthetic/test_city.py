from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
import scipy.sparse
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from netsim.geo.layers import read_layer
from netsim.geo.roads import RoadNetwork
from netsim.geo.sites import read_sites
from netsim.geo.synthetic import City, city_figures, deviations, synthetic_city, targets, write_city
from netsim.geo.synthetic.measure import gini
from netsim.geo.synthetic.people import cell_count
from netsim.geo.synthetic.sites import CANDIDATES_APART_M
from netsim.geo.synthetic.streets import CLASSES, Streets
from netsim.geo.synthetic.targets import BRANDS, STREETS, TOLERANCE

PEOPLE = 100_000


@cache
def city(like: str = "A", people: int = PEOPLE, seed: int = 1, hexes: int | None = None) -> City:
    return synthetic_city(like, people, seed, hexes=hexes)


def off(found: City) -> dict[str, float]:
    """Return the rows that are missed."""
    return {name: part for name, part in deviations(found).items() if not abs(part) <= TOLERANCE}


@pytest.mark.parametrize("people", [PEOPLE, 300_000])
@pytest.mark.parametrize("like", STREETS)
def test_a_city_meets_every_row_of_its_kind(like, people):
    assert off(city(like, people)) == {}


@settings(deadline=None, max_examples=10)
@given(like=st.sampled_from(list(STREETS)), people=st.integers(PEOPLE, 400_000), seed=st.integers(0, 10_000))
def test_a_city_of_any_seed_and_size_meets_every_row(like, people, seed):
    assert off(synthetic_city(like, people, seed)) == {}


@pytest.mark.long
@pytest.mark.parametrize("like", STREETS)
def test_a_city_of_three_millions_meets_every_row(like):
    assert off(city(like, 3_000_000, 2, 5_000)) == {}


@pytest.mark.parametrize("like", STREETS)
def test_streets_hold_together(like):
    streets = city(like).streets
    count = len(streets.xy)
    first, last = streets.ends.T
    back = ~streets.oneway
    tail, head = np.concatenate([first, last[back]]), np.concatenate([last, first[back]])
    graph = scipy.sparse.coo_matrix((np.ones(len(tail)), (tail, head)), shape=(count, count))
    # One-way streets cut nobody off: who may go there may come back.
    assert (
        connected_components(graph, directed=True, connection="strong")[0]
        == connected_components(graph, directed=False)[0]
    )
    assert (streets.metres >= np.linalg.norm(streets.xy[first] - streets.xy[last], axis=1) - 1e-6).all()
    assert (first != last).all()
    assert set(np.unique(streets.road_class)) == set(range(len(CLASSES)))
    local = streets.road_class == CLASSES.index("residential")
    assert not streets.oneway[~local].any()
    assert streets.oneway[local].mean() == pytest.approx(0.15, abs=0.06)


@pytest.mark.parametrize("like", STREETS)
def test_streets_meet_at_junctions_alone(like):
    streets = city(like).streets
    lines = shapely.linestrings(streets.xy[streets.ends])
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    # The straight line of a road that bends may cut a corner; hardly any does.
    assert (one < other).sum() < 0.004 * len(lines)


def test_streets_are_denser_where_more_people_live():
    found = city("B", 300_000)
    cells = found.cells
    centres = shapely.points(cells.x, cells.y)
    nearest = shapely.STRtree(centres).nearest(shapely.points(found.streets.xy))
    junctions = np.bincount(nearest, minlength=len(cells))
    people = cells.columns["population"]
    assert (
        junctions[people > np.quantile(people, 0.75)].mean()
        > 2.0 * junctions[people < np.quantile(people, 0.25)].mean()
    )


@pytest.mark.parametrize("hexes", [40, 150, 400])
def test_people_are_kept_in_hexagons_of_any_size(hexes):
    found = city("C", hexes=hexes)
    assert len(found.zones) == len(set(found.zones.ids)) == hexes
    assert shapely.area(found.zones.shapes()).sum() / 1e6 == pytest.approx(found.km2, rel=1e-6)
    for name in ("population", "jobs", "day", "night"):
        assert found.zones.columns[name].sum() == found.cells.columns[name].sum()
    mean = np.average(found.zones.columns["income"], weights=found.zones.columns["population"])
    assert mean == pytest.approx(100.0, rel=0.01)


def test_people_and_jobs_add_up():
    found = city()
    columns = found.cells.columns
    assert found.people == PEOPLE
    assert len(found.cells) == cell_count(PEOPLE)
    assert columns["jobs"].sum() == 0.52 * PEOPLE
    # Nobody comes from outside: by day everybody is somewhere in the city.
    assert columns["day"].sum() == PEOPLE
    assert (columns["day"] >= 0.0).all()
    assert np.average(columns["income"], weights=columns["population"]) == pytest.approx(100.0)
    assert ((columns["age65"] > 0.0) & (columns["age65"] < 0.5)).all()


def test_sites_are_those_asked_for():
    found = synthetic_city("B", PEOPLE, 1, own=9, candidates=12)
    sites = found.sites
    kind, brand = np.array(sites.kind), np.array(sites.brand)
    usual = np.array(city("B").sites.kind)
    assert (kind == "branch").sum() == 9
    assert (kind == "competitor").sum() == (usual == "competitor").sum()
    assert (kind == "candidate").sum() == 12
    assert set(brand[kind == "branch"]) == {"Own"}
    assert "Own" not in brand[kind == "competitor"]
    assert set(sites.evidence) == {"synthetic"}
    assert len(set(sites.id)) == len(sites)
    assert len(np.unique(np.column_stack([sites.x, sites.y]), axis=0)) == len(sites)
    x, y = sites.x[kind == "candidate"], sites.y[kind == "candidate"]
    far = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(12, 1)]
    assert far.min() >= CANDIDATES_APART_M
    assert (sites.columns["footfall"] > 0.0).all()


def test_neighbours_are_mostly_competitors():
    found = city("A", 300_000)
    branch = np.isin(found.sites.kind, ("branch", "competitor"))
    xy = np.column_stack([found.sites.x, found.sites.y])[branch]
    brand = np.array(found.sites.brand)[branch]
    far = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + np.where(np.eye(len(xy), dtype=bool), np.inf, 0.0)
    by_chance = np.sum((np.array(BRANDS) / sum(BRANDS)) ** 2)
    assert (brand[far.argmin(axis=1)] == brand).mean() < by_chance


def test_more_candidates_move_no_street_and_no_outlet():
    one, other = city("C"), synthetic_city("C", PEOPLE, 1, hexes=60, candidates=30)
    assert np.array_equal(one.streets.xy, other.streets.xy)
    assert np.array_equal(one.streets.ends, other.streets.ends)
    fixed = [number for number, kind in enumerate(one.sites.kind) if kind != "candidate"]
    assert np.array_equal(one.sites.x[fixed], other.sites.x[: len(fixed)])


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    written = [
        write_city(synthetic_city("B", PEOPLE, seed, hexes=80), tmp_path / name)
        for name, seed in (("one", 3), ("again", 3), ("other", 4))
    ]
    one, again, other = ([path.read_bytes() for path in paths] for paths in written)
    names = ["zones.parquet", "cells.parquet", "road_nodes.parquet", "road_edges.parquet", "sites.parquet", "city.json"]
    assert [path.name for path in written[0]] == names
    assert one == again
    assert all(left != right for left, right in zip(one, other, strict=True))


def test_what_is_written_is_read_as_a_city(tmp_path):
    found = city()
    paths = {path.stem: path for path in write_city(found, tmp_path / "new" / "folder")}
    assert "cells" not in paths
    notes: list[str] = []
    layers = {name: read_layer(path, tell=notes.append) for name, path in paths.items() if name != "city"}
    assert all((layer["evidence"] == "synthetic").all() for layer in layers.values())
    assert layers["zones"]["population"].sum() == PEOPLE
    roads = RoadNetwork.from_tables(layers["road_nodes"], layers["road_edges"])
    figures = city_figures(found)
    share = len(roads.largest_component()) / len(roads)
    assert share == pytest.approx(figures["largest_component_share"])
    assert roads.metres.sum() == pytest.approx((found.streets.metres * np.where(found.streets.oneway, 1, 2)).sum())
    sites = read_sites(paths["sites"], found.sites.crs, tell=notes.append)
    assert sites.id == found.sites.id
    assert sites.x == pytest.approx(found.sites.x)
    assert notes == []


def test_the_report_puts_figures_beside_rows(tmp_path):
    write_city(city(), tmp_path)
    report = json.loads((tmp_path / "city.json").read_text(encoding="utf-8"))
    assert (report["like"], report["seed"], report["people"], report["evidence"]) == ("A", 1, PEOPLE, "synthetic")
    assert list(report["rows"]) == list(targets("A"))
    assert all(row["holds"] for row in report["rows"].values())
    assert report["rows"]["road_km_per_km2"]["row"] == 8.4


def measured(streets: Streets) -> dict[str, float]:
    """Measure streets in the place of those of a city."""
    of = city()
    return city_figures(City("A", 1, of.cells, of.zones, streets, of.sites))


def test_figures_of_streets_by_hand():
    xy = np.array([[0, 0], [100, 0], [0, 100], [-100, 0], [0, -100], [900, 900], [950, 900]], dtype=float)
    ends = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [5, 6]])
    metres = np.array([100.0, 100.0, 100.0, 150.0, 50.0])
    figures = measured(Streets(xy, ends, metres, np.zeros(5, dtype=np.int64), np.zeros(5, dtype=bool)))
    km2 = city().km2
    assert figures["junctions_per_km2"] == pytest.approx(7 / km2)
    assert figures["degree_1_share"] == pytest.approx(6 / 7)
    assert figures["degree_4_share"] == pytest.approx(1 / 7)
    assert figures["circuity"] == pytest.approx(500 / 450)
    assert figures["road_km_per_km2"] == pytest.approx(0.5 / km2)
    assert figures["largest_component_share"] == pytest.approx(5 / 7)
    assert figures["road_m_q50"] == 100.0


@settings(deadline=None, max_examples=30)
@given(values=st.lists(st.integers(0, 1_000), min_size=2, max_size=20), factor=st.floats(0.1, 10.0))
def test_gini_is_half_the_mean_difference_by_the_mean(values, factor):
    people = np.array([*values, 1], dtype=float)
    gap = np.abs(people[:, None] - people[None]).mean()
    assert gini(people) == pytest.approx(gap / (2.0 * people.mean()), abs=1e-9)
    assert gini(factor * people) == pytest.approx(gini(people), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"like": "D"}, r"no kind of city 'D' \(known: island, A, B, C\)"),
        ({"people": 5_000}, "a city needs 100,000 people at least, got 5,000"),
        ({"hexes": 0}, "the number of hexagons must be positive, got 0"),
        ({"own": -1}, "the number of own branches must not be negative, got -1"),
        ({"candidates": -2}, "the number of candidates must not be negative, got -2"),
        ({"candidates": 3_000}, r"only \d+ of 3000 sites lie 300 m apart; ask for fewer"),
        ({"own": 5_000}, "no room for 5197 outlets|no room for 50\\d\\d outlets"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        synthetic_city(**{"like": "A", "people": PEOPLE, "seed": 1, **arguments})
