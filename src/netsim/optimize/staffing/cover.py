"""The cheapest shifts that cover a half-hourly requirement of one day."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import ShiftType
from netsim.optimize.milp.program import LinearProgram, ProgramBuilder
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.text import Text

PREPARATION = 2
"""Half-hours that a shift may reach beyond the opening hours on either side, to prepare and to close."""
NODES = 2000
"""Most nodes of one cover."""
OVER = 1e-4
"""Weight of a half-hour on duty against a paid hour: breaks ties towards the least over-cover."""


@dataclass(frozen=True, slots=True)
class ShiftAt:
    """A shift type at a start slot with its break (-1 for none), worked by ``people``."""

    type: ShiftType
    start: int
    break_at: int
    people: int = 1

    def at_work(self) -> NDArray[np.bool_]:
        """Whether somebody on this shift is at work in each slot, shape ``(60,)``."""
        slots = np.zeros(SLOTS, dtype=np.bool_)
        slots[self.start : self.start + self.type.slots] = True
        if self.break_at >= 0:
            slots[self.break_at : self.break_at + self.type.break_slots] = False
        return slots


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """
    Shifts of one day at one outlet.

    Parameters
    ----------
    shifts
        The shifts, by start, type and break.
    at_work
        People at work in each slot, shape ``(60,)``; preparation and closing included.
    paid_hours
        Hours paid.
    gap
        Relative gap of the cover; 0 = proven.
    """

    shifts: tuple[ShiftAt, ...]
    at_work: NDArray[np.int64]
    paid_hours: float
    gap: float


def cover(required: NDArray[np.int64], shifts: tuple[ShiftType, ...], hours: OpeningHours) -> Roster:
    """
    Return the cheapest shifts, in paid hours, that put at least ``required`` people to work in every slot.

    A shift starts on a half-hour and lies within the opening hours and an hour on either side
    (preparation and closing); where no type fits, the shortest ones may start wherever they span the
    whole opening. Of covers equally cheap the one with the least time on duty during opening is taken.
    Without any shift type everybody is paid by the half-hour.

    Parameters
    ----------
    required
        People needed in each slot, shape ``(60,)``; slots outside the opening hours are ignored.
    shifts
        Shift types.
    hours
        Opening hours.

    Raises
    ------
    BadInputError
        If no shift can reach a half-hour that needs somebody.
    """
    needed = np.where(hours.open_slots(), required, 0)
    if not needed.any():
        return Roster((), np.zeros(SLOTS, dtype=np.int64), 0.0, 0.0)
    if not shifts:
        return Roster((), needed, float(needed.sum()) * SLOT_MINUTES / 60.0, 0.0)
    candidates = possible_shifts(shifts, hours)
    work = np.stack([shift.at_work() for shift in candidates])
    missed = np.flatnonzero((needed > 0) & ~work.any(axis=0))
    if len(missed):
        clock = Text.clock(SLOT_MINUTES * missed[0])
        message = f"no shift can be at work at {clock} of the hours {hours.id!r}; add a shorter shift or another break"
        raise BadInputError((Fault("staff.shifts", 0, 0, "", message),))
    solution = SOLVERS["highs"](cover_program(needed, candidates, hours), Limits(nodes=NODES))
    assert solution.x is not None  # noqa: S101 - every slot that needs somebody has a shift without bound
    people = np.rint(solution.x).astype(np.int64)
    chosen = tuple(
        ShiftAt(shift.type, shift.start, shift.break_at, int(count))
        for shift, count in zip(candidates, people, strict=True)
        if count
    )
    paid = sum(shift.type.paid_hours * shift.people for shift in chosen)
    return Roster(chosen, people @ work, float(paid), max(solution.gap, 0.0) if solution.status != "optimal" else 0.0)


def possible_shifts(shifts: tuple[ShiftType, ...], hours: OpeningHours) -> list[ShiftAt]:
    """Return every shift that may be worked, by start, type (as listed) and break."""
    first, last = floor(hours.opening / SLOT_MINUTES), ceil(hours.closing / SLOT_MINUTES)
    found: list[tuple[int, int, ShiftType]] = []
    for order, kind in enumerate(shifts):
        low, high = max(first - PREPARATION, 0), min(last + PREPARATION, SLOTS) - kind.slots
        found.extend((start, order, kind) for start in range(low, high + 1))
    if not found:
        shortest = min((kind.slots for kind in shifts), default=0)
        for order, kind in enumerate(shifts):
            if kind.slots == shortest:
                low, high = max(last - kind.slots, 0), min(first, SLOTS - kind.slots)
                found.extend((start, order, kind) for start in range(low, high + 1))
    found.sort(key=lambda item: item[:2])
    return [ShiftAt(kind, start, at) for start, _, kind in found for at in _breaks(kind, start)]


def _breaks(kind: ShiftType, start: int) -> tuple[int, ...]:
    if kind.break_slots == 0:
        return (-1,)
    low, high = kind.break_after
    return tuple(range(start + low, start + high + 1))


def cover_program(needed: NDArray[np.int64], candidates: list[ShiftAt], hours: OpeningHours) -> LinearProgram:
    """Return the program: people on each candidate shift, at least ``needed`` at work, least paid hours."""
    builder = ProgramBuilder(named=True)
    work = np.stack([shift.at_work() for shift in candidates])
    during = work[:, hours.open_slots()].sum(axis=1)
    paid = np.array([shift.type.paid_hours for shift in candidates])
    labels = [
        f"{shift.type.id}_{shift.start}" + (f"_{shift.break_at}" if shift.break_at >= 0 else "") for shift in candidates
    ]
    people = builder.add_columns("people", paid + OVER * during, upper=float(needed.sum()), integer=True, labels=labels)
    slots = np.flatnonzero(needed > 0)
    row, shift = np.nonzero(work[:, slots].T)
    builder.add_rows(
        "slot", row, people[shift], 1.0, lower=needed[slots].astype(np.float64), labels=[str(slot) for slot in slots]
    )
    return builder.build()
