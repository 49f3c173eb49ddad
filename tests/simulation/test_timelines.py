"""What every runner does in each feature, told by small timelines that can be followed by hand."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from netsim.model.visits import Outcome
from netsim.simulation.alone import ArrivalPattern, OutletJob
from netsim.simulation.laws import exponential_law, fixed
from netsim.simulation.outlet import GONE, Change, CustomerClass, Exit, Node, OutletModel, Person, Station, Upkeep
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.visits import Failures, arrivals, no_failures, with_machines
from tests.simulation.hall import come, day_of, fail, same_days, table

S, A, W, G, B = Outcome.SERVED, Outcome.ABANDONED, Outcome.SENT_AWAY, Outcome.GOES_ON, Outcome.BALKED


@pytest.fixture(params=list(RUNNERS))
def runner(request):
    """Each of the three runners."""
    return RUNNERS[request.param]


def counter(servers, *, close=400.0, **fields):
    """Return a station of some servers that opens at minute 0."""
    changes = (Change(0.0, servers, "opens"), Change(close, servers, "closes"))
    return Station(servers, ((0.0, close),), changes, **fields)


def desk_of(*persons, close=400.0, rule="finish"):
    """Return a station of named persons."""
    changes = (Change(0.0, 0, "opens"), Change(close, 0, "closes"))
    return Station(len(persons), ((0.0, close),), changes, end_of_shift=rule, persons=persons)


def one_step(minutes, **fields):
    """Return a class of one step at station 0."""
    return CustomerClass((Node(0, 0, fixed(minutes)),), **fields)


def brief(rows):
    """Return (visit, server, call, end, outcome) of each row."""
    return [(row[0], row[2], row[4], row[5], row[6]) for row in rows]


EARLY, LATE = ((0.0, 60.0),), ((60.0, 200.0),)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Anna leaves at 60, Bert comes at 60; Anna has had her customer since 50, for 30 minutes; another came at 55.
        ("finish", [(0, 0, 50.0, 80.0, S), (1, 1, 60.0, 90.0, S)]),
        ("finish_and_close_queue", [(0, 0, 50.0, 80.0, S), (1, 1, 60.0, 90.0, S)]),
        # Bert takes Anna's customer on; the other waits for him
        ("handover", [(0, 1, 50.0, 80.0, S), (1, 1, 80.0, 110.0, S)]),
        ("preempt_resume", [(0, 1, 50.0, 80.0, S), (1, 1, 80.0, 110.0, S)]),
    ],
)
def test_a_person_goes_off_duty_with_a_customer_in_hand(runner, rule, expected):
    """The four rules when one shift follows another."""
    model = OutletModel((desk_of(Person("anna", EARLY), Person("bert", LATE), rule=rule),), (one_step(30.0),))
    assert brief(day_of(runner, model, come([50.0, 55.0]))) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("finish", (0, 0, 50.0, 80.0, S)),
        ("finish_and_close_queue", (0, 0, 50.0, 80.0, S)),
        ("handover", (0, 1, 50.0, 80.0, S)),
        ("preempt_resume", (0, 1, 50.0, 80.0, S)),
    ],
)
def test_a_colleague_who_is_free_takes_over(runner, rule, expected):
    """With nobody else waiting Bert takes Anna's customer on under the last two rules."""
    model = OutletModel((desk_of(Person("anna", EARLY), Person("bert", LATE), rule=rule),), (one_step(30.0),))
    assert brief(day_of(runner, model, come([50.0]))) == [expected]


