"""The network day: assignment, opening hours, independence of outlets, common customers."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from netsim.model.calendar import DayType
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.service import Breakdowns
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_arrivals import ARRIVES, arrivals_of
from netsim.simulation.network_day import simulate_network
from tests.studies import everyone_to, task, tiny_study

BRANCH = Option("branch", "standard", 2, 2)
ATM = Option("atm", "standard", 0, 1)
TWO_DAYS = (DayType("working_day", 250.0), DayType("saturday", 50.0))


def same(first, second):
    """Return whether two logs are equal to the bit."""
    return all(
        np.array_equal(getattr(first, item.name), getattr(second, item.name), equal_nan=item.name == "call")
        for item in fields(VisitLog)
    )


def test_every_customer_ends_once_and_rows_are_in_order():
    """Conservation: each customer has exactly one final row; rows by (day type, replication, site, arrive)."""
    study = tiny_study(visits=90.0, day_types=TWO_DAYS, breakdowns=Breakdowns(200.0, 20.0, 0.5))
    customers = draw_customers(study, [3, 5])
    log = simulate_network(study, [BRANCH, BRANCH], everyone_to(study, [0, 1, 1]), [3, 5], customers=customers)
    final = log.take(log.outcome != Outcome.GOES_ON)
    ids = sorted(zip(final.day_type, final.replication, final.visit, strict=True))
    assert ids == sorted(zip(customers.day_type, customers.replication, customers.key, strict=True))
    order = np.lexsort((log.arrive, log.site, log.replication, log.day_type))
    assert np.array_equal(order, np.arange(len(log)))
    assert set(np.unique(log.outcome)) >= {Outcome.SERVED, Outcome.ABANDONED, Outcome.GOES_ON, Outcome.CLOSED}


def test_runs_repeat_exactly_and_days_do_not_touch():
    """The same seed gives the same log; a day is the same alone or among others."""
    study = tiny_study(visits=60.0, breakdowns=Breakdowns(200.0, 20.0, 0.5))
    plan = ([BRANCH, BRANCH], everyone_to(study, [0, 1, 0]))
    log = simulate_network(study, *plan, [0, 1, 2])
    assert same(log, simulate_network(study, *plan, [0, 1, 2]))
    assert same(log.take(log.replication == 1), simulate_network(study, *plan, [1]))
    drawn = draw_customers(study, range(6))
    assert same(log, simulate_network(study, *plan, [0, 1, 2], customers=drawn))
    assert not same(log, simulate_network(study, *plan, [0, 1, 2], seed=99))


def test_an_outlet_does_not_depend_on_the_others():
    """Simulated alone it gives the same rows; customers without an outlet are left out."""
    study = tiny_study(visits=60.0, breakdowns=Breakdowns(200.0, 20.0, 0.5))
    shares = everyone_to(study, [0, 1, 1])
    log = simulate_network(study, [BRANCH, BRANCH], shares, [0, 1])
    for site in (0, 1):
        assert same(log.take(log.site == site), simulate_network(study, [BRANCH, BRANCH], shares, [0, 1], sites={site}))
    assert len(simulate_network(study, [BRANCH, BRANCH], shares, [0, 1], sites=set())) == 0


def test_two_plans_meet_the_same_customers():
    """Service times and wishes belong to the customer; only waits differ between plans."""
    study = tiny_study(visits=40.0, patience={"terminal": float("inf"), "counter": float("inf")})
    one = simulate_network(study, [BRANCH, None], everyone_to(study, 0), [0, 1])
    two = simulate_network(study, [None, replace(BRANCH, counters=4)], everyone_to(study, 1), [0, 1])
    times = [
        {
            (day, visit, lane): end - call
            for day, visit, lane, call, end in zip(log.replication, log.visit, log.lane, log.call, log.end, strict=True)
            if lane >= 0
        }
        for log in (one, two)
    ]
    shared = times[0].keys() & times[1].keys()
    assert len(shared) > 150
    assert all(times[0][key] == pytest.approx(times[1][key], abs=1e-9) for key in shared)
    assert one.wait.mean() > two.wait.mean()


def test_two_plans_meet_the_same_breakdowns():
    """A site keeps its failures whatever the counters do."""
    study = tiny_study(visits=[[30.0], [0.0]], breakdowns=Breakdowns(60.0, 30.0, 0.5))
    logs = [
        simulate_network(study, [replace(BRANCH, counters=number), None], everyone_to(study, 0), range(3))
        for number in (1, 4)
    ]
    terminals = [log.take(log.lane == 0) for log in logs]
    assert np.array_equal(terminals[0].call, terminals[1].call, equal_nan=True)


def test_directed_shares_split_by_the_customers_choice():
    """Shares of 30 and 50 % within their interval, the rest without an outlet; choice decides alone."""
    study = tiny_study(visits=[[200.0], [0.0]], zones=1, minutes=[[1.0, 2.0]])
    shares = Shares(np.array([0, 0]), np.array([0, 0]), np.array([1, 0]), np.array([0.5, 0.3]))
    customers = draw_customers(study, range(10))
    where = arrivals_of(study, shares, [BRANCH, BRANCH], customers)
    n = len(customers)
    for site, share in ((0, 0.3), (1, 0.5), (-1, 0.2)):
        low, high = binom.interval(0.999, n, share)
        assert low <= (where.site == site).sum() <= high
    assert np.array_equal(where.site == 0, customers.choice < 0.3)
    assert set(where.lost[where.site == -1]) == {int(Outcome.NO_OUTLET)}


def test_shares_that_sum_to_one_but_for_rounding_leave_nobody_out():
    """Ten tenths are a whole."""
    study = tiny_study(visits=300.0, zones=1, sites=10, minutes=[[1.0] * 10])
    rows = np.arange(20)
    shares = Shares(rows // 10, np.zeros(20, dtype=int), rows % 10, np.full(20, 0.1))
    customers = draw_customers(study, range(3))
    customers = replace(customers, choice=np.where(customers.choice > 0.5, 1 - 2**-53, customers.choice))
    assert np.all(arrivals_of(study, shares, [BRANCH] * 10, customers).site >= 0)


def test_closed_lanes_lose_the_inflexible_part():
    """Open 08-16 for a profile of 08-20: a third wish a closed time, of whom 60 % come at another."""
    tasks = [task("cash", terminal=(2.0, 0.5), flexible=0.6), task("advice", counter=(9.0, 0.5))]
    study = tiny_study(tasks=tasks, visits=[[300.0], [0.0]])
    customers = draw_customers(study, range(5))
    where = arrivals_of(study, everyone_to(study, 0), [BRANCH, None], customers)
    late = customers.wished >= 960
    assert np.array_equal(where.minute[~late], customers.wished[~late])
    assert set(where.lost[~late]) == {ARRIVES}
    assert np.array_equal(where.lost[late] == ARRIVES, customers.flexible[late] < 0.6)
    moved = where.minute[late & (where.lost == ARRIVES)]
    assert np.all((moved >= 480) & (moved < 960))
    assert abs(moved.mean() - 720) < 3.3 * 480 / np.sqrt(12 * len(moved))
    log = simulate_network(study, [BRANCH, None], everyone_to(study, 0), range(5), customers=customers)
    closed = log.take(log.outcome == Outcome.CLOSED)
    assert len(closed) == (where.lost == Outcome.CLOSED).sum()
    assert set(closed.lane) == set(closed.server) == {-1}


def test_past_midnight_visits_come_the_next_minutes_of_the_service_day():
    """A wish at 00:30 at an outlet open until 26:00 happens at minute 1470."""
    profile = [0.0] * 48
    profile[1] = 1.0
    study = tiny_study(
        tasks=[task("cash", terminal=(2.0, 0.5), profile=profile)],
        formats=[replace(tiny_study().formats["atm"], patterns=tiny_study().formats["atm"].patterns)],
        hours={"street": [(360.0, 1560.0)]},
        visits=[[30.0]],
    )
    log = simulate_network(study, [ATM, None], everyone_to(study, 0), range(2))
    assert np.all((log.arrive >= 1470) & (log.arrive < 1500))
    assert set(log.outcome) <= {Outcome.SERVED, Outcome.ABANDONED}


def test_a_plan_that_sends_customers_to_the_wrong_place_is_refused():
    """The message names the task and the site."""
    study = tiny_study()
    with pytest.raises(ValueError, match="first 'advice' at 's1'"):
        simulate_network(study, [BRANCH, ATM], everyone_to(study, 1), [0])
    with pytest.raises(ValueError, match="first 'cash' at 's0'"):
        simulate_network(study, [None, BRANCH], everyone_to(study, 0), [0])


def test_fail_over_share_lies_inside_its_interval():
    """Ten per cent of the terminal services go on to the counter."""
    study = tiny_study(visits=[[100.0], [0.0]], hours={"day": [(480.0, 1200.0)]})
    log = simulate_network(study, [replace(BRANCH, terminals=4), None], everyone_to(study, 0), range(10))
    terminal = log.take((log.lane == 0) & (log.server >= 0))
    low, high = binom.interval(0.999, len(terminal), 0.1)
    assert low <= np.isin(terminal.outcome, [Outcome.GOES_ON, Outcome.UNRESOLVED]).sum() <= high
    assert (terminal.outcome == Outcome.GOES_ON).sum() == (log.lane == 1).sum()


def test_half_hourly_staff_reaches_the_outlet():
    """Nobody is called at the counter while nobody is on duty."""
    study = tiny_study(visits=[[0.0], [80.0]], end_of_shift="finish")
    staff = np.zeros((1, 2, 60), dtype=int)
    staff[0, 0, 18:24] = 3
    staff[0, 0, 26:32] = 1
    log = simulate_network(study, [BRANCH, None], everyone_to(study, 0), [0], on_duty=staff)
    called = log.call[~np.isnan(log.call)]
    assert np.all((called >= 540) & (called < 720) | (called >= 780))
    assert len(called) > 20
    assert log.server.max() == 2


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 5))
@settings(deadline=None, max_examples=15)
def test_more_counters_keep_nobody_waiting_longer(counters, more, day):
    """The monotone law on network days without reneging."""
    endless = {"terminal": float("inf"), "counter": float("inf")}
    study = tiny_study(visits=[[0.0], [40.0]], patience=endless)
    few, many = (
        simulate_network(study, [replace(BRANCH, counters=number), None], everyone_to(study, 0), [day])
        for number in (counters, counters + more)
    )
    assert np.array_equal(few.visit, many.visit)
    assert np.all(many.wait <= few.wait + 1e-9)


def test_a_day_without_customers_has_an_empty_log():
    """No demand, no rows."""
    study = tiny_study(visits=0.0)
    assert len(simulate_network(study, [BRANCH, BRANCH], everyone_to(study, 0), [0, 1])) == 0
