"""Measures against a log worked out by hand, and laws that hold for any simulated days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.kpi import KPIS, NetworkDays, day_values, kpi_values, visit_table, worse_off
from netsim.kpi.access import covered_share
from netsim.kpi.catalogue import arrived, quantile_by_day, ratio
from netsim.model.behaviour import Behaviour
from netsim.model.calendar import DayType
from netsim.model.choice import ChoiceRules, Taste
from netsim.model.locker import Parcels
from netsim.model.network import Option
from netsim.model.plan import CostBreakdown
from netsim.model.service_time import ServiceTime
from netsim.model.study import CoverageRule, PlanRules
from netsim.model.visiting import Appointments, Leavers, RemoteStart
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.network_day import simulate_network
from tests.halls import OFFICE, with_business
from tests.simulation.test_channels import app
from tests.studies import everyone_to, tiny_study

BRANCH, ATM = Option("branch", "standard", 1, 1), Option("atm", "standard", 0, 1)
NAN = float("nan")


def log_of(rows):
    """Return a log from (visit, replication, zone, task, site, lane, arrive, call, end, outcome)."""
    visit, rep, zone, task, site, lane, arrive, call, end, outcome = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    zeros = np.zeros(len(rows), dtype=np.int64)
    return VisitLog(
        visit, rep, zeros, zone, zeros, task, site, zeros, lane, zeros, arrive * 1.0, call * 1.0, end * 1.0,
        np.nan_to_num(end - call), outcome,
    )  # fmt: skip


def days_of(log, study=None, *, options=(BRANCH, ATM), reps=(0,), cost=None, staffed=480.0):
    study = study or tiny_study()
    return NetworkDays(
        study=study,
        options=options,
        cost=cost or CostBreakdown(fixed=2000.0, staff=3000.0),
        staffed=np.full((len(study.day_types), 2), [staffed, 0.0]),
        paid_hours=2000.0,
        replications=reps,
        log=log,
        visits=visit_table(log, reps),
    )


ROWS = [
    # one who is served at once; one who fails over and waits 12 minutes at the counter; one who leaves after 5
    (1, 0, 0, 0, 0, 0, 500, 500, 502, Outcome.SERVED),
    (2, 0, 1, 0, 0, 0, 510, 511, 514, Outcome.GOES_ON),
    (2, 0, 1, 0, 0, 1, 514, 526, 530, Outcome.SERVED),
    (3, 0, 2, 1, 0, 1, 515, NAN, 520, Outcome.ABANDONED),
    # one whose terminal fails where there is no counter; one without an outlet; one who finds it closed
    (4, 0, 0, 0, 1, 0, 600, 600, 603, Outcome.UNRESOLVED),
    (5, 0, 2, 1, -1, -1, 700, NAN, 700, Outcome.NO_OUTLET),
    (6, 0, 2, 1, 0, -1, 1200, NAN, 1200, Outcome.CLOSED),
]


def value(days, name):
    return {item.name: item.values for item in day_values(days)}[name]


def test_a_day_by_hand():
    days = days_of(log_of(ROWS))
    assert value(days, "visits_per_day")[0] == 4
    assert value(days, "wait_mean")[0] == pytest.approx((0 + 13 + 5 + 0) / 4)
    assert value(days, "first_contact_mean")[0] == pytest.approx((0 + 1 + 5 + 0) / 4)
    assert value(days, "cycle_mean")[0] == pytest.approx((2 + 20 + 5 + 3) / 4)
    assert value(days, "served_share")[0] == pytest.approx(2 / 6)
    assert value(days, "assigned_share")[0] == pytest.approx(3 / 6)
    assert value(days, "leavers")[0] == pytest.approx(1 / 4)
    assert value(days, "unresolved")[0] == pytest.approx(1 / 4)
    assert value(days, "share_in_time.terminal")[0] == 1.0
    assert value(days, "share_in_time.counter")[0] == 0.0
    assert value(days, "utilisation.counter")[0] == pytest.approx(4 / 480)
    assert value(days, "utilisation.terminal")[0] == pytest.approx((2 + 3 + 3) / (480 + 1080))


def test_generalised_cost_by_hand():
    """Three zones, 1, 9 and 19 min from the first outlet, 11 from the second: both ways, waits and services as felt."""
    days = days_of(log_of(ROWS))
    plain = [2 * 1 + 0 + 2, 2 * 9 + 13 + 7, 2 * 19 + 5 + 0, 2 * 11 + 0 + 3]
    assert value(days, "generalised_mean")[0] == pytest.approx(sum(plain) / 4)
    assert value(days, "generalised_p90")[0] == pytest.approx(max(plain))
    felt = ChoiceRules("huff", taste=Taste(wait=2.5, service=0.5))
    days = days_of(log_of(ROWS), tiny_study(choice=felt))
    assert value(days, "generalised_mean")[0] == pytest.approx((2 + 1 + 18 + 32.5 + 3.5 + 38 + 12.5 + 22 + 1.5) / 4)
    assert value(days, "captured_share.all")[0] == pytest.approx(5 / 6)


def test_equity_by_hand():
    """Three zones 1, 9 and 19 minutes from the branch, 11, 1 and 9 from the machine, with 10, 80 and 10 people."""
    study = tiny_study()
    study = replace(study, zones=replace(study.zones, people={"all": np.array([10.0, 80.0, 10.0])}))
    days = days_of(log_of(ROWS), study)
    ways = study.travel.minutes.min(axis=1)
    assert value(days, "way_worst_tenth")[0] == pytest.approx(ways[2])
    people = np.array([10.0, 80.0, 10.0])
    gaps = np.abs(ways[:, None] - ways) * people[:, None] * people
    assert value(days, "way_gini")[0] == pytest.approx(gaps.sum() / (2 * 100**2 * np.average(ways, weights=people)))
    alone = days_of(log_of(ROWS[:1]), study, options=(BRANCH, None))
    assert value(alone, "way_worst_tenth")[0] == pytest.approx(study.travel.minutes[2, 0])


def test_everybody_as_near_is_no_inequality():
    study = tiny_study(minutes=np.full((3, 2), 6.0))
    days = days_of(log_of(ROWS), study)
    assert value(days, "way_gini")[0] == pytest.approx(0.0)
    assert value(days, "access_gini")[0] == pytest.approx(0.0)
    assert value(days, "way_ratio")[0] == pytest.approx(1.0)


def test_a_zone_out_of_reach_counts_as_nothing():
    """Half of the people can get at nothing: the Gini of their scores is one half."""
    study = tiny_study(zones=2, minutes=[[5.0, 5.0], [500.0, 500.0]])
    study = replace(study, zones=replace(study.zones, people={"all": np.array([50.0, 50.0])}))
    days = days_of(log_of(ROWS[:1]), study)
    assert value(days, "access_gini")[0] == pytest.approx(0.5)


def test_segments_have_costs_of_their_own():
    study = tiny_study(segments=("old", "young"))
    log = replace(log_of(ROWS[:4]), segment=np.array([0, 1, 1, 1]))
    days = days_of(log, study)
    assert value(days, "generalised_of_segment.old")[0] == pytest.approx(2 + 2)
    assert value(days, "generalised_of_segment.young")[0] == pytest.approx((38 + 43) / 2)
    assert value(days, "generalised_p90_of_segment.young")[0] == pytest.approx(43)


def test_off_counter_counts_those_served_without_a_counter():
    """Of the two who are served one failed at the terminal and went on to the counter."""
    days = days_of(log_of(ROWS + [(*row[:1], 1, *row[2:]) for row in ROWS[:1]]), reps=(0, 1))
    np.testing.assert_allclose(value(days, "off_counter"), [0.5, 1.0])


def test_money_by_hand():
    study = tiny_study()
    days = days_of(log_of(ROWS), study)
    lost = sum(study.tasks[task].lost_visit_cost for task in (1, 0, 1, 1))
    ways = study.travel.minutes[[0, 1, 2, 0, 2], [0, 0, 0, 1, 0]].sum()  # who finds it closed went there too
    assert value(days, "cost_lost")[0] == pytest.approx(250 * lost)
    assert value(days, "cost_travel")[0] == pytest.approx(250 * ways * 2 * 10 / 60)
    assert value(days, "cost_operator")[0] == pytest.approx(5000.0)
    assert value(days, "cost_total")[0] == pytest.approx(5000 + 250 * (lost + ways * 2 * 10 / 60))
    assert value(days, "cost_per_visit")[0] == pytest.approx(5000 / (2 * 250))


def test_day_types_count_by_their_days_a_year():
    study = tiny_study(day_types=(DayType("week", 300.0), DayType("saturday", 60.0)))
    log = log_of(ROWS[:1] + ROWS[3:4])
    log = replace(log, day_type=np.array([0, 1]))
    days = replace(days_of(log, study), staffed=np.full((2, 2), 480.0))
    assert value(days, "wait_mean")[0] == pytest.approx(5 * 60 / 360)
    assert value(days, "visits_per_day")[0] == 1.0


def test_every_part_of_the_catalogue_gives_a_value_a_day():
    log = log_of(ROWS + [(*row[:1], 1, *row[2:]) for row in ROWS])
    study = with_business(replace(tiny_study(), stations=(OFFICE,)), Behaviour(priority=1))
    papers = replace(study.tasks[0].steps[0], hand_off=2.0, incomplete=0.1, returns_after=30.0)
    offer = Appointments(0.5, 30.0)
    first = replace(
        study.tasks[0], steps=(papers,), appointments=offer, remote=(RemoteStart("app", 0.2),), leavers=Leavers(())
    )
    study = replace(study, tasks=(first, *study.tasks[1:]), remote=(app(),))
    lockers = {name: replace(form, cells=(3,)) for name, form in study.formats.items()}
    day = Parcels("cash", (("any", 1.0),), 1.0, ServiceTime(600.0, 1.0), ((540.0, 1.0),), 1440.0, 2880.0, 1.0)
    both = {name: np.full(3, 10.0) for name in ("homes", "work")}
    study = replace(study, zones=replace(study.zones, people=both))
    study = replace(study, formats=lockers, parcels=day, choice=ChoiceRules("huff"))
    days = days_of(log, study, reps=(0, 1))
    names = [item.name.split(".")[0] for item in day_values(days)]
    assert set(KPIS) - {"coverage"} <= set(names)
    for item in day_values(days):
        assert item.values.shape == (2,)
        assert np.all(np.isfinite(item.values))
        assert item.values[0] == item.values[1]


def test_targets_are_met_or_not():
    kpis = {
        kpi.name: kpi for kpi in kpi_values(days_of(log_of(ROWS + [(*r[:1], 1, *r[2:]) for r in ROWS]), reps=(0, 1)))
    }
    assert (kpis["share_in_time.terminal"].target, kpis["share_in_time.terminal"].met) == (0.9, True)
    assert kpis["share_in_time.counter"].met is False
    assert kpis["wait_mean"].met is None


def test_channel_shares_of_one_tag_sum_to_one():
    study = tiny_study(tasks=None)
    log = simulate_network(study, (BRANCH, ATM), everyone_to(study, 0), range(2))
    days = days_of(log, study, reps=(0, 1))
    for kind in ("contact", "medium"):
        parts = [item.values for item in day_values(days) if item.name.startswith(f"channel_share.{kind}.")]
        np.testing.assert_allclose(np.sum(parts, axis=0), 1.0)
        assert len(parts) == 2


def test_coverage_counts_people_near_an_outlet_that_does_the_task():
    study = tiny_study()
    cash, advice = CoverageRule("a", "cash", 0.9, 2.0), CoverageRule("b", "advice", 0.9, 2.0)
    assert covered_share(study, (None, ATM), cash) == pytest.approx(1 / 3)
    assert covered_share(study, (None, ATM), advice) == 0.0
    assert covered_share(study, (BRANCH, ATM), cash) == pytest.approx(2 / 3)
    ruled = replace(study, rules=PlanRules("nearest", 30.0, 0.0, (cash,)))
    assert value(days_of(log_of(ROWS), ruled), "coverage.a")[0] == pytest.approx(2 / 3)


def test_worse_off_needs_the_same_customers():
    study = tiny_study()
    log = simulate_network(study, (BRANCH, ATM), everyone_to(study, 0), range(2))
    other = simulate_network(study, (BRANCH, BRANCH), everyone_to(study, [0, 1, 1]), range(2))
    before, after = days_of(log, study, reps=(0, 1)), days_of(other, study, reps=(0, 1))
    assert np.all(worse_off(before, before) == 0.0)
    share = worse_off(before, after)
    assert np.all((share >= 0) & (share < 0.5))
    with pytest.raises(ValueError, match="same customers"):
        worse_off(before, days_of(log_of(ROWS), study))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 100)), min_size=1, max_size=60),
    st.floats(0.05, 0.95),
)
@settings(deadline=None, max_examples=60)
def test_quantiles_by_day_are_those_of_the_day(pairs, level):
    log = log_of([(k, day, 0, 0, 0, 0, 500, 500 + wait, 700, Outcome.SERVED) for k, (day, wait) in enumerate(pairs)])
    days = days_of(log, reps=(0, 1, 2))
    found = quantile_by_day(days, arrived(days.visits), days.visits.wait, level)
    for day in range(3):
        waits = np.sort(np.array([500 + wait - 500 for d, wait in pairs if d == day]))
        if len(waits):
            assert found[day] in waits
            assert (waits <= found[day]).mean() >= level - 1e-9


def test_nothing_to_measure_is_zero():
    np.testing.assert_array_equal(ratio(np.array([0.0, 1.0]), np.array([0.0, 2.0])), [0.0, 0.5])
