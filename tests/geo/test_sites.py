from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError, write_layer
from netsim.geo.sites import SiteTable, keep_apart, read_sites, seed_sites
from netsim.geo.zones import Zones

CRS = "EPSG:3067"
ROWS = {"id": ["bank-01", "atm-2"], "kind": ["branch", "atm"]}


def write(path, columns, shapes=None):
    shapes = shapes or [shapely.Point(10.0 * number, 0.0) for number in range(len(columns["kind"]))]
    write_layer(gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS), path)
    return path


def grid(jobs, step: float = 300.0) -> Zones:
    """Zones on a grid, ten in a row."""
    jobs = np.asarray(jobs, dtype=float)
    place = np.arange(len(jobs))
    x, y = step * (place % 10), step * (place // 10)
    wkb = tuple(shapely.to_wkb(shapely.points(x, y)))
    return Zones(tuple(f"z{number}" for number in place), x, y, wkb, CRS, {"jobs": jobs})


def test_sites_are_read_in_order(tmp_path):
    table = read_sites(write(tmp_path / "s.parquet", {**ROWS, "name": ["Main", None], "brand": [None, "Otto"]}), CRS)
    assert isinstance(table, SiteTable)
    assert table.id == ("bank-01", "atm-2")
    assert table.name == ("Main", "atm-2")
    assert table.brand == ("", "Otto")
    assert table.evidence == ("data", "data")
    assert list(table.x) == [0.0, 10.0]
    assert len(table) == 2
    assert not table.x.flags.writeable


def test_a_building_is_a_site_at_an_inner_point(tmp_path):
    ring = shapely.Point(0, 0).buffer(100).difference(shapely.Point(0, 0).buffer(80))
    table = read_sites(write(tmp_path / "s.gpkg", {"id": ["a"], "kind": ["candidate"]}, [ring]), CRS)
    assert ring.contains(shapely.Point(table.x[0], table.y[0]))


def test_sites_of_a_chinese_map_are_read_by_their_own_names_and_datum(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(
        "编号,网点类型,名称,经度,纬度\n007,branch,钟楼支行,116.41024449916938,39.91640428150164\n".encode("gb18030")
    )
    table = read_sites(path, "EPSG:32650", file_crs="gcj-02", tell=lambda _note: None)
    true = gpd.GeoSeries([shapely.Point(116.404, 39.915)], crs="EPSG:4326").to_crs("EPSG:32650")
    assert (table.id, table.name, table.kind) == (("007",), ("钟楼支行",), ("branch",))
    assert np.hypot(table.x[0] - true.x[0], table.y[0] - true.y[0]) < 1e-5


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kind": ["branch"]}, r"no column 'id' \(it has kind, geometry\)"),
        ({"id": ["a", "b", "a"], "kind": ["atm"] * 3}, "ids stand twice: a"),
        ({"id": ["a", ""], "kind": ["atm"] * 2}, "row 2: the site has no id or no kind"),
        ({"id": ["a", "b"], "kind": ["atm", None]}, "row 2: the site has no id or no kind"),
        ({**ROWS, "evidence": ["data", "rumour"]}, "unknown evidence 'rumour' .known: data, assumption"),
    ],
)
def test_sites_that_cannot_be_used(tmp_path, columns, message):
    with pytest.raises(LayerError, match=message):
        read_sites(write(tmp_path / "s.parquet", columns), CRS)


def test_sites_at_one_point_are_told(tmp_path):
    notes: list[str] = []
    spots = [shapely.Point(1, 1), shapely.Point(1, 1)]
    read_sites(write(tmp_path / "s.parquet", ROWS, spots), CRS, tell=notes.append)
    assert len(notes) == 1
    assert notes[0].endswith("1 of 2 geometries stand twice (first: row 2), the same as row 1")


