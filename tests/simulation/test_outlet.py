"""The outlet model: lanes, staff by half-hour and routes."""

import itertools

import numpy as np
import pytest

from netsim.model.calendar import OpeningHours
from netsim.model.network import Option
from netsim.model.service import Breakdowns, LanePolicy, Promise, ServiceTime, Step, Task
from netsim.simulation.breakdowns import failures_of
from netsim.simulation.outlet import COUNTER, NO_LANE, TERMINAL, Change, lane_model, outlet_model
from netsim.simulation.streams import key_of
from tests.studies import DAYTIME, form, task, tiny_study

POLICY = LanePolicy(Promise(0.9, 10.0), 30.0, "finish")


def test_staff_by_half_hour_becomes_changes():
    """Only real changes count; those who stay after closing are the last staff that was not zero."""
    on_duty = np.zeros(60, dtype=int)
    on_duty[20:26] = [2, 2, 3, 1, 1, 0]
    lane = lane_model(OpeningHours("h", ((615.0, 770.0),)), POLICY, 9, on_duty)
    assert lane.changes == (
        Change(615.0, 2, "opens"),
        Change(660.0, 3, "stays"),
        Change(690.0, 1, "stays"),
        Change(750.0, 0, "stays"),
        Change(770.0, 1, "closes"),
    )
    assert lane.servers == 3


def test_windows_that_touch_are_one():
    """No closing between 12:00 and 12:00; a lunch break closes."""
    touching = lane_model(OpeningHours("h", ((600.0, 720.0), (720.0, 900.0))), POLICY, 2)
    assert [change.door for change in touching.changes] == ["opens", "closes"]
    lunch = lane_model(OpeningHours("h", ((600.0, 720.0), (750.0, 900.0))), POLICY, 2)
    assert [change.minute for change in lunch.changes] == [600.0, 720.0, 750.0, 900.0]


def test_staff_of_the_wrong_shape_is_refused():
    """Sixty numbers, none negative."""
    for staff in (np.zeros(48, dtype=int), np.full(60, -1)):
        with pytest.raises(ValueError, match="expected 60 numbers >= 0"):
            lane_model(OpeningHours("h", ((600.0, 720.0),)), POLICY, 2, staff)


def test_routes_go_to_the_terminal_first():
    """A task in both lanes starts at the terminal and may fail over; the format's speed divides times."""
    study = tiny_study(
        formats=[form("slow", {"terminal": ("cash",), "counter": ("cash", "advice")}, speed=0.5)], today=None
    )
    model = outlet_model(study, Option("slow", "standard", 2, 1))
    (cash,), (advice,) = model.routes
    assert (cash.lane, cash.service.mean, cash.fail_over, cash.at_counter.mean) == (TERMINAL, 4.0, 0.1, 10.0)
    assert (advice.lane, advice.service.mean) == (COUNTER, 18.0)


def test_an_outlet_without_terminals_does_the_task_at_the_counter():
    """Zero terminals: the counter does it; zero counters: nobody takes those who fail."""
    study = tiny_study()
    (cash,), _ = outlet_model(study, Option("branch", "standard", 2, 0)).routes
    assert (cash.lane, cash.service.mean) == (COUNTER, 4.0)
    model = outlet_model(study, Option("branch", "standard", 0, 1))
    assert model.routes[0][0].at_counter is None
    assert model.routes[1] is None
    assert model.lanes[COUNTER] is None


def test_a_step_with_only_a_counter_time_goes_to_the_counter():
    """Also when the task stands in the terminal lane alone; at an ATM it is done nowhere."""
    steps = (Step("card", terminal=ServiceTime(1, 0)), Step("sign", counter=ServiceTime(5, 0)))
    signing = Task("sign", {}, steps, DAYTIME, 1.0, 1.0)
    study = tiny_study(
        tasks=[signing, task("advice", counter=(9.0, 0.5))],
        formats=[form("branch", {"terminal": ("sign",), "counter": ("advice",)}), form("atm", {"terminal": ("sign",)})],
    )
    assert [step.lane for step in outlet_model(study, Option("branch", "standard", 1, 1)).routes[0]] == [0, 1]
    assert [step.lane for step in outlet_model(study, Option("atm", "standard", 0, 1)).routes[0]] == [0, NO_LANE]


def test_failures_fall_into_open_minutes_and_do_not_overlap_for_a_server():
    """The clock of a terminal runs while the lane is open and it is not under repair."""
    study = tiny_study(breakdowns=Breakdowns(40.0, 15.0, 0.8), hours={"day": [(480.0, 720.0), (780.0, 960.0)]})
    model = outlet_model(study, Option("branch", "standard", 1, 3))
    key = key_of(1, "breakdowns", "s")
    failures = failures_of(model, key, 4)
    assert failures == failures_of(model, key, 4) != failures_of(model, key, 5)
    assert {failure.server for failure in failures} == {0, 1, 2}
    assert list(failures) == sorted(failures)
    for failure in failures:
        assert 480 <= failure.minute < 720 or 780 <= failure.minute < 960
        assert failure.lane == TERMINAL
    for server in range(3):
        mine = [failure for failure in failures if failure.server == server]
        assert all(a.minute + a.repair < b.minute for a, b in itertools.pairwise(mine))
    fewer = outlet_model(study, Option("branch", "standard", 1, 2))
    assert failures_of(fewer, key, 4) == tuple(failure for failure in failures if failure.server < 2)