def test_without_a_colleague_the_customer_waits_or_is_finished(runner):
    """Bert comes at 70 only: under preempt_resume the customer waits ten minutes, under handover Anna stays."""
    people = (Person("anna", EARLY), Person("bert", ((70.0, 200.0),)))
    for rule, expected in (("handover", (0, 0, 50.0, 80.0, S)), ("preempt_resume", (0, 1, 50.0, 90.0, S))):
        model = OutletModel((desk_of(*people, rule=rule),), (one_step(30.0),))
        assert brief(day_of(runner, model, come([50.0]))) == [expected]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("finish", [(0, 0, 90.0, 120.0, S), (1, -1, None, 100.0, W)]),
        ("finish_and_close_queue", [(0, 0, 90.0, 120.0, S), (1, 0, 120.0, 150.0, S)]),
        ("handover", [(0, 0, 90.0, 120.0, S), (1, -1, None, 100.0, W)]),
        ("preempt_resume", [(0, 0, 90.0, 100.0, W), (1, -1, None, 100.0, W)]),
    ],
)
def test_closing_under_each_rule(runner, rule, expected):
    """The door closes at 100: one is being served, one waits."""
    model = OutletModel((counter(1, close=100.0, end_of_shift=rule),), (one_step(30.0),))
    assert brief(day_of(runner, model, come([90.0, 95.0]))) == expected


def test_fewer_on_duty_interrupt_the_highest_number(runner):
    """Two counted servers, one from 20 on: under preempt_resume the second customer waits and goes on at 30."""
    changes = (Change(0.0, 2, "opens"), Change(20.0, 1, "stays"), Change(400.0, 1, "closes"))
    station = Station(2, ((0.0, 400.0),), changes, end_of_shift="preempt_resume")
    days = runner(OutletModel((station,), (one_step(30.0),)), come([0.0, 5.0]), no_failures(1))
    assert brief(table(days)) == [(0, 0, 0.0, 30.0, S), (1, 0, 5.0, 45.0, S)]
    assert days.rows["work"].tolist() == [30.0, 30.0]
    assert days.spells.tolist() == [(1, 0, 1, 5.0, 20.0), (1, 0, -1, 20.0, 30.0), (1, 0, 0, 30.0, 45.0)]


def test_a_higher_priority_interrupts_and_the_rest_is_served_later(runner):
    """Preemptive resume: the urgent customer of minute 10 is served at once, the other keeps 20 of 30 minutes."""
    classes = (one_step(30.0, priority=5), one_step(8.0, priority=1, preempts=True))
    model = OutletModel((counter(1),), classes)
    assert brief(day_of(runner, model, come([0.0, 10.0, 12.0], [0, 1, 1]))) == [
        (0, 0, 0.0, 46.0, S),
        (1, 0, 10.0, 18.0, S),
        (2, 0, 18.0, 26.0, S),  # does not interrupt its own kind
    ]


def test_skills_decide_who_serves_whom(runner):
    """One who speaks the language serves anybody; the other leaves those who need it to wait."""
    people = (Person("one", ((0.0, 400.0),), skills=1), Person("two", ((0.0, 400.0),), skills=3, speed=2.0))
    speaks = replace(one_step(20.0), nodes=(Node(0, 0, fixed(20.0), skill=2),))
    model = OutletModel((desk_of(*people),), (one_step(20.0), speaks))
    assert brief(day_of(runner, model, come([0.0, 1.0, 2.0, 3.0], [1, 1, 0, 0]))) == [
        (0, 1, 0.0, 10.0, S),
        (1, 1, 10.0, 20.0, S),
        (2, 0, 2.0, 22.0, S),
        (3, 1, 20.0, 30.0, S),
    ]


def test_lunch_leaves_a_gap(runner):
    """Nobody is called between 30 and 60."""
    model = OutletModel((desk_of(Person("anna", ((0.0, 30.0), (60.0, 200.0)))),), (one_step(10.0),))
    assert [row[4] for row in day_of(runner, model, come([25.0, 26.0, 61.0]))] == [25.0, 60.0, 70.0]


