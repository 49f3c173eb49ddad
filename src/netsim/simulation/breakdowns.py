"""When terminals fail and for how long they are down."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from netsim.model.service import Breakdowns
from netsim.simulation.outlet import LaneModel, OutletModel
from netsim.simulation.samplers import exponential, lognormal, lognormal_parameters
from netsim.simulation.streams import Stream, Words, uniform_row


class Failure(NamedTuple):
    """A server of a lane fails at ``minute``: the next one that is free goes down for ``repair`` minutes."""

    minute: float
    lane: int
    server: int
    repair: float


def failures_of(model: OutletModel, key: Words, replication: int) -> tuple[Failure, ...]:
    """
    Return the failures of one outlet on one day, in order of time.

    Every server starts the day in order. Its clock runs through the minutes that the lane is open and it
    is not under repair; repairs run on when the lane is closed. The failures depend on nothing that
    customers do, so that two plans meet the same ones.

    Parameters
    ----------
    model
        The outlet.
    key
        Philox key of the outlet's breakdowns, shape ``(2,)``.
    replication
        Number of the day.
    """
    words = (int(key[0]), int(key[1]))
    failures = [
        failure
        for number, lane in enumerate(model.lanes)
        if lane is not None and lane.breakdowns is not None
        for failure in _lane_failures(lane, lane.breakdowns, number, words, replication)
    ]
    return tuple(sorted(failures))


def _lane_failures(
    lane: LaneModel, law: Breakdowns, number: int, words: tuple[int, int], replication: int
) -> Iterator[Failure]:
    """Yield the failures of each server of a lane in turn."""
    median, sigma = lognormal_parameters(law.mttr, law.cv)
    for server in range(lane.servers):
        minute, failure = 0.0, 0
        while True:
            row = uniform_row(words, (failure, server, replication, int(Stream.BREAKDOWN) + (number << 32)))
            minute = _after_open_minutes(lane.windows, minute, exponential(row[0], law.mtbf))
            if math.isinf(minute):
                break
            repair = lognormal(row[1], median, sigma)
            yield Failure(minute, number, server, repair)
            minute += repair
            failure += 1


def _after_open_minutes(windows: tuple[tuple[float, float], ...], minute: float, passed: float) -> float:
    """Return the minute at which ``passed`` open minutes have gone by since ``minute``; inf if the day ends first."""
    for opening, closing in windows:
        start = max(minute, opening)
        if start >= closing:
            continue
        if start + passed < closing:
            return start + passed
        passed -= closing - start
    return math.inf