def test_seeded_sites_are_labelled_synthetic_and_apart():
    table = seed_sites(grid(np.linspace(1, 100, 100)), "jobs", 5, 8, 6, "porto", apart_m=310.0)
    assert table.kind == ("branch",) * 5 + ("atm",) * 8 + ("candidate",) * 6
    assert set(table.evidence) == {"synthetic"}
    assert len(set(table.id)) == 19
    distance = np.hypot(table.x[:, None] - table.x, table.y[:, None] - table.y)
    assert distance[~np.eye(19, dtype=bool)].min() >= 310.0


@settings(max_examples=30, deadline=None)
@given(
    jobs=st.lists(st.one_of(st.just(float("nan")), st.floats(0.0, 1e4)), min_size=12, max_size=60),
    order=st.randoms(use_true_random=False),
    seed=st.text(max_size=8),
)
def test_seeding_depends_on_ids_and_weights_alone(jobs, order, seed):
    zones = grid([*jobs, 5.0, 6.0, 7.0])
    shuffled = list(range(len(zones)))
    order.shuffle(shuffled)
    moved = Zones(
        tuple(zones.ids[place] for place in shuffled),
        zones.x[shuffled],
        zones.y[shuffled],
        tuple(zones.geometry[place] for place in shuffled),
        CRS,
        {"jobs": zones.columns["jobs"][shuffled]},
    )
    first = seed_sites(zones, "jobs", 1, 1, 1, seed)
    again = seed_sites(moved, "jobs", 1, 1, 1, seed)
    assert first.id == again.id
    assert list(first.x) == list(again.x)
    weighed = dict(zip(zones.ids, zones.columns["jobs"], strict=True))
    assert all(weighed[name.split("-")[1]] > 0.0 for name in first.id)


def test_more_atms_move_no_branch():
    zones = grid(np.arange(1.0, 101.0))
    few, many = (seed_sites(zones, "jobs", 6, count, 0, "seed") for count in (1, 20))
    assert few.id[:7] == many.id[:7]
    assert seed_sites(zones, "jobs", 6, 1, 0, "other").id != few.id


def test_zones_are_drawn_in_proportion_to_their_weight():
    # The first of two zones wins with probability 1/4; 400 seeds give 100 wins with a standard deviation of 8.7.
    zones = grid([1.0, 3.0])
    wins = sum(seed_sites(zones, "jobs", 1, 0, 0, f"seed {number}").id == ("branch-z0",) for number in range(400))
    assert abs(wins - 100) < 3.29 * 8.7


@pytest.mark.parametrize(
    ("jobs", "by", "message"),
    [
        ([1.0, 2.0], "job", r"no numeric column 'job' \(they have jobs\)"),
        ([1.0, 0.0], "jobs", "only 1 of 2 places of kind 'branch' lie 250 m apart; ask for fewer"),
    ],
)
def test_what_cannot_be_seeded_is_told(jobs, by, message):
    with pytest.raises(LayerError, match=message):
        seed_sites(grid(jobs), by, 2, 0, 0, "seed")


@settings(max_examples=40, deadline=None)
@given(
    spots=st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=40),
    apart=st.floats(0.0, 500.0),
)
def test_kept_points_are_apart_and_none_could_be_added(spots, apart):
    x, y = np.array(spots).T
    kept = keep_apart(x, y, list(range(len(x))), apart)
    distance = np.hypot(x[kept][:, None] - x[kept], y[kept][:, None] - y[kept])
    assert (distance[~np.eye(len(kept), dtype=bool)] >= apart).all()
    left = [place for place in range(len(x)) if place not in kept]
    assert all(np.hypot(x[kept] - x[place], y[kept] - y[place]).min() < apart for place in left)


def test_points_that_stand_already_are_respected_and_the_limit_holds():
    x = np.array([0.0, 10.0, 100.0, 200.0])
    assert keep_apart(x, np.zeros(4), [1, 2, 3], 50.0, taken=[0]) == [2, 3]
    assert keep_apart(x, np.zeros(4), [0, 2, 3], 50.0, limit=2) == [0, 2]
