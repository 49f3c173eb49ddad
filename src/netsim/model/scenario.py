"""
What a person typed: the scenario as a tree of frozen, strict records in the house units.

Every mapping of a scenario file may also carry ``provenance``, and every figure may be written as
``{value: ..., source: ..., evidence: ...}``; both are taken out before these records are made and
come back as ``model.provenance.Figure``. Ids of other records are checked when a scenario is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from netsim.model.quantities import (
    Count,
    DataCrs,
    Id,
    Key,
    Label,
    LayerFile,
    Metres,
    Minutes,
    MoneyPerMinute,
    MoneyPerYear,
    Share,
    Years,
)
from netsim.model.scenario_base import Input, Keys, Language, Names, SomeKeys
from netsim.model.scenario_channel import PoolInput, RemoteInput
from netsim.model.scenario_choice import RivalInput
from netsim.model.scenario_demand import Demand
from netsim.model.scenario_locker import ParcelsInput
from netsim.model.scenario_place import Calendar, Geography
from netsim.model.scenario_service import (
    BreakdownsInput,
    ChannelInput,
    FormatInput,
    LanesInput,
    PersonInput,
    Profile,
    StationInput,
    TaskInput,
)
from netsim.model.study import Assignment
from netsim.units import typed


class Today(Input):
    """What stands at a place today."""

    format: Key = Field(description="Format id.")
    pattern: Key | None = Field(default=None, description="Opening pattern; absent: the format's first.")
    counters: Count = Field(default=0, description="Counters in use.")
    terminals: Count = Field(default=0, description="Terminals in use.")


class SiteKind(Input):
    """What holds for all places of a kind."""

    today: Today | None = Field(default=None, description="What stands there today; absent: nothing.")
    allowed: SomeKeys | None = Field(default=None, description="Formats that may be chosen there.")
    may_close: bool = Field(default=True, description="Whether an outlet that stands there may be closed.")
    rival: RivalInput | None = Field(default=None, description="Outlets of competitors stand there, instead of ours.")

    @model_validator(mode="after")
    def _ours_or_theirs(self) -> Self:
        if (self.rival is None) == (self.allowed is None):
            raise ValueError("expected either 'allowed', the formats that may be chosen, or 'rival'")
        if self.rival is not None and self.today is not None:
            raise ValueError("a rival's outlet is not one of ours; take 'today' away")
        return self


class SiteInput(Input):
    """A place typed into the scenario."""

    id: Id = Field(description="Immutable id.")
    name: Label | None = Field(default=None, description="Name as people call it; absent: the id.")
    kind: Key | None = Field(default=None, description="Kind of place: a key of network.kinds.")
    brand: Label | None = Field(default=None, description="Brand.")
    x: Annotated[float, Field(ge=-1e8, le=1e8, allow_inf_nan=False)] = Field(description="Easting in metres.")
    y: Annotated[float, Field(ge=-1e8, le=1e8, allow_inf_nan=False)] = Field(description="Northing in metres.")
    today: Today | None = Field(default=None, description="What stands there today; absent: as its kind says.")
    allowed: SomeKeys | None = Field(default=None, description="Formats that may be chosen; absent: as its kind says.")
    may_close: bool | None = Field(default=None, description="Whether it may be closed; absent: as its kind says.")


class SeedSites(Input):
    """Sites made up by rule where a city has none on record."""

    branches: Count = Field(default=0, description="Places of the kind 'branch'.")
    atms: Count = Field(default=0, description="Places of the kind 'atm'.")
    candidates: Count = Field(default=0, description="Places of the kind 'candidate'.")
    by: Label = Field(description="Column of the zones that draws them, such as jobs.")
    apart: Metres = Field(default=250.0, description="Least distance between two of them.")


class NetworkInput(Input):
    """Where outlets stand or could stand."""

    layer: LayerFile | None = Field(default=None, description="Map layer of sites: id, kind, name, brand.")
    crs: DataCrs | None = Field(default=None, description="CRS of the layer if the file states none; or GCJ02, BD09.")
    kinds: Mapping[Key, SiteKind] = Field(default={}, description="What holds for places of a kind.")
    sites: tuple[SiteInput, ...] = Field(default=(), description="Places typed here.", max_length=100_000)
    seed_sites: SeedSites | None = Field(default=None, description="Places made up by rule (evidence synthetic).")

    @model_validator(mode="after")
    def _some_sites(self) -> Self:
        if self.layer is None and not self.sites and self.seed_sites is None:
            raise ValueError("expected sites: a 'layer', a list of 'sites', or 'seed_sites'")
        return self


class CoverageInput(Input):
    """At least this share of the people has an outlet doing the task within this time."""

    task: Key = Field(description="Task id.")
    share: Share = Field(description="Least share of the people.")
    within: Minutes = Field(description="Longest way.")
    layers: Keys = Field(default=(), description="People layers that count; empty: all.")


class RulesInput(Input):
    """What a plan has to respect."""

    assignment: Assignment = Field(description="nearest: customers choose; directed: the plan sends them.")
    reach: Minutes = Field(description="Longest way that customers accept.")
    served_share: Share = Field(
        default=0.0,
        description="Least share of the wished visits that reach an open outlet able to do them.",
    )
    coverage: Mapping[Key, CoverageInput] = Field(default={}, description="Coverage rules by id.")
    budget: MoneyPerYear | None = Field(default=None, description="Largest yearly cost; absent: none.")
    max_changes: Count | None = Field(default=None, description="Most sites opened, closed or converted.")


class EconomicsInput(Input):
    """Money."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO code that all money of the scenario is written in."
    )
    price_year: Annotated[int, Field(ge=1990, le=2100)] = Field(description="Year whose prices are used.")
    discount_rate: Share = Field(description="Yearly discount rate.")
    transition_years: Years = Field(description="Years over which one-off costs are spread.")
    value_of_time: MoneyPerMinute = Field(description="Cost of a customer's travel time, per hour.")
    trips: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = Field(
        default=2.0, description="Ways per visit: 2 for there and back."
    )


