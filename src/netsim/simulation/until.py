"""An outlet simulated alone until what it is simulated for is known well enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.precision import Measurement
from netsim.simulation.alone import BLOCK, OutletJob, stream_outlet
from netsim.simulation.totals import OutletTotals
from netsim.statistics.stopping import StoppingRule

PARTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "arrivals": (("arrivals",), ""),
    "wait_mean": (("wait",), "arrivals"),
    "share_in_time": (("in_time",), "arrivals"),
    "leavers": (("abandoned", "balked"), "arrivals"),
    "busy": (("busy",), ""),
}
"""Measures of a station by day: what is summed, and what it is divided by."""


def day_measures(totals: OutletTotals) -> dict[str, NDArray[np.float64]]:
    """
    Return what can be asked for of an outlet alone, one value a day, shape ``(days,)``.

    ``MEASURE.STATION``: ``arrivals`` (customers), ``wait_mean`` (minutes, leavers included), ``share_in_time``
    and ``leavers`` (shares of all arrivals), ``busy`` (server minutes), each with the position of the station:
    ``wait_mean.0``. A day on which nobody comes counts as 0.
    """
    found = {}
    for name, (parts, over) in PARTS.items():
        for station in range(totals.days.shape[1]):
            day = totals.days[:, station]
            value = np.sum([day[part] for part in parts], axis=0).astype(float)
            if over:
                value = np.divide(value, day[over], out=np.zeros(len(value)), where=day[over] > 0)
            found[f"{name}.{station}"] = value
    return found


def simulate_until(
    job: OutletJob, seed: int, rule: StoppingRule, *, workers: int = 1
) -> tuple[OutletTotals, Measurement]:
    """
    Return the totals of an outlet over as many days as a rule wants, and why no more.

    To the bit, they are those of ``alone.stream_outlet`` on the same days: looks are put off to whole blocks.

    Parameters
    ----------
    job
        The outlet.
    seed
        Seed of the study.
    rule
        What has to be known how well; its measures are those of ``day_measures``.
    workers
        Threads; results do not depend on their number.

    Raises
    ------
    ValueError
        If the rule names a measure that there is not.
    """
    totals: OutletTotals | None = None

    def measure(first: int, last: int) -> dict[str, NDArray[np.float64]]:
        nonlocal totals
        before = 0 if totals is None else len(totals.days)
        for block in _blocks(job, seed, first, last, workers):
            totals = block if totals is None else totals.merged(block)
        if totals is None:
            raise ValueError("stopping rule: a look without days")
        values = {name: of_days[before:] for name, of_days in day_measures(totals).items()}
        unknown = [goal.measure for goal in rule.goals if goal.measure not in values]
        if unknown:
            raise ValueError(f"stopping rule: unknown measure {unknown[0]!r} (known: {', '.join(values)})")
        return values

    measurement = replace(rule, block=BLOCK).run(measure)
    if totals is None:
        raise ValueError("stopping rule: no look was taken")
    return totals, measurement


def _blocks(job: OutletJob, seed: int, first: int, last: int, workers: int) -> Iterator[OutletTotals]:
    """Yield the totals of each block of days, in order."""

    def one(start: int) -> OutletTotals:
        return stream_outlet(job, seed, range(start, min(start + BLOCK, last)))

    if workers == 1:
        yield from map(one, range(first, last, BLOCK))
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, range(first, last, BLOCK))
