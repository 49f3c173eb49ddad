"""The cheapest shifts that cover the staff needed in each half-hour of a day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import ShiftType
from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.milp.solvers import SOLVERS, Limits

AROUND = 2
"""Half-hours that a shift may begin before the opening or end after the closing: preparing, closing the till."""
GAP = 1e-6


@dataclass(frozen=True, slots=True)
class Placed:
    """
    A shift at a time of the day.

    Parameters
    ----------
    type
        The shift.
    start
        First half-hour.
    break_at
        First half-hour of the break, -1 for none.
    """

    type: ShiftType
    start: int
    break_at: int

    def worked(self) -> NDArray[np.bool_]:
        """Return the half-hours at work, shape ``(60,)``."""
        at_work = np.zeros(SLOTS, dtype=bool)
        at_work[max(self.start, 0) : min(self.start + self.type.slots, SLOTS)] = True
        if self.break_at >= 0:
            at_work[self.break_at : self.break_at + self.type.break_slots] = False
        return at_work


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """
    Shifts that cover a day.

    Parameters
    ----------
    shifts
        Placed shifts and how many people work each, in order of start.
    on_duty
        People at work by half-hour, shape ``(60,)``; at least what was required.
    paid_hours
        Hours paid for the day.
    gap
        Relative gap of the proof; 0 = least cost proven.
    """

    shifts: tuple[tuple[Placed, int], ...]
    on_duty: NDArray[np.int64]
    paid_hours: float
    gap: float


def placements(shifts: Sequence[ShiftType], hours: OpeningHours) -> tuple[Placed, ...]:
    """
    Return every way to place a shift around the opening hours, with every start of its break.

    A shift lies between one hour before the opening and one hour after the closing; one that is longer
    than that begins an hour before the opening.
    """
    first = math.floor(hours.opening / SLOT_MINUTES) - AROUND
    last = math.ceil(hours.closing / SLOT_MINUTES) + AROUND
    found: list[Placed] = []
    for shift in shifts:
        starts = range(first, max(last - shift.slots, first) + 1)
        for start in starts:
            if shift.break_slots:
                low, high = shift.break_after
                found.extend(Placed(shift, start, start + after) for after in range(low, high + 1))
            else:
                found.append(Placed(shift, start, -1))
    return tuple(found)


def cover(required: NDArray[np.int64], shifts: Sequence[ShiftType], hours: OpeningHours) -> Cover:
    """
    Return the shifts that cover a requirement with the fewest paid hours (set cover, solved by HiGHS).

    Without any shift type everybody is paid by the half-hour.

    Parameters
    ----------
    required
        People needed in each half-hour, shape ``(60,)``.
    shifts
        Shift types to choose from.
    hours
        Opening hours of the counters.

    Raises
    ------
    ValueError
        If the shifts cannot reach a half-hour in which somebody is needed.
    """
    if not shifts:
        return Cover((), required.copy(), float(required.sum()) * SLOT_MINUTES / 60.0, 0.0)
    if not required.any():
        return Cover((), np.zeros(SLOTS, dtype=np.int64), 0.0, 0.0)
    choices = placements(shifts, hours)
    at_work = np.array([choice.worked() for choice in choices])
    needed = np.flatnonzero(required)
    if not at_work[:, needed].any(axis=0).all():
        slot = int(needed[~at_work[:, needed].any(axis=0)][0])
        raise ValueError(f"no shift can be at work at {slot // 2:02d}:{30 * (slot % 2):02d}, where staff is needed")
    builder = ProgramBuilder()
    paid = np.array([choice.type.paid_hours for choice in choices])
    people = builder.add_columns("people", paid, upper=float(required.max() * 2), integer=True)
    choice, row = np.nonzero(at_work[:, needed])
    builder.add_rows("cover", row, people[choice], 1.0, lower=required[needed].astype(np.float64))
    answer = SOLVERS["highs"](builder.build(), Limits(gap=GAP))
    if answer.x is None:
        raise ValueError("the shifts cannot cover the staff needed")
    count = np.round(answer.x).astype(np.int64)
    used = np.flatnonzero(count)
    chosen = sorted(((choices[index], int(count[index])) for index in used), key=_order)
    on_duty = (at_work * count[:, None]).sum(axis=0)
    return Cover(tuple(chosen), on_duty, float(paid @ count), max(answer.gap, 0.0) if answer.gap > GAP else 0.0)


def _order(item: tuple[Placed, int]) -> tuple[int, str, int]:
    return item[0].start, item[0].type.id, item[0].break_at