def test_two_servers_at_once(runner):
    """Both tellers need the one card printer: the second holds until the first card is done."""
    card = CustomerClass((Node(0, 0, fixed(12.0), also=1),))
    days = runner(OutletModel((counter(2), counter(1)), (card,)), come([0.0, 2.0, 3.0]), no_failures(1))
    assert brief(table(days)) == [(0, 0, 0.0, 12.0, S), (1, 1, 2.0, 24.0, S), (2, 0, 12.0, 36.0, S)]
    assert days.rows["work"].tolist() == [12.0, 12.0, 12.0]
    printer = [spell[2:] for spell in days.spells.tolist() if spell[1] == 1]
    assert printer == [(0, 0.0, 12.0), (0, 12.0, 24.0), (0, 24.0, 36.0)]
    held = [spell[3:] for spell in days.spells.tolist() if spell[2] == -2]
    assert held == [(2.0, 12.0), (12.0, 24.0)]


def test_rework_hand_off_and_return_visit(runner):
    """Every exit is drawn by the customer's own uniform; a repeated step draws a row of its own."""
    again = (Exit(0.5, 0), Exit(0.5, 1, fixed(7.0)))
    back = (Exit(0.4, 0, fixed(60.0), outside=True), Exit(0.6, GONE))
    item = CustomerClass((Node(0, 0, fixed(2.0), exits=again), Node(1, 1, fixed(1.0), exits=back)))
    rows = day_of(runner, OutletModel((counter(9), counter(9)), (item,)), come(np.arange(40.0)))
    of = {visit: [row for row in rows if row[0] == visit] for visit in range(40)}
    assert all(mine[-1][-1] == S for mine in of.values())
    for mine in of.values():
        for one, other in itertools.pairwise(mine):
            gap = other[3] - one[5]
            expected = 60.0 if one[-1] == Outcome.RETURNS else 7.0 if one[1] != other[1] else 0.0
            assert gap == pytest.approx(expected)
    assert sum(len(mine) for mine in of.values()) > 120
    assert any(row[-1] == Outcome.RETURNS for row in rows)


def test_a_full_waiting_room_turns_newcomers_away(runner):
    """One server and two places: the fourth finds no room, the one after the first has left does."""
    model = OutletModel((counter(1),), (one_step(10.0),), room=2)
    outcomes = [row[-1] for row in day_of(runner, model, come([0.0, 1.0, 2.0, 3.0, 11.0]))]
    assert outcomes == [S, S, S, Outcome.NO_ROOM, S]


def test_an_announced_wait_sends_the_impatient_home(runner):
    """Ten minutes a customer: who would wait 20 of 15 minutes goes at once, who would wait 10 stays."""
    item = CustomerClass((Node(0, 0, fixed(10.0), fixed(15.0)),))
    rows = day_of(runner, OutletModel((counter(1, announces=True),), (item,)), come([0.0, 1.0, 2.0]))
    assert [row[-1] for row in rows] == [S, S, B]


def test_customers_choose_the_shorter_line_and_the_last_one_moves_over(runner):
    """Two counters side by side; when the left one has two fewer, the last of the right line comes over."""
    stations = (counter(1, line=0), counter(1, line=0))
    item, slow = one_step(10.0), one_step(60.0)
    model = OutletModel(stations, (slow, item))
    rows = day_of(runner, model, come([0.0, 1.0, 2.0, 3.0, 4.0], [0, 1, 1, 1, 1]))
    assert [(row[0], row[1], row[4]) for row in rows] == [
        (0, 0, 0.0),
        (1, 1, 1.0),
        (2, 1, 31.0),  # joined the left line at 2, moved over at 31 when nobody was left on the right
        (3, 1, 11.0),
        (4, 1, 21.0),  # the last of three on the left moved over at 11, when one was left on the right
    ]


def test_the_system_is_down(runner):
    """From 5 to 15 nothing moves: the service under way takes ten minutes longer, newcomers wait."""
    stations = (counter(2), counter(1, on_system=False))
    model = OutletModel(stations, (one_step(8.0), CustomerClass((Node(1, 0, fixed(8.0)),))))
    days = runner(model, come([0.0, 6.0, 6.5], [0, 0, 1]), fail((5.0, -1, 0, 10.0)))
    assert brief(table(days)) == [(0, 0, 0.0, 18.0, S), (1, 1, 15.0, 23.0, S), (2, 0, 6.5, 14.5, S)]
    assert [spell for spell in days.spells.tolist() if spell[2] == -2] == [(0, 0, -2, 5.0, 15.0)]


