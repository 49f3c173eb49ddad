"""Every runner: timelines by hand, conservation, order of events, the monotone law."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.service import Balking
from netsim.model.visits import Outcome
from netsim.simulation.blueprint import StepModel
from netsim.simulation.laws import NEVER, exponential_law
from netsim.simulation.runners import RUNNERS
from netsim.simulation.runners.reference import simulate_reference
from netsim.simulation.samplers import exponential
from netsim.simulation.streams import service_row
from netsim.simulation.visits import Arrivals, no_failures
from tests.simulation.hall import (
    A,
    B,
    G,
    S,
    U,
    W,
    come,
    counter_step,
    day_of,
    fail,
    outlet,
    same_days,
    station,
    table,
    terminal_step,
    words_of,
)


@pytest.fixture(params=list(RUNNERS))
def runner(request):
    """Each of the three runners."""
    return RUNNERS[request.param]


def test_two_servers_finish_their_customers_and_send_the_queue_away(runner):
    """Rule ``finish``: at 660 one of two goes off duty with a customer in hand; at 690 the queue is sent away."""
    model = outlet((None, station([(600, 690)], {20: 2, 21: 2, 22: 1})), ((counter_step(40.0),), (counter_step(25.0),)))
    rows = day_of(runner, model, come([600, 630, 635, 661, 662, 689], [0, 0, 0, 1, 1, 1]))
    assert rows == [
        (0, 1, 0, 600.0, 600.0, 640.0, S),
        (1, 1, 1, 630.0, 630.0, 670.0, S),
        (2, 1, 0, 635.0, 640.0, 680.0, S),
        (3, 1, 0, 661.0, 680.0, 705.0, S),  # at 670 one free server, but only one is on duty and busy
        (4, 1, -1, 662.0, None, 690.0, W),
        (5, 1, -1, 689.0, None, 690.0, W),
    ]


def test_two_servers_serve_everybody_inside_after_the_door_has_closed(runner):
    """Rule ``finish_and_close_queue``: the staff of the last half-hour stays until the queue is empty."""
    model = outlet(
        (None, station([(600, 660)], {20: 1, 21: 2}, rule="finish_and_close_queue")), ((counter_step(20.0),),)
    )
    rows = day_of(runner, model, come([600, 605, 610, 615, 659, 660]))
    assert rows == [
        (0, 1, 0, 600.0, 600.0, 620.0, S),
        (1, 1, 0, 605.0, 620.0, 640.0, S),
        (2, 1, 1, 610.0, 630.0, 650.0, S),  # the second server comes at 630
        (3, 1, 0, 615.0, 640.0, 660.0, S),
        (4, 1, 1, 659.0, 659.0, 679.0, S),
        (5, 1, -1, 660.0, None, 660.0, W),  # the door closes at 660, before the customer of that minute
    ]


def test_a_queue_outlives_the_closing_and_the_lunch_break(runner):
    """With one server the queue of the morning is served through the break, first come first served."""
    windows = [(600, 630), (660, 720)]
    model = outlet((None, station(windows, 1, rule="finish_and_close_queue")), ((counter_step(25.0),),))
    rows = day_of(runner, model, come([600, 601, 602, 640, 661]))
    assert [row[4] for row in rows] == [600.0, 625.0, 650.0, None, 675.0]
    assert [row[6] for row in rows] == [S, S, S, W, S]


def test_nobody_on_duty_in_a_window_sends_the_queue_away(runner):
    """Who waits for staff that never comes does not wait beyond closing."""
    model = outlet((None, station([(600, 660)], {}, rule="finish_and_close_queue")), ((counter_step(5.0),),))
    assert day_of(runner, model, come([610])) == [(0, 1, -1, 610.0, None, 660.0, W)]


def test_fail_over_joins_the_counter_of_the_same_outlet(runner):
    """A failed terminal service ends as GOES_ON and the customer joins the counter at that minute."""
    lanes = (station([(600, 900)], 1), station([(600, 700)], 1))
    model = outlet(lanes, ((terminal_step(3.0, 1.0, 7.0),), (counter_step(10.0),)))
    rows = day_of(runner, model, come([600, 601, 698], [0, 1, 0]))
    assert rows == [
        (0, 0, 0, 600.0, 600.0, 603.0, G),
        (1, 1, 0, 601.0, 601.0, 611.0, S),
        (0, 1, 0, 603.0, 611.0, 618.0, S),
        (2, 0, 0, 698.0, 698.0, 701.0, U),  # the counter closed at 700
    ]


def test_fail_over_without_a_counter_is_unresolved(runner):
    """A cash machine that fails leaves the visit open."""
    model = outlet((station([(600, 900)], 1), None), ((terminal_step(3.0, 1.0),),))
    assert day_of(runner, model, come([600]))[0][-1] == U


def test_steps_follow_each_other_through_the_lanes(runner):
    """Terminal, counter, terminal: one row a step, each in its own queue; a step done nowhere is unresolved."""
    lanes = (station([(600, 900)], 1), station([(600, 900)], 1))
    route = (terminal_step(2.0), counter_step(5.0), terminal_step(1.0))
    days = runner(outlet(lanes, (route,)), come([600, 601]), no_failures(1))
    rows = table(days)
    assert [(row[0], row[1], row[3], row[4], row[5], row[6]) for row in rows] == [
        (0, 0, 600.0, 600.0, 602.0, G),
        (1, 0, 601.0, 602.0, 604.0, G),
        (0, 1, 602.0, 602.0, 607.0, G),
        (1, 1, 604.0, 607.0, 612.0, G),
        (0, 0, 607.0, 607.0, 608.0, S),
        (1, 0, 612.0, 612.0, 613.0, S),
    ]
    assert days.rows["step"].tolist() == [0, 0, 1, 1, 2, 2]
    nowhere = outlet(lanes, ((terminal_step(2.0), StepModel(-1, None)),))
    assert day_of(runner, nowhere, come([600]))[0][-1] == U


@pytest.mark.parametrize(("rule", "outcome"), [("finish", W), ("finish_and_close_queue", S)])
def test_a_next_step_in_a_lane_that_has_closed(runner, rule, outcome):
    """Who is inside stays inside under ``finish_and_close_queue`` and is sent away under ``finish``."""
    model = outlet((None, station([(600, 660)], 1, rule=rule)), ((counter_step(10.0), counter_step(4.0)),))
    rows = day_of(runner, model, come([655]))
    assert [row[-1] for row in rows] == [G, outcome]


def test_the_next_free_terminal_goes_down(runner):
    """A failure waits for a service to end, goes before the queue, and the repair counts from then."""
    model = outlet((station([(600, 900)], 2), None), ((terminal_step(10.0),),))
    rows = day_of(runner, model, come([600, 603, 604, 605]), fail((602.0, 0, 1, 30.0)))
    # the failure finds terminal 1 free: down 602-632; customers share terminal 0
    assert [(row[2], row[4]) for row in rows] == [(0, 600.0), (0, 610.0), (0, 620.0), (0, 630.0)]
    rows = day_of(runner, model, come([600, 601, 604]), fail((605.0, 0, 0, 30.0)))
    # both busy at 605: terminal 0 goes down at 610 when its customer is done
    assert [(row[2], row[4]) for row in rows] == [(0, 600.0), (1, 601.0), (1, 611.0)]
    rows = day_of(runner, model, come([600, 601, 604, 605]), fail((605.0, 0, 0, 4.0)))
    assert rows[3][2:5] == (0, 605.0, 614.0)


def test_events_of_one_minute_happen_in_order(runner):
    """Shift before completion before breakdown before arrival."""
    model = outlet((None, station([(600, 720)], {20: 1, 21: 2, 22: 2, 23: 2})), ((counter_step(30.0),),))
    rows = day_of(runner, model, come([600, 610, 630]))
    # 630: the second server comes (calls the one waiting), the first is released, the arrival takes the first
    assert [(row[2], row[4]) for row in rows] == [(0, 600.0), (1, 630.0), (0, 630.0)]
    broken = outlet((station([(600, 720)], 1), None), ((terminal_step(30.0),),))
    rows = day_of(runner, broken, come([600, 630]), fail((630.0, 0, 0, 5.0)))
    assert [row[4] for row in rows] == [600.0, 635.0]


def test_patience_runs_out_after_its_own_time(runner):
    """Leavers go at arrival + their patience; who is called stays."""
    model = outlet((None, station([(600, 900)], 1)), ((counter_step(20.0),),), patience=exponential_law(8.0))
    customers = come(600.0 + np.arange(30) * 2.0)
    rows = day_of(runner, model, customers)
    patience = [exponential(service_row(words, 0, 0)[2], 8.0) for words in words_of(customers)]
    left = [row for row in rows if row[-1] == A]
    assert len(left) > 10
    for visit, _, server, arrive, call, end, _ in left:
        assert (server, call, end) == (-1, None, arrive + patience[visit])
    assert all(row[4] - row[3] <= patience[row[0]] for row in rows if row[4] is not None)


def test_customers_for_a_task_not_done_are_an_error(runner):
    """The message names the tasks."""
    model = outlet((None, station([(600, 900)], 1)), (None, (counter_step(3.0),)))
    with pytest.raises(ValueError, match=r"classes \[0\] that it does not serve"):
        day_of(runner, model, come([610, 611], [0, 1]))
    assert day_of(runner, model, come([])) == []


def test_who_finds_a_long_queue_may_turn_round(runner):
    """From two waiting on, newcomers whose uniform says so balk; those who fail over inside do not."""
    lanes = (station([(600, 900)], 1), station([(600, 900)], 1, balking=Balking(2, 0.6)))
    model = outlet(lanes, ((counter_step(50.0),), (terminal_step(1.0, 1.0, 50.0),)))
    customers = come(600.0 + np.arange(20), [0] * 10 + [1] * 10)
    rows = day_of(runner, model, customers)
    uniform = [service_row(words, 0, 0)[3] for words in words_of(customers)]
    waiting, expected = 0, []
    for visit in range(10):
        turns = waiting >= 2 and uniform[visit] < 0.6
        expected.append(B if turns else S)
        waiting += 0 if turns or visit == 0 else 1
    last = {row[0]: row for row in rows}
    assert [last[visit][-1] for visit in range(10)] == expected
    assert {B, S} == set(expected)
    assert all(last[visit][-1] != B for visit in range(10, 20))
    assert all(row[2:6] == (-1, row[3], None, row[3]) for row in rows if row[-1] == B)


def test_lower_levels_are_called_first_and_nobody_is_interrupted(runner):
    """Priority 1 before 5, first come first served within a level."""
    model = outlet((None, station([(600, 900)], 1)), ((counter_step(10.0),), (counter_step(10.0),)), priorities=(5, 1))
    rows = day_of(runner, model, come([600, 601, 602, 603, 611], [0, 0, 1, 0, 1]))
    assert [row[4] for row in rows] == [600.0, 630.0, 610.0, 640.0, 620.0]


@st.composite
def outlets(draw):
    """Outlets with both lanes, changing staff, any rule, finite or endless patience, and some failures."""
    rule = draw(st.sampled_from(["finish", "finish_and_close_queue"]))
    patience = draw(st.sampled_from([exponential_law(2.0), exponential_law(10.0), NEVER]))
    staff = {slot: draw(st.integers(0, 3)) for slot in range(20, 26)}
    lanes = (
        station([(600, 780)], draw(st.integers(1, 3)), rule=rule),
        station([(600, 690), (705, 780)], staff, rule=rule),
    )
    routes = (
        (terminal_step(2.0, draw(st.sampled_from([0.0, 0.4])), draw(st.sampled_from([None, 6.0])), 0.7),),
        (counter_step(7.0, 0.8),),
        (terminal_step(1.0, 0.2, 3.0), counter_step(4.0, 0.5), counter_step(1.0)),
    )
    failures = [(float(draw(st.integers(600, 779))), 0, 0, float(draw(st.integers(1, 60)))) for _ in range(2)]
    return outlet(lanes, routes, patience=patience), fail(*failures)


@given(outlets(), st.lists(st.tuples(st.floats(590, 785), st.integers(0, 2)), max_size=60))
@settings(deadline=None, max_examples=80)
def test_nobody_is_lost_and_no_server_serves_two(drawn, customers):
    """Every visit ends once; rows hang together; a server has one customer at a time; runs repeat exactly."""
    model, failures = drawn
    customers = sorted(customers)
    here = come([minute for minute, _ in customers], np.array([kind for _, kind in customers], dtype=np.int64))
    days = RUNNERS["kernel"](model, here, failures)
    rows = days.rows
    outcomes = [Outcome(outcome) for outcome in rows["outcome"].tolist()]
    final = [visit for visit, outcome in zip(rows["visit"].tolist(), outcomes, strict=True) if outcome != G]
    assert sorted(final) == list(range(len(customers)))
    assert np.all(np.diff(rows["arrive"]) >= 0)
    assert np.all(rows["arrive"] <= rows["end"])
    called = np.isin(rows["outcome"], (S, G, U))
    assert np.array_equal(rows["server"] >= 0, called)
    assert np.array_equal(rows["call"] >= rows["arrive"], called)
    for number in (0, 1):
        here_served = rows[called & (rows["station"] == number)]
        busy = sorted(zip(*(here_served[name].tolist() for name in ("server", "call", "end")), strict=True))
        down = days.downs[days.downs["station"] == number]
        busy = sorted(busy + list(zip(*(down[name].tolist() for name in ("server", "start", "end")), strict=True)))
        for (one, _, end), (other, begins, _) in itertools.pairwise(busy):
            assert one != other or end <= begins
    assert same_days(days, RUNNERS["kernel"](model, here, failures))


@given(
    st.lists(st.tuples(st.floats(600, 780), st.integers(0, 1)), min_size=1, max_size=60),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
@settings(deadline=None, max_examples=100)
def test_more_staff_keeps_nobody_waiting_longer(customers, staff, more):
    """First come first served, by count and without reneging: every customer is called no later."""
    customers = sorted(customers)
    here = come([minute for minute, _ in customers], np.array([kind for _, kind in customers], dtype=np.int64))
    routes = ((counter_step(6.0, 0.9),), (counter_step(15.0, 0.7),))
    few = {20 + slot: number for slot, number in enumerate(staff)} | {26: 1}
    many = {slot: number + (more[slot - 20] if slot < 26 else 0) for slot, number in few.items()}
    calls = []
    for counts in (few, many):
        model = outlet((None, station([(600, 800)], counts, rule="finish_and_close_queue")), routes)
        calls.append(RUNNERS["kernel"](model, here, no_failures(1)).rows["call"])
    assert np.all(calls[1] <= calls[0] + 1e-9)


def test_staff_beyond_the_demand_changes_nothing(runner):
    """Ten servers for three customers: all are called at once, by the lowest numbers."""
    model = outlet((None, station([(600, 900)], 10)), ((counter_step(30.0),),))
    rows = day_of(runner, model, come([600, 601, 602]))
    assert [row[2] for row in rows] == [0, 1, 2]
    assert all(row[3] == row[4] for row in rows)


def test_days_do_not_touch_each_other(runner):
    """Three days in one call, one of them empty, equal the same days alone; visits count on."""
    model = outlet((None, station([(600, 700)], 1)), ((counter_step(30.0),),))
    days = [come([600, 605, 640]), come([]), come([610, 611])]
    first = np.cumsum([0, *(len(day.comers) for day in days)])
    together = runner(model, Arrivals(np.concatenate([day.comers for day in days]), first), no_failures(3))
    alone = [table(runner(model, day, no_failures(1))) for day in days]
    for number, rows in enumerate(alone):
        part = slice(together.first[number], together.first[number + 1])
        assert [(row[0] - first[number], *row[1:]) for row in table(together)[part]] == rows


def test_a_day_that_needs_more_room_is_run_again():
    """Many stale entries on the agenda and many rows a visit: tables grow, results stay."""
    steps = tuple(counter_step(0.01) for _ in range(6))
    model = outlet((None, station([(600, 900)], 1)), (steps,), patience=exponential_law(500.0))
    customers = come(600.0 + np.arange(150) * 0.5)
    one, other = (RUNNERS[name](model, customers, no_failures(1)) for name in ("kernel", "reference"))
    assert len(one.rows) > len(customers.comers) * 5 // 4 + 64
    assert same_days(one, other)


def test_a_process_of_ones_own_joins_the_reference():
    """A user's generator sends a second server at 610 and takes both away at 640."""

    def helper(hall):
        yield hall.at(610.0)
        hall.staff(1, 2)
        yield hall.at(640.0)
        hall.staff(1, 0)

    model = outlet(
        (None, station([(600, 900)], {slot: 1 + (slot == 29) for slot in range(20, 30)})), ((counter_step(30.0),),)
    )
    rows = table(simulate_reference(model, come([600, 601, 602, 650]), no_failures(1), (helper,)))
    assert [row[4] for row in rows] == [600.0, 610.0, 630.0, 870.0]