class BreakInput(Input):
    """The unpaid break of a shift."""

    after: Annotated[tuple[Minutes, ...], Field(min_length=2, max_length=2)] = Field(
        description="Earliest and latest start after the beginning of the shift."
    )
    length: Minutes = Field(description="Length of the break.")

    @field_validator("after", "length")
    @classmethod
    def _half_hours(cls, value: tuple[float, ...] | float) -> tuple[float, ...] | float:
        for item in value if isinstance(value, tuple) else (value,):
            _whole_slots(item)
        if isinstance(value, tuple) and value[1] < value[0]:
            raise ValueError("the latest start lies before the earliest")
        return value


def _whole_slots(value: float) -> float:
    if value % 30 != 0:
        raise ValueError(f"expected whole half-hours, got {value:g} min")
    return value


class ShiftInput(Input):
    """A shift that staff can be given."""

    length: Annotated[Minutes, AfterValidator(_whole_slots)] = Field(description="From first to last minute.")
    paid: Minutes = Field(description="Time paid.")
    pause: BreakInput | None = Field(default=None, alias="break", description="Unpaid break.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.length > 16 * 60:
            raise ValueError("a shift is no longer than 16 h")
        if self.paid > self.length:
            raise ValueError(f"{self.paid / 60:g} h are paid in a shift of {self.length / 60:g} h")
        if self.pause is not None and self.pause.after[1] + self.pause.length >= self.length:
            raise ValueError("the break may end after the shift")
        return self


class StaffInput(Input):
    """Staff at counters."""

    shifts: Mapping[Key, ShiftInput] = Field(default={}, description="Shifts by id.")


class PlanningInput(Input):
    """When the planner stops."""

    max_rounds: Annotated[int, Field(ge=1, le=90)] = Field(default=4, description="Rounds of plan and simulate.")
    margin: Share = Field(default=0.015, description="Points of share in time aimed above the promise.")
    gap: Share = Field(default=0.01, description="MILP gap that is good enough.")
    nodes: Annotated[int, Field(ge=1, le=10**9)] = Field(default=50, description="Most nodes in one round.")
    search_passes: Annotated[int, Field(ge=0, le=10**6)] = Field(default=50, description="Passes of the local search.")
    tighten: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.97, description="Factor below the load that a lane missed its promise at."
    )


MeasureName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]{0,127}$")]


class PrecisionInput(Input):
    """How well a measure has to be known: the largest half width of its interval, absolute or relative."""

    half_width: float | str | None = Field(
        default=None, description="Largest half width in the unit of the measure, for example 0.1 min or 0.5%."
    )
    relative: Annotated[Share, Field(gt=0)] | None = Field(
        default=None, description="Largest half width as a share of the measure."
    )

    @field_validator("half_width", mode="before")
    @classmethod
    def _with_its_unit(cls, value: object) -> object:
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float, str))):
            raise ValueError(f"expected a half width such as '0.1 min' or '0.5%', got {typed(value)}")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.half_width is None) == (self.relative is None):
            raise ValueError("expected either 'half_width' or 'relative'")
        return self


