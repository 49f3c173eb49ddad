"""The SimPy reference: timelines by hand, conservation, order of events, the monotone law."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.calendar import OpeningHours
from netsim.model.service import LanePolicy, Promise
from netsim.model.visits import Outcome
from netsim.simulation.breakdowns import Failure
from netsim.simulation.outlet import OutletModel, ServiceLaw, StepModel, lane_model
from netsim.simulation.reference import arrivals, simulate_outlet
from netsim.simulation.samplers import exponential, lognormal_parameters
from netsim.simulation.streams import keys_of, service_row

INF = float("inf")


def law(minutes, cv=0.0):
    return ServiceLaw(minutes, *lognormal_parameters(minutes, cv))


def counter_step(minutes, cv=0.0):
    return StepModel(1, law(minutes, cv))


def terminal_step(minutes, fail_over=0.0, after=None, cv=0.0):
    return StepModel(0, law(minutes, cv), fail_over, law(after) if after else None)


def lane(windows, staff, *, rule="finish", patience=INF):
    """Return a lane with ``staff`` given as a number or as {slot: number}."""
    on_duty = None
    if isinstance(staff, dict):
        on_duty = np.zeros(60, dtype=int)
        for slot, number in staff.items():
            on_duty[slot] = number
    policy = LanePolicy(Promise(0.9, 5.0), patience, rule)
    return lane_model(OpeningHours("h", tuple(windows)), policy, staff if on_duty is None else 0, on_duty)


def come(minutes, tasks=0):
    """Return arrivals at these minutes, each with its own stream."""
    minutes = np.asarray(minutes, dtype=float)
    return arrivals(
        minutes,
        np.broadcast_to(np.asarray(tasks, dtype=np.int64), minutes.shape).copy(),
        keys_of(5, [("customer", number) for number in range(len(minutes))]),
    )


def table(rows):
    """Return rows as (visit, lane, server, arrive, call, end, outcome) with None for never called."""
    columns = zip(
        rows.visit, rows.lane, rows.server, rows.arrive, rows.call, rows.end, map(Outcome, rows.outcome), strict=True
    )
    return [tuple(None if value != value else value for value in row) for row in columns]  # noqa: PLR0124


S, A, U, W, G = Outcome.SERVED, Outcome.ABANDONED, Outcome.UNRESOLVED, Outcome.SENT_AWAY, Outcome.GOES_ON


def test_two_servers_finish_their_customers_and_send_the_queue_away():
    """Rule ``finish``: at 660 one of two goes off duty with a customer in hand; at 690 the queue is sent away."""
    model = OutletModel(
        (None, lane([(600, 690)], {20: 2, 21: 2, 22: 1})), ((counter_step(40.0),), (counter_step(25.0),))
    )
    rows = simulate_outlet(model, come([600, 630, 635, 661, 662, 689], [0, 0, 0, 1, 1, 1]))
    assert table(rows) == [
        (0, 1, 0, 600.0, 600.0, 640.0, S),
        (1, 1, 1, 630.0, 630.0, 670.0, S),
        (2, 1, 0, 635.0, 640.0, 680.0, S),
        (3, 1, 0, 661.0, 680.0, 705.0, S),  # at 670 one free server, but only one is on duty and busy
        (4, 1, -1, 662.0, None, 690.0, W),
        (5, 1, -1, 689.0, None, 690.0, W),
    ]


def test_two_servers_serve_everybody_inside_after_the_door_has_closed():
    """Rule ``finish_and_close_queue``: the staff of the last half-hour stays until the queue is empty."""
    model = OutletModel(
        (None, lane([(600, 660)], {20: 1, 21: 2}, rule="finish_and_close_queue")), ((counter_step(20.0),),)
    )
    rows = simulate_outlet(model, come([600, 605, 610, 615, 659, 660]))
    assert table(rows) == [
        (0, 1, 0, 600.0, 600.0, 620.0, S),
        (1, 1, 0, 605.0, 620.0, 640.0, S),
        (2, 1, 1, 610.0, 630.0, 650.0, S),  # the second server comes at 630
        (3, 1, 0, 615.0, 640.0, 660.0, S),
        (4, 1, 1, 659.0, 659.0, 679.0, S),
        (5, 1, -1, 660.0, None, 660.0, W),  # the door closes at 660, before the customer of that minute
    ]


def test_a_queue_outlives_the_closing_and_the_lunch_break():
    """With one server the queue of the morning is served through the break, first come first served."""
    windows = [(600, 630), (660, 720)]
    model = OutletModel((None, lane(windows, 1, rule="finish_and_close_queue")), ((counter_step(25.0),),))
    rows = simulate_outlet(model, come([600, 601, 602, 640, 661]))
    assert [row[4] for row in table(rows)] == [600.0, 625.0, 650.0, None, 675.0]
    assert [row[6] for row in table(rows)] == [S, S, S, W, S]


def test_nobody_on_duty_in_a_window_sends_the_queue_away():
    """Who waits for staff that never comes does not wait beyond closing."""
    model = OutletModel((None, lane([(600, 660)], {}, rule="finish_and_close_queue")), ((counter_step(5.0),),))
    assert table(simulate_outlet(model, come([610]))) == [(0, 1, -1, 610.0, None, 660.0, W)]


def test_fail_over_joins_the_counter_of_the_same_outlet():
    """A failed terminal service ends as GOES_ON and the customer joins the counter at that minute."""
    lanes = (lane([(600, 900)], 1), lane([(600, 700)], 1))
    model = OutletModel(lanes, ((terminal_step(3.0, 1.0, 7.0),), (counter_step(10.0),)))
    rows = simulate_outlet(model, come([600, 601, 698], [0, 1, 0]))
    assert table(rows) == [
        (0, 0, 0, 600.0, 600.0, 603.0, G),
        (1, 1, 0, 601.0, 601.0, 611.0, S),
        (0, 1, 0, 603.0, 611.0, 618.0, S),
        (2, 0, 0, 698.0, 698.0, 701.0, U),  # the counter closed at 700
    ]


def test_fail_over_without_a_counter_is_unresolved():
    """A cash machine that fails leaves the visit open."""
    model = OutletModel((lane([(600, 900)], 1), None), ((terminal_step(3.0, 1.0),),))
    assert table(simulate_outlet(model, come([600])))[0][-1] == U


def test_steps_follow_each_other_through_the_lanes():
    """Terminal, counter, terminal: one row a step, each in its own queue; a step done nowhere is unresolved."""
    lanes = (lane([(600, 900)], 1), lane([(600, 900)], 1))
    route = (terminal_step(2.0), counter_step(5.0), terminal_step(1.0))
    rows = simulate_outlet(OutletModel(lanes, (route,)), come([600, 601]))
    assert [(row[0], row[1], row[3], row[4], row[5], row[6]) for row in table(rows)] == [
        (0, 0, 600.0, 600.0, 602.0, G),
        (1, 0, 601.0, 602.0, 604.0, G),
        (0, 1, 602.0, 602.0, 607.0, G),
        (1, 1, 604.0, 607.0, 612.0, G),
        (0, 0, 607.0, 607.0, 608.0, S),
        (1, 0, 612.0, 612.0, 613.0, S),
    ]
    assert rows.step == [0, 0, 1, 1, 2, 2]
    nowhere = OutletModel(lanes, ((terminal_step(2.0), StepModel(-1, None)),))
    assert table(simulate_outlet(nowhere, come([600])))[0][-1] == U


@pytest.mark.parametrize(("rule", "outcome"), [("finish", W), ("finish_and_close_queue", S)])
def test_a_next_step_in_a_lane_that_has_closed(rule, outcome):
    """Who is inside stays inside under ``finish_and_close_queue`` and is sent away under ``finish``."""
    model = OutletModel((None, lane([(600, 660)], 1, rule=rule)), ((counter_step(10.0), counter_step(4.0)),))
    rows = simulate_outlet(model, come([655]))
    assert [row[-1] for row in table(rows)] == [G, outcome]


def test_the_next_free_terminal_goes_down():
    """A failure waits for a service to end, goes before the queue, and the repair counts from then."""
    model = OutletModel((lane([(600, 900)], 2), None), ((terminal_step(10.0),),))
    rows = simulate_outlet(model, come([600, 603, 604, 605]), [Failure(602.0, 0, 1, 30.0)])
    # the failure finds terminal 1 free: down 602-632; customers share terminal 0
    assert [(row[2], row[4]) for row in table(rows)] == [(0, 600.0), (0, 610.0), (0, 620.0), (0, 630.0)]
    rows = simulate_outlet(model, come([600, 601, 604]), [Failure(605.0, 0, 0, 30.0)])
    # both busy at 605: terminal 0 goes down at 610 when its customer is done
    assert [(row[2], row[4]) for row in table(rows)] == [(0, 600.0), (1, 601.0), (1, 611.0)]
    rows = simulate_outlet(model, come([600, 601, 604, 605]), [Failure(605.0, 0, 0, 4.0)])
    assert table(rows)[3][2:5] == (0, 605.0, 614.0)


def test_events_of_one_minute_happen_in_order():
    """Shift before completion before breakdown before arrival."""
    model = OutletModel((None, lane([(600, 720)], {20: 1, 21: 2, 22: 2, 23: 2})), ((counter_step(30.0),),))
    rows = simulate_outlet(model, come([600, 610, 630]))
    # 630: the second server comes (calls the one waiting), the first is released, the arrival takes the first
    assert [(row[2], row[4]) for row in table(rows)] == [(0, 600.0), (1, 630.0), (0, 630.0)]
    broken = OutletModel((lane([(600, 720)], 1), None), ((terminal_step(30.0),),))
    rows = simulate_outlet(broken, come([600, 630]), [Failure(630.0, 0, 0, 5.0)])
    assert [row[4] for row in table(rows)] == [600.0, 635.0]


def test_patience_runs_out_after_its_own_time():
    """Leavers go at arrival + their patience; who is called stays."""
    model = OutletModel((None, lane([(600, 900)], 1, patience=8.0)), ((counter_step(20.0),),))
    customers = come(600.0 + np.arange(30) * 2.0)
    rows = simulate_outlet(model, customers)
    patience = [exponential(service_row(tuple(map(int, words)), 0, 0)[2], 8.0) for words in customers.stream]
    left = [row for row in table(rows) if row[-1] == A]
    assert len(left) > 10
    for visit, _, server, arrive, call, end, _ in left:
        assert (server, call, end) == (-1, None, arrive + patience[visit])
    assert all(row[4] - row[3] <= patience[row[0]] for row in table(rows) if row[4] is not None)


def test_customers_for_a_task_not_done_are_an_error():
    """The message names the tasks."""
    model = OutletModel((None, lane([(600, 900)], 1)), (None, (counter_step(3.0),)))
    with pytest.raises(ValueError, match=r"tasks \[0\] that it does not do"):
        simulate_outlet(model, come([610, 611], [0, 1]))
    assert simulate_outlet(model, come([])).visit == []


@st.composite
def outlets(draw):
    """Outlets with both lanes, changing staff, any rule, finite or endless patience, and some failures."""
    rule = draw(st.sampled_from(["finish", "finish_and_close_queue"]))
    patience = draw(st.sampled_from([2.0, 10.0, INF]))
    staff = {slot: draw(st.integers(0, 3)) for slot in range(20, 26)}
    lanes = (
        lane([(600, 780)], draw(st.integers(1, 3)), rule=rule, patience=patience),
        lane([(600, 690), (705, 780)], staff, rule=rule, patience=patience),
    )
    routes = (
        (terminal_step(2.0, draw(st.sampled_from([0.0, 0.4])), draw(st.sampled_from([None, 6.0])), 0.7),),
        (counter_step(7.0, 0.8),),
        (terminal_step(1.0, 0.2, 3.0), counter_step(4.0, 0.5), counter_step(1.0)),
    )
    failures = [Failure(float(draw(st.integers(600, 779))), 0, 0, float(draw(st.integers(1, 60)))) for _ in range(2)]
    return OutletModel(lanes, routes), sorted(failures)


@given(outlets(), st.lists(st.tuples(st.floats(590, 785), st.integers(0, 2)), max_size=60))
@settings(deadline=None, max_examples=80)
def test_nobody_is_lost_and_no_server_serves_two(outlet, customers):
    """Every visit ends once; rows hang together; staff limits hold at every call; runs repeat exactly."""
    model, failures = outlet
    customers = sorted(customers)
    here = come([minute for minute, _ in customers], np.array([task for _, task in customers], dtype=np.int64))
    rows = simulate_outlet(model, here, failures)
    outcomes = [Outcome(outcome) for outcome in rows.outcome]
    assert sorted(visit for visit, outcome in zip(rows.visit, outcomes, strict=True) if outcome != G) == list(
        range(len(customers))
    )
    assert rows.arrive == sorted(rows.arrive)
    for row, outcome in enumerate(outcomes):
        assert rows.arrive[row] <= rows.end[row]
        called = outcome in {S, G, U}
        assert (rows.server[row] >= 0) == called == (rows.call[row] >= rows.arrive[row])
    for number in (0, 1):
        busy = sorted(
            (rows.server[row], rows.call[row], rows.end[row])
            for row in range(len(outcomes))
            if rows.lane[row] == number and rows.server[row] >= 0
        )
        for (one, _, end), (other, call, _) in itertools.pairwise(busy):
            assert one != other or end <= call
    assert repr(rows) == repr(simulate_outlet(model, here, failures))


@given(
    st.lists(st.tuples(st.floats(600, 780), st.integers(0, 1)), min_size=1, max_size=60),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
@settings(deadline=None, max_examples=100)
def test_more_staff_keeps_nobody_waiting_longer(customers, staff, more):
    """First come first served, by count and without reneging: every customer is called no later."""
    customers = sorted(customers)
    here = come([minute for minute, _ in customers], np.array([task for _, task in customers], dtype=np.int64))
    routes = ((counter_step(6.0, 0.9),), (counter_step(15.0, 0.7),))
    few = {20 + slot: number for slot, number in enumerate(staff)} | {26: 1}
    many = {slot: number + (more[slot - 20] if slot < 26 else 0) for slot, number in few.items()}
    calls = []
    for counts in (few, many):
        model = OutletModel((None, lane([(600, 800)], counts, rule="finish_and_close_queue")), routes)
        calls.append(simulate_outlet(model, here).call)
    assert all(later <= earlier + 1e-9 for earlier, later in zip(*calls, strict=True))


def test_staff_beyond_the_demand_changes_nothing():
    """Ten servers for three customers: all are called at once, by the lowest numbers."""
    model = OutletModel((None, lane([(600, 900)], 10)), ((counter_step(30.0),),))
    rows = simulate_outlet(model, come([600, 601, 602]))
    assert rows.server == [0, 1, 2]
    assert rows.call == rows.arrive
