"""Rasters of counts, such as people by grid cell, summed up over zones by the share of each cell that they cover."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.errors import EnvironmentFaultError
from netsim.files import PathError, read_bytes
from netsim.geo.layers import LayerError, Shapes, Tell
from netsim.geo.zones import Zones, hex_zones

logger = logging.getLogger(__name__)

_BEYOND = 1e-6
"""Share of a raster's total outside of the zones that is worth a note: coverage is known to about seven digits."""
_FRAME_PARTS = 50
"""Parts of the shorter side of a raster's frame, which is curved in another CRS."""
_HALF_WORLD = 180.0
"""A zone that is wider, in degrees, lies across longitude 180."""


@dataclass(frozen=True, slots=True, eq=False)
class RasterSums:
    """
    What a raster holds in each of k shapes.

    Parameters
    ----------
    people
        Sum of the counts that a shape covers, shape ``(k,)``; NaN where it covers no cell with a value.
    total
        Sum over the whole raster.
    cells
        Number of cells of the raster.
    without
        Number of them without a value.
    """

    people: NDArray[np.float64]
    total: float
    cells: int
    without: int

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.people.flags.writeable = False

    @property
    def beyond(self) -> float:
        """Sum of what no shape covers."""
        return self.total - float(np.nansum(self.people))


def is_raster(path: Path) -> bool:
    """Whether a file is a raster by its ending."""
    return path.suffix.lower() in {".tif", ".tiff"}


def read_raster_people(path: Path, zones: Zones, *, band: int = 1, tell: Tell = logger.warning) -> RasterSums:
    """
    Sum a raster of counts up over zones.

    A cell on a border is parted by area. The sums are exact where the zones do not overlap: they and
    what lies beyond add up to the raster's total to 1e-6 of it.

    Parameters
    ----------
    path
        GeoTIFF of counts by cell (not of densities) on this machine.
    zones
        n polygons.
    band
        Band, counted from 1.
    tell
        Takes a note for cells without a value, negative ones, and what lies beyond the zones.

    Returns
    -------
    RasterSums
        With ``people`` of shape ``(n,)``.

    Raises
    ------
    LayerError
        If the file is missing or no GeoTIFF, has no CRS or no such band, is rotated, or the zones are
        not polygons.
    EnvironmentFaultError
        If the extra ``raster`` is not installed.
    """
    sums = covered_sums(path, zones.shapes(), zones.crs, band=band, tell=tell)
    if sums.beyond > _BEYOND * sums.total:
        share = sums.beyond / sums.total
        tell(f"{path}: {sums.beyond:,.0f} of {sums.total:,.0f} ({share:.1%}) lie beyond the zones and are left out")
    elif sums.beyond < -_BEYOND * sums.total:
        tell(f"{path}: the zones overlap, so {-sums.beyond:,.0f} of {sums.total:,.0f} are counted twice")
    empty = np.isnan(sums.people)
    if empty.any():
        tell(f"{path}: {empty.sum()} of {len(zones)} zones cover no cell with a value")
    return sums


def raster_zones(path: Path, size_m: float, crs: str, *, band: int = 1, tell: Tell = logger.warning) -> Zones:
    """
    Make hexagons where a raster of counts has people, with a column ``people``.

    Parameters
    ----------
    path
        GeoTIFF of counts by cell on this machine.
    size_m
        Width across flats, metres; see ``hex_zones``.
    crs
        Projected CRS of the zones.
    band
        Band, counted from 1.
    tell
        As for ``read_raster_people``.

    Raises
    ------
    LayerError
        As ``read_raster_people``; also if the raster holds nobody.
    EnvironmentFaultError
        If the extra ``raster`` is not installed.
    """
    with _opened(path, band) as raster:
        west, south, east, north = raster.bounds
        frame = gpd.GeoDataFrame(geometry=[shapely.box(west, south, east, north)], crs=raster.crs.to_wkt())
    frame = frame.set_geometry(frame.geometry.segmentize(min(east - west, north - south) / _FRAME_PARTS))
    zones = hex_zones(frame, size_m, crs)
    people = read_raster_people(path, zones, band=band, tell=tell).people
    keep = np.flatnonzero(people > 0.0)
    if not len(keep):
        raise LayerError(str(path), f"band {band} holds no value above 0, so there is nobody to make zones for")
    return Zones(
        ids=tuple(zones.ids[place] for place in keep),
        x=zones.x[keep],
        y=zones.y[keep],
        geometry=tuple(zones.geometry[place] for place in keep),
        crs=crs,
        columns={"people": people[keep]},
    )


