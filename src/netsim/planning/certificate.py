"""Does a network keep its promise? A sequential test of every lane of every outlet on fresh days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.result import Verdict
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.planning.network_days import at_counters
from netsim.simulation.customers import draw_customers
from netsim.simulation.lane import lane_mix
from netsim.simulation.network_day import simulate_network
from netsim.simulation.summary import lane_totals
from netsim.statistics.sequential import ShareTest

FRESH = 1_000_000
"""Replications of a purpose start at a multiple of this number, so that no two purposes share a day."""
THIN = 1.0
"""Expected arrivals a day below which a lane is judged together with the other thin lanes of its kind."""


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
    thin
        Lanes that were judged together with others because hardly anybody comes to them.
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
    thin: NDArray[np.bool_]
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


def certify(study: Study, plan: SitePlan, staff: StaffPlan, *, purpose: int, alpha: float) -> Certificate:
    """
    Simulate a network on fresh days until every lane of every outlet is decided, or days run out.

    Looks are taken at a growing number of days; an outlet whose lanes are all decided is simulated no
    longer. Error probability is shared equally over lanes, and over the looks of a lane (Bonferroni), so
    that the whole network is wrongly certified with probability ``alpha`` at most.

    A lane to which the plan sends fewer than ``THIN`` customers a day cannot be judged alone in any
    reasonable number of days: all such lanes of one kind (terminal or counter) of a day type are pooled and
    share one verdict. A pool to which fewer than ``THIN`` customers a day come in all, like a lane to which
    nobody comes, carries no promise.

    Parameters
    ----------
    study
        The study.
    plan
        Options, shares and loads to judge.
    staff
        Who is on duty.
    purpose
        Number of the stream; each round has its own, so that no plan is judged on days it has seen.
    alpha
        Error probability to spend.
    """
    options = tuple(decision.option for decision in plan.decisions)
    serving = at_counters(staff.on_duty, options)
    book = _Book(study, expected_arrivals(study, plan), alpha)
    history: list[tuple[NDArray[np.float64], ...]] = []
    done = 0
    for days in book.looks:
        open_sites = book.open_sites()
        if not open_sites:
            break
        replications = range(purpose * FRESH + done, purpose * FRESH + days)
        customers = draw_customers(study, replications)
        log = simulate_network(
            study, options, plan.shares, replications, on_duty=serving, sites=open_sites, customers=customers
        )
        block = lane_totals(study, log, replications)
        history.append((block.arrivals, block.in_time, block.left))
        done = days
        book.judge(*(np.concatenate(parts, axis=1) for parts in zip(*history, strict=True)))
    return Certificate(
        book.verdict, book.share, book.lower, book.upper, book.arrivals, book.left, book.days, book.thin, alpha
    )


class _Book:
    """Keeps what the test of each lane has found so far; all arrays ``(day types, sites, lanes)``."""

    def __init__(self, study: Study, expected: NDArray[np.float64], alpha: float) -> None:
        limits = study.simulation
        in_use = expected > 0
        self.thin = in_use & (expected < THIN)
        pools = np.where(self.thin, expected, 0.0).sum(axis=1)
        judged = in_use & ~(self.thin & (pools < THIN)[:, None, :])
        tests = int((judged & ~self.thin).sum()) + int((pools >= THIN).sum())
        error = alpha / max(tests, 1)
        self.tests = {
            index: ShareTest(study.lanes[lane].promise.share, error, limits.block, limits.max_days, limits.indifference)
            for index, lane in enumerate(LANES)
            if lane in study.lanes
        }
        self.looks = next(iter(self.tests.values())).looks
        self.verdict = np.where(judged, "undecided", "no_promise").astype(object)
        self.going_on = judged.copy()
        self.share, self.lower, self.upper = (np.full(in_use.shape, np.nan) for _ in range(3))
        self.arrivals, self.left = np.zeros(in_use.shape), np.zeros(in_use.shape)
        self.days = np.zeros(in_use.shape, dtype=np.int64)

    def certificate(self, alpha: float) -> Certificate:
        """Return what was found."""
        return Certificate(
            self.verdict, self.share, self.lower, self.upper, self.arrivals, self.left, self.days, self.thin, alpha
        )

    def open_sites(self) -> set[int]:
        """Return the sites with a lane that needs further days."""
        return {int(site) for site in np.unique(np.nonzero(self.going_on)[1])}

    def judge(self, arrivals: NDArray[np.float64], in_time: NDArray[np.float64], left: NDArray[np.float64]) -> None:
        """Take a look; arrays ``(day types, days, sites, lanes)``."""
        for day_type, site, lane in zip(*np.nonzero(self.going_on & ~self.thin), strict=True):
            self._decide((day_type, np.array([site]), lane), arrivals, in_time, left)
        for day_type, lane in zip(*np.nonzero((self.going_on & self.thin).any(axis=1)), strict=True):
            pool = np.flatnonzero(self.going_on[day_type, :, lane] & self.thin[day_type, :, lane])
            self._decide((day_type, pool, lane), arrivals, in_time, left)

    def _decide(
        self,
        where: tuple[int, NDArray[np.int64], int],
        arrivals: NDArray[np.float64],
        in_time: NDArray[np.float64],
        left: NDArray[np.float64],
    ) -> None:
        """Judge some sites together: those of a pool, or one alone."""
        day_type, sites, lane = where
        came = arrivals[day_type][:, sites, lane]
        found = self.tests[int(lane)].decide(came.sum(axis=1), in_time[day_type][:, sites, lane].sum(axis=1))
        self.verdict[day_type, sites, lane], self.going_on[day_type, sites, lane] = found.verdict, not found.final
        self.share[day_type, sites, lane] = found.share
        self.lower[day_type, sites, lane], self.upper[day_type, sites, lane] = found.lower, found.upper
        self.arrivals[day_type, sites, lane] = came.mean(axis=0)
        self.left[day_type, sites, lane] = left[day_type][:, sites, lane].mean(axis=0)
        self.days[day_type, sites, lane] = found.days


def expected_arrivals(study: Study, plan: SitePlan) -> NDArray[np.float64]:
    """
    Return the customers whom the plan sends to each lane a day, shape ``(day types, sites, lanes)``.

    The planned work over the mean service time at the study's mix; 0 for lanes that are not there.
    """
    expected = np.zeros(plan.load.shape)
    for day_type, site, lane in zip(*np.nonzero(plan.load > 0), strict=True):
        option = plan.decisions[site].option
        if option is not None and option.servers(LANES[lane]) > 0:
            mix = lane_mix(study, option.format, option.pattern, LANES[lane], int(day_type))
            expected[day_type, site, lane] = mix.arrivals(float(plan.load[day_type, site, lane]))
    return expected
