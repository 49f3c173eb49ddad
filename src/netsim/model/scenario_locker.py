"""Parcel lockers, as a person typed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from netsim.model.quantities import Key, Minutes, Money, Share
from netsim.model.scenario_base import Input, Mix, sums_to_one
from netsim.model.scenario_upkeep import ServiceTimeInput

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of the day, such as 09:00."""


def clock(text: str) -> float:
    """
    Return the minute of a time of the day.

    Examples
    --------
    >>> clock("09:30")
    570.0
    """
    hours, _, rest = text.partition(":")
    return 60.0 * int(hours) + int(rest)


def _waves(waves: Mapping[str, float]) -> Mapping[str, float]:
    times = [clock(text) for text in waves]
    if times != sorted(set(times)):
        raise ValueError("the waves must be in order of time")
    return sums_to_one(waves)


class ParcelsInput(Input):
    """What holds for all parcel lockers."""

    task: Key = Field(description="Task by which parcels are fetched: each of its customers at a locker has one.")
    sizes: Mix = Field(description="Share of parcels by size, from small to large.")
    consent: Share = Field(default=1.0, description="Share of the customers who agree to a locker.")
    dwell: ServiceTimeInput = Field(description="Time from the delivery until the parcel is fetched.")
    waves: Annotated[Mapping[Clock, Share], Field(min_length=1), AfterValidator(_waves)] = Field(
        description="Times at which the courier comes, such as 09:00, with the share of the parcels."
    )
    free_retention: Minutes = Field(description="Time that a parcel may lie for nothing.")
    removal_after: Minutes | None = Field(
        default=None, description="Time after which the courier takes it out with the next wave; absent: never."
    )
    to_outlet: Share = Field(
        default=1.0, description="Share of parcels without consent or cell handed out by an outlet; the rest goes home."
    )
    home_cost: Money = Field(default=0.0, description="Cost of one delivery at home.")

    @model_validator(mode="after")
    def _in_this_order(self) -> Self:
        if self.removal_after is not None and self.removal_after < self.free_retention:
            raise ValueError("'removal_after' is shorter than 'free_retention'")
        return self
