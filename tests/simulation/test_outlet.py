"""The outlet model: lanes, staff by half-hour and routes."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from netsim.model.calendar import OpeningHours
from netsim.model.network import Option
from netsim.model.service import Breakdowns, LanePolicy, Promise, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.simulation.laws import NEVER, Law, exponential_law, fixed, gamma_law, lognormal_law, weibull_law
from netsim.simulation.outlet import GONE, NOWHERE, Change, CustomerClass, Exit, Node, OutletModel, Station
from netsim.simulation.samplers import variate
from netsim.simulation.stations import COUNTER, TERMINAL, lane_station
from netsim.simulation.streams import key_of
from netsim.simulation.units import outlet_model
from netsim.simulation.visits import failures_of
from tests.studies import DAYTIME, form, task, tiny_study

POLICY = LanePolicy(Promise(0.9, 10.0), 30.0, "finish")


def test_staff_by_half_hour_becomes_changes():
    """Only real changes count; those who stay after closing are the last staff that was not zero."""
    on_duty = np.zeros(60, dtype=int)
    on_duty[20:26] = [2, 2, 3, 1, 1, 0]
    lane = lane_station(OpeningHours("h", ((615.0, 770.0),)), POLICY, 9, on_duty)
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
    touching = lane_station(OpeningHours("h", ((600.0, 720.0), (720.0, 900.0))), POLICY, 2)
    assert [change.door for change in touching.changes] == ["opens", "closes"]
    lunch = lane_station(OpeningHours("h", ((600.0, 720.0), (750.0, 900.0))), POLICY, 2)
    assert [change.minute for change in lunch.changes] == [600.0, 720.0, 750.0, 900.0]


def test_staff_of_the_wrong_shape_is_refused():
    """Sixty numbers, none negative."""
    for staff in (np.zeros(48, dtype=int), np.full(60, -1)):
        with pytest.raises(ValueError, match="expected 60 numbers >= 0"):
            lane_station(OpeningHours("h", ((600.0, 720.0),)), POLICY, 2, staff)


def test_routes_go_to_the_terminal_first():
    """A task in both lanes starts at the terminal and may fail over; the format's speed divides times."""
    study = tiny_study(
        formats=[form("slow", {"terminal": ("cash",), "counter": ("cash", "advice")}, speed=0.5)], today=None
    )
    model = outlet_model(study, Option("slow", "standard", 2, 1))
    cash, advice = (item.nodes for item in model.classes)
    assert [(node.station, round(node.service.mean, 12)) for node in cash] == [(TERMINAL, 4.0), (COUNTER, 10.0)]
    assert [(way.share, way.to) for way in cash[0].ways] == [(0.1, 1), (0.9, GONE)]
    assert [(node.station, round(node.service.mean, 12)) for node in advice] == [(COUNTER, 18.0)]


def test_an_outlet_without_terminals_does_the_task_at_the_counter():
    """Zero terminals: the counter does it; zero counters: nobody takes those who fail."""
    study = tiny_study()
    (cash,) = outlet_model(study, Option("branch", "standard", 2, 0)).classes[0].nodes
    assert (cash.station, round(cash.service.mean, 12), cash.ways) == (COUNTER, 4.0, (Exit(1.0, GONE),))
    model = outlet_model(study, Option("branch", "standard", 0, 1))
    assert [(way.share, way.to) for way in model.classes[0].nodes[0].ways] == [(0.1, NOWHERE), (0.9, GONE)]
    assert model.classes[1] is None
    assert model.stations[COUNTER] is None


def test_a_step_with_only_a_counter_time_goes_to_the_counter():
    """Also when the task stands in the terminal lane alone; at an ATM it is done nowhere."""
    steps = (Step("card", terminal=ServiceTime(1, 0)), Step("sign", counter=ServiceTime(5, 0)))
    signing = Task("sign", {}, steps, DAYTIME, 1.0, 1.0)
    study = tiny_study(
        tasks=[signing, task("advice", counter=(9.0, 0.5))],
        formats=[form("branch", {"terminal": ("sign",), "counter": ("advice",)}), form("atm", {"terminal": ("sign",)})],
    )
    branch, atm = (
        outlet_model(study, option).classes[0].nodes
        for option in (Option("branch", "standard", 1, 1), Option("atm", "standard", 0, 1))
    )
    assert [node.station for node in branch] == [TERMINAL, COUNTER]
    assert [(node.station, node.ways) for node in atm] == [(TERMINAL, (Exit(1.0, NOWHERE),))]


