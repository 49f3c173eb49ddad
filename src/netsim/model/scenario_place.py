"""Where and when: geography, calendar and demand as a person typed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from netsim.model.quantities import Id, Key, Label, LayerFile, LayerFolder, Metres, MetresPerMinute, People, Share
from netsim.model.scenario_base import Input, Mix, Weight, Windows, sums_to_one


class Roads(Input):
    """The road network: node and edge tables, or an OpenStreetMap extract."""

    nodes: LayerFile | None = Field(default=None, description="Nodes of the road network (GeoParquet).")
    edges: LayerFile | None = Field(default=None, description="Edges of the road network (GeoParquet).")
    osm: LayerFile | None = Field(default=None, description="OpenStreetMap extract (.osm.pbf) instead of the tables.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.osm is None) != (self.nodes is not None and self.edges is not None) or (
            self.osm is not None and (self.nodes is not None or self.edges is not None)
        ):
            raise ValueError("expected either both 'nodes' and 'edges', or 'osm'")
        return self


class BasemapFiles(Input):
    """What is drawn below the maps."""

    streets: LayerFile | None = Field(default=None, description="Street lines.")
    water: LayerFile | None = Field(default=None, description="Water polygons.")
    parks: LayerFile | None = Field(default=None, description="Park polygons.")
    rails: LayerFile | None = Field(default=None, description="Rail and tram lines.")


class Layers(Input):
    """Map layers of the study area."""

    roads: Roads | None = Field(default=None, description="Road network; absent for straight-line travel.")
    area: LayerFile | None = Field(default=None, description="Outline of the study area.")
    basemap: BasemapFiles | None = Field(default=None, description="What is drawn below the maps.")


class PointZone(Input):
    """A zone typed into the scenario, for small studies."""

    id: Id = Field(description="Id of the zone.")
    x: Annotated[float, Field(ge=-1e8, le=1e8, allow_inf_nan=False)] = Field(description="Easting in metres.")
    y: Annotated[float, Field(ge=-1e8, le=1e8, allow_inf_nan=False)] = Field(description="Northing in metres.")
    people: Mapping[Key, People] = Field(description="People by demand layer.")


class ZonesInput(Input):
    """Demand zones: a grid of hexagons, a table of points or polygons, or points typed here."""

    hexes: Metres | None = Field(default=None, description="Width of hexagons laid over the study area.")
    layer: LayerFile | None = Field(default=None, description="Table or map layer with one row a zone.")
    id: Label = Field(default="id", description="Column of the layer that holds the zone's id.")
    merge_into: Metres | None = Field(default=None, description="Merge the layer's zones into hexagons of this width.")
    points: tuple[PointZone, ...] = Field(default=(), description="Zones typed here.", max_length=100_000)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [self.hexes is not None, self.layer is not None, bool(self.points)]
        if sum(given) != 1:
            raise ValueError("expected exactly one of 'hexes', 'layer' and 'points'")
        if self.merge_into is not None and self.layer is None:
            raise ValueError("'merge_into' needs 'layer'")
        return self


class Travel(Input):
    """How customers travel."""

    mode: Literal["walk", "drive", "straight_line"] = Field(
        description="walk or drive along the roads, or straight_line times circuity."
    )
    speed: MetresPerMinute = Field(description="Speed, such as 4.8 km/h.")
    circuity: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] = Field(
        default=1.3, description="Length of a real way over the straight line; for straight_line."
    )


class Within(Input):
    """A circle: only what lies in it is studied."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = Field(description="Longitude, degrees WGS 84.")
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] = Field(description="Latitude, degrees WGS 84.")
    radius: Metres = Field(description="Radius of the circle.")


class Geography(Input):
    """Where the study takes place."""

    folder: LayerFolder = Field(default=".", description="Folder of the data files, relative to this file.")
    crs: Annotated[str, StringConstraints(pattern=r"^EPSG:[0-9]{4,6}$")] | None = Field(
        default=None, description="Projected CRS in metres; absent: that of the data, or the UTM zone."
    )
    layers: Layers = Field(default=Layers(), description="Map layers.")
    zones: ZonesInput = Field(description="Demand zones.")
    within: Within | None = Field(default=None, description="Study only this circle.")
    travel: Travel = Field(description="How customers travel.")
    attribution: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="Line that every map has to carry."
    )

    @model_validator(mode="after")
    def _roads_to_travel_on(self) -> Self:
        if self.travel.mode != "straight_line" and self.layers.roads is None:
            raise ValueError(f"travel.mode {self.travel.mode!r} needs layers.roads; or write 'straight_line'")
        if self.zones.hexes is not None and self.layers.area is None:
            raise ValueError("zones.hexes needs layers.area, the outline that the hexagons are laid over")
        return self


class DayTypeInput(Input):
    """A kind of day."""

    days_per_year: Annotated[float, Field(gt=0, le=366, allow_inf_nan=False)] = Field(description="Days a year.")
    demand_factor: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        default=1.0, description="Demand relative to the layer's daily figure."
    )


class Calendar(Input):
    """Day types and opening hours."""

    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+\-]+){0,2}$")] = Field(
        description="IANA time zone, such as Europe/Helsinki."
    )
    day_types: Annotated[Mapping[Key, DayTypeInput], Field(min_length=1)] = Field(description="Kinds of days.")
    hours: Annotated[Mapping[Key, Windows], Field(min_length=1)] = Field(
        description="Opening hours by id: lists of windows such as 10:00-16:30; past midnight up to 30:00."
    )

    @field_validator("day_types")
    @classmethod
    def _fit_a_year(cls, day_types: Mapping[str, DayTypeInput]) -> Mapping[str, DayTypeInput]:
        days = sum(item.days_per_year for item in day_types.values())
        if days > 366:
            raise ValueError(f"the day types sum to {days:g} days a year; a year has no more than 366")
        return day_types


class SpreadItem(Input):
    """One rule by which people are spread over zones."""

    share: Share = Field(description="Share of the people spread by this rule.")
    by: Key = Field(description="Spreading rule: residential_floor, workplace_floor, count, weight or column.")
    layer: LayerFile | None = Field(default=None, description="Map layer that the rule weighs.")
    column: Label | None = Field(default=None, description="Column of the layer, or of the zones (by: column).")

    @model_validator(mode="after")
    def _something_to_weigh(self) -> Self:
        if self.layer is None and self.column is None:
            raise ValueError("expected 'layer' (a map layer to weigh) or 'column' (a column of the zones)")
        return self


class PeopleLayer(Input):
    """People who wish visits: residents, daytime population, ..."""

    people: People | None = Field(
        default=None, description="Number of people; absent: the sum of the column, or of the points."
    )
    spread: tuple[SpreadItem, ...] = Field(default=(), description="How they are spread over the zones.")
    visits_per_person: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        description="Visits wished by a person on a day."
    )
    tasks: Mix = Field(description="Share of each task in the visits; sums to 100%.")

    @field_validator("spread")
    @classmethod
    def _spread_all(cls, spread: tuple[SpreadItem, ...]) -> tuple[SpreadItem, ...]:
        if spread:
            sums_to_one({str(index): item.share for index, item in enumerate(spread)})
        return spread


class Demand(Input):
    """Who wishes visits, and how many."""

    layers: Annotated[Mapping[Key, PeopleLayer], Field(min_length=1)] = Field(description="People by layer.")
    scale: Mapping[Key, Weight] = Field(default={}, description="Multipliers of layers, 1 as given.")
    day_factor_cv: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        default=0.0, description="Variation of the demand from day to day beyond chance: the cv of a factor of mean 1."
    )
