"""Service as a person typed it: profiles, tasks, lanes, channels and formats."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from netsim.model.network import Contact, Medium, Ownership
from netsim.model.quantities import Key, Label, Minutes, Money, MoneyPerHour, MoneyPerYear, Share
from netsim.model.scenario_base import DayShares, Input, Keys, Levels, Mix, Names, SomeKeys, Windows
from netsim.model.scenario_upkeep import ServiceTimeInput, UpkeepInput
from netsim.model.service import EndOfShift, Lane, PatienceLaw


class Profile(Input):
    """When visits are wished."""

    shares: DayShares = Field(description="Weight of each of the 48 half-hours from 00:00; normalised to 1.")


class MisroutedInput(Input):
    """Customers who are sent to a wrong queue after a step."""

    share: Annotated[Share, Field(gt=0, le=0.9)] = Field(description="Share of those who leave the step.")
    to: Key = Field(description="terminal, counter or a station at which they turn up in error.")
    takes: ServiceTimeInput = Field(description="Time there until the error is clear.")


class StepInput(Input):
    """A step of a service blueprint."""

    terminal: ServiceTimeInput | None = Field(default=None, description="Service time at a terminal.")
    counter: ServiceTimeInput | None = Field(default=None, description="Service time at a counter.")
    fail_over: Share = Field(default=0.0, description="Share of terminal services that go on to the counter.")
    after_fail_over: ServiceTimeInput | None = Field(
        default=None, description="Counter time of those who failed at a terminal; absent: as 'counter'."
    )
    stage: Literal["customer", "front", "back", "support"] = Field(
        default="front", description="Lane of the service blueprint."
    )
    rework: Annotated[Share, Field(le=0.9)] = Field(
        default=0.0, description="Share of services that have to be done again at once, in the same lane."
    )
    hand_off: Minutes | None = Field(default=None, description="Time until the next step begins; absent: at once.")
    incomplete: Annotated[Share, Field(le=0.9)] = Field(
        default=0.0, description="Share of services that end because a document is missing: the customer comes back."
    )
    returns_after: Minutes | None = Field(
        default=None, description="Time until the customer comes back, on the same day; needed with 'incomplete'."
    )
    at: Key | None = Field(default=None, description="Station beside the lanes that does the step in place of a lane.")
    takes: ServiceTimeInput | None = Field(default=None, description="Service time there; goes with 'at'.")
    also: Key | None = Field(
        default=None, description="Station or pool whose server is needed too: a card printer, a remote agent."
    )
    skills: Keys = Field(default=(), description="What a named server must be able to do, or the group.")
    mandatory: bool = Field(
        default=True,
        description="Whether nothing goes on without it; else outlets that cannot do it leave it out.",
    )
    then: Mix | None = Field(
        default=None,
        description="Share of customers by the later step they go on with, or 'end'; absent: the next.",
    )
    misrouted: MisroutedInput | None = Field(
        default=None, description="Customers who are sent to a wrong queue after the step; absent: nobody."
    )

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if (self.at is None) != (self.takes is None):
            raise ValueError("'at' and 'takes' go together")
        if self.at is not None and (self.terminal is not None or self.counter is not None):
            raise ValueError("a step is done either 'at' a station or in the lanes 'terminal' and 'counter'")
        if self.at is not None and self.at == self.also:
            raise ValueError("'also' names the station of the step itself; expected another one")
        if self.at is None and self.terminal is None and self.counter is None:
            raise ValueError("expected a service time for 'terminal', 'counter' or both, or 'at' a station")
        if self.terminal is None and (self.fail_over > 0 or self.after_fail_over is not None):
            raise ValueError("'fail_over' and 'after_fail_over' need a service time for 'terminal'")
        if (self.incomplete > 0) != (self.returns_after is not None):
            raise ValueError("'incomplete' and 'returns_after' go together")
        return self


def _at_most_one(shares: Mapping[str, float]) -> Mapping[str, float]:
    total = sum(shares.values())
    if total > 1.0 + 1e-6:
        raise ValueError(f"the shares sum to {100 * total:.6g}%; expected 100% at most: the rest gives up")
    return shares


SomeOf = Annotated[Mapping[Key, Share], AfterValidator(_at_most_one)]


class RemoteStartInput(Input):
    """Customers of a task who turn to a remote channel first."""

    share: Annotated[Share, Field(gt=0)] = Field(description="Share of all customers of the task.")
    succeeds: Share | None = Field(default=None, description="Share settled there; absent: as the channel says.")


class LeaversInput(Input):
    """Where customers turn who leave an outlet without being served to the end."""

    to: SomeOf = Field(description="Shares by 'nearby', 'again' or a remote channel; the rest is lost.")
    after: Minutes | None = Field(default=None, description="Mean time until those come back who try again.")

    @model_validator(mode="after")
    def _later_is_told(self) -> Self:
        if "again" in self.to and self.after is None:
            raise ValueError("'after' is missing: how long until customers try again")
        return self


def _starts(starts: Mapping[str, RemoteStartInput]) -> Mapping[str, RemoteStartInput]:
    total = sum(start.share for start in starts.values())
    if total > 1.0 + 1e-6:
        raise ValueError(f"the shares sum to {100 * total:.6g}%; expected 100% at most: the rest goes to an outlet")
    return starts


class LateInput(Input):
    """Those who come late to an appointment."""

    share: Annotated[Share, Field(gt=0)] = Field(description="Share of those who come.")
    mean: Minutes = Field(description="Mean lateness of these, exponential.")


class AppointmentsInput(Input):
    """Appointments beside walk-ins."""

    share: Annotated[Share, Field(gt=0)] = Field(description="Share of the customers who ask for an appointment.")
    every: Annotated[Minutes, Field(ge=1)] = Field(description="Time from one appointment to the next.")
    places: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="Appointments that an outlet gives at the same minute."
    )
    no_show: Share = Field(default=0.0, description="Share of those with an appointment who do not come.")
    late: LateInput | None = Field(default=None, description="Those who come late; absent: all are in time.")
    priority: Annotated[int, Field(ge=0, le=9)] | None = Field(
        default=None, description="Level of those with an appointment in every queue; absent: that of the task."
    )


class TaskInput(Input):
    """A service that customers come for."""

    name: Names = Field(description="Display names by language.")
    profile: Key = Field(description="Id of the arrival profile.")
    flexible: Share = Field(description="Share of customers who come at another time when the outlet is closed.")
    lost_visit_cost: Money = Field(description="Cost of a visit that is not served.")
    steps: Annotated[Mapping[Key, StepInput], Field(min_length=1)] = Field(description="The blueprint, in order.")
    priority: Annotated[int, Field(ge=0, le=9)] = Field(
        default=0, description="Level in every queue: lower levels are called first."
    )
    preempts: bool = Field(
        default=False, description="Interrupt a service of a higher level, which is resumed later where it stopped."
    )
    waits_at_door: Minutes | None = Field(
        default=None, description="Customers who wish to come at most so long before the doors open wait outside."
    )
    appointments: AppointmentsInput | None = Field(default=None, description="Appointments beside walk-ins.")
    remote: Annotated[Mapping[Key, RemoteStartInput], AfterValidator(_starts)] = Field(
        default={}, description="Customers who turn to a remote channel first, by channel."
    )
    leavers: LeaversInput | None = Field(
        default=None, description="Where those turn who leave an outlet without being served; absent: home."
    )


class PromiseInput(Input):
    """The service promised: this share of all arrivals is called within this time."""

    share: Annotated[Share, Field(gt=0, le=0.999)] = Field(
        description="Share of all arrivals, at most 99.9%: no number of days proves more; leavers count as late."
    )
    within: Minutes = Field(description="Longest wait promised.")


class BreakdownsInput(Input):
    """Failures of one terminal, or of the whole system."""

    mtbf: Minutes = Field(description="Mean time between failures.")
    mttr: Minutes = Field(description="Mean time to repair.")
    cv: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = Field(description="Variation of the repair time.")


class BalkingInput(Input):
    """When newcomers who find all servers busy turn round."""

    queue: Annotated[int, Field(ge=0, le=10_000)] = Field(description="From this many waiting customers on.")
    share: Share = Field(description="Share of newcomers who then turn round; they count as late.")


class QueueInput(Input):
    """How customers wait at a lane or station, and how its servers go off duty."""

    patience: Minutes | None = Field(default=None, description="Mean patience; absent: nobody leaves the queue.")
    end_of_shift: EndOfShift = Field(
        description="What happens to the customer in hand when a server goes off duty, and to the queue at closing."
    )
    balking: BalkingInput | None = Field(default=None, description="When newcomers turn round; absent: never.")
    patience_law: PatienceLaw = Field(default="exponential", description="Distribution of the patience.")
    patience_shape: Annotated[float, Field(ge=0.2, le=20, allow_inf_nan=False)] | None = Field(
        default=None, description="Shape of a Weibull patience: above 1 people leave more readily the longer they wait."
    )
    announces: bool = Field(
        default=False, description="Newcomers are told their wait and go at once if they are not that patient."
    )
    breakdowns: BreakdownsInput | None = Field(default=None, description="Failures of the servers.")
    upkeep: UpkeepInput | None = Field(
        default=None, description="Failures that technicians mend, in place of 'breakdowns'."
    )
    queues: Literal["one", "each"] = Field(
        default="one", description="one: a single queue for all servers; each: a queue before every server."
    )
    jockey: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="With queues 'each': difference in customers from which the last one moves over; absent: 2.",
    )

    @model_validator(mode="after")
    def _patience_told_whole(self) -> Self:
        if (self.patience_law == "weibull") != (self.patience_shape is not None):
            raise ValueError("'patience_shape' goes with a 'patience_law' that is weibull, and only with it")
        if self.patience is None and (self.announces or self.patience_law != "exponential"):
            raise ValueError("'announces' and 'patience_law' need 'patience'")
        if self.upkeep is not None and (self.breakdowns is not None or self.queues == "each"):
            raise ValueError("'upkeep' goes neither with 'breakdowns' nor with queues: each")
        if self.jockey is not None and self.queues == "one":
            raise ValueError("'jockey' needs queues: each")
        return self


class LanePolicyInput(QueueInput):
    """What holds for a lane in every outlet."""

    promise: PromiseInput = Field(description="The service promised.")


class StationInput(QueueInput):
    """Servers beside the two lanes: a reception, a card printer, a back office, a desk for some customers only."""

    name: Names = Field(description="Display names by language.")
    end_of_shift: EndOfShift = Field(
        default="finish_and_close_queue", description="What happens when a server goes off duty, and at closing."
    )
    customers_wait: bool = Field(
        default=True, description="Whether customers wait here in person; false for a back office: their papers wait."
    )
    on_system: bool = Field(default=True, description="Whether nothing is served here while the system is down.")

    @model_validator(mode="after")
    def _papers_are_patient(self) -> Self:
        if not self.customers_wait and (self.patience is not None or self.balking is not None or self.announces):
            raise ValueError("'patience', 'balking' and 'announces' need 'customers_wait': papers do not leave")
        return self


class StationUseInput(Input):
    """A station in a format."""

    servers: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Servers whenever it is open; absent: the persons of the 'team'."
    )
    hours: Key | None = Field(default=None, description="Opening hours; absent: those of the counter or the only lane.")
    cost: MoneyPerYear = Field(default=0.0, description="Running cost of one server, staff included.")
    team: Key | None = Field(
        default=None, description="Named persons who work there; absent: servers that are counted."
    )

    @model_validator(mode="after")
    def _somebody_works_there(self) -> Self:
        if (self.servers is None) == (self.team is None):
            raise ValueError("expected either 'servers' or a 'team'")
        return self


class PersonInput(Input):
    """A named person of a team."""

    group: Label | None = Field(
        default=None, description="Kind of staff, such as tellers or advisers; steps may ask for it like for a skill."
    )
    skills: Keys = Field(default=(), description="What the person can do; steps ask for it with 'skills'.")
    speed: Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="Service times are divided by it."
    )
    on_duty: Windows = Field(description="Times on duty, such as 09:00-12:30; breaks and lunch are the gaps.")

    @model_validator(mode="after")
    def _gaps_between(self) -> Self:
        if any(after[0] <= before[1] for before, after in pairwise(self.on_duty)):
            raise ValueError("times on duty touch: write them as one, or leave a break between them")
        return self


class LanesInput(Input):
    """The lanes of an outlet."""

    counter: LanePolicyInput | None = Field(default=None, description="Staffed counters.")
    terminal: LanePolicyInput | None = Field(default=None, description="Self-service terminals.")


class ChannelInput(Input):
    """How customers meet the operator."""

    name: Names = Field(description="Display names by language.")
    contact: Contact = Field(description="direct or indirect contact.")
    medium: Medium = Field(description="staffed, self, remote or digital.")


class CostsInput(Input):
    """What a format costs, in the scenario's currency."""

    fixed: MoneyPerYear = Field(description="Running cost without staff and terminals.")
    per_terminal: MoneyPerYear = Field(default=0.0, description="Running cost of a terminal.")
    per_counter: MoneyPerYear = Field(default=0.0, description="Running cost of a counter besides its staff.")
    staff_hour: MoneyPerHour = Field(default=0.0, description="Paid hour of one member of staff.")
    per_visit: Money = Field(default=0.0, description="Fee for each service given.")
    opening: Money = Field(default=0.0, description="One-off cost of opening this format.")
    closing: Money = Field(default=0.0, description="One-off cost of closing it.")
    converting: Money = Field(default=0.0, description="One-off cost of converting another format into it.")
    terminal_installation: Money = Field(default=0.0, description="One-off cost of each terminal added.")


