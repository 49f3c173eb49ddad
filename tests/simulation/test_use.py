"""What servers do and where customers' time goes: sums that have to agree, and a bottleneck that was planted."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.calendar import DayType
from netsim.model.network import Option
from netsim.model.service import Breakdowns, Step
from netsim.model.service_time import ServiceTime
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_day import in_order, measure_network, simulate_network
from netsim.simulation.summary import half_hours, lane_totals
from netsim.simulation.totals import OutletTotals
from netsim.simulation.use import half_hour_use, resource_use, step_use
from netsim.statistics.quantiles import weighted_quantile
from tests.studies import everyone_to, task, tiny_study

BRANCH = Option("branch", "standard", 2, 2)
TWO_DAYS = (DayType("working_day", 250.0), DayType("saturday", 50.0))


def same_logs(one, other):
    """Return whether two logs are equal to the bit."""
    return all(
        np.array_equal(getattr(one, item.name), getattr(other, item.name), equal_nan=item.name == "call")
        for item in fields(VisitLog)
    )


def same_totals(one, other):
    """Return whether the totals of two networks are equal to the bit."""
    assert (one.days, list(one.outlets)) == (other.days, list(other.outlets))
    return all(
        np.array_equal(getattr(sums.totals, item.name), getattr(other.outlets[place].totals, item.name))
        for place, sums in one.outlets.items()
        for item in fields(OutletTotals)
    )


def busy_study(**changes):
    """Return two branches with breakdowns, two kinds of days and queues."""
    return tiny_study(visits=70.0, day_types=TWO_DAYS, breakdowns=Breakdowns(200.0, 20.0, 0.5), **changes)


def measured(study, options=(BRANCH, BRANCH), sites=(0, 1, 1), days=range(4), **more):
    return measure_network(study, options, everyone_to(study, list(sites)), days, **more)


@pytest.mark.parametrize("change", [{"workers": 2}, {"workers": 5}, {"runner": "python"}, {"runner": "reference"}])
def test_neither_threads_nor_runner_change_a_bit(change):
    study = busy_study()
    log, totals = measured(study)
    other_log, other = measured(replace(study, **change))
    assert same_logs(log, other_log)
    assert same_totals(totals, other)


def test_the_log_is_that_of_the_network_day():
    study = busy_study()
    log, _ = measured(study)
    assert same_logs(log, simulate_network(study, (BRANCH, BRANCH), everyone_to(study, [0, 1, 1]), range(4)))


@pytest.mark.parametrize("parts", [[range(1), range(1, 4)], [range(2), range(2, 3), range(3, 4)]])
def test_totals_do_not_depend_on_the_parts_in_which_days_are_simulated(parts):
    study = busy_study()
    log, totals = measured(study)
    logs, grown = [], None
    for days in parts:
        part, grown = measured(study, days=days, onto=grown)
        logs.append(part)
    assert same_totals(totals, grown)
    joined = VisitLog(
        **{item.name: np.concatenate([getattr(part, item.name) for part in logs]) for item in fields(VisitLog)}
    )
    assert same_logs(log, in_order(joined))


def test_totals_and_log_count_the_same():
    study = busy_study()
    log, totals = measured(study)
    lanes = lane_totals(study, log, range(4))
    slots = half_hours(study, log, range(4))
    for (day_type, site), sums in totals.outlets.items():
        of = sums.totals
        np.testing.assert_array_equal(of.slots["arrivals"].sum(axis=1), lanes.arrivals[day_type, :, site].sum(axis=0))
        np.testing.assert_array_equal(of.slots["in_time"], slots.in_time[day_type, site])
        np.testing.assert_allclose(of.slots["wait"], slots.wait[day_type, site], atol=1e-9)
        np.testing.assert_allclose(of.queue.sum(axis=1), lanes.wait[day_type, :, site].sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(of.busy.sum(axis=1), lanes.busy[day_type, :, site].sum(axis=0), rtol=1e-12)
        assert (
            of.counts[:, :, Outcome.SERVED].sum()
            == ((log.outcome == Outcome.SERVED) & (log.day_type == day_type) & (log.site == site)).sum()
        )


def test_an_outlet_to_which_nobody_comes_is_starved_and_fails_all_the_same():
    study = busy_study()
    _, totals = measured(study, sites=(0, 0, 0))
    assert set(totals.outlets) == {(day, site) for day in (0, 1) for site in (0, 1)}
    idle = [item for item in resource_use(study, (BRANCH, BRANCH), totals) if item.site == "s1"]
    assert [item.utilisation for item in idle] == [0.0, 0.0]
    terminal, counter = idle
    assert terminal.down > 0
    assert terminal.down + terminal.starved == pytest.approx(1.0)
    assert counter.starved == 1.0
    assert not any(item.bottleneck for item in idle)
    assert np.isnan([counter.wait_mean, counter.wait_share, counter.time_share]).all()
    assert (counter.peak_slot, counter.peak_queue, counter.queue) == (-1, 0.0, 0.0)


@given(st.floats(5.0, 120.0), st.integers(1, 4), st.integers(1, 3), st.integers(0, 50))
@settings(deadline=None, max_examples=20)
def test_shares_sum_to_one_and_time_is_that_of_the_visits(visits, counters, terminals, seed):
    """Server time: 1 but for overtime. Customers' time: from arrival to end, lane by lane and step by step."""
    study = tiny_study(visits=visits, breakdowns=Breakdowns(200.0, 20.0, 0.5), seed=seed)
    options = (replace(BRANCH, counters=counters, terminals=terminals), None)
    log, totals = measured(study, options, sites=(0, 0, 0), days=range(2))
    lanes = resource_use(study, options, totals)
    assert [item.lane for item in lanes] == ["terminal", "counter"]
    for number, item in enumerate(lanes):
        over = overtime(totals.outlets[0, 0], number, 2)
        whole = item.utilisation + item.down + item.starved + item.blocked
        assert whole == pytest.approx(1.0 + over, abs=1e-9)
        rows = log.lane == number
        assert item.waiting == pytest.approx(log.wait[rows].sum() / 2)
    here = log.take(log.lane >= 0)
    minutes = [float((here.end - here.arrive)[here.lane == number].sum()) for number in (0, 1)]
    assert sum(item.time_share for item in lanes) == pytest.approx(1.0)
    assert [item.time_share for item in lanes] == pytest.approx([part / sum(minutes) for part in minutes])
    assert sum(item.bottleneck for item in lanes) <= 1
    for each in study.tasks:
        assert sum(item.time_share for item in step_use(study, totals, log) if item.task == each.id) == pytest.approx(1)


