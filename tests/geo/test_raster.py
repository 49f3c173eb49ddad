from __future__ import annotations

import importlib
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.errors import EnvironmentFaultError
from netsim.geo.ancillary import RasterWeights
from netsim.geo.areal import areal_interpolation
from netsim.geo.layers import LayerError
from netsim.geo.raster import raster_zones, read_raster_people
from netsim.geo.zones import hex_zones, shape_zones

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("exactextract")

CRS = "EPSG:3035"
WEST, NORTH, CELL = 4_000_000.0, 3_000_900.0, 100.0


def write(path: Path, values, *, crs: str | None = CRS, transform=None, **more) -> Path:
    """Write a GeoTIFF with cells of 100 m whose corner in the north-west is (WEST, NORTH)."""
    values = np.asarray(values)
    bands = values[None] if values.ndim == 2 else values
    grid = transform or rasterio.Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)
    shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": bands.dtype}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=grid, **shape, **more) as out:
        out.write(bands)
    return path


def frame(west=0.0, south=0.0, east=900.0, north=900.0) -> gpd.GeoDataFrame:
    """A box, in metres from the raster's corner in the south-west."""
    low = NORTH - 900.0
    return gpd.GeoDataFrame(geometry=[shapely.box(WEST + west, low + south, WEST + east, low + north)], crs=CRS)


@pytest.fixture
def people() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 90, (9, 9)).astype(np.float32)


def test_hexagons_over_the_whole_raster_hold_all_its_people(tmp_path, people):
    notes: list[str] = []
    zones = hex_zones(frame(), 130.0, CRS)
    sums = read_raster_people(write(tmp_path / "p.tif", people), zones, tell=notes.append)
    assert sums.people.sum() == pytest.approx(people.sum(), rel=1e-6)
    assert (sums.total, sums.cells, sums.without) == (people.sum(), 81, 0)
    assert not notes


def test_cells_are_parted_by_the_share_that_is_covered(tmp_path, people):
    box = frame(50.0, 0.0, 225.0, 100.0)
    notes: list[str] = []
    path = write(tmp_path / "p.tif", people)
    sums = read_raster_people(path, shape_zones(["box"], np.asarray(box.geometry), CRS), tell=notes.append)
    expected = 0.5 * people[8, 0] + people[8, 1] + 0.25 * people[8, 2]
    assert sums.people == pytest.approx([expected], rel=1e-6)
    assert sums.beyond == pytest.approx(people.sum() - expected)
    assert len(notes) == 1
    assert notes[0].startswith(f"{path}: {people.sum() - expected:,.0f} of {people.sum():,.0f} (")
    assert notes[0].endswith("lie beyond the zones and are left out")


def test_cells_without_a_value_and_negative_ones_are_missing(tmp_path):
    values = np.array([[1.0, -9.0], [-200.0, 4.0]])
    path = write(tmp_path / "p.tif", values, nodata=-9.0)
    cells = [shapely.box(WEST + x, NORTH - y - 100, WEST + x + 100, NORTH - y) for y in (0, 100) for x in (0, 100)]
    notes: list[str] = []
    sums = read_raster_people(path, shape_zones(list("abcd"), np.array(cells), CRS), tell=notes.append)
    assert sums.people == pytest.approx([1.0, np.nan, np.nan, 4.0], nan_ok=True)
    assert notes == [
        f"{path}: 1 of 4 cells are negative and count as missing; state them as nodata",
        f"{path}: 1 of 4 cells have no value",
        f"{path}: 2 of 4 zones cover no cell with a value",
    ]


def test_a_raster_in_degrees_is_summed_up_by_zones_in_metres(tmp_path):
    values = np.random.default_rng(6).uniform(0.0, 30.0, (40, 60))
    grid = rasterio.Affine(1 / 1200, 0.0, 13.3, 0.0, -1 / 1200, 52.6)
    path = write(tmp_path / "p.tif", values, crs="EPSG:4326", transform=grid)
    box = gpd.GeoDataFrame(geometry=[shapely.box(13.29, 52.55, 13.36, 52.61)], crs="EPSG:4326")
    sums = read_raster_people(path, hex_zones(box.to_crs("EPSG:25833"), 150.0, "EPSG:25833"), tell=[].append)
    assert np.nansum(sums.people) == pytest.approx(values.sum(), rel=1e-6)
    assert np.isnan(sums.people).any()


