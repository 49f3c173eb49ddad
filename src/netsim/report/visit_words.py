"""The way of one customer in words, from the rows of the visit log."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netsim.model.study import Study
from netsim.model.visits import Outcome, VisitLog
from netsim.report import labels
from netsim.text import Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    One thing that happened to a customer.

    Parameters
    ----------
    minute
        Minute of the service day.
    key
        Key of the sentence, the same in every language.
    words
        The sentence.
    """

    minute: float
    key: str
    words: str


def visit_words(study: Study, log: VisitLog, day_type: int, replication: int, visit: int, text: Text) -> list[Sentence]:
    """
    Return the way of a customer, one sentence for each thing that happened.

    Parameters
    ----------
    study
        The study.
    log
        The rows of at least the outlet and day of the visit: how many wait is counted from them.
    day_type, replication, visit
        Which day, and the customer.
    text
        Language of the sentences.
    """
    today = log.take((log.day_type == day_type) & (log.replication == replication))
    rows = np.flatnonzero(today.visit == visit)
    rows = rows[np.argsort(today.arrive[rows], kind="stable")]
    return list(_Way(study, today, [int(row) for row in rows], text).sentences())


class _Way:
    """The rows of one customer among those of the day."""

    def __init__(self, study: Study, today: VisitLog, rows: list[int], text: Text) -> None:
        self.study, self.today, self.rows, self.text = study, today, rows, text

    def sentences(self) -> Iterator[Sentence]:
        """Yield one sentence after the other."""
        first = self.rows[0]
        if self.today.lane[first] < 0:
            keys = {int(Outcome.CLOSED): "closed", int(Outcome.NO_SHOW): "no_show", int(Outcome.HOME): "home"}
            key = keys.get(int(self.today.outcome[first]), "no_outlet")
            yield self._say(key, float(self.today.arrive[first]), task=self._task(first), outlet=self._outlet(first))
            return
        arrive = float(self.today.arrive[first])
        queue = self._queue(first)
        afar = self.today.step[first] >= self.study.outlet_steps
        key = "contacts" if afar else "arrives_booked" if self.today.booked[first] else "arrives"
        where = {"outlet": self._outlet(first), "lane": self._lane(first), "task": self._task(first)}
        yield self._say(key, arrive, queue=queue, **where)
        for row, after in zip(self.rows, [*self.rows[1:], None], strict=True):
            yield from self._step(row, after)
        yield self._total()

    def _step(self, row: int, after: int | None) -> Iterator[Sentence]:
        """Yield what happened in one row; ``after`` is the customer's next one."""
        today = self.today
        call, end = float(today.call[row]), float(today.end[row])
        wait = float(today.wait[row])
        if not math.isnan(call):
            values = {"lane": self._lane(row), "server": str(int(today.server[row]) + 1)}
            yield self._say("called" if wait > 0 else "called_at_once", call, wait=wait, **values)
        service = end - call
        if after is None:
            yield self._say(self._end(row), end, wait=wait, service=service, lane=self._lane(row))
            return
        if math.isnan(call):
            keys = {int(outcome): outcome.name.lower() for outcome in Outcome}
            key = "elsewhere_" + keys.get(int(today.outcome[row]), "")
            values = {"lane": self._lane(row), "other": self._other(row, after)}
            later = self.text.clock(float(today.arrive[after]))
            yield self._say(key, end, wait=wait, later=later, queue=self._queue(after), **values)
            return
        same_step, same_lane = today.step[row] == today.step[after], today.lane[row] == today.lane[after]
        key = "goes_on" if not same_step else "again" if same_lane else "fails_over"
        begins = float(today.arrive[after])
        step = self.study.step_id(int(today.task[row]), int(today.step[row])).replace("_", " ")
        lanes = {"lane": self._lane(row), "other": self._other(row, after), "later": self.text.clock(begins)}
        queue = self._queue(after)
        yield self._say("later" if begins > end else key, end, service=service, step=step, queue=queue, **lanes)

    def _end(self, row: int) -> str:
        """Return the sentence of how the visit ended at a lane."""
        names = {int(outcome): outcome.name.lower() for outcome in Outcome}
        name = names.get(int(self.today.outcome[row]), "")
        if name == "sent_away" and self.today.wait[row] == 0.0:
            name = "closed_door"
        return name if self.text.has(f"trace.{name}") else "ends"

    def _total(self) -> Sentence:
        """Return how long it took in all."""
        rows = self.rows
        wait = float(self.today.wait[rows].sum())
        served = float(np.nansum(self.today.end[rows] - self.today.call[rows]))
        end = float(self.today.end[rows[-1]])
        return self._say("total", end, total=end - float(self.today.arrive[rows[0]]), wait=wait, service=served)

    def _queue(self, row: int) -> str:
        """Return how many wait at the lane when the customer joins it, in words."""
        today = self.today
        minute = today.arrive[row]
        before = (today.arrive < minute) | ((today.arrive == minute) & (np.arange(len(today)) < row))
        until = np.where(np.isnan(today.call), today.end, today.call)
        shared = int(today.lane[row]) >= self.study.outlet_places
        here = ((today.site == today.site[row]) | shared) & (today.lane == today.lane[row])
        count = int((here & before & (until > minute)).sum())
        return self.text("trace.queue" if count else "trace.no_queue", count=count, lane=self._lane(row))

    def _task(self, row: int) -> str:
        task = self.study.tasks[int(self.today.task[row])]
        return self.text.name(task.name, task.id)

    def _outlet(self, row: int) -> str:
        site = int(self.today.site[row])
        return labels.site_names(self.study.sites)[self.study.sites[site].id] if site >= 0 else ""

    def _lane(self, row: int) -> str:
        step = int(self.today.step[row]) - self.study.outlet_steps
        if step >= 0:  # a contact is named by its channel, not by the pool that answers
            return self.text.name(self.study.remote[step].name, self.study.remote[step].id)
        return labels.place_name(self.study, self.study.places[int(self.today.lane[row])], self.text)

    def _other(self, row: int, after: int) -> str:
        """Return the name of the next place, with its outlet where that is another one."""
        lane, afar = self._lane(after), self.today.step[after] >= self.study.outlet_steps
        if afar or self.today.site[row] == self.today.site[after]:
            return lane
        return self.text("trace.lane_of", lane=lane, outlet=self._outlet(after))

    def _say(self, key: str, minute: float, **values: object) -> Sentence:
        """Return a sentence that begins with its time."""
        words = self.text(f"trace.{key}", **values)
        return Sentence(minute, f"trace.{key}", self.text("trace.at", time=self.text.clock(minute), words=words))