def overtime(sums, lane, days):
    """Return the minutes of work and repair beyond those on duty, as a share of the time on duty."""
    duty = days * sums.on_duty[lane]
    down = np.where(duty > 0, np.minimum(sums.totals.down[lane], duty), 0.0)
    return float(np.maximum(sums.totals.busy[lane] + down - duty, 0.0).sum() / duty.sum())


@pytest.mark.parametrize(("counters", "terminals", "tight"), [(1, 4, "counter"), (6, 1, "terminal")])
def test_a_planted_bottleneck_is_found(counters, terminals, tight):
    """240 withdrawals of 2 min in 8 h ask for one terminal, a tenth of them and 30 advices of 9 min for one counter."""
    endless = {"terminal": float("inf"), "counter": float("inf")}
    study = tiny_study(visits=[[80.0], [18.0]], patience=endless)
    options = (Option("branch", "standard", counters, terminals), None)
    _, totals = measured(study, options, sites=(0, 0, 0), days=range(10))
    lanes = {item.lane: item for item in resource_use(study, options, totals)}
    other = lanes["terminal" if tight == "counter" else "counter"]
    assert lanes[tight].bottleneck
    assert not other.bottleneck
    assert lanes[tight].wait_share > 0.9
    assert lanes[tight].utilisation > 0.7 > other.utilisation
    assert lanes[tight].starved < other.starved
    assert lanes[tight].queue > 5 * other.queue
    assert lanes[tight].peak_queue > lanes[tight].queue
    assert lanes[tight].wait_mean == pytest.approx(lanes[tight].waiting / lanes[tight].arrivals)


def test_little_s_law_holds_lane_by_lane():
    """Waiting a day = arrivals x mean wait = mean queue x open minutes, whoever is still served after closing."""
    study = busy_study()
    _, totals = measured(study)
    for item in resource_use(study, (BRANCH, BRANCH), totals):
        assert item.waiting == pytest.approx(item.arrivals * item.wait_mean)
        assert item.waiting == pytest.approx(item.queue * 480.0)
        assert item.servers == pytest.approx(2.0)


def test_day_types_weigh_by_their_days_a_year():
    study = busy_study()
    _, totals = measured(study)
    both = resource_use(study, (BRANCH, BRANCH), totals)
    alone = []
    for kept in (0, 1):
        days = tuple(replace(day, days_per_year=day.days_per_year * (n == kept)) for n, day in enumerate(TWO_DAYS))
        alone.append(resource_use(replace(study, day_types=days), (BRANCH, BRANCH), totals))
    for mixed, week, saturday in zip(both, *alone, strict=True):
        assert mixed.arrivals == pytest.approx((250 * week.arrivals + 50 * saturday.arrivals) / 300)
        assert mixed.waiting == pytest.approx((250 * week.waiting + 50 * saturday.waiting) / 300)
        assert min(week.wait_p90, saturday.wait_p90) <= mixed.wait_p90 <= max(week.wait_p90, saturday.wait_p90)


