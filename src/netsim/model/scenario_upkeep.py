"""How long work takes, and how technicians look after machines, as a person typed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from netsim.model.quantities import Key, Minutes, Share
from netsim.model.scenario_base import Input
from netsim.model.service_time import ServiceTimeLaw


class ServiceTimeInput(Input):
    """A service time."""

    mean: Minutes = Field(description="Mean service time.")
    cv: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] | None = Field(
        default=None, description="Coefficient of variation; 0 for a fixed time."
    )
    law: ServiceTimeLaw = Field(default="lognormal", description="Distribution; exponential and fixed take no cv.")

    @model_validator(mode="after")
    def _spread_told_once(self) -> Self:
        own = self.law in {"exponential", "fixed"}
        if own and self.cv is not None:
            raise ValueError(f"'cv' is not told of a law that is {self.law!r}")
        if not own and self.cv is None:
            raise ValueError(f"expected 'cv' with the law {self.law!r}")
        if self.law in {"weibull", "gamma"} and not 0.05 <= (self.cv or 0.0) <= 5.0:
            raise ValueError(f"the 'cv' of a {self.law} law must lie between 0.05 and 5")
        return self


class TierInput(Input):
    """One tier of technicians."""

    at: Key = Field(description="Station or pool that does it.")
    takes: ServiceTimeInput = Field(description="Time on the machine.")
    solves: Annotated[Share, Field(gt=0)] = Field(
        default=1.0, description="Share of faults cleared here; the others go on to the next tier."
    )
    response: Minutes | None = Field(default=None, description="Mean time until work can begin: travel, parts.")


class PreventiveInput(Input):
    """Services of machines that have not failed."""

    every: Minutes = Field(description="Open time after a repair or service.")
    at: Key = Field(description="Station or pool that does it.")
    takes: ServiceTimeInput = Field(description="Time on the machine.")


class UpkeepInput(Input):
    """Failures that technicians mend."""

    mtbf: Minutes = Field(description="Mean open time between the end of a repair and the next failure.")
    shape: Annotated[float, Field(ge=0.3, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="Shape of its Weibull law: 1 is exponential, above 1 machines wear out."
    )
    tiers: Annotated[Mapping[Key, TierInput], Field(min_length=1)] = Field(
        description="Technicians in the order in which a fault goes to them, such as remote, field, maker."
    )
    preventive: PreventiveInput | None = Field(default=None, description="Preventive services; absent: none.")

    @model_validator(mode="after")
    def _all_are_mended(self) -> Self:
        first, last = next(iter(self.tiers)), next(reversed(list(self.tiers)))
        if self.tiers[first].response is not None:
            raise ValueError(f"the first tier {first!r} begins when somebody is free; it takes no 'response'")
        if self.tiers[last].solves < 1.0:
            raise ValueError(f"the last tier {last!r} solves {self.tiers[last].solves:.0%}; it has to clear all faults")
        return self
