"""
One ticket's events in order of time, turned into the legs of its visits.

An event that cannot be true where it stands is set aside with its reason; what the ticket tells besides is
kept. So a service with an impossible end still counts as an arrival and a wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from netsim.fit.events import ARRIVE, CALL, END, LEAVE, NO_SHOW, TRANSFER
from netsim.model.column_map import Limits
from netsim.model.ticket_log import USED, Fate, Reason, status

State = Literal["away", "waits", "served", "done", "refused"]
Event = tuple[float, int, int, int, int]
"""Minute, kind, task, lane, server."""
NAN = float("nan")


@dataclass(slots=True)
class Leg:
    """
    One stay in a queue and the service after it.

    Parameters
    ----------
    arrive, call, end
        Minutes since 1970, NaN if never or not known.
    task, lane, server
        Codes, negative where nothing is known.
    fate
        How it ended.
    first
        Whether the visit began with it.
    goes_on
        Whether another leg follows.
    """

    arrive: float
    task: int
    lane: int
    first: bool
    call: float = NAN
    end: float = NAN
    server: int = -1
    fate: Fate = Fate.UNKNOWN
    goes_on: bool = False


class Walk:
    """
    Walks through the events of one ticket after the other.

    Parameters
    ----------
    limits
        What is too long.
    is_open
        Whether an arrival at a minute since 1970 finds the outlet open.
    """

    def __init__(self, limits: Limits, is_open: Callable[[float], bool]) -> None:
        self.limits = limits
        self.is_open = is_open
        self.state: State = "away"
        self.refusal = USED
        self.legs: list[Leg] = []
        self.ahead: list[int] = []
        self._steps: tuple[Callable[[Event], int], ...] = (
            self._arrive, self._call, self._transfer, self._end, self._no_show, self._leave,
        )  # fmt: skip

    def ticket(self, events: Sequence[Event]) -> tuple[list[Leg], list[int]]:
        """
        Return the legs of a ticket, and the status of each of its events.

        Parameters
        ----------
        events
            In order of time; those of one moment in the order of the file.
        """
        self.state, self.legs = "away", []
        statuses = [USED] * len(events)
        waiting = list(range(len(events)))
        while waiting:
            position = self._next(events, waiting)
            waiting.remove(position)
            self.ahead = [events[later][1] for later in waiting]
            event = events[position]
            statuses[position] = self.refusal if self._is_refused(event) else self._steps[event[1]](event)
        return self.legs, statuses

    def _next(self, events: Sequence[Event], waiting: Sequence[int]) -> int:
        """Return the next event: among those of one moment the first that can happen now."""
        moment = events[waiting[0]][0]
        together = [position for position in waiting if events[position][0] == moment]
        if len(together) == 1:
            return together[0]
        return next((position for position in together if events[position][1] in LAWFUL[self.state]), together[0])

    def _is_refused(self, event: Event) -> bool:
        return self.state == "refused" and event[1] != ARRIVE

    def _refuse(self, reason: Reason) -> int:
        """Set aside an event and all that follow of this leg."""
        self.state, self.refusal = "refused", status(reason)
        return self.refusal

    def _open(self, event: Event, *, first: bool) -> int:
        """Begin a leg."""
        minute, _, task, lane, _ = event
        self.legs.append(Leg(minute, task, lane, first))
        self.state = "waits"
        return USED

    def _arrive(self, event: Event) -> int:
        if self.state in ("waits", "served"):
            return status("duplicate_event")
        if self.state == "done" and self._follows(event):
            self.legs[-1].goes_on = True
            return self._open(event, first=False)
        if not self.is_open(event[0]):
            return self._refuse("outside_hours")
        return self._open(event, first=True)

    def _follows(self, event: Event) -> bool:
        """Whether what happens now follows closely upon the end of a service."""
        last = self.legs[-1]
        return last.fate == Fate.SERVED and event[0] - last.end <= self.limits.transfer_gap

    def _call(self, event: Event) -> int:
        minute, _, _, lane, server = event
        if self.state == "away":
            return status("call_before_arrive" if ARRIVE in self.ahead else "missing_arrive")
        if self.state == "served":
            return status("duplicate_event")
        leg = self.legs[-1]
        if self.state == "done":
            if leg.fate != Fate.NO_SHOW:
                return status("out_of_order")
            leg.fate = Fate.UNKNOWN  # the customer came to a later call, and that one counts
        elif minute - leg.arrive > self.limits.wait:
            return self._refuse("too_long_wait")
        leg.call, leg.server = minute, server
        leg.lane = lane if lane >= 0 else leg.lane
        self.state = "served"
        return USED

    def _transfer(self, event: Event) -> int:
        minute, _, task, lane, _ = event
        if self.state == "away":
            return status("missing_arrive")
        leg = self.legs[-1]
        if self.state == "waits":
            leg.task, leg.lane = (task if task >= 0 else leg.task), (lane if lane >= 0 else leg.lane)
            return USED
        if self.state == "served":
            if minute - leg.call > self.limits.service:
                return self._refuse("too_long_service")
            leg.end, leg.fate = minute, Fate.SERVED
        elif not self._follows(event):
            return status("out_of_order")
        leg.goes_on = True
        return self._open(event, first=False)

    def _end(self, event: Event) -> int:
        if self.state == "away":
            return status("missing_arrive")
        if self.state == "waits":
            return status("end_before_call" if CALL in self.ahead else "end_without_call")
        leg = self.legs[-1]
        if self.state == "done":
            return status("duplicate_event" if leg.fate == Fate.SERVED else "out_of_order")
        if event[0] - leg.call > self.limits.service:
            return self._refuse("too_long_service")
        leg.end, leg.fate = event[0], Fate.SERVED
        leg.server = leg.server if leg.server >= 0 else event[4]
        leg.lane = leg.lane if leg.lane >= 0 else event[3]
        self.state = "done"
        return USED

    def _no_show(self, event: Event) -> int:
        if self.state == "away":
            return status("missing_arrive")
        leg = self.legs[-1]
        if self.state == "done":
            return status("duplicate_event" if leg.fate == Fate.NO_SHOW else "out_of_order")
        if self.state == "waits":
            if event[0] - leg.arrive > self.limits.wait:
                return self._refuse("too_long_wait")
            leg.call, leg.server = event[0], event[4]
            leg.lane = event[3] if event[3] >= 0 else leg.lane
        leg.end, leg.fate = event[0], Fate.NO_SHOW
        self.state = "done"
        return USED

    def _leave(self, event: Event) -> int:
        if self.state == "away":
            return status("missing_arrive")
        if self.state == "served":
            return status("out_of_order")
        leg = self.legs[-1]
        if self.state == "done":
            return status("duplicate_event" if leg.fate == Fate.LEFT else "out_of_order")
        if event[0] - leg.arrive > self.limits.wait:
            return self._refuse("too_long_wait")
        leg.end, leg.fate = event[0], Fate.LEFT
        self.state = "done"
        return USED


LAWFUL: dict[State, frozenset[int]] = {
    "away": frozenset((ARRIVE,)),
    "waits": frozenset((CALL, LEAVE, NO_SHOW)),
    "served": frozenset((END, TRANSFER, NO_SHOW)),
    "done": frozenset((TRANSFER, ARRIVE)),
    "refused": frozenset((ARRIVE,)),
}
"""Events that may happen in each state."""