def test_failures_fall_into_open_minutes_and_do_not_overlap_for_a_server():
    """The clock of a terminal runs while the lane is open and it is not under repair."""
    study = tiny_study(breakdowns=Breakdowns(40.0, 15.0, 0.8), hours={"day": [(480.0, 720.0), (780.0, 960.0)]})
    model = outlet_model(study, Option("branch", "standard", 1, 3))
    key = key_of(1, "breakdowns", "s")
    failures = failures_of(model, key, [4, 5]).faults
    first = failures_of(model, key, [4]).faults
    assert len(first) > 5
    assert failures[: len(first)].tolist() == first.tolist() != failures[len(first) :].tolist()
    assert set(first["server"].tolist()) == {0, 1, 2}
    assert np.all(np.diff(first["minute"]) >= 0)
    minute = first["minute"]
    assert np.all(((minute >= 480) & (minute < 720)) | ((minute >= 780) & (minute < 960)))
    assert set(first["station"].tolist()) == {TERMINAL}
    for server in range(3):
        mine = first[first["server"] == server].tolist()
        assert all(a[0] + a[3] < b[0] for a, b in itertools.pairwise(mine))
    fewer = outlet_model(study, Option("branch", "standard", 1, 2))
    assert failures_of(fewer, key, [4]).faults.tolist() == first[first["server"] < 2].tolist()
    many = failures_of(outlet_model(study, Option("branch", "standard", 1, 3)), key, range(40))
    assert len(many.first) == 41
    assert many.faults[many.first[4] : many.first[5]].tolist() == first.tolist()


@pytest.mark.parametrize(
    ("law", "mean", "cv"),
    [
        (fixed(4.0), 4.0, 0.0),
        (exponential_law(5.0), 5.0, 1.0),
        (lognormal_law(6.0, 0.7), 6.0, 0.7),
        (weibull_law(8.0, 1.0), 8.0, 1.0),
        (weibull_law(8.0, 2.0), 8.0, 0.5227232),
        (gamma_law(7.0, 0.4), 7.0, 0.4),
        (gamma_law(7.0, 1.3), 7.0, 1.3),
    ],
)
def test_laws_have_the_mean_and_spread_that_they_say(law, mean, cv):
    """Midpoints of ten thousand uniforms against the formulas."""
    draws = np.array([variate(law.kind, law.first, law.second, (k + 0.5) / 10_000) for k in range(10_000)])
    assert law.mean == pytest.approx(mean)
    assert law.cv == pytest.approx(cv, abs=1e-6)
    assert draws.mean() == pytest.approx(mean, rel=2e-3)
    assert draws.std() / draws.mean() == pytest.approx(cv, abs=0.02)


def test_a_scenario_may_ask_for_rework_hand_offs_laws_and_a_room():
    """What a planner writes of a step, a lane and a format becomes exits, laws and places."""
    steps = (
        Step("form", counter=ServiceTime(2, 0.5, "weibull"), rework=0.2, hand_off=7.0),
        Step("pay", terminal=ServiceTime(1, 0, "exponential"), counter=ServiceTime(3, 0, "fixed"), fail_over=0.5),
    )
    item = replace(form("branch", {"terminal": ("t",), "counter": ("t",)}), room=12)
    study = tiny_study(tasks=[Task("t", {}, steps, DAYTIME, 1.0, 1.0)], formats=[item])
    policy = replace(study.lanes["counter"], patience_law="weibull", patience_shape=2.0, announces=True)
    study = replace(study, lanes={**study.lanes, "counter": policy})
    model = outlet_model(study, Option("branch", "standard", 2, 1))
    first, second, third = model.classes[0].nodes
    assert first.ways == (Exit(0.2, 0), Exit(0.8, 1, fixed(7.0)))
    assert (first.service.cv, first.patience.cv) == (pytest.approx(0.5), pytest.approx(0.5227232))
    assert (second.service, third.service) == (exponential_law(1.0), fixed(3.0))
    assert second.ways == (Exit(0.5, 2), Exit(0.5, GONE))
    assert (model.room, model.stations[COUNTER].announces, model.stations[TERMINAL].announces) == (12, True, False)


def test_nobody_leaves_who_has_endless_patience():
    """The law of ``inf``; an exponential patience with an infinite mean is that law."""
    assert exponential_law(float("inf")) == NEVER == Law(NEVER.kind)
    assert NEVER.mean == variate(NEVER.kind, 0.0, 0.0, 0.3) == float("inf")


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node(1, 0, fixed(1.0)), "class 0, node 0: there is no station 1"),
        (Node(0, 0, fixed(1.0), exits=((0.5, GONE),)), "shares of the exits must sum to 1"),
        (Node(0, 0, fixed(1.0), exits=((1.0, 3),)), r"exits \[3\] lead to a node that is not there"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(node, message):
    """The message names class and node."""
    with pytest.raises(ValueError, match=message):
        OutletModel((Station(1, (), ()),), (CustomerClass((node,)),))
