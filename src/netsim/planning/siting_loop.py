"""Plan, roster, simulate, tighten, again: until the promised service really holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.capacity.requirement import half_hour_requirement
from netsim.capacity.staircase import tightened
from netsim.errors import InfeasibleError
from netsim.model.calendar import SLOTS
from netsim.model.choice import ChoiceOutcome
from netsim.model.network import Option
from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.result import RoundTrace
from netsim.model.service import LANES, CapacityTable, Lane
from netsim.model.study import Study
from netsim.optimize.siting.solve import plan_sites
from netsim.optimize.staffing.roster import roster
from netsim.planning.certificate import Certificate, certify, spent
from netsim.planning.choice_equilibrium import choice_equilibrium
from netsim.planning.choosing_plan import capturable, chosen_plan
from netsim.planning.network_days import at_counters

Progress = Callable[[str, int, int], None]
LaneOption = tuple[str, str, Lane, int]
"""(format, opening pattern, lane, servers): what a cut holds for, at every site."""


@dataclass(frozen=True, slots=True, eq=False)
class LoopResult:
    """
    Where the loop ended.

    Parameters
    ----------
    plan, staff, certificate
        Of the last round.
    capacities
        The table that the last plan was made with.
    rounds
        One trace a round.
    certified
        Whether every lane of every outlet keeps its promise, on days that no plan had seen.
    cut
        Whether any capacity was tightened before the last plan, or customers chose by themselves: then
        ``plan.bound`` bounds another problem than the one that was asked.
    choice
        Where choice and waits agree; None where customers go as ``rules.assignment`` says.
    """

    plan: SitePlan
    staff: StaffPlan
    certificate: Certificate
    capacities: CapacityTable
    rounds: tuple[RoundTrace, ...]
    certified: bool
    cut: bool
    choice: ChoiceOutcome | None = None


def run_siting_loop(
    study: Study,
    capacities: CapacityTable,
    *,
    staff_costs: Mapping[tuple[str, str], NDArray[np.float64]] | None = None,
    progress: Progress | None = None,
) -> LoopResult:
    """
    Choose sites, formats, servers and shifts so that simulation confirms the promise everywhere.

    A round plans with the capacities known, works out rosters, and tests every outlet and lane on fresh
    days. A lane option that misses (or stays undecided) at some load may carry less from then on, at every
    site: tightening the failing site alone would move the load next door. Staff that a lane option missed
    with is also given a larger margin.

    Raises
    ------
    InfeasibleError
        If no plan meets the rules with the capacities of a round.
    """
    limits = study.planning
    extra: dict[LaneOption, float] = {}
    traces: list[RoundTrace] = []
    table = capacities
    found: LoopResult | None = None
    own = _captured_today(study, progress) if study.choice is not None else None
    for number in range(1, limits.max_rounds + 1):
        _tell(progress, f"round {number}: plan", number, limits.max_rounds)
        try:
            plan = plan_sites(
                capturable(study, own), table, start=None if found is None else found.plan, staff_costs=staff_costs
            )
        except InfeasibleError:
            if found is None:
                raise
            return found  # capacities were cut so far that the rules cannot be met: the last plan stands
        staff, outcome = _staff(study, plan, extra), None
        if study.choice is not None:
            chosen = chosen_plan(
                study,
                table,
                plan,
                lambda sized: _staff(study, sized, extra),
                staff_costs=staff_costs,
                progress=progress,
            )
            plan, staff, outcome = chosen.plan, chosen.staff, chosen.outcome
            own = np.where(outcome.own > 0.0, outcome.own, 0.0 if own is None else own)  # none: as last known
        options = tuple(decision.option for decision in plan.decisions)
        _tell(progress, f"round {number}: simulate", number, limits.max_rounds)
        alpha = spent(1.0 - study.simulation.confidence, number, limits.max_rounds)
        certificate = certify(study, plan, staff, purpose=number, alpha=alpha)
        failed = failed_options(options, certificate)
        traces.append(_trace(number, plan, staff, certificate, failed))
        cut = number > 1 or outcome is not None
        found = LoopResult(plan, staff, certificate, table, tuple(traces), certificate.holds, cut, outcome)
        if certificate.holds:
            return found
        table = tightened(table, _cuts(study, plan, options, certificate))
        for lane_option in failed:
            if lane_option[2] == "counter":
                extra[lane_option] = extra.get(lane_option, 0.0) + limits.margin
    if found is None:
        raise ValueError("planning.max_rounds must be at least 1")
    return found


def _staff(study: Study, plan: SitePlan, extra: Mapping[LaneOption, float]) -> StaffPlan:
    """Return the roster of a plan."""
    options = tuple(decision.option for decision in plan.decisions)
    return roster(study, options, required_staff(study, plan, extra))


def _captured_today(study: Study, progress: Progress | None) -> NDArray[np.float64] | None:
    """Return the share of the wishes that today's outlets capture; None where they capture nothing anywhere."""
    options = tuple(site.today for site in study.sites)
    serving = at_counters(roster(study, options, full_staff(study, options)).on_duty, options)
    own = choice_equilibrium(study, options, serving, progress=progress).own
    if not own.any():
        return None
    # Zones that no outlet of today reaches may be reached by a new one: they get the mean of those that are.
    reached = own > 0.0
    mean = own.sum(axis=2, keepdims=True) / np.maximum(reached.sum(axis=2, keepdims=True), 1)
    return np.where(reached, own, mean)


