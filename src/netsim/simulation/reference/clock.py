"""A SimPy clock whose events stand at absolute minutes and in a fixed order within a minute."""

from __future__ import annotations

from enum import IntEnum
from heapq import heappush

import simpy


class Rank(IntEnum):
    """Order of events at the same minute; SimPy's own ranks 0 and 1 stay free for what follows at once."""

    SHIFT = 2
    COMPLETION = 3
    PATIENCE = 4
    TRANSFER = 5
    BREAKDOWN = 6
    ARRIVAL = 7


class Clock(simpy.Environment):  # type: ignore[misc]
    """A SimPy environment; a delay would lose the last bit, so that every event is planned at its own minute."""

    def at(self, minute: float, rank: int = Rank.ARRIVAL, number: int = 1 << 62) -> simpy.Event:
        """
        Return an event at a minute.

        Parameters
        ----------
        minute
            Absolute, not before now.
        rank
            Order at the same minute.
        number
            Order at the same minute and rank; what was planned first comes first where it is the same.
        """
        event = simpy.Event(self)
        event._ok, event._value = True, None  # noqa: SLF001  # as SimPy's own Timeout does: it is certain to happen
        heappush(self._queue, (minute, int(rank), (number, next(self._eid)), event))
        return event
