"""Verdicts on whole networks: right where the truth is plain, honest where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netsim.capacity.staircase import flat_capacities
from netsim.kpi import kpi_values
from netsim.model.network import Option
from netsim.model.plan import CostBreakdown, Decision, SitePlan, StaffPlan
from netsim.model.visits import Outcome
from netsim.optimize.staffing.roster import roster
from netsim.planning.certificate import certify, expected_arrivals
from netsim.planning.network_days import at_counters, network_days
from netsim.planning.siting_loop import full_staff, run_siting_loop
from netsim.simulation.lane import work_per_visit
from tests.studies import everyone_to, tiny_study

ATM = Option("atm", "standard", 0, 1)


def staffed(study, options):
    need = full_staff(study, options)
    return StaffPlan(need, need, (), np.zeros(len(options)), np.zeros(len(options)), 0.0)


def planned(study, options, sites):
    """Return the plan that sends zones to sites, with the work that follows."""
    shares = everyone_to(study, sites)
    load = np.zeros((len(study.day_types), len(options), 2))
    for task, zone, site in zip(shares.task, shares.zone, shares.site, strict=True):
        option = options[site]
        work = work_per_visit(study, option.format, option.pattern)[task]
        for day in range(len(study.day_types)):
            load[day, site] += study.demand.daily(day)[task, zone] * work
    decisions = tuple(Decision(site.id, "open", option) for site, option in zip(study.sites, options, strict=True))
    return SitePlan(decisions, shares, load, load, CostBreakdown(staff=1.0), "heuristic", 0.0, 0.0)


def judge(study, options, sites, **words):
    return certify(study, planned(study, options, sites), staffed(study, options), **words)


def test_a_generous_outlet_is_kept_and_an_overloaded_one_missed():
    study = tiny_study()
    generous = (Option("branch", "standard", 4, 3), None)
    found = judge(study, generous, 0, purpose=1, alpha=0.05)
    assert found.verdict[0, 0].tolist() == ["kept", "kept"]
    assert found.verdict[0, 1].tolist() == ["no_promise", "no_promise"]
    assert found.holds
    poor = (Option("branch", "standard", 1, 1), None)
    found = judge(study, poor, 0, purpose=1, alpha=0.05)
    assert found.verdict[0, 0, 1] == "missed"
    assert not found.holds
    assert found.upper[0, 0, 1] < 0.9
    assert found.left[0, 0, 1] > 0


def test_only_what_is_undecided_is_simulated_on():
    study = tiny_study(zones=2, sites=2)
    options = (Option("branch", "standard", 4, 4), Option("branch", "standard", 1, 4))
    args = (options, [0, 1])
    truth = float(judge(study, *args, purpose=2, alpha=0.05).share[0, 1, 1])
    policy = study.lanes["counter"]
    at_truth = replace(policy, promise=replace(policy.promise, share=truth))
    fine = replace(
        study,
        lanes={**study.lanes, "counter": at_truth},
        simulation=replace(study.simulation, indifference=0.0, max_days=80),
    )
    found = judge(fine, *args, purpose=3, alpha=0.05)
    assert found.days[0, 0].max() < found.days[0, 1, 1]


def test_rounds_see_fresh_days_and_repeat_exactly():
    study = tiny_study()
    options = (Option("branch", "standard", 3, 2), None)
    first, again = (judge(study, options, 0, purpose=1, alpha=0.05) for _ in range(2))
    other = judge(study, options, 0, purpose=2, alpha=0.05)
    np.testing.assert_array_equal(first.share, again.share)
    assert first.share[0, 0, 1] != other.share[0, 0, 1]


def test_a_lane_just_below_its_promise_is_hardly_ever_certified():
    """The promise is set one hundredth above the long-run share: a certificate is an error then."""
    study = tiny_study()
    options = (Option("branch", "standard", 2, 3), None)
    study = replace(study, simulation=replace(study.simulation, max_days=40))
    patient = replace(study, simulation=replace(study.simulation, block=400, max_days=400, indifference=0.0))
    long = judge(patient, options, 0, purpose=50, alpha=0.05)
    truth = float(long.share[0, 0, 1])
    policy = study.lanes["counter"]
    harder = replace(policy, promise=replace(policy.promise, share=min(truth + 0.01, 0.999)))
    strict = replace(study, lanes={**study.lanes, "counter": harder})
    wrong = sum(
        judge(strict, options, 0, purpose=purpose, alpha=0.05).verdict[0, 0, 1] == "kept" for purpose in range(100, 140)
    )
    assert wrong <= 3


def test_no_more_people_serve_than_there_are_counters():
    duty = np.full((1, 3, 60), 5, dtype=np.int64)
    serving = at_counters(duty, (Option("branch", "standard", 2, 1), ATM, None))
    assert serving[0, :, 20].tolist() == [2, 0, 0]


def test_common_days_account_for_every_customer():
    study = tiny_study()
    options = (Option("branch", "standard", 2, 1), None)
    need = staffed(study, options).required
    staff = roster(study, options, need)
    plan = planned(study, options, 0)
    days = network_days(study, plan, staff, 4)
    assert len(np.unique(days.visits.visit[days.visits.day == 0])) == (days.visits.day == 0).sum()
    assert Outcome.GOES_ON not in days.visits.outcome
    assert days.cost.staff == pytest.approx(staff.cost.sum())
    assert days.staffed[0].tolist() == [2 * 480.0, 0.0]
    kpis = {kpi.name: kpi.value for kpi in kpi_values(days)}
    expected = study.demand.daily(0).sum()
    assert kpis["visits_per_day"] == pytest.approx(expected, rel=0.25)
    assert kpis["paid_hours"] == staff.paid_hours.sum()


def test_thin_lanes_are_judged_together_and_empty_ones_not_at_all():
    """Two branches that share one visit a day have one verdict; where nobody comes there is none."""
    study = tiny_study(visits=0.6, zones=3, sites=3)
    two = (Option("branch", "standard", 2, 1), Option("branch", "standard", 2, 1), Option("branch", "standard", 1, 1))
    found = judge(study, two, [0, 1, 1], purpose=1, alpha=0.05)
    assert found.thin[0, 0].any()
    pool = found.thin[0, :, 0] & (found.verdict[0, :, 0] != "no_promise")
    assert (
        len(
            {
                (verdict, share)
                for verdict, share in zip(found.verdict[0, pool, 0], found.share[0, pool, 0], strict=True)
            }
        )
        <= 1
    )
    assert found.verdict[0, 2].tolist() == ["no_promise", "no_promise"]
    assert found.count("undecided") == 0
    assert expected_arrivals(study, planned(study, two, [0, 1, 1]))[0, 2].tolist() == [0.0, 0.0]


def test_a_lane_to_which_hardly_anybody_comes_cuts_no_capacity():
    study = tiny_study(zones=3, sites=3)
    visits = study.demand.visits.copy()
    visits[..., 2] = 1e-3
    sites = tuple(replace(s, may_close=False, today=Option("branch", "standard", 2, 2)) for s in study.sites)
    study = replace(study, demand=replace(study.demand, visits=visits), sites=sites)
    found = run_siting_loop(study, flat_capacities(study, 0.4))
    assert found.certified
    work = found.capacities.staircases["branch", "standard", "terminal"].work
    assert np.all(work > 10.0)
