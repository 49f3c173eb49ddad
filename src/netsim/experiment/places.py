"""Zones, people, sites, roads and base map of a scenario, read from its data files."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.experiment.segments import growth_factor, parted
from netsim.geo.ancillary import Ancillary, ObjectWeights, RasterWeights
from netsim.geo.areal import areal_interpolation
from netsim.geo.basemap import BASEMAP_LAYERS, read_basemap
from netsim.geo.crs import measuring_crs
from netsim.geo.extent import inside_circle, point_wkb
from netsim.geo.gtfs import read_gtfs, stops_layer
from netsim.geo.h3_zones import h3_rows, h3_zones
from netsim.geo.layers import (
    LayerError,
    MapLayer,
    column_of,
    layer_evidence,
    read_layer,
    require_metres,
    states_no_crs,
)
from netsim.geo.raster import is_raster, raster_zones, read_raster_people
from netsim.geo.roads import RoadNetwork, read_graphml, read_osm
from netsim.geo.sites import SiteTable, read_sites, seed_sites
from netsim.geo.spread import spread
from netsim.geo.zones import Zones, hex_zones, point_zones, zone_table
from netsim.model.demand import ZoneTable
from netsim.model.provenance import Evidence, weakest
from netsim.model.scenario_demand import Census, SpreadItem
from netsim.model.study import Basemap
from netsim.registry import UnknownPartError
from netsim.scenario.load import LoadedScenario, data_hashes
from netsim.scenario.messages import at

MARGIN = 60.0
"""Metres drawn around the zones."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """
    What the data files hold.

    Parameters
    ----------
    zones
        Zones with the people of every layer.
    sites
        All sites of the data and of the scenario, as columns.
    roads
        The network to travel on; None for straight lines.
    basemap
        What is drawn below a map.
    fingerprint
        Of the scenario and the content of all its data files.
    notes
        What was repaired or left out in the data.
    evidence
        The weakest label that any layer gives its records.
    """

    zones: ZoneTable
    sites: SiteTable
    roads: RoadNetwork | None
    basemap: Basemap
    fingerprint: str
    notes: tuple[str, ...]
    evidence: Evidence = "data"


def read_places(loaded: LoadedScenario) -> Places:
    """
    Read everything that has a place.

    Raises
    ------
    BadInputError
        If a layer cannot be used; the fault names the key of the scenario that asks for it.
    EnvironmentFaultError
        If an extra is missing.
    """
    reader = _Reader(loaded)
    zones = reader.located("geography.zones", reader.zones)
    people: dict[str, NDArray[np.float64]] = {}
    for name in loaded.scenario.demand.layers:
        key = f"demand.layers.{name}"
        people |= reader.located(key, lambda name=name: reader.segments(zones, name))  # type: ignore[misc]
    table = reader.located("demand.layers", lambda: zone_table(zones, people))
    found = Places(
        zones=table,
        sites=reader.located("network", lambda: reader.sites(zones)),
        roads=reader.located("geography.layers.roads", lambda: reader.roads(table.crs)),
        basemap=reader.located("geography.layers.basemap", lambda: reader.basemap(table)),
        fingerprint=_fingerprint(loaded),
        notes=(),
    )
    return replace(found, notes=tuple(dict.fromkeys(reader.notes)), evidence=weakest(reader.evidence))


def fault_at(loaded: LoadedScenario, key: str, message: str) -> Fault:
    """Return a fault at the place where the scenario says something about a dotted key."""
    return at(loaded.tree, tuple(key.split(".")), message)


def named(loaded: LoadedScenario, message: str) -> str:
    """Return a message with files named as below the project, never by the machine's own path."""
    for root in (loaded.roots.project, *loaded.roots.named.values()):
        message = message.replace(f"{root}/", "")
    return message