def machines(number, uptime, repair, technicians, *, interval=float("inf"), service=None):
    """Return a station of machines without customers and its technicians."""
    classes = [one_step(1.0), CustomerClass((Node(1, 0, repair),))]
    if service is not None:
        classes.append(CustomerClass((Node(1, 1, service),)))
    station = counter(number, upkeep=Upkeep(uptime, 1, interval, None if service is None else 2))
    return OutletModel((station, counter(technicians, on_system=False)), tuple(classes))


def lone_day(model):
    """Return a day on which nobody comes, with the machines of the outlet."""
    nobody = arrivals(np.empty(0), np.empty(0, dtype=np.int64), np.empty((0, 2), dtype=np.uint64))
    return with_machines(model, nobody, key_of(1, "machines"), [0])


def test_machines_wait_for_the_technician(runner):
    """Three machines fail every 100 minutes; one technician takes 30 for each: they queue, and stay down."""
    model = machines(3, fixed(100.0), fixed(30.0), 1)
    days = runner(model, lone_day(model), no_failures(1))
    assert sorted(days.downs.tolist(), key=lambda down: down[2:])[:5] == [
        (0, 0, 100.0, 130.0),
        (0, 1, 100.0, 160.0),
        (0, 2, 100.0, 190.0),
        (0, 0, 230.0, 260.0),
        (0, 0, 260.0, 290.0),  # the second machine fails; the free one with the lowest number goes down
    ]


def test_a_machine_is_serviced_before_it_fails(runner):
    """A service of five minutes every 50 keeps away the failures of minute 80."""
    model = machines(1, fixed(80.0), fixed(30.0), 1, interval=50.0, service=fixed(5.0))
    days = runner(model, lone_day(model), no_failures(1))
    assert [down[2:] for down in days.downs.tolist()][:3] == [(50.0, 55.0), (105.0, 110.0), (160.0, 165.0)]


def test_tiers_of_support(runner):
    """Half of the faults are cleared remotely, the rest goes on to a technician on the way."""
    remote = Node(1, 0, fixed(3.0), exits=(Exit(0.5, GONE), Exit(0.5, 1, fixed(40.0))))
    onsite = Node(2, 1, fixed(20.0))
    station = counter(4, upkeep=Upkeep(exponential_law(60.0), 1))
    help_desk = counter(2, on_system=False)
    model = OutletModel((station, help_desk, help_desk), (one_step(1.0), CustomerClass((remote, onsite))))
    days = runner(model, lone_day(model), Failures(fail().faults, np.array([0, 0])))
    lengths = {round(end - start, 6) for _, _, start, end in days.downs.tolist() if end < 400.0}
    assert {3.0, 63.0} <= lengths


def test_a_long_line_moves_over_at_once(runner):
    """A second counter opens beside a queue of three hundred: half of them move, whatever room there was."""
    late = Station(1, ((50.0, 4000.0),), (Change(50.0, 1, "opens"), Change(4000.0, 1, "closes")), line=0)
    model = OutletModel((counter(1, close=4000.0, line=0), late), (one_step(5.0),))
    one, other = (run(model, come(np.arange(300) / 10.0), no_failures(1)) for run in (runner, RUNNERS["reference"]))
    assert same_days(one, other)
    moved = np.sum(one.rows["station"] == 1)
    assert 130 < moved < 160
    assert np.all(one.rows["outcome"] == S)