def test_hexagons_are_made_where_people_are(tmp_path):
    values = np.zeros((2, 9, 9))
    values[1, 4, 4] = 12.0
    zones = raster_zones(write(tmp_path / "p.tif", values), 50.0, CRS, band=2, tell=[].append)
    assert zones.columns["people"].sum() == pytest.approx(12.0, rel=1e-6)
    assert (zones.columns["people"] > 0.0).all()
    cell = shapely.box(WEST + 400, NORTH - 500, WEST + 500, NORTH - 400)
    assert shapely.intersects(cell, zones.shapes()).all()
    with pytest.raises(LayerError, match="band 1 holds no value above 0"):
        raster_zones(tmp_path / "p.tif", 50.0, CRS)


def test_a_raster_places_the_people_of_a_district(tmp_path, people):
    people[:, 3:] = 0.0
    zones = hex_zones(frame(), 130.0, CRS)
    path = write(tmp_path / "p.tif", people)
    source = frame().assign(people=[1_000.0])
    result = areal_interpolation(source, zones, extensive=["people"], ancillary=RasterWeights(path), tell=[].append)
    made = result.zones.columns["people"]
    assert made.sum() == pytest.approx(1_000.0, rel=1e-9)
    expected = read_raster_people(path, zones, tell=[].append).people / people.sum() * 1_000.0
    assert made == pytest.approx(np.nan_to_num(expected), rel=1e-5, abs=1e-6)
    assert result.by == "raster p.tif"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"crs": None}, "states no coordinate reference system; write one into the GeoTIFF"),
        ({"transform": [100.0, 20.0, WEST, -20.0, -100.0, NORTH]}, "rotated or upside down"),
        ({"transform": [100.0, 0.0, WEST, 0.0, 100.0, NORTH]}, "rotated or upside down"),
    ],
)
def test_rasters_that_cannot_be_placed_are_refused(tmp_path, people, more, message):
    if "transform" in more:
        more = {"transform": rasterio.Affine(*more["transform"])}
    path = write(tmp_path / "p.tif", people, **more)
    with pytest.raises(LayerError, match=message):
        read_raster_people(path, hex_zones(frame(), 130.0, CRS))


def test_files_that_are_no_rasters_are_refused(tmp_path, people):
    zones = hex_zones(frame(), 130.0, CRS)
    other = tmp_path / "p.tif"
    other.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>', encoding="utf-8")
    with pytest.raises(LayerError, match="no GeoTIFF that can be read"):
        read_raster_people(other, zones)
    with pytest.raises(LayerError, match=r"no such file 'q\.tif'"):
        read_raster_people(tmp_path / "q.tif", zones)
    path = write(tmp_path / "r.tif", people)
    with pytest.raises(LayerError, match=r"no band 2 \(it has 1, counted from 1\)"):
        read_raster_people(path, zones, band=2)
    spots = shape_zones(["a"], np.array([shapely.Point(WEST, NORTH)]), CRS)
    with pytest.raises(LayerError, match="summed up over polygons"):
        read_raster_people(path, spots)


def test_a_missing_extra_is_named(tmp_path, people, monkeypatch):
    path = write(tmp_path / "p.tif", people)
    real = importlib.import_module

    def without(name: str, package: str | None = None):
        if name.startswith("exactextract"):
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(EnvironmentFaultError, match=r"needs the extra raster: pip install netsim\[raster\]"):
        read_raster_people(path, hex_zones(frame(), 130.0, CRS))


@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_a_real_raster_is_summed_up_whole():
    path = Path(os.environ["NETSIM_DATA"]) / "porto_alegre/poa_elevation.tif"
    with rasterio.open(path) as raster:
        total, box = float(raster.read(1).sum()), shapely.box(*raster.bounds)
    area = gpd.GeoDataFrame(geometry=[box.buffer(0.01)], crs="EPSG:4326").to_crs("EPSG:31982")
    sums = read_raster_people(path, hex_zones(area, 1_000.0, "EPSG:31982"), tell=[].append)
    assert np.nansum(sums.people) == pytest.approx(total, rel=1e-6)
