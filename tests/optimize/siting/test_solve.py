"""Plans for a study: honest status, today's network, alternatives, and why there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netsim.errors import ExitCode, InfeasibleError
from netsim.model.network import Option
from netsim.model.study import CoverageRule
from netsim.optimize.siting import alternatives, as_is_plan, plan_sites
from netsim.optimize.siting.build import siting_problem
from netsim.optimize.siting.decisions import action_of, modes_of, option_label
from netsim.optimize.siting.evaluate import evaluate
from tests.optimize.instances import BRANCH, capacity_table, city_study, small_study, staff_costs


def plan_of(study, **how):
    return plan_sites(study, capacity_table(study), staff_costs=staff_costs(study), **how)


def exact(study, **limits):
    return replace(study, planning=replace(study.planning, gap=0.0, **limits))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("assignment", ["nearest", "directed"])
def test_small_plans_are_proven(seed, assignment):
    plan = plan_of(exact(small_study(seed, assignment)))
    assert plan.status == "optimal"
    assert plan.bound <= plan.objective
    assert plan.gap == pytest.approx((plan.objective - plan.bound) / plan.objective, abs=1e-12)
    assert plan.gap <= 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_sending_customers_never_costs_more_than_letting_them_choose(seed):
    nearest, directed = (plan_of(exact(small_study(seed, kind))) for kind in ("nearest", "directed"))
    assert directed.objective <= nearest.objective * (1 + 1e-6)


@pytest.mark.parametrize("assignment", ["nearest", "directed"])
def test_a_plan_keeps_its_promises(assignment):
    study = small_study(6, assignment, day_types=2)
    plan = plan_of(study)
    options = [decision.option for decision in plan.decisions]
    assert [decision.site for decision in plan.decisions] == [site.id for site in study.sites]
    for site, decision in zip(study.sites, plan.decisions, strict=True):
        assert decision.action == action_of(site.today, decision.option)
    assert np.all(plan.load <= plan.capacity * (1 + 1e-5) + 1e-5)
    for site, task in zip(plan.shares.site, plan.shares.task, strict=True):
        option = options[site]
        assert option is not None
        assert study.formats[option.format].serves(study.tasks[task].id)
    total = np.zeros((len(study.tasks), len(study.zones.ids)))
    np.add.at(total, (plan.shares.task, plan.shares.zone), plan.shares.share)
    assert total.max() <= 1 + 1e-6
    table = capacity_table(study)
    for place, option in enumerate(options):
        for axis, lane in enumerate(("terminal", "counter")):
            if option is not None and option.servers(lane):
                wanted = table.work(option.format, option.pattern, lane, option.servers(lane))
                np.testing.assert_allclose(plan.capacity[:, place, axis], wanted)


def test_without_a_proof_nothing_is_claimed_and_runs_repeat():
    study = small_study(5)
    first, second = plan_of(study, prove=False), plan_of(study, prove=False)
    assert (first.status, first.bound, first.gap) == ("heuristic", -float("inf"), float("inf"))
    assert first.decisions == second.decisions
    assert plan_of(study, prove=False, start=plan_of(study)).objective <= plan_of(study).objective


def test_a_bound_holds_for_every_plan():
    study = small_study(7)
    bound = plan_of(exact(study)).bound
    problem = siting_problem(study, capacity_table(study), staff_costs(study))
    rng = np.random.default_rng(0)
    for _ in range(300):
        modes = np.array([rng.integers(*pair) for pair in zip(problem.first[:-1], problem.first[1:], strict=True)])
        plan = evaluate(problem, modes)
        assert not plan.feasible(problem) or plan.cost.total >= bound * (1 - 1e-9)


def test_today_is_kept_exactly_as_it_is():
    study = small_study(8)
    plan = as_is_plan(study, capacity_table(study), staff_costs=staff_costs(study))
    assert (plan.status, plan.bound) == ("as_is", -float("inf"))
    assert {decision.action for decision in plan.decisions} == {"keep", "stay_closed"}
    assert [decision.option for decision in plan.decisions] == [site.today for site in study.sites]
    assert plan.cost.transition == 0.0
    assert plan.cost.fixed == 2 * 110e3 + 2 * 3e3
    assert plan.cost.terminals == 2 * (14e3 + 4 * 4e3) + 2 * 11e3
    assert plan.cost.staff == pytest.approx(2 * staff_costs(study)["branch", "standard"][3])


def test_servers_of_today_outside_the_levels_are_told():
    study = small_study(8)
    odd = replace(study.sites[0], today=replace(BRANCH, counters=9))
    with pytest.raises(ValueError, match="9 servers in the lane 'counter' of 'branch'"):
        as_is_plan(replace(study, sites=(odd, *study.sites[1:])), capacity_table(study), staff_costs=staff_costs(study))


def test_alternatives_are_what_a_changed_plan_costs():
    study = exact(small_study(3))
    plan = plan_of(study)
    problem = siting_problem(study, capacity_table(study), staff_costs(study))
    modes = modes_of(problem, plan)
    found = alternatives(study, capacity_table(study), plan, staff_costs=staff_costs(study))
    assert found
    for place, site in enumerate(problem.sites):
        others = []
        for mode in set(range(problem.first[place], problem.first[place + 1])) - {int(modes[place])}:
            changed = modes.copy()
            changed[place] = mode
            other = evaluate(problem, changed)
            if other.feasible(problem):
                label = option_label(problem.option(mode, other.levels[place]))
                others.append((other.cost.total - plan.objective, label))
        if others:
            extra, label = min(others)
            assert found[site][0] == label
            assert found[site][1] == pytest.approx(extra, abs=1e-3)
            assert extra >= -1e-3
        else:
            assert site not in found


def test_alternatives_of_a_proven_directed_plan_lose_at_most_what_rounding_servers_costs():
    study = exact(small_study(3, "directed"))
    found = alternatives(study, capacity_table(study), plan_of(study), staff_costs=staff_costs(study))
    assert found
    assert all(np.isfinite(extra) for _, extra in found.values())


@pytest.mark.parametrize(
    ("today", "option", "action"),
    [
        (None, None, "stay_closed"),
        (None, BRANCH, "open"),
        (BRANCH, None, "close"),
        (BRANCH, BRANCH, "keep"),
        (BRANCH, replace(BRANCH, terminals=2), "resize"),
        (BRANCH, replace(BRANCH, pattern="long"), "resize"),
        (BRANCH, Option("self_service", "standard", 0, 2), "convert"),
    ],
)
def test_actions(today, option, action):
    assert action_of(today, option) == action


def told(study):
    with pytest.raises(InfeasibleError) as caught:
        plan_of(study)
    assert caught.value.exit_code == ExitCode.INFEASIBLE
    return str(caught.value)


def test_coverage_out_of_reach_is_told_with_the_best_possible():
    study = small_study(1, coverage=(CoverageRule("near", "advice", 0.99, 0.4),))
    text = told(study)
    assert "no plan meets the rules" in text
    assert "coverage rule 'near' asks for 99.0% of the people within 0.4 min of 'advice'" in text
    assert "at most" in text


def test_served_share_out_of_reach_is_told():
    assert "served share: 99.9% of the visits are asked for" in told(small_study(1, served_share=0.999))


def test_a_budget_below_the_forced_cost_is_told_with_that_cost():
    assert "budget: 50,000 a year is below" in told(small_study(1, budget=5e4))


def test_rules_that_conflict_are_told_with_what_resolves_them():
    study = small_study(1, sites=6, max_changes=0)
    none_today = tuple(replace(site, today=None) for site in study.sites)
    text = told(replace(study, sites=none_today))
    assert "no plan meets the rules together" in text or "no plan was found that meets the rules together" in text
    assert "without the limit of changes a plan exists" in text


@pytest.mark.long
@pytest.mark.parametrize(("assignment", "goal"), [("nearest", 0.15), ("directed", 0.05)])
def test_gap_at_the_size_of_the_demo(assignment, goal):
    plan = plan_of(city_study(1, assignment))
    assert plan.status in ("limit", "gap_reached")
    assert 0.0 <= plan.gap <= goal
