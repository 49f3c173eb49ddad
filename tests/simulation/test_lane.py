"""One lane alone: mix, work, and common random numbers across loads and levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.network import Option
from netsim.model.service import Breakdowns, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.simulation.lane import lane_days, lane_mix, work_per_visit
from netsim.simulation.network_day import simulate_network
from netsim.simulation.summary import lane_totals
from netsim.statistics.intervals import mean_interval
from tests.studies import DAYTIME, everyone_to, form, task, tiny_study

ENDLESS = {"terminal": float("inf"), "counter": float("inf")}


def test_mix_known_answer():
    """Counter of the default branch: advice at its own hours, and a tenth of the cash visits after fail-over."""
    study = tiny_study(visits=[[40.0], [15.0]])
    mix = lane_mix(study, "branch", "standard", "counter")
    cash_visits = 40 / 55 * (2 / 3 + 1 / 3 * 0.9)
    advice, failed = 15 / 55, cash_visits * 0.1
    assert mix.share.tolist() == pytest.approx([failed, advice])
    assert mix.minutes == pytest.approx((failed * 5 + advice * 9) / (failed + advice))
    assert mix.open_hours == 8.0
    assert mix.per_hour(480.0) == pytest.approx(60.0 / mix.minutes)
    assert [(item.task, item.after_fail_over) for item in mix.classes] == [(0, True), (1, False)]


def test_work_per_visit_counts_what_comes_to_the_open_lane():
    """Terminal 08-20, counter 08-16: a third of the failed cash visits find the counter closed."""
    study = tiny_study(
        formats=[
            form(
                "branch",
                {"terminal": ("cash",), "counter": ("cash", "advice")},
                hours={"terminal": "long", "counter": "day"},
                speed=0.8,
            )
        ],
        hours={"long": [(480.0, 1200.0)]},
    )
    work = work_per_visit(study, "branch", "standard")
    assert work == pytest.approx(np.array([[2 / 0.8, 0.1 * 2 / 3 * 5 / 0.8], [0.0, 9 / 0.8]]))


def test_steps_along_a_route():
    """Half fail at the terminal; all of them and all others then sign at the counter."""
    steps = (
        Step("card", terminal=ServiceTime(1, 0), counter=ServiceTime(4, 0), fail_over=0.5),
        Step("sign", counter=ServiceTime(6, 0)),
    )
    study = tiny_study(
        tasks=[Task("sign", {}, steps, DAYTIME, 1.0, 1.0)],
        formats=[form("branch", {"terminal": ("sign",), "counter": ("sign",)})],
        visits=[[10.0]],
    )
    assert work_per_visit(study, "branch", "standard") == pytest.approx(np.array([[1.0, 0.5 * 4 + 6.0]]))


@pytest.mark.parametrize("lane", ["terminal", "counter"])
def test_busy_minutes_are_the_work_offered(lane):
    """Without leavers the minutes given equal the work, inside their interval."""
    study = tiny_study(patience=ENDLESS)
    days = lane_days(study, "branch", "standard", lane, 6, 700.0, 0, range(150))
    found = mean_interval(days.busy, 0.999)
    assert found.lower <= 700.0 <= found.upper
    come = mean_interval(days.arrivals, 0.999)
    assert come.lower <= lane_mix(study, "branch", "standard", lane).arrivals(700.0) <= come.upper
    assert np.array_equal(days.slot_arrivals.sum(axis=1), days.arrivals)
    assert np.array_equal(days.slot_in_time.sum(axis=1), days.in_time)
    assert np.all(days.in_time <= days.arrivals)
    assert np.all(days.left == 0)


def test_a_lane_alone_is_like_the_lane_of_an_outlet():
    """Share in time of the counter alone against the same counter in a network day, difference within its interval."""
    study = tiny_study(visits=[[200.0], [60.0]], zones=1, breakdowns=Breakdowns(300.0, 15.0, 0.5), sites=1)
    option, reps = Option("branch", "standard", 3, 3), range(150)
    log = simulate_network(study, [option], everyone_to(study, 0), reps)
    totals = lane_totals(study, log, reps)
    work = work_per_visit(study, "branch", "standard").T @ [200.0, 60.0]
    for number, lane in enumerate(("terminal", "counter")):
        days = lane_days(study, "branch", "standard", lane, 3, work[number], 0, reps)
        come = totals.arrivals[0, :, 0, number]
        here, alone = totals.in_time[0, :, 0, number] / come, days.in_time / days.arrivals
        gap = mean_interval(here, 0.999), mean_interval(alone, 0.999)
        assert abs(gap[0].mean - gap[1].mean) <= np.hypot(gap[0].half_width, gap[1].half_width)
        came = mean_interval(come - days.arrivals, 0.999)
        assert came.lower <= 0 <= came.upper


@given(st.floats(50, 900), st.floats(1.0, 2.0), st.integers(1, 4))
@settings(deadline=None, max_examples=20)
def test_more_work_only_adds_customers(work, factor, servers):
    """Common random numbers: loads share their customers, levels have the same ones."""
    study = tiny_study(patience=ENDLESS)
    less = lane_days(study, "branch", "standard", "counter", servers, work, 0, [0, 1])
    more = lane_days(study, "branch", "standard", "counter", servers, work * factor, 0, [0, 1])
    staffed = lane_days(study, "branch", "standard", "counter", servers + 1, work, 0, [0, 1])
    assert np.all(less.slot_arrivals <= more.slot_arrivals)
    assert np.array_equal(less.slot_arrivals, staffed.slot_arrivals)
    assert np.all(less.in_time <= staffed.in_time)
    assert less.busy == pytest.approx(staffed.busy)


def test_staff_by_half_hour_counts():
    """Constant staff written out by half-hour is the same; an hour without staff is not."""
    study = tiny_study()
    staff = np.zeros(60, dtype=int)
    staff[16:32] = 2
    constant = lane_days(study, "branch", "standard", "counter", 2, 400.0, 0, range(10))
    written = lane_days(study, "branch", "standard", "counter", 0, 400.0, 0, range(10), on_duty=staff)
    assert np.array_equal(constant.slot_in_time, written.slot_in_time)
    staff[20:22] = 0
    fewer = lane_days(study, "branch", "standard", "counter", 0, 400.0, 0, range(10), on_duty=staff)
    assert fewer.in_time.sum() < written.in_time.sum()


def test_lanes_that_nobody_comes_to_are_refused():
    """A lane that the format lacks, or for which the mix has no customers."""
    study = tiny_study()
    with pytest.raises(ValueError, match="format 'atm' has no counter"):
        lane_mix(study, "atm", "standard", "counter")
    only_advice = tiny_study(visits=[[0.0], [10.0]])
    with pytest.raises(ValueError, match="nobody of the task mix comes to the terminal"):
        lane_days(only_advice, "atm", "standard", "terminal", 1, 10.0, 0, [0])


def test_another_task_does_not_move_the_customers_of_a_lane():
    """Streams are keyed by task ids, not by positions."""
    base = tiny_study(visits=[[40.0], [15.0]])
    extra = tiny_study(
        tasks=[task("new", counter=(1.0, 0.0)), *base.tasks],
        visits=[[0.0], [40.0], [15.0]],
        formats=base.formats.values(),
    )
    first = lane_days(base, "branch", "standard", "counter", 2, 300.0, 0, range(5))
    second = lane_days(extra, "branch", "standard", "counter", 2, 300.0, 0, range(5))
    assert np.array_equal(first.slot_in_time, second.slot_in_time)
