"""Where and when: geography and calendar as a person typed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from netsim.model.calendar import day_types_of_year
from netsim.model.quantities import (
    DataCrs,
    Id,
    Key,
    Label,
    LayerFile,
    LayerFolder,
    Metres,
    MetresPerMinute,
    Minutes,
    People,
    Window,
)
from netsim.model.scenario_base import Input, Windows


class Roads(Input):
    """The road network: node and edge tables, lines, an OpenStreetMap extract, or a GraphML graph."""

    nodes: LayerFile | None = Field(default=None, description="Nodes of the road network (GeoParquet).")
    edges: LayerFile | None = Field(default=None, description="Edges of the road network (GeoParquet).")
    osm: LayerFile | None = Field(default=None, description="OpenStreetMap extract (.osm.pbf) instead of the tables.")
    lines: LayerFile | None = Field(
        default=None, description="Roads as lines that meet at their ends, instead: oneway, kmh, highway, length."
    )
    graphml: LayerFile | None = Field(default=None, description="A graph in GraphML, as OSMnx writes it, instead.")
    crs: DataCrs | None = Field(default=None, description="CRS of the nodes or lines if the file states none.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.nodes is None) != (self.edges is None):
            raise ValueError("'nodes' and 'edges' go together")
        given = [self.nodes is not None, self.osm is not None, self.lines is not None, self.graphml is not None]
        if sum(given) != 1:
            raise ValueError("expected either both 'nodes' and 'edges', or 'osm', 'lines' or 'graphml'")
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
    h3: Annotated[int, Field(ge=0, le=15)] | None = Field(
        default=None, description="H3 cells of this resolution laid over the study area."
    )
    layer: LayerFile | None = Field(default=None, description="Table or map layer with one row a zone.")
    crs: DataCrs | None = Field(default=None, description="CRS of the layer if the file states none; or GCJ02, BD09.")
    id: Label = Field(default="id", description="Column of the layer that holds the zone's id.")
    shapes: Literal["layer", "h3"] = Field(
        default="layer", description="Where the zones' shapes come from: the layer, or ids that are H3 cells."
    )
    merge_into: Metres | None = Field(default=None, description="Merge the layer's zones into hexagons of this width.")
    points: tuple[PointZone, ...] = Field(default=(), description="Zones typed here.", max_length=100_000)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [self.hexes is not None, self.h3 is not None, self.layer is not None, bool(self.points)]
        if sum(given) != 1:
            raise ValueError("expected exactly one of 'hexes', 'h3', 'layer' and 'points'")
        if self.merge_into is not None and self.layer is None:
            raise ValueError("'merge_into' needs 'layer'")
        if self.shapes == "h3" and (self.layer is None or self.merge_into is not None):
            raise ValueError("'shapes: h3' needs 'layer', whose ids are H3 cells, and no 'merge_into'")
        return self


class CongestionInput(Input):
    """How much longer a way takes in some hours of the day."""

    hours: Window = Field(description="Hours of the day, such as 07:00-09:00.")
    factor: Annotated[float, Field(ge=0.1, le=20, allow_inf_nan=False)] = Field(
        description="Travel time relative to the free road."
    )
    roads: tuple[Label, ...] = Field(default=(), description="Road classes that it holds for; empty: all.")


class TransitInput(Input):
    """Public transport by its headways, whatever the timetable: walk, wait half a headway, ride, change."""

    feeds: Annotated[tuple[LayerFile, ...], Field(min_length=1)] = Field(description="GTFS feeds (.zip).")
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = Field(description="Day of the week.")
    hours: Window = Field(description="Hours of the day whose headways hold, such as 08:00-10:00.")
    max_wait: Minutes = Field(
        default=30.0, description="Longest wait for a vehicle; who rides a rarer line knows its timetable."
    )
    boarding: Minutes | None = Field(default=None, description="Time lost at each boarding besides the wait.")


class Travel(Input):
    """How customers travel."""

    mode: Literal["walk", "drive", "transit", "straight_line"] = Field(
        description="walk or drive along the roads, walk and ride (transit), or straight_line times circuity."
    )
    speed: MetresPerMinute = Field(description="Speed, such as 4.8 km/h; on foot for transit.")
    own_speeds: bool = Field(
        default=False, description="Drive each road at its own speed; 'speed' holds where none is known."
    )
    congestion: tuple[CongestionInput, ...] = Field(
        default=(), description="Hours in which roads are slow; factors that meet multiply.", max_length=200
    )
    departure: Window | None = Field(
        default=None,
        description="Hours of the day whose travel times hold; absent: their mean, weighted by when visits are wished.",
    )
    transit: TransitInput | None = Field(default=None, description="Public transport, for transit.")
    circuity: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] = Field(
        default=1.3, description="Length of a real way over the straight line; for straight_line."
    )

    @model_validator(mode="after")
    def _fits_the_mode(self) -> Self:
        if (self.mode == "transit") != (self.transit is not None):
            raise ValueError("'mode: transit' and 'transit', with its GTFS feeds, go together")
        if self.mode != "drive" and (self.own_speeds or self.congestion):
            raise ValueError("'own_speeds' and 'congestion' belong to 'mode: drive'")
        if self.departure is not None and not self.congestion:
            raise ValueError("'departure' needs 'congestion': without it all hours of the day are alike")
        return self


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
    data_crs: DataCrs | None = Field(
        default=None,
        description="CRS of data files that state none, such as tables with lon and lat: EPSG:4326, GCJ02 or BD09.",
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
        return self


class DayTypeInput(Input):
    """A kind of day."""

    days_per_year: Annotated[float, Field(gt=0, le=366, allow_inf_nan=False)] | None = Field(
        default=None, description="Days a year; absent where calendar.year counts them."
    )
    demand_factor: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        default=1.0, description="Demand relative to the layer's daily figure."
    )


class YearInput(Input):
    """A real year, whose days are counted by kind."""

    year: Annotated[int, Field(ge=1990, le=2100)] = Field(description="The year.")
    weekdays: Annotated[Mapping[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Key], Field(min_length=1)] = (
        Field(description="Day type of each weekday; weekdays that are left out are closed.")
    )
    holidays: tuple[Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")], ...] = Field(
        default=(), description="Dates of holidays, such as '2026-12-25'.", max_length=366
    )
    holiday: Key | None = Field(default=None, description="Day type of holidays; absent: closed.")
    pay_days: tuple[Annotated[int, Field(ge=1, le=31)], ...] = Field(
        default=(), description="Days of the month on which people are paid.", max_length=31
    )
    pay_day: Key | None = Field(default=None, description="Day type of pay days.")

    @field_validator("holidays")
    @classmethod
    def _real_dates(cls, holidays: tuple[str, ...]) -> tuple[str, ...]:
        for text in holidays:
            try:
                date.fromisoformat(text)
            except ValueError as error:
                raise ValueError(f"{text!r} is no date of the calendar") from error
        return holidays

    @model_validator(mode="after")
    def _pay_days_have_a_kind(self) -> Self:
        others = [text for text in self.holidays if not text.startswith(f"{self.year}-")]
        if others:
            raise ValueError(f"the holiday {others[0]!r} is not in {self.year}")
        if bool(self.pay_days) != (self.pay_day is not None):
            raise ValueError("'pay_days' and 'pay_day' go together")
        return self

    def kinds(self) -> dict[date, str]:
        """Return the day type of every open day of the year."""
        holidays = {date.fromisoformat(text) for text in self.holidays}
        return day_types_of_year(
            self.year,
            {str(day): kind for day, kind in self.weekdays.items()},
            holidays,
            self.holiday,
            self.pay_days,
            self.pay_day,
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

    year: YearInput | None = Field(default=None, description="Count the days of a real year by kind.")

    @model_validator(mode="after")
    def _fit_a_year(self) -> Self:
        days = self.days()
        if self.year is None and sum(days.values()) > 366:
            total = sum(days.values())
            raise ValueError(f"the day types sum to {total:g} days a year; a year has no more than 366")
        return self

    def days(self) -> dict[str, float]:
        """
        Return the days a year of each day type.

        Raises
        ------
        ValueError
            If a day type is told twice or not at all, or the year names one that is not there.
        """
        if self.year is None:
            untold = [name for name, item in self.day_types.items() if item.days_per_year is None]
            if untold:
                raise ValueError(f"day_types.{untold[0]}: expected 'days_per_year', or a 'year' that counts its days")
            return {name: float(item.days_per_year or 0.0) for name, item in self.day_types.items()}
        told = [name for name, item in self.day_types.items() if item.days_per_year is not None]
        if told:
            raise ValueError(f"day_types.{told[0]}: 'days_per_year' is counted from the 'year'; leave it out")
        counts = Counter(self.year.kinds().values())
        unknown = sorted(set(counts) - set(self.day_types))
        if unknown:
            raise ValueError(f"year: there is no day type {unknown[0]!r}; known: {', '.join(self.day_types)}")
        never = [name for name in self.day_types if name not in counts]
        if never:
            raise ValueError(f"day_types.{never[0]}: no day of {self.year.year} is of this type")
        return {name: float(counts[name]) for name in self.day_types}
