"""The same plan question under other assumptions: flat utilisation caps, more or less demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.capacity.staircase import flat_capacities
from netsim.demand.visits import scaled
from netsim.errors import InfeasibleError
from netsim.model.plan import SitePlan
from netsim.model.result import Sensitivity
from netsim.model.service import LANES, CapacityTable
from netsim.model.study import Study
from netsim.optimize.siting.solve import plan_sites
from netsim.optimize.staffing.roster import roster
from netsim.planning.certificate import certify
from netsim.planning.siting_loop import full_staff

FLAT_CAPS = (0.85, 0.75, 0.65, 0.55)
"""Utilisation caps that stand for siting with a flat capacity number."""
DEMAND_FACTORS = (0.5, 1.5)
FIRST_PURPOSE = 100
"""Streams of sensitivity runs; rounds of the loop use the numbers below."""

Progress = Callable[[str, int, int], None]


def sensitivities(
    study: Study,
    capacities: CapacityTable,
    plan: SitePlan,
    *,
    staff_costs: Mapping[tuple[str, str], NDArray[np.float64]],
    swing: Sequence[str],
    progress: Progress | None = None,
) -> tuple[Sensitivity, ...]:
    """
    Return plans made by the same search with flat caps and with the demand of one segment swung.

    Every plan is simulated with its full staff on duty all day, by the same sequential test as the main
    plan with half its days at most; a lane misses when the upper end of its interval lies below the promise.

    Parameters
    ----------
    capacities
        The simulated table of the first round; the flat tables replace it, the swings keep it.
    plan
        The main plan, to count the sites in common; it is simulated likewise, as the first row.
    staff_costs
        Yearly staff cost of each counter level, as for ``plan_sites``.
    swing
        Segments whose demand is halved and raised by half.
    progress
        Called with (label, done, total).
    """
    found = [_simulated(study, plan, plan, "simulated", {"en": "simulated capacity", "zh": "仿真能力"}, 0)]
    jobs: list[tuple[str, Mapping[str, str], Study, CapacityTable]] = [
        (
            f"flat_{cap:.2f}",
            {"en": f"flat cap {cap:.2f}", "zh": f"固定利用率上限 {cap:.2f}"},
            study,
            flat_capacities(study, cap),
        )
        for cap in FLAT_CAPS
    ]
    for segment in swing:
        for factor in DEMAND_FACTORS:
            change = f"{100 * (factor - 1):+.0f}%"
            swung: Mapping[str, str] = {"en": f"{segment} demand {change}", "zh": f"{segment} 需求 {change}"}
            jobs.append((f"{segment}_{change}", swung, scaled(study, {segment: factor}), capacities))
    for number, (name, label, other, table) in enumerate(jobs, start=1):
        if progress is not None:
            progress(f"sensitivity {name}", number, len(jobs))
        try:
            other_plan = plan_sites(other, table, staff_costs=staff_costs, prove=False)
        except InfeasibleError:
            found.append(_none(name, label))
            continue
        found.append(_simulated(other, other_plan, plan, name, label, number))
    return tuple(found)


def largest_segment(study: Study) -> str:
    """Return the segment that wishes most visits: the one whose size drives the answer."""
    visits = study.demand.visits[0, 0].sum(axis=(0, 2, 3))
    return study.demand.segments[int(visits.argmax())]


def _simulated(
    study: Study, plan: SitePlan, main: SitePlan, name: str, label: Mapping[str, str], number: int
) -> Sensitivity:
    """Return what simulation says of a plan with its full staff."""
    options = tuple(decision.option for decision in plan.decisions)
    staff = roster(study, options, full_staff(study, options))
    limits = study.simulation
    fewer = replace(limits, max_days=max(limits.max_days // 2, limits.block))
    test = certify(
        replace(study, simulation=fewer),
        plan,
        staff,
        purpose=FIRST_PURPOSE + number,
        alpha=1.0 - limits.confidence,
    )
    missed = test.verdict == "missed"
    used = test.verdict != "no_promise"
    points = []
    for day_type, site, lane in zip(*np.nonzero(used), strict=True):
        option = options[site]
        if option is None or np.isnan(test.share[day_type, site, lane]):
            continue
        minutes = study.hours_of(option, LANES[lane]).minutes * option.servers(LANES[lane])
        points.append(
            (
                study.sites[site].id,
                LANES[lane],
                float(plan.load[day_type, site, lane] / minutes),
                float(test.share[day_type, site, lane]),
                float((test.upper - test.lower)[day_type, site, lane] / 2),
            )
        )
    return Sensitivity(
        id=name,
        label=label,
        cost=plan.cost.operator,
        objective=plan.objective,
        outlets=sum(option is not None for option in options),
        by_format=dict(sorted(Counter(option.format for option in options if option is not None).items())),
        missed=int(missed.sum()),
        lanes=int(used.sum()),
        missed_outlets=int(missed.any(axis=(0, 2)).sum()),
        leavers=_leavers(test.left, test.arrivals, study),
        same_sites=sum(
            mine is not None and other.option is not None for mine, other in zip(options, main.decisions, strict=True)
        ),
        days=int(test.days.max()),
        points=tuple(points),
    )


def _leavers(left: NDArray[np.float64], arrivals: NDArray[np.float64], study: Study) -> float:
    weights = np.array([day.days_per_year for day in study.day_types])[:, None, None]
    return float((left * weights).sum() / max((arrivals * weights).sum(), 1e-12))


def _none(name: str, label: Mapping[str, str]) -> Sensitivity:
    """Return the row of a question without a feasible plan."""
    nan = float("nan")
    return Sensitivity(name, label, nan, nan, 0, {}, 0, 0, 0, nan, 0, 0, ())
