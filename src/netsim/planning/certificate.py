"""Does a network keep its promise? A sequential test of every lane of every outlet on fresh days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.plan import Shares, StaffPlan
from netsim.model.result import Verdict
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.planning.network_days import at_counters
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_day import simulate_network
from netsim.simulation.summary import summarise
from netsim.statistics.intervals import ratio_interval
from netsim.statistics.sequential import looks

FRESH = 1_000_000
"""Replications of a purpose start at a multiple of this number, so that no two purposes share a day."""
COMMON_DAYS = 0
"""Purpose of the days on which measures are taken and scenarios are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """
    The verdicts on a network.

    All arrays have the shape ``(day types, sites, lanes)``; lanes that nobody uses are ``no_promise``.

    Parameters
    ----------
    verdict
        ``kept``, ``missed``, ``undecided`` or ``no_promise``.
    share, lower, upper
        Share in time and the interval that the verdict was made from.
    arrivals, left
        Mean arrivals a day, and those among them who left the queue.
    days
        Days simulated for the lane.
    alpha
        Error probability of the whole certificate: that any lane is called kept although it is not.
    """

    verdict: NDArray[np.object_]
    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    arrivals: NDArray[np.float64]
    left: NDArray[np.float64]
    days: NDArray[np.int64]
    alpha: float

    def count(self, verdict: Verdict) -> int:
        """Return the number of lanes (over outlets and day types) with this verdict."""
        return int((self.verdict == verdict).sum())

    @property
    def holds(self) -> bool:
        """Whether every lane in use keeps its promise."""
        return self.count("missed") == 0 and self.count("undecided") == 0 and self.count("kept") > 0


def spent(alpha: float, purpose: int, rounds: int) -> float:
    """
    Return the error probability of a round: one half, a quarter, ... the last two rounds alike; sums to alpha.

    Parameters
    ----------
    purpose
        The round, counted from 1.
    rounds
        Most rounds.
    """
    return alpha * 0.5 ** min(purpose, rounds - 1) if rounds > 1 else alpha


def certify(
    study: Study,
    options: Sequence[Option | None],
    shares: Shares,
    staff: StaffPlan,
    *,
    purpose: int,
    alpha: float,
    max_days: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Certificate:
    """
    Simulate a network on fresh days until every lane of every outlet is decided, or days run out.

    Looks are taken at a growing number of days; an outlet whose lanes are all decided is simulated no
    longer. Error probability is shared equally over lanes and looks (Bonferroni), so the certificate as a
    whole is wrong with probability ``alpha`` at most.

    Parameters
    ----------
    options
        What stands at each site, length sites.
    purpose
        Number of the stream; each round has its own, so that no plan is judged on days it has seen.
    alpha
        Error probability to spend.
    max_days
        Most days; None takes the scenario's.
    """
    limit = study.simulation.max_days if max_days is None else max_days
    shape = (len(study.day_types), len(options), len(LANES))
    at = looks(study.simulation.block, limit)
    in_use = _lanes_in_use(study, options, shares)
    level = 1.0 - 2.0 * alpha / max(int(in_use.sum()), 1) / len(at)
    verdict = np.where(in_use, "undecided", "no_promise").astype(object)
    share, lower, upper = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    mean_arrivals, mean_left = np.zeros(shape), np.zeros(shape)
    simulated = np.zeros(shape, dtype=np.int64)
    history: list[tuple[NDArray[np.float64], ...]] = []
    done = 0
    for days in at:
        open_sites = {int(site) for site in np.unique(np.nonzero(verdict == "undecided")[1])}
        if not open_sites:
            break
        replications = range(purpose * FRESH + done, purpose * FRESH + days)
        log = simulate_network(
            study,
            options,
            shares,
            replications,
            on_duty=at_counters(staff.on_duty, options),
            sites=open_sites,
            customers=draw_customers(study, replications),
        )
        block = summarise(study, log, replications)
        history.append((block.arrivals, block.in_time, block.left))
        done = days
        arrivals, in_time, left = (np.concatenate(parts, axis=1) for parts in zip(*history, strict=True))
        for where in zip(*np.nonzero(verdict == "undecided"), strict=True):
            day_type, site, lane = (int(index) for index in where)
            interval = ratio_interval(in_time[day_type, :, site, lane], arrivals[day_type, :, site, lane], level)
            target = study.lanes[LANES[lane]].promise.share
            share[where], lower[where], upper[where] = interval.mean, interval.lower, interval.upper
            mean_arrivals[where] = arrivals[day_type, :, site, lane].mean()
            mean_left[where] = left[day_type, :, site, lane].mean()
            simulated[where] = days
            if arrivals[day_type, :, site, lane].sum() > 0:
                verdict[where] = judged(interval.lower, interval.upper, target)
        if progress is not None:
            progress("simulate", int((verdict != "undecided").sum()), verdict.size)
    return Certificate(verdict, share, lower, upper, mean_arrivals, mean_left, simulated, alpha)


def judged(lower: float, upper: float, target: float) -> Verdict:
    """Return the verdict of one lane from its interval."""
    if lower >= target:
        return "kept"
    return "missed" if upper < target else "undecided"


def _lanes_in_use(study: Study, options: Sequence[Option | None], shares: Shares) -> NDArray[np.bool_]:
    """Return which lanes customers may come to, shape ``(day types, sites, lanes)``."""
    visited = np.zeros(len(options), dtype=bool)
    visited[shares.site] = True
    use = np.zeros((len(study.day_types), len(options), len(LANES)), dtype=bool)
    for site, option in enumerate(options):
        if option is not None and visited[site]:
            for lane in LANES:
                use[:, site, LANES.index(lane)] = option.servers(lane) > 0
    return use
