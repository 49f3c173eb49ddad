"""What the records of a scenario share: lists, mixes and the strict record itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from netsim.model.calendar import DAY_SLOTS
from netsim.model.quantities import Key, Label, Share, Window

_ONE = 1e-6

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$")]
Names = Annotated[Mapping[Language, Label], Field(min_length=1)]


def sums_to_one(shares: Mapping[str, float]) -> Mapping[str, float]:
    """
    Return the shares if they sum to 1.

    Raises
    ------
    ValueError
        If they do not.
    """
    total = sum(shares.values())
    if abs(total - 1.0) > _ONE:
        raise ValueError(f"the shares sum to {100 * total:.6g}%; expected 100%")
    return shares


def _increasing(levels: tuple[int, ...]) -> tuple[int, ...]:
    if any(later <= earlier for earlier, later in pairwise(levels)):
        raise ValueError(f"expected numbers that increase, got {list(levels)}")
    return levels


def _in_order(windows: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if any(after[0] < before[1] for before, after in pairwise(windows)):
        raise ValueError("the windows overlap or are out of order")
    return windows


def _some_positive(shares: tuple[float, ...]) -> tuple[float, ...]:
    if not any(shares):
        raise ValueError("all shares are 0; expected a day on which somebody comes")
    return shares


def _once(items: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({item for item in items if items.count(item) > 1})
    if twice:
        raise ValueError(f"{', '.join(map(repr, twice[:3]))} stands twice in the list")
    return items


Mix = Annotated[Mapping[Key, Share], Field(min_length=1), AfterValidator(sums_to_one)]
Level = Annotated[int, Field(ge=1, le=1000)]
Levels = Annotated[tuple[Level, ...], Field(min_length=1), AfterValidator(_increasing)]
Windows = Annotated[tuple[Window, ...], Field(min_length=1), AfterValidator(_in_order)]
Weight = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
DayShares = Annotated[
    tuple[Weight, ...], Field(min_length=DAY_SLOTS, max_length=DAY_SLOTS), AfterValidator(_some_positive)
]
Keys = Annotated[tuple[Key, ...], AfterValidator(_once)]
SomeKeys = Annotated[tuple[Key, ...], Field(min_length=1), AfterValidator(_once)]


class Input(BaseModel):
    """A record that a person typed: a misspelt key is a fault, never a silent default."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
