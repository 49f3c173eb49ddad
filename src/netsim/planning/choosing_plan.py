"""A plan whose customers go where they like: sized for the visits that choice and waits agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.choice import ChoiceOutcome
from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.service import CapacityTable
from netsim.model.study import Study
from netsim.optimize.siting.solve import sized_plan
from netsim.planning.choice_equilibrium import choice_equilibrium
from netsim.planning.network_days import at_counters

Progress = Callable[[str, int, int], None]
StaffOf = Callable[[SitePlan], StaffPlan]


@dataclass(frozen=True, slots=True, eq=False)
class ChosenPlan:
    """
    A plan, its staff, and the choice that both were sized for.

    Parameters
    ----------
    plan, staff
        Outlets with their servers, and who is on duty.
    outcome
        Where choice and waits agree with them.
    """

    plan: SitePlan
    staff: StaffPlan
    outcome: ChoiceOutcome


def capturable(study: Study, own: NDArray[np.float64] | None) -> Study:
    """
    Return the study with the wishes that our outlets can capture: what the planner plans for.

    Parameters
    ----------
    own
        Share of the wishes that our outlets capture, shape ``(segments, tasks, zones)``; None leaves the wishes as
        they are.
    """
    if own is None:
        return study
    return replace(study, demand=replace(study.demand, visits=study.demand.visits * own))


def chosen_plan(
    study: Study,
    capacities: CapacityTable,
    plan: SitePlan,
    staff_of: StaffOf,
    *,
    staff_costs: Mapping[tuple[str, str], NDArray[np.float64]] | None = None,
    progress: Progress | None = None,
) -> ChosenPlan:
    """
    Return a plan's outlets with as many servers and staff as the customers need who choose them.

    Choice and waits are brought to agree twice: with the servers that the planner meant, and with those that the
    first agreement asks for; the loads of the second are the plan's.

    Parameters
    ----------
    study
        A study with ``choice``.
    capacities
        Largest load of each lane by level.
    plan
        Which format stands where.
    staff_of
        Works out the staff of a plan.
    staff_costs
        Yearly staff cost by (format, pattern).
    progress
        Called with (label, round, rounds at most).
    """
    first = _agreed(study, plan, staff_of(plan), progress=progress)
    sized = sized_plan(study, capacities, plan, first.shares, resize=True, staff_costs=staff_costs)
    staff = staff_of(sized)
    second = _agreed(study, sized, staff, start=first.wait, progress=progress)
    final = sized_plan(study, capacities, sized, second.shares, resize=False, staff_costs=staff_costs)
    return ChosenPlan(final, staff, second)


def _agreed(
    study: Study,
    plan: SitePlan,
    staff: StaffPlan,
    *,
    start: NDArray[np.float64] | None = None,
    progress: Progress | None,
) -> ChoiceOutcome:
    """Return where choice and waits agree for a plan with its staff."""
    options = tuple(decision.option for decision in plan.decisions)
    serving = at_counters(staff.on_duty, options)
    return choice_equilibrium(study, options, serving, start=start, progress=progress)