class RoomInput(Input):
    """A waiting room: seats, and an area where people stand."""

    seats: Annotated[int, Field(ge=0, le=100_000)] = Field(default=0, description="Seats.")
    area: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = Field(
        default=0.0, description="Square metres where people stand."
    )
    per_person: Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)] = Field(
        default=1.0, description="Square metres that one of them needs."
    )

    @property
    def places(self) -> int:
        """How many find room."""
        return self.seats + int(self.area / self.per_person + 1e-9)


class FormatInput(Input):
    """A kind of outlet."""

    name: Names = Field(description="Display names by language.")
    ownership: Ownership = Field(description="Who runs it.")
    channels: Mapping[Lane, Key] = Field(description="Channel of each lane.")
    tasks: Annotated[Mapping[Lane, SomeKeys], Field(min_length=1)] = Field(description="Tasks done in each lane.")
    levels: Mapping[Lane, Levels] = Field(description="Numbers of servers to choose from, increasing, at least 1.")
    patterns: Annotated[Mapping[Key, Mapping[Lane, Key]], Field(min_length=1)] = Field(
        description="Opening patterns to choose from: the hours id of each lane."
    )
    speed: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="Service times are divided by it."
    )
    attraction: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = Field(
        default=1.0, description="What draws customers, where demand.choice looks at it."
    )
    stations: Mapping[Key, StationUseInput] = Field(default={}, description="Stations beside the lanes.")
    team: Key | None = Field(
        default=None, description="Named persons at the counter; their number is the only level of the counter."
    )
    cells: Mapping[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default={}, description="Parcel cells by size, as in 'parcels.sizes'; absent: no locker."
    )
    room: Annotated[int, Field(ge=0, le=100_000)] | RoomInput | None = Field(
        default=None, description="Places for those who wait: a number, or seats and area; absent: as many as come."
    )
    costs: CostsInput = Field(description="What it costs.")