def test_who_waits_for_a_second_server_waits_for_the_system_too(runner):
    """The printer is free at 40, the system is back at 70: only then the second card begins."""
    card = CustomerClass((Node(0, 0, fixed(40.0), also=1),))
    model = OutletModel((counter(2), counter(1, on_system=False)), (card, CustomerClass((Node(1, 0, fixed(30.0)),))))
    days = runner(model, come([0.0, 10.0], [1, 0]), fail((20.0, -1, 0, 50.0)))
    assert brief(table(days)) == [(0, 0, 0.0, 30.0, S), (1, 0, 10.0, 110.0, S)]


def test_a_customer_handed_on_to_a_line_finds_its_open_station(runner):
    """The station named is closed, its neighbour in the line is open."""
    closed = Station(1, ((0.0, 5.0),), (Change(0.0, 1, "opens"), Change(5.0, 1, "closes")), line=0)
    nodes = (Node(0, 0, fixed(10.0), exits=((1.0, 1),)), Node(1, 1, fixed(3.0)))
    model = OutletModel((counter(1), closed, counter(1, line=0)), (CustomerClass(nodes),))
    assert [(row[1], row[6]) for row in day_of(runner, model, come([0.0]))] == [(0, G), (2, S)]


def of(node, *stations):
    """Return an outlet of one class with one node."""
    return OutletModel(stations, (CustomerClass((node,)),))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Station(2, ((0.0, 9.0),), (Change(0.0, 5, "opens"),)), "5 servers on duty at 0 of 2"),
        (lambda: Station(2, ((0.0, 9.0),), (Change(0.0, 2, "open"),)), "got 'open'"),
        (lambda: desk_of(Person("a", ((0.0, 9.0), (8.0, 20.0)))), "in order and not touch or overlap"),
        (lambda: fixed(-3.0), "mean that is positive, got -3"),
        (lambda: exponential_law(-3.0), "mean that is positive"),
        (lambda: of(Node(0, 0, fixed(1.0), also=1), counter(1, line=0), counter(1, line=0)), "not of the same line"),
        (lambda: of(Node(0, 0, fixed(1.0), skill=2), desk_of(Person("a", EARLY, skills=1))), "has the skill 10"),
        (lambda: of(Node(0, 0, fixed(1.0), exits=((-0.5, GONE), (1.5, GONE))), counter(1)), "must not be negative"),
    ],
)  # fmt: skip
def test_an_outlet_that_makes_no_sense_is_refused(make, message):
    """Before anything runs, with what is wrong."""
    with pytest.raises(ValueError, match=message):
        make()


def test_customers_whom_an_outlet_does_not_serve_are_refused_when_streamed():
    """More classes than the outlet has, or one that it does not do."""
    for shares, classes, message in (
        ([0.5, 0.5], (one_step(1.0),), "shares of 2 classes for an outlet of 1"),
        ([0.5, 0.5], (one_step(1.0), None), r"classes \[1\] that it does not serve"),
    ):
        pattern = ArrivalPattern(np.array([0.0]), np.array([60.0]), np.array([1.0]), np.array(shares))
        with pytest.raises(ValueError, match=message):
            OutletJob("o", OutletModel((counter(1),), classes), pattern)


def test_who_is_interrupted_and_served_on_at_the_next_desk_ends_there(runner):
    """A line of two: at 45 the first clerk leaves and the second comes; the service goes on and ends as planned."""
    windows = ((0.0, 200.0),)
    early = (Change(0.0, 1, "opens"), Change(45.0, 0, "stays"), Change(200.0, 0, "closes"))
    late = (Change(0.0, 0, "opens"), Change(45.0, 1, "stays"), Change(200.0, 1, "closes"))
    line = {"end_of_shift": "preempt_resume", "line": 0, "jockey": 1}
    model = OutletModel((Station(1, windows, early, **line), Station(1, windows, late, **line)), (one_step(6.0),))
    days = runner(model, come([40.0]), no_failures(1))
    assert table(days) == [(0, 1, 0, 40.0, 40.0, 46.0, S)]
    assert days.spells.tolist() == [(0, 0, 0, 40.0, 45.0), (0, 1, 0, 45.0, 46.0)]
