"""A real street network, moved to Xi'an, and points given in each of the datums."""

from __future__ import annotations

import itertools
import math
import pickle
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.geo.datum import DATUMS, from_wgs84
from netsim.geo.datum_guess import FAR_M, FEWEST_POINTS, likely_datum
from netsim.geo.layers import LayerError, read_layer

CENTRE = Path(__file__).parents[2] / "data" / "geo" / "helsinki_centre"
UTM = "EPSG:32649"
XIAN = gpd.GeoSeries([shapely.Point(108.94, 34.26)], crs="EPSG:4326").to_crs(UTM)[0]


def moved(name: str) -> gpd.GeoSeries:
    """A layer of Helsinki's centre, metre by metre the same, in Xi'an."""
    shapes = read_layer(CENTRE / f"{name}.parquet", tell=lambda _note: None).geometry
    middle = read_layer(CENTRE / "area.parquet").geometry[0].centroid
    return shapes.translate(XIAN.x - middle.x, XIAN.y - middle.y).set_crs(UTM, allow_override=True)


@pytest.fixture(scope="module")
def streets() -> gpd.GeoSeries:
    return moved("streets")


@pytest.fixture(scope="module")
def shops() -> np.ndarray:
    """True coordinates of shops and banks, degrees, shape (n, 2)."""
    return shapely.get_coordinates(np.asarray(moved("places").to_crs("EPSG:4326").array))


def quarters() -> gpd.GeoSeries:
    """The centre cut into zones, a mile of nothing around them."""
    west, south, east, north = moved("area").total_bounds
    cuts = np.linspace(west, east, 4)
    return gpd.GeoSeries([shapely.box(a, south, b, north) for a, b in itertools.pairwise(cuts)], crs=UTM)


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize("with_zones", [False, True])
def test_the_datum_is_named_in_three_of_three_cases(streets, shops, datum, with_zones):
    given_in = np.column_stack(from_wgs84(shops[:, 0], shops[:, 1], datum))
    verdict = likely_datum(given_in, streets, quarters() if with_zones else None)
    assert verdict.datum == datum
    assert min(verdict.scores, key=lambda name: verdict.scores[name].cost_m) == datum
    # Shops stand at streets: half a street's width and a pavement away.
    assert verdict.scores[datum].road_m < 50.0
    assert f"likely to be in {datum} (" in verdict.reason
    if with_zones:
        assert verdict.scores[datum].outside < 0.01
        others = [verdict.scores[name].outside for name in DATUMS if name != datum]
        assert min(others) > 0.05


@pytest.mark.parametrize("datum", DATUMS)
def test_junctions_do_for_roads(streets, shops, datum):
    junctions = gpd.GeoSeries(shapely.points(shapely.get_coordinates(np.asarray(streets.array))), crs=UTM)
    given_in = np.column_stack(from_wgs84(shops[:, 0], shops[:, 1], datum))
    assert likely_datum(given_in, junctions.to_crs("EPSG:4326")).datum == datum


def carpet() -> gpd.GeoSeries:
    """Streets 100 m apart over 10 km."""
    lines = np.arange(-5_000.0, 5_001.0, 100.0)
    across = [shapely.LineString([(XIAN.x + line, XIAN.y - 5_000), (XIAN.x + line, XIAN.y + 5_000)]) for line in lines]
    up = [shapely.LineString([(XIAN.x - 5_000, XIAN.y + line), (XIAN.x + 5_000, XIAN.y + line)]) for line in lines]
    return gpd.GeoSeries([*across, *up], crs=UTM)


def scattered(count: int, reach: float = 2_000.0) -> np.ndarray:
    """Points anywhere, degrees."""
    spots = np.random.default_rng(1).uniform(-reach, reach, (count, 2)) + np.array([XIAN.x, XIAN.y])
    return shapely.get_coordinates(np.asarray(gpd.GeoSeries(shapely.points(spots), crs=UTM).to_crs("EPSG:4326").array))


def test_points_without_a_signal_have_no_verdict():
    verdict = likely_datum(scattered(400), carpet())
    assert verdict.datum is None
    assert verdict.reason.startswith("the datum cannot be told: the best is better than the next by ")
    assert "3 are needed" in verdict.reason
    # Anywhere in a block of 100 m the nearest side is 100 / 6 m away on average.
    assert verdict.scores["WGS84"].road_m == pytest.approx(100.0 / 6.0, rel=0.1)


def test_zones_alone_may_give_the_signal():
    area = gpd.GeoSeries([shapely.Point(XIAN.x, XIAN.y).buffer(2_000.0 * math.sqrt(2.0))], crs=UTM)
    for datum in DATUMS:
        given_in = np.column_stack(from_wgs84(*scattered(400).T, datum))
        verdict = likely_datum(given_in, carpet(), area)
        assert verdict.scores[datum].outside == 0.0
    square = gpd.GeoSeries([shapely.box(XIAN.x - 2_000, XIAN.y - 2_000, XIAN.x + 2_000, XIAN.y + 2_000)], crs=UTM)
    given_in = np.column_stack(from_wgs84(*scattered(400).T, "BD09"))
    assert likely_datum(given_in, carpet(), square).datum == "BD09"


def test_what_else_cannot_be_told(streets, shops):
    few = likely_datum(shops[: FEWEST_POINTS - 1], streets)
    assert (few.datum, few.reason[:56]) == (None, "the datum cannot be told: 9 points are too few, 10 are n")
    abroad = likely_datum(shops - np.array([80.0, 0.0]), streets)
    assert abroad.datum is None
    assert "lie outside of China" in abroad.reason
    beside = likely_datum(shops + np.array([0.5, 0.0]), streets)
    assert beside.datum is None
    assert "most points lie beside the map of the roads" in beside.reason
    assert beside.scores["WGS84"].road_m == FAR_M
    assert pickle.loads(pickle.dumps(beside)) == beside  # noqa: S301 - its own bytes


def test_faults(streets, shops):
    with pytest.raises(ValueError, match=r"pairs of finite numbers \(lon, lat\), got the shape \(3,\)"):
        likely_datum([1.0, 2.0, 3.0], streets)
    with pytest.raises(LayerError, match="roads: needs at least one row and a coordinate reference system"):
        likely_datum(shops, gpd.GeoSeries([shapely.Point(0, 0)]))
    with pytest.raises(LayerError, match="zones: needs at least one row"):
        likely_datum(shops, streets, gpd.GeoSeries([], crs=UTM))