class _Reader:
    """Reads the layers of one scenario and collects what has to be told."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self.geography = loaded.scenario.geography
        self.notes: list[str] = []
        self.evidence: list[Evidence] = []
        self.renamed: dict[str, str] = {}

    def located(self, key: str, read: Callable[[], Found]) -> Found:
        """Return what ``read`` finds; its trouble with a layer becomes a fault at the scenario's key."""
        try:
            return read()
        except (LayerError, UnknownPartError) as error:
            message = named(self.loaded, str(error)).removeprefix(f"{key}: ")
            raise BadInputError((fault_at(self.loaded, key, message),)) from error

    def _tell(self, note: str) -> None:
        self.notes.append(named(self.loaded, note))

    def layer(self, key: str, declared: str | None = None) -> MapLayer:
        """Return the layer that a dotted key names."""
        path = self.loaded.files[key]
        frame = read_layer(path, crs=self._crs_of(path, declared), tell=self._tell)
        self.evidence.append(layer_evidence(frame) or "data")
        return frame

    def _crs_of(self, path: Path, declared: str | None) -> str | None:
        """Return the CRS of a layer: the one declared for it; for a file that states none that of all such files."""
        if declared is not None or not states_no_crs(path):
            return declared
        return self.geography.data_crs or self.geography.crs

    def zones(self) -> Zones:
        asked = self.geography.zones
        raster = self._raster_area()
        if asked.hexes is not None and raster is not None:
            crs = self.geography.crs
            if crs is None:
                raise LayerError("geography.crs", "is missing: the projected CRS of the hexagons over the raster")
            zones = raster_zones(raster, asked.hexes, crs, tell=self._tell)
        elif asked.hexes is not None or asked.h3 is not None:
            area = self._area()
            crs = self.geography.crs or measuring_crs(area)
            zones = h3_zones(area, asked.h3, crs) if asked.h3 is not None else hex_zones(area, asked.hexes or 0.0, crs)
        elif asked.layer is not None:
            frame = self.layer("geography.zones.layer", asked.crs)
            crs = self.geography.crs or measuring_crs(frame)
            name = column_of(frame, asked.id)
            if asked.shapes == "h3":
                zones = h3_rows(frame, name, crs)
            else:
                zones = point_zones(frame, crs, name, asked.merge_into, tell=self._tell)
            self.renamed = dict(frame.attrs.get("renamed", {}))
        else:
            zones = self._typed_zones()
        circle = self.geography.within
        return zones if circle is None else inside_circle(zones, circle.lon, circle.lat, circle.radius)

    def _area(self) -> MapLayer:
        """Return the study area: the outline, or the areas that some people layer was counted in."""
        if self.geography.layers.area is not None:
            return self.layer("geography.layers.area")
        for name, layer in self.loaded.scenario.demand.layers.items():
            key = f"demand.layers.{name}.census.layer"
            if layer.census is not None and not is_raster(self.loaded.files[key]):
                return self.layer(key, layer.census.crs)
        raise LayerError("geography.layers.area", "is missing: the outline that the cells are laid over")

    def _raster_area(self) -> Path | None:
        """Return the raster that hexagons are laid over, None where there is another outline."""
        if self.geography.layers.area is not None:
            return None
        counted = [name for name, layer in self.loaded.scenario.demand.layers.items() if layer.census is not None]
        paths = [self.loaded.files[f"demand.layers.{name}.census.layer"] for name in counted]
        return paths[0] if paths and all(map(is_raster, paths)) else None

    def _typed_zones(self) -> Zones:
        points = self.geography.zones.points
        if self.geography.crs is None:
            raise LayerError("geography.crs", "zones typed as points need the projected CRS of their x and y")
        require_metres(self.geography.crs, "geography.crs")
        x, y = np.array([point.x for point in points]), np.array([point.y for point in points])
        columns = {
            name: np.array([float(point.people.get(name, 0.0)) for point in points])
            for name in self.loaded.scenario.demand.layers
        }
        return Zones(tuple(p.id for p in points), x, y, point_wkb(x, y), self.geography.crs, columns)

    def segments(self, zones: Zones, name: str) -> dict[str, NDArray[np.float64]]:
        """Return the people of each segment of a layer in the year that is looked at."""
        layer = self.loaded.scenario.demand.layers[name]
        people = self.people(zones, name) * growth_factor(layer, self.loaded.scenario.demand.year)
        if not layer.segments:
            return {name: people}
        try:
            parts = parted(people, layer.segments, zones.columns)
        except KeyError as error:
            known = ", ".join(zones.columns) or "none"
            message = f"the zones have no numeric column {error.args[0]!r} (numeric ones: {known})"
            raise LayerError(f"demand.layers.{name}.segments", message) from None
        except ValueError as error:
            raise LayerError(f"demand.layers.{name}.segments", str(error)) from None
        return {f"{name}.{key}": values for key, values in parts.items()}

    def people(self, zones: Zones, name: str) -> NDArray[np.float64]:
        layer = self.loaded.scenario.demand.layers[name]
        if layer.census is not None:
            return self._counted(zones, layer.census, f"demand.layers.{name}.census")
        if not layer.spread:
            return spread(self._total(zones, name, name), zones, None, "column", tell=self._tell, column=name)
        people = np.zeros(len(zones))
        for index, item in enumerate(layer.spread):
            total = self._total(zones, name, self._column(item)) if layer.people is None else layer.people
            people = people + self._spread(item.share * total, zones, item, f"demand.layers.{name}.spread[{index}]")
        return people

    def _column(self, item: SpreadItem) -> str | None:
        """Return the column of the zones that a part is spread by, under the name it was read as."""
        return None if item.column is None else self.renamed.get(item.column, item.column)

    def _counted(self, zones: Zones, census: Census, key: str) -> NDArray[np.float64]:
        """Return people that were counted elsewhere, carried over to the zones; nobody is lost."""
        files = self.loaded.files
        path = files[f"{key}.layer"]
        if is_raster(path):
            return np.nan_to_num(read_raster_people(path, zones, tell=self._tell).people)
        frame = self.layer(f"{key}.layer", census.crs)
        if census.column is None:
            raise LayerError(key, "'column' is missing: the column of the layer that holds the people")
        column = column_of(frame, census.column)
        ancillary: Ancillary | None = None
        if census.by == "raster":
            ancillary = RasterWeights(files[f"{key}.within"])
        elif census.by != "area":
            params = {} if census.weight is None else {"column": census.weight}
            ancillary = ObjectWeights(self.layer(f"{key}.within"), census.by, params)
        found = areal_interpolation(frame, zones, extensive=[column], ancillary=ancillary, tell=self._tell)
        return np.nan_to_num(found.zones.columns[column])

    def _total(self, zones: Zones, name: str, column: str | None) -> float:
        """Return the people of a layer: as typed, else the sum of the zones' column."""
        typed = self.loaded.scenario.demand.layers[name].people
        if typed is not None:
            return typed
        if column is None:
            raise LayerError(f"demand.layers.{name}", "give 'people', or spread by a column of the zones")
        if column not in zones.columns:
            near = difflib.get_close_matches(column, list(zones.columns), 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(zones.columns) or "none"
            message = f"the zones have no numeric column {column!r}{hint} (numeric ones: {known})"
            raise LayerError(f"demand.layers.{name}", message)
        return float(np.nansum(zones.columns[column]))

    def _spread(self, total: float, zones: Zones, item: SpreadItem, key: str) -> NDArray[np.float64]:
        frame = None
        if item.weekday is not None:
            feed = read_gtfs(self.loaded.files[f"{key}.layer"], item.weekday, tell=self._tell)
            return spread(total, zones, stops_layer(feed), "weight", tell=self._tell, column="departures")
        if item.layer is not None:
            frame = self.layer(f"{key}.layer", item.crs)
        column = self._column(item)
        params = {} if column is None else {"column": column}
        return spread(total, zones, frame, item.by, tell=self._tell, **params)

    def sites(self, zones: Zones) -> SiteTable:
        network = self.loaded.scenario.network
        tables = []
        if network.layer is not None:
            path = self.loaded.files["network.layer"]
            tables.append(read_sites(path, zones.crs, file_crs=self._crs_of(path, network.crs), tell=self._tell))
        if network.seed_sites is not None:
            seeding = network.seed_sites
            tables.append(
                seed_sites(
                    zones,
                    seeding.by,
                    n_branches=seeding.branches,
                    n_atms=seeding.atms,
                    n_candidates=seeding.candidates,
                    seed_text=str(self.loaded.scenario.seed),
                    apart_m=seeding.apart,
                )
            )
        if network.sites:
            tables.append(self._typed_sites(zones.crs))
        joined = tables[0]
        for table in tables[1:]:
            joined = _join(joined, table)
        twice = sorted({name for name in joined.id if joined.id.count(name) > 1})
        if twice:
            raise LayerError("network", f"site ids stand twice: {', '.join(twice[:5])}")
        return joined

    def _typed_sites(self, crs: str) -> SiteTable:
        typed = self.loaded.scenario.network.sites
        provenance = self.loaded.provenance("network.sites")
        evidence: Evidence = "assumption" if provenance is None else provenance.evidence
        return SiteTable(
            id=tuple(site.id for site in typed),
            name=tuple(site.name or site.id for site in typed),
            kind=tuple(site.kind or "site" for site in typed),
            brand=tuple(site.brand or "" for site in typed),
            x=np.array([site.x for site in typed]),
            y=np.array([site.y for site in typed]),
            evidence=(evidence,) * len(typed),
            crs=crs,
        )

    def roads(self, crs: str) -> RoadNetwork | None:
        roads, travel, files = self.geography.layers.roads, self.geography.travel, self.loaded.files
        if roads is None or travel.mode == "straight_line":
            return None
        key = "geography.layers.roads"
        if roads.osm is not None:
            network = read_osm(files[f"{key}.osm"], "drive" if travel.mode == "drive" else "walk", crs=crs)
        elif roads.graphml is not None:
            network = read_graphml(files[f"{key}.graphml"], crs=crs)
        elif roads.lines is not None:
            network = RoadNetwork.from_edges(self.layer(f"{key}.lines", roads.crs), crs=crs)
        else:
            nodes, edges = self.layer(f"{key}.nodes", roads.crs), self.layer(f"{key}.edges", roads.crs)
            network = RoadNetwork.from_tables(nodes, edges, crs=crs)
        whole = network.largest_component()
        if len(whole) < len(network):
            part = f"{len(network) - len(whole):,} of {len(network):,} road nodes"
            self._tell(f"{part} are left out: no way leads from there to the rest of the network and back")
        return whole

    def basemap(self, table: ZoneTable) -> Basemap:
        asked = self.geography.layers.basemap
        names = [] if asked is None else [name for name in BASEMAP_LAYERS if getattr(asked, name) is not None]
        paths = {name: self.loaded.files[f"geography.layers.basemap.{name}"] for name in names}
        extent = (
            float(table.x.min()) - MARGIN,
            float(table.y.min()) - MARGIN,
            float(table.x.max()) + MARGIN,
            float(table.y.max()) + MARGIN,
        )
        return read_basemap(paths, table.crs, extent, self.geography.attribution)


def _fingerprint(loaded: LoadedScenario) -> str:
    lines = [loaded.fingerprint, *(f"{key} {digest}" for key, digest in sorted(data_hashes(loaded).items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _join(first: SiteTable, second: SiteTable) -> SiteTable:
    return replace(
        first,
        id=first.id + second.id,
        name=first.name + second.name,
        kind=first.kind + second.kind,
        brand=first.brand + second.brand,
        x=np.concatenate([first.x, second.x]),
        y=np.concatenate([first.y, second.y]),
        evidence=first.evidence + second.evidence,
        columns={
            name: np.concatenate([table.columns.get(name, np.full(len(table), np.nan)) for table in (first, second)])
            for name in dict.fromkeys([*first.columns, *second.columns])
        },
    )
