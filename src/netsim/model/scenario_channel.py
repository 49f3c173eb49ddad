"""Channels without an outlet and what outlets share, as a person typed it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from netsim.model.channel import AGAIN, OUTLET
from netsim.model.quantities import Key, Minutes, Money, MoneyPerYear, Share
from netsim.model.scenario_base import Input, Names
from netsim.model.scenario_service import SomeOf, StationInput
from netsim.model.scenario_upkeep import ServiceTimeInput


class PoolInput(StationInput):
    """Servers that the whole network shares: a back-office hub, a call centre, technicians."""

    servers: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="Servers whenever it is open; absent: the persons of the 'team'."
    )
    hours: Key = Field(description="Opening hours.")
    cost: MoneyPerYear = Field(default=0.0, description="Running cost of one server, staff included.")
    team: Key | None = Field(default=None, description="Named persons who work there.")

    @model_validator(mode="after")
    def _somebody_works_there(self) -> Self:
        if (self.servers is None) == (self.team is None):
            raise ValueError("expected either 'servers' or a 'team'")
        if self.queues == "each":
            raise ValueError("a pool has one queue")
        return self


class RemoteInput(Input):
    """A channel that customers use from anywhere."""

    name: Names = Field(description="Display names by language.")
    takes: ServiceTimeInput = Field(description="Time of one contact.")
    succeeds: Share = Field(description="Share of contacts that settle it: completion or containment rate.")
    otherwise: SomeOf = Field(
        default={}, description="Where the others turn: a remote channel or 'outlet'; the rest gives up."
    )
    leavers: SomeOf = Field(
        default={}, description="Where those turn who lose patience: a remote channel, 'outlet' or 'again'."
    )
    after: Minutes | None = Field(default=None, description="Mean time until a visit to the outlet or a new attempt.")
    pool: Key | None = Field(default=None, description="Pool whose servers answer; absent: it serves as many as come.")
    per_contact: Money = Field(default=0.0, description="Cost of one contact.")
    on_system: bool = Field(default=True, description="Whether it stands still while the system is down.")

    @model_validator(mode="after")
    def _later_is_told(self) -> Self:
        later = {OUTLET, AGAIN} & {*self.otherwise, *self.leavers}
        if later and self.after is None:
            raise ValueError(f"'after' is missing: how long until customers turn to {' or '.join(sorted(later))!r}")
        if AGAIN in self.otherwise:
            raise ValueError("'again' belongs to 'leavers': a contact that failed would fail again")
        if self.leavers and self.pool is None:
            raise ValueError("'leavers' need a 'pool': nobody waits where as many are served as come")
        return self
