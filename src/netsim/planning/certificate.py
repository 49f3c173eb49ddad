"""Does a network keep its promise? A sequential test of every lane of every outlet on fresh days."""

from __future__ import annotations

from collections.abc import Sequence
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
from netsim.simulation.summary import lane_totals
from netsim.statistics.sequential import ShareTest

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
    alpha
        Error probability of all rounds together.
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
) -> Certificate:
    """
    Simulate a network on fresh days until every lane of every outlet is decided, or days run out.

    Looks are taken at a growing number of days; an outlet whose lanes are all decided is simulated no
    longer. Error probability is shared equally over lanes, and over the looks of a lane (Bonferroni), so
    that the whole network is wrongly certified with probability ``alpha`` at most.

    Parameters
    ----------
    options
        What stands at each site, length sites.
    purpose
        Number of the stream; each round has its own, so that no plan is judged on days it has seen.
    alpha
        Error probability to spend.
    """
    serving = at_counters(staff.on_duty, options)
    book = _Book(study, _lanes_in_use(study, options, shares), alpha)
    history: list[tuple[NDArray[np.float64], ...]] = []
    done = 0
    for days in book.looks:
        open_sites = book.open_sites()
        if not open_sites:
            break
        replications = range(purpose * FRESH + done, purpose * FRESH + days)
        customers = draw_customers(study, replications)
        log = simulate_network(
            study, options, shares, replications, on_duty=serving, sites=open_sites, customers=customers
        )
        block = lane_totals(study, log, replications)
        history.append((block.arrivals, block.in_time, block.left))
        done = days
        book.judge(*(np.concatenate(parts, axis=1) for parts in zip(*history, strict=True)))
    return Certificate(book.verdict, book.share, book.lower, book.upper, book.arrivals, book.left, book.days, alpha)


class _Book:
    """Keeps what the test of each lane has found so far; all arrays ``(day types, sites, lanes)``."""

    def __init__(self, study: Study, in_use: NDArray[np.bool_], alpha: float) -> None:
        limits = study.simulation
        error = alpha / max(int(in_use.sum()), 1)
        self.tests = {
            index: ShareTest(study.lanes[lane].promise.share, error, limits.block, limits.max_days, limits.indifference)
            for index, lane in enumerate(LANES)
            if lane in study.lanes
        }
        self.looks = next(iter(self.tests.values())).looks
        self.verdict = np.where(in_use, "undecided", "no_promise").astype(object)
        self.going_on = in_use.copy()
        self.share, self.lower, self.upper = (np.full(in_use.shape, np.nan) for _ in range(3))
        self.arrivals, self.left = np.zeros(in_use.shape), np.zeros(in_use.shape)
        self.days = np.zeros(in_use.shape, dtype=np.int64)

    def open_sites(self) -> set[int]:
        """Return the sites with a lane that needs further days."""
        return {int(site) for site in np.unique(np.nonzero(self.going_on)[1])}

    def judge(self, arrivals: NDArray[np.float64], in_time: NDArray[np.float64], left: NDArray[np.float64]) -> None:
        """Take a look; arrays ``(day types, days, sites, lanes)``."""
        for where in zip(*np.nonzero(self.going_on), strict=True):
            day_type, site, lane = (int(index) for index in where)
            came = arrivals[day_type, :, site, lane]
            found = self.tests[lane].decide(came, in_time[day_type, :, site, lane])
            self.verdict[where], self.going_on[where] = found.verdict, not found.final
            self.share[where], self.lower[where], self.upper[where] = found.share, found.lower, found.upper
            self.arrivals[where], self.left[where] = came.mean(), left[day_type, :, site, lane].mean()
            self.days[where] = found.days


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