def covered_sums(path: Path, shapes: Shapes, crs: str, *, band: int = 1, tell: Tell = logger.warning) -> RasterSums:
    """
    Sum a raster of counts up over shapes.

    Parameters
    ----------
    path
        GeoTIFF of counts by cell on this machine.
    shapes
        k polygons in ``crs``, shape ``(k,)``. They are moved to the raster's CRS, so that no cell is changed.
    crs
        CRS of the shapes.
    band
        Band, counted from 1.
    tell
        Takes a note for cells without a value and for negative ones.

    Raises
    ------
    LayerError
        As ``read_raster_people``.
    EnvironmentFaultError
        If the extra ``raster`` is not installed.
    """
    if (shapely.get_dimensions(shapes) != 2).any():
        raise LayerError(str(path), "a raster is summed up over polygons, but some zones are points or lines")
    with _opened(path, band) as raster:
        moved = gpd.GeoSeries(shapes, crs=crs).to_crs(raster.crs.to_wkt())
        total, negative, without = 0.0, 0, 0
        for _, window in raster.block_windows(band):
            block = _values(raster, band, window)
            without += int(np.isnan(block).sum())
            negative += int((block < 0.0).sum())
            total += float(np.where(block > 0.0, block, 0.0).sum())
        people = _sums(raster, band, moved, path)
        cells = raster.width * raster.height
    if negative:
        tell(f"{path}: {negative} of {cells} cells are negative and count as missing; state them as nodata")
    if without:
        tell(f"{path}: {without} of {cells} cells have no value")
    return RasterSums(people, total, cells, without + negative)


@contextmanager
def _opened(path: Path, band: int) -> Iterator[Any]:
    """Open a GeoTIFF from memory (so that it can name no other file) and check what is needed of it."""
    where = str(path)
    rasterio = _extra("rasterio", path)
    try:
        content = read_bytes(path)
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    with rasterio.MemoryFile(content) as memory:
        try:
            raster = memory.open(driver="GTiff")
        except rasterio.errors.RasterioIOError as fault:
            raise LayerError(where, "no GeoTIFF that can be read") from fault
        with raster:
            if raster.crs is None:
                raise LayerError(where, "the raster states no coordinate reference system; write one into the GeoTIFF")
            if not 1 <= band <= raster.count:
                raise LayerError(where, f"no band {band} (it has {raster.count}, counted from 1)")
            grid = raster.transform
            if grid.b != 0.0 or grid.d != 0.0 or grid.a <= 0.0 or grid.e >= 0.0:
                raise LayerError(where, "the raster is rotated or upside down; warp it to a grid with north at the top")
            yield raster


def _extra(name: str, path: Path) -> Any:  # noqa: ANN401 - the packages come without types
    """Import a package of the extra ``raster``."""
    try:
        return importlib.import_module(name)
    except ImportError as fault:
        message = f"{path}: reading a raster needs the extra raster: pip install netsim[raster]"
        raise EnvironmentFaultError(message) from fault


def _values(raster: Any, band: int, window: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Counts of a window, NaN where the raster has no value."""
    read = raster.read(band, window=window, masked=True)
    values = np.ma.filled(read.astype(np.float64), np.nan)
    values = values * raster.scales[band - 1] + raster.offsets[band - 1]
    return np.where(np.isfinite(values), values, np.nan)


def _sums(raster: Any, band: int, moved: gpd.GeoSeries, path: Path) -> NDArray[np.float64]:  # noqa: ANN401
    """Sum up over shapes in the raster's CRS; NaN where a shape covers no cell with a value."""
    boxes = shapely.bounds(np.asarray(moved.array))
    if not np.isfinite(boxes).all():
        raise LayerError(str(path), f"some zones cannot be shown in the raster's CRS ({raster.crs.to_string()})")
    if raster.crs.is_geographic and (boxes[:, 2] - boxes[:, 0] > _HALF_WORLD).any():
        raise LayerError(str(path), "some zones lie across longitude 180, where the raster ends; warp it to their CRS")
    grid, (west, south), (east, north) = raster.transform, boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    columns = np.array([np.floor((west - grid.c) / grid.a), np.ceil((east - grid.c) / grid.a)])
    rows = np.array([np.floor((north - grid.f) / grid.e), np.ceil((south - grid.f) / grid.e)])
    left, right = np.clip(columns, 0, raster.width).astype(int).tolist()
    top, bottom = np.clip(rows, 0, raster.height).astype(int).tolist()
    if left >= right or top >= bottom:
        return np.full(len(moved), np.nan)
    values = _values(raster, band, ((top, bottom), (left, right)))
    frame = (grid.c + left * grid.a, grid.f + bottom * grid.e, grid.c + right * grid.a, grid.f + top * grid.e)
    counts = np.where(values < 0.0, np.nan, values)
    source = _extra("exactextract.raster", path).NumPyRasterSource(
        counts, *frame, nodata=np.nan, srs_wkt=moved.crs.to_wkt()
    )
    features = gpd.GeoDataFrame(geometry=moved)
    table = _extra("exactextract", path).exact_extract(
        source, features, ["sum", "count"], output="pandas", strategy="raster-sequential"
    )
    sums, count = table["sum"].to_numpy(dtype=np.float64), table["count"].to_numpy(dtype=np.float64)
    return np.where(count > 0.0, sums, np.nan)
