"""People that were counted elsewhere: areas of another map, weighed by roads, H3 cells, rasters."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.errors import BadInputError
from netsim.experiment.study import load_study
from tests.small import write_small

X0, Y0 = 500_000.0, 6_672_000.0


@pytest.fixture
def folder(tmp_path):
    """Two census areas side by side with 900 and 300 people, all roads in the west of each."""
    (tmp_path / "netsim.toml").touch()
    areas = [shapely.box(X0, Y0, X0 + 300, Y0 + 600), shapely.box(X0 + 300, Y0, X0 + 600, Y0 + 600)]
    census = gpd.GeoDataFrame({"名称": ["西", "东"], "人口": [900, 300]}, geometry=areas, crs="EPSG:3067")
    census.to_file(tmp_path / "census.gpkg", engine="pyogrio")
    west = [shapely.LineString([(x, Y0), (x, Y0 + 600)]) for x in (X0 + 50, X0 + 350)]
    gpd.GeoDataFrame(geometry=west, crs="EPSG:3067").to_file(tmp_path / "streets.gpkg", engine="pyogrio")
    return tmp_path


def study_of(folder, zones: str, census: str, extra: str = "", crs: str = "EPSG:3067"):
    geography = f"geography:\n  crs: {crs}\n  zones: {{points: null, {zones}}}\n"
    demand = f"demand:\n  layers:\n    all: {{census: {census}}}\n"
    return load_study(write_small(folder, "own.yaml", f"plan: as_is\n{geography}{demand}{extra}"))[0]


def by_west(study):
    """People west and east of the border of the areas."""
    people, x = study.zones.people["all"], study.zones.x
    return float(people[x < X0 + 300].sum()), float(people[x >= X0 + 300].sum())


def test_areas_are_carried_over_to_hexagons_and_nobody_is_lost(folder):
    study = study_of(folder, "hexes: 50 m", "{layer: census.gpkg, column: 人口}")
    west, east = by_west(study)
    assert west + east == pytest.approx(1200.0, rel=1e-9)
    assert west == pytest.approx(900.0, rel=0.05)


def test_h3_cells_hold_everybody_too(folder):
    study = study_of(folder, "h3: 11", "{layer: census.gpkg, column: population}")
    assert study.zones.people["all"].sum() == pytest.approx(1200.0, rel=1e-9)
    assert all(len(name) == 15 for name in study.zones.ids)


def test_people_live_along_roads(folder):
    """With roads as weights the east of each area is empty but for hexagons on the roads."""
    study = study_of(folder, "hexes: 50 m", "{layer: census.gpkg, column: 人口, by: road_length, within: streets.gpkg}")
    people, x = study.zones.people["all"], study.zones.x
    assert people.sum() == pytest.approx(1200.0, rel=1e-9)
    along = (np.abs(x - X0 - 50) <= 30) | (np.abs(x - X0 - 350) <= 30)
    assert people[along].sum() == pytest.approx(1200.0, rel=1e-6)


def test_cells_of_a_table_are_zones(folder):
    made = study_of(folder, "h3: 10", "{layer: census.gpkg, column: population}")
    people = zip(made.zones.ids, made.zones.people["all"], strict=True)
    rows = "\n".join(f"{name},25.0,60.0,{count:.3f}" for name, count in people)
    (folder / "cells.csv").write_text(f"id,lon,lat,all\n{rows}\n", "utf-8")
    zones = "layer: cells.csv, crs: EPSG:4326, shapes: h3"
    again = study_of(folder, zones, "null, spread: [{share: 100%, by: column, column: all}]")
    assert again.zones.ids == made.zones.ids
    np.testing.assert_allclose(again.zones.x, made.zones.x)


def test_a_raster_of_people_makes_hexagons(folder):
    rasterio = pytest.importorskip("rasterio")
    pytest.importorskip("exactextract")
    cells = np.array([[5.0, 0.0], [10.0, 20.0]])
    transform = rasterio.Affine(300.0, 0.0, X0, 0.0, -300.0, Y0 + 600)
    shape = {"height": 2, "width": 2, "count": 1, "dtype": "float64", "crs": "EPSG:3067", "transform": transform}
    with rasterio.open(folder / "people.tif", "w", driver="GTiff", **shape) as file:
        file.write(cells, 1)
    study = study_of(folder, "hexes: 100 m", "{layer: people.tif}")
    assert study.zones.people["all"].sum() == pytest.approx(35.0, rel=1e-6)


@pytest.mark.parametrize(
    ("zones", "census", "message"),
    [
        ("hexes: 50 m", "{layer: census.gpkg}", "'column' is missing"),
        ("hexes: 50 m", "{layer: census.gpkg, column: folk}", "no column 'folk'"),
        ("hexes: 50 m", "{layer: census.gpkg, column: 人口, by: road_length}", "expected 'within'"),
        ("hexes: 50 m, h3: 9", "{layer: census.gpkg, column: 人口}", "exactly one of"),
        ("hexes: 50 m", "null", "'spread' or 'census' is missing"),
    ],
)
def test_faults_are_told(folder, zones, census, message):
    with pytest.raises(BadInputError, match=message):
        study_of(folder, zones, census)