class SimulationInput(Input):
    """How many days are simulated."""

    block: Annotated[int, Field(ge=2, le=10_000)] = Field(default=20, description="Days of the first look.")
    max_days: Annotated[int, Field(ge=2, le=100_000)] = Field(default=320, description="Most days of a test.")
    indifference: Share = Field(default=0.01, description="Points around the target that may stay undecided.")
    capacity_days: Annotated[int, Field(ge=2, le=100_000)] = Field(
        default=160, description="Most days of one point of a capacity curve."
    )
    compare_days: Annotated[int, Field(ge=2, le=100_000)] = Field(
        default=40, description="Common days on which scenarios are compared, and measures taken without 'precision'."
    )
    confidence: Annotated[Share, Field(ge=0.5, lt=1)] = Field(default=0.95, description="Level of intervals.")
    precision: Mapping[MeasureName, PrecisionInput] = Field(
        default={}, description="Measures by name: days are added until each is known so well, max_days at most."
    )
    min_days: Annotated[int, Field(ge=2, le=100_000)] | None = Field(
        default=None, description="Days of the first look at 'precision'; absent: block."
    )

    @model_validator(mode="after")
    def _first_look_fits(self) -> Self:
        if self.block > self.max_days:
            raise ValueError(f"block ({self.block} days) is more than max_days ({self.max_days})")
        if self.min_days is not None and self.min_days > self.max_days:
            raise ValueError(f"min_days ({self.min_days} days) is more than max_days ({self.max_days})")
        return self


class Scenario(Input):
    """A whole scenario."""

    netsim: Literal[1] = Field(description="Version of the scenario language.")
    name: Names = Field(description="Display names by language.")
    note: Mapping[Language, Annotated[str, StringConstraints(max_length=5000)]] = Field(
        default={}, description="What a reader has to know first, by language."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(default=1, description="Seed of all random numbers.")
    plan: Literal["as_is", "optimise"] = Field(description="as_is: simulate what stands; optimise: plan anew.")
    geography: Geography = Field(description="Where the study takes place.")
    calendar: Calendar = Field(description="Day types and opening hours.")
    demand: Demand = Field(description="Who wishes visits.")
    profiles: Annotated[Mapping[Key, Profile], Field(min_length=1)] = Field(description="When visits are wished.")
    tasks: Annotated[Mapping[Key, TaskInput], Field(min_length=1)] = Field(description="What customers come for.")
    lanes: LanesInput = Field(description="Promise and patience by lane.")
    outages: BreakdownsInput | None = Field(
        default=None, description="When the system that all outlets work on is down; absent: never."
    )
    stations: Mapping[Key, StationInput] = Field(
        default={}, description="What stands beside the lanes: reception, card printer, back office, VIP desk."
    )
    teams: Mapping[Key, Annotated[Mapping[Key, PersonInput], Field(min_length=1)]] = Field(
        default={}, description="Named persons by team."
    )
    parcels: ParcelsInput | None = Field(default=None, description="Parcels in lockers: formats with 'cells'.")
    pools: Mapping[Key, PoolInput] = Field(
        default={}, description="Servers that the whole network shares: back-office hub, call centre, technicians."
    )
    remote: Mapping[Key, RemoteInput] = Field(
        default={}, description="Channels without an outlet: app, smart customer service, call centre."
    )
    channels: Mapping[Key, ChannelInput] = Field(description="How customers meet the operator.")
    formats: Annotated[Mapping[Key, FormatInput], Field(min_length=1)] = Field(
        description="Kinds of outlets: each key is a file formats/<key>.yaml, changed by what stands behind it."
    )
    network: NetworkInput = Field(description="Where outlets stand or could stand.")
    rules: RulesInput = Field(description="What a plan has to respect.")
    economics: EconomicsInput = Field(description="Money.")
    staff: StaffInput = Field(default=StaffInput(), description="Staff at counters.")
    planning: PlanningInput = Field(default=PlanningInput(), description="When the planner stops.")
    simulation: SimulationInput = Field(default=SimulationInput(), description="How many days are simulated.")

    @field_validator("netsim", mode="before")
    @classmethod
    def _version_read_here(cls, value: object) -> object:
        if type(value) is not int or value != 1:
            raise ValueError(f"this program reads version 1 of the scenario language, got {typed(value)}")
        return value