def required_staff(study: Study, plan: SitePlan, extra: Mapping[LaneOption, float] | None = None) -> NDArray[np.int64]:
    """
    Return the counter staff needed by half-hour, shape ``(day types, sites, 60)``.

    Parameters
    ----------
    extra
        Points of share in time that some lane options aim at on top of the planning target.
    """
    required = np.zeros((len(study.day_types), len(plan.decisions), SLOTS), dtype=np.int64)
    counter = LANES.index("counter")
    for site, decision in enumerate(plan.decisions):
        option = decision.option
        if option is None or option.counters == 0:
            continue
        key: LaneOption = (option.format, option.pattern, "counter", option.counters)
        for day_type in range(len(study.day_types)):
            required[day_type, site] = half_hour_requirement(
                study, option, float(plan.load[day_type, site, counter]), day_type, extra=(extra or {}).get(key, 0.0)
            )
    return required


def full_staff(study: Study, options: Sequence[Option | None]) -> NDArray[np.int64]:
    """Return every counter staffed while it is open, shape ``(day types, sites, 60)``."""
    required = np.zeros((len(study.day_types), len(options), SLOTS), dtype=np.int64)
    for site, option in enumerate(options):
        if option is not None and option.counters > 0:
            required[:, site] = option.counters * study.hours_of(option, "counter").open_slots()
    return required


def failed_options(options: tuple[Option | None, ...], certificate: Certificate) -> tuple[LaneOption, ...]:
    """Return the lane options that missed or stayed undecided anywhere, sorted."""
    found: set[LaneOption] = set()
    for _, site, lane in _failures(certificate):
        option = options[site]
        if option is not None:
            found.add((option.format, option.pattern, LANES[lane], option.servers(LANES[lane])))
    return tuple(sorted(found))


def _failures(certificate: Certificate) -> list[tuple[int, int, int]]:
    bad = np.isin(certificate.verdict, ("missed", "undecided"))
    return [(int(day), int(site), int(lane)) for day, site, lane in zip(*np.nonzero(bad), strict=True)]


def _cuts(
    study: Study, plan: SitePlan, options: tuple[Option | None, ...], certificate: Certificate
) -> dict[LaneOption, NDArray[np.float64]]:
    """Return for each lane option that failed the load it may carry from now on."""
    cuts: dict[LaneOption, NDArray[np.float64]] = {}
    for day_type, site, lane in _failures(certificate):
        option = options[site]
        if option is None or certificate.thin[day_type, site, lane]:
            continue  # a lane that hardly anybody comes to says nothing of what its option can carry
        key: LaneOption = (option.format, option.pattern, LANES[lane], option.servers(LANES[lane]))
        limit = cuts.setdefault(key, np.full(len(study.day_types), np.inf))
        limit[day_type] = min(limit[day_type], study.planning.tighten * plan.load[day_type, site, lane])
    return cuts


def _trace(
    number: int, plan: SitePlan, staff: StaffPlan, certificate: Certificate, failed: tuple[LaneOption, ...]
) -> RoundTrace:
    return RoundTrace(
        round=number,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        solver_status=plan.status,
        cost=plan.cost.operator - plan.cost.staff + float(staff.cost.sum()),
        outlets=sum(decision.option is not None for decision in plan.decisions),
        kept=certificate.count("kept"),
        missed=certificate.count("missed"),
        undecided=certificate.count("undecided"),
        days=int(certificate.days.max(axis=(0, 2)).sum()),
        alpha=certificate.alpha,
        tightened=tuple(f"{form}/{pattern}/{lane}/{servers}" for form, pattern, lane, servers in failed),
    )


def _tell(progress: Progress | None, label: str, done: int, total: int) -> None:
    if progress is not None:
        progress(label, done, total)