def test_half_hours_hold_queue_and_servers():
    study = busy_study()
    log, totals = measured(study)
    waits = half_hours(study, log, range(4)).means([250.0, 50.0])
    found = half_hour_use(study, (BRANCH, BRANCH), totals, waits)
    assert found.arrivals is waits.arrivals
    assert set(np.unique(found.on_duty[:, :, 16:32])) == {2.0}
    assert found.on_duty[:, :, :16].sum() == found.on_duty[:, :, 32:].sum() == 0
    busiest = int(found.queue[1, 1].argmax())
    lane = next(
        item for item in resource_use(study, (BRANCH, BRANCH), totals) if (item.site, item.lane) == ("s1", "counter")
    )
    assert (lane.peak_slot, lane.peak_queue) == (busiest, found.queue[1, 1, busiest])
    here = (log.site == 1) & (log.lane == 1) & (log.arrive // 30 == busiest)
    weight = np.array([250.0, 50.0])[log.day_type[here]]
    exact = weighted_quantile(log.wait[here], 0.9, weight)
    assert found.wait_p90[1, 1, busiest] == pytest.approx(exact, rel=0.011)
    assert np.isnan(found.wait_p90[0, 0, 5])


def test_a_lane_open_on_some_days_only_is_averaged_over_these():
    """The counter is closed on Saturdays: its queue at noon is that of working days."""
    study = busy_study()
    staff = np.zeros((2, 2, 60), dtype=int)
    staff[0, :, 16:32] = 2
    _, totals = measured(study, on_duty=staff)
    waits = half_hours(study, measured(study, on_duty=staff)[0], range(4)).means([250.0, 50.0])
    found = half_hour_use(study, (BRANCH, BRANCH), totals, waits)
    working = totals.outlets[0, 0].totals.busy[1] / (4 * 30.0)
    np.testing.assert_allclose(found.busy[0, 1, 16:32], working[16:32])


def test_steps_are_told_apart_and_repetitions_count():
    """A form filled at the counter, then cash at the terminal, a quarter of which fails over to the counter."""
    two = replace(
        task("cash", terminal=(2.0, 0.5), counter=(4.0, 0.5), fail_over=0.25),
        steps=(
            Step("form", counter=ServiceTime(1.0, 0.3)),
            Step("pay", terminal=ServiceTime(2.0, 0.5), counter=ServiceTime(4.0, 0.5), fail_over=0.25),
        ),
    )
    study = tiny_study(tasks=[two, task("advice", counter=(9.0, 0.7))], visits=[[60.0], [0.0]])
    options = (Option("branch", "standard", 3, 3), None)
    log, totals = measured(study, options, sites=(0, 0, 0), days=range(6))
    form, pay, advice = step_use(study, totals, log)
    assert [(item.task, item.step) for item in (form, pay, advice)] == [
        ("cash", "form"),
        ("cash", "pay"),
        ("advice", "serve"),
    ]
    rows = log.take(log.lane >= 0)
    assert form.begun == pytest.approx((rows.step == 0).sum() / 6)
    assert pay.begun == pytest.approx((rows.step == 1).sum() / 6)
    stopped = (rows.step == 0) & (rows.outcome == Outcome.UNRESOLVED)  # the terminal had closed meanwhile
    assert form.first_time_right == pytest.approx(1 - stopped.sum() / (rows.step == 0).sum())
    terminal = (rows.lane == 0) & (rows.server >= 0)
    failed = terminal & np.isin(rows.outcome, [Outcome.GOES_ON, Outcome.UNRESOLVED])  # pay is the last step
    assert pay.first_time_right == pytest.approx(1 - failed.sum() / terminal.sum())
    assert pay.first_time_right == pytest.approx(0.75, abs=0.06)
    assert form.service_mean == pytest.approx(1.0, rel=0.1)
    assert form.abandoned == pytest.approx(np.isnan(rows.call[rows.step == 0]).mean())
    assert advice.begun == 0
    assert np.isnan([advice.wait_mean, advice.abandoned, advice.first_time_right, advice.wait_p90]).all()


def test_a_step_that_no_counter_takes_over_is_not_first_time_right():
    study = tiny_study(
        tasks=[task("cash", terminal=(2.0, 0.5), fail_over=0.3)], visits=[[60.0]], formats=[tiny_study().formats["atm"]]
    )
    options = (Option("atm", "standard", 0, 3), None)
    log, totals = measured(study, options, sites=(0, 0, 0), days=range(4))
    (item,) = step_use(study, totals, log)
    called = log.take(log.server >= 0)
    assert item.first_time_right == pytest.approx((called.outcome == Outcome.SERVED).mean())


def test_customers_drawn_before_give_the_same():
    study = busy_study()
    drawn = draw_customers(study, range(6))
    log, totals = measured(study)
    other_log, other = measured(study, customers=drawn)
    assert same_logs(log, other_log)
    assert same_totals(totals, other)
