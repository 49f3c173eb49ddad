"""Who wishes visits: people, segments, growth and the move to other channels, as a person typed them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from netsim.model.quantities import DataCrs, Id, Key, Label, LayerFile, People, Share, Years
from netsim.model.scenario_base import Input, Mix, SomeKeys, Weight, sums_to_one
from netsim.model.scenario_choice import ChoiceInput

Year = Annotated[float, Field(ge=1990, le=2100)]
VisitsPerPerson = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class SpreadItem(Input):
    """One rule by which people are spread over zones."""

    share: Share = Field(description="Share of the people spread by this rule.")
    by: Key = Field(
        description="Spreading rule: residential_floor, workplace_floor, count, weight, road_length, column, or "
        "departures of the stops of a GTFS feed."
    )
    layer: LayerFile | None = Field(default=None, description="Map layer that the rule weighs.")
    crs: DataCrs | None = Field(default=None, description="CRS of the layer if the file states none; or GCJ02, BD09.")
    column: Label | None = Field(default=None, description="Column of the layer, or of the zones (by: column).")

    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = Field(
        default=None, description="Day of the week whose departures count (by: departures)."
    )

    @model_validator(mode="after")
    def _something_to_weigh(self) -> Self:
        if (self.by == "departures") != (self.weekday is not None):
            raise ValueError("'by: departures' and 'weekday' go together")
        if self.layer is None and self.column is None:
            raise ValueError("expected 'layer' (a map layer to weigh) or 'column' (a column of the zones)")
        return self


class BehaviourInput(Input):
    """What sets the customers of a people layer apart at an outlet."""

    priority: Annotated[int, Field(ge=0, le=9)] | None = Field(
        default=None, description="Level in every queue in place of the task's: lower levels are called first."
    )
    preempts: bool | None = Field(
        default=None, description="Interrupt services of a higher level; absent: as the task."
    )
    patience: Annotated[float, Field(ge=0.05, le=20, allow_inf_nan=False)] = Field(
        default=1.0, description="Factor on the mean patience of every queue."
    )
    speed: Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="Their service times are divided by it: below 1 for those who take longer."
    )
    desk: Key | None = Field(
        default=None, description="Station that takes their counter steps where the outlet has it, such as a VIP desk."
    )
    self_service: bool = Field(
        default=True, description="Use terminals; false: they go to the counter where that does the task."
    )
    party: Annotated[tuple[Share, ...], Field(max_length=20)] = Field(
        default=(), description="Shares of parties of 1, 2, ... who come together; absent: everybody comes alone."
    )

    presence: Annotated[tuple[Share, ...], Field(max_length=48)] = Field(
        default=(),
        description="Share of them who are there in each of the 48 half-hours from 00:00, such as residents at "
        "night; absent: always. Only who is there wishes visits.",
    )

    @field_validator("presence")
    @classmethod
    def _whole_day(cls, presence: tuple[float, ...]) -> tuple[float, ...]:
        if presence and (len(presence) != 48 or not any(presence)):
            raise ValueError(f"expected 48 shares, one a half-hour, not all of them 0; got {len(presence)}")
        return presence

    @field_validator("party")
    @classmethod
    def _all_parties(cls, party: tuple[float, ...]) -> tuple[float, ...]:
        if party:
            sums_to_one({str(size): share for size, share in enumerate(party, 1)})
        return party


class Census(Input):
    """Where the people of a layer were counted: areas of another map, or a raster, carried over to the zones."""

    layer: LayerFile = Field(description="Map layer of polygons with a column of people, or a GeoTIFF of people.")
    column: Label | None = Field(default=None, description="Column that holds the people; none for a raster.")
    crs: DataCrs | None = Field(default=None, description="CRS of the layer if the file states none; or GCJ02, BD09.")
    by: Key = Field(
        default="area",
        description="How people are spread inside an area: area, raster, or by a spreading rule that weighs an "
        "ancillary layer: road_length, count, weight, residential_floor, ...",
    )
    within: LayerFile | None = Field(default=None, description="The ancillary layer that 'by' weighs.")
    weight: Label | None = Field(default=None, description="Column of the ancillary layer that weighs (by: weight).")

    @model_validator(mode="after")
    def _weighs_something(self) -> Self:
        if (self.by == "area") != (self.within is None):
            raise ValueError(
                "expected 'within', the layer to weigh by" if self.within is None else "'by: area' weighs no layer"
            )
        return self


class GrowthPoint(Input):
    """The people of a layer in a year."""

    year: Year = Field(description="The year.")
    factor: Weight = Field(description="People relative to the layer's figure.")


class GrowthInput(Input):
    """How the people of a layer change over the years: at a yearly rate, or along points."""

    since: Year | None = Field(default=None, description="Year that the layer's figure holds for.")
    yearly: Annotated[float, Field(gt=-0.5, lt=1, allow_inf_nan=False)] | None = Field(
        default=None, description="Growth a year, such as 0.012."
    )
    points: tuple[GrowthPoint, ...] = Field(
        default=(), description="Factors by year, linear in between.", max_length=200
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.since is None) != (self.yearly is None) or (self.since is None) == (not self.points):
            raise ValueError("expected either 'since' and 'yearly', or 'points'")
        if any(later.year <= earlier.year for earlier, later in pairwise(self.points)):
            raise ValueError("the years of the points do not increase")
        return self


class SegmentInput(Input):
    """A part of the people of a layer with ways of their own."""

    share: Share | None = Field(default=None, description="Share of the layer's people; absent: the rest.")
    column: Label | None = Field(default=None, description="Column of the zones with the share in each zone.")
    visits_per_person: VisitsPerPerson | None = Field(default=None, description="Absent: as the layer.")
    tasks: Mix | None = Field(default=None, description="Share of each task in their visits; absent: as the layer.")
    behaviour: BehaviourInput | None = Field(default=None, description="Absent: as the layer.")

    @model_validator(mode="after")
    def _one_share(self) -> Self:
        if self.share is not None and self.column is not None:
            raise ValueError("expected 'share' or 'column', or neither for the rest")
        return self


class PeopleLayer(Input):
    """People who wish visits: residents, daytime population, ..."""

    people: People | None = Field(
        default=None, description="Number of people; absent: the sum of the column, or of the points."
    )
    spread: tuple[SpreadItem, ...] = Field(default=(), description="How they are spread over the zones.")
    census: Census | None = Field(default=None, description="Where they were counted, instead of 'spread'.")
    growth: GrowthInput | None = Field(default=None, description="How their number changes until demand.year.")
    segments: Mapping[Key, SegmentInput] = Field(
        default={}, description="Parts of these people with ways of their own; absent: all are alike."
    )
    visits_per_person: VisitsPerPerson = Field(description="Visits wished by a person on a day.")
    tasks: Mix = Field(description="Share of each task in the visits; sums to 100%.")
    behaviour: BehaviourInput = Field(
        default=BehaviourInput(), description="What sets these customers apart at an outlet; absent: nothing."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.census is not None and (self.spread or self.people is not None):
            raise ValueError("'census' tells how many people there are and where; take 'people' and 'spread' away")
        rest = [name for name, item in self.segments.items() if item.share is None and item.column is None]
        if len(rest) > 1:
            raise ValueError(f"segments.{rest[1]}: only one segment can be the rest ({rest[0]!r} is it already)")
        shares = {name: item.share for name, item in self.segments.items() if item.share is not None}
        if sum(shares.values()) > 1.0 + 1e-9:
            raise ValueError(f"the segments' shares sum to {100 * sum(shares.values()):.6g}%; at most 100%")
        if self.segments and not rest and all(item.column is None for item in self.segments.values()):
            sums_to_one(shares)
        return self

    @field_validator("spread")
    @classmethod
    def _spread_all(cls, spread: tuple[SpreadItem, ...]) -> tuple[SpreadItem, ...]:
        if spread:
            sums_to_one({str(index): item.share for index, item in enumerate(spread)})
        return spread


class MigrationInput(Input):
    """How customers move from the counter to another channel over the years: an S-curve."""

    to: Key = Field(description="A remote channel that they turn to first, or 'terminal' for self-service.")
    tasks: SomeKeys = Field(description="Tasks that move.")
    segments: tuple[Id, ...] = Field(
        default=(), description="Who moves: layers, or their segments as layer.segment; empty: everybody."
    )
    start: Share = Field(default=0.0, description="Share that had moved long before.")
    cap: Share = Field(description="Share that moves in the end.")
    midpoint: Year = Field(description="Year in which half of the way is gone.")
    years: Years = Field(description="Years from 10% to 90% of the way.")

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.cap < self.start:
            raise ValueError(f"the cap ({100 * self.cap:g}%) lies below the start ({100 * self.start:g}%)")
        return self


class Demand(Input):
    """Who wishes visits, and how many."""

    layers: Annotated[Mapping[Key, PeopleLayer], Field(min_length=1)] = Field(description="People by layer.")
    scale: Mapping[Key, Weight] = Field(default={}, description="Multipliers of layers, 1 as given.")
    year: Year | None = Field(
        default=None, description="Year that is looked at; absent: the layers' figures as they are, nobody moves on."
    )
    migration: Mapping[Key, MigrationInput] = Field(
        default={}, description="Moves to self-service and remote channels until demand.year."
    )
    choice: ChoiceInput | None = Field(
        default=None,
        description="How customers choose an outlet; absent: as rules.assignment says, whatever they have to wait.",
    )
    day_factor_cv: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        default=0.0, description="Variation of the demand from day to day beyond chance: the cv of a factor of mean 1."
    )
