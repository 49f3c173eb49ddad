"""Customers who leave and go on elsewhere, or come back later: timelines to be followed by hand, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.service import Balking
from netsim.model.visits import Outcome
from netsim.queueing.erlang import erlang_b
from netsim.simulation.alone import ArrivalPattern, OutletJob, draw_arrivals
from netsim.simulation.laws import Law, exponential_law, fixed, lognormal_law
from netsim.simulation.outlet import Change, CustomerClass, Exit, Node, OutletModel, Station, Upkeep
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.visits import no_failures
from netsim.statistics.intervals import mean_interval
from tests.simulation.hall import come, day_of
from tests.simulation.test_timelines import counter, one_step

S, A, W, B, F = Outcome.SERVED, Outcome.ABANDONED, Outcome.SENT_AWAY, Outcome.BALKED, Outcome.NO_ROOM
FULL = Balking(0, 1.0)
DOORS = ((0.0, "opens"), (20.0, "closes"), (60.0, "opens"), (90.0, "closes"))
LUNCH = Station(1, ((0.0, 20.0), (60.0, 90.0)), tuple(Change(minute, 1, door) for minute, door in DOORS))


@pytest.fixture(params=list(RUNNERS))
def runner(request):
    """Each of the three runners."""
    return RUNNERS[request.param]


def two(first, second, *nodes, room=None, **fields):
    """Return an outlet of two stations whose customers begin at the first."""
    return OutletModel((first, second), (CustomerClass(nodes),), room, **fields)


def seen(rows):
    """Return (visit, station, arrive, call, end, outcome) of each row."""
    return [(row[0], row[1], row[3], row[4], row[5], row[6]) for row in rows]


def onward(runner, model, customers):
    """Return for each row whether the customer went on elsewhere."""
    return runner(model, customers, no_failures(1)).rows["onward"].tolist()


def test_who_turns_round_goes_to_the_other_desk_at_once(runner):
    """The first desk is busy until 20: the second customer is served next door from minute 5."""
    here = Node(0, 0, fixed(20.0), leaves=(Exit(1.0, 1, outside=True),))
    model = two(counter(1, balking=FULL), counter(1), here, Node(1, 1, fixed(7.0)))
    customers = come([0.0, 5.0])
    assert seen(day_of(runner, model, customers)) == [
        (0, 0, 0.0, 0.0, 20.0, S),
        (1, 0, 5.0, None, 5.0, B),
        (1, 1, 5.0, 5.0, 12.0, S),
    ]
    assert onward(runner, model, customers) == [0, 1, 0]


def test_who_loses_patience_comes_back_later(runner):
    """Patience ends at 8; half an hour later the desk is free."""
    here = Node(0, 0, fixed(20.0), fixed(5.0), leaves=(Exit(1.0, 0, fixed(30.0), outside=True),))
    model = two(counter(1), counter(1), here)
    assert seen(day_of(runner, model, come([0.0, 3.0]))) == [
        (0, 0, 0.0, 0.0, 20.0, S),
        (1, 0, 3.0, None, 8.0, A),
        (1, 0, 38.0, 38.0, 58.0, S),
    ]


def test_a_queue_that_is_sent_away_goes_where_it_is_still_open(runner):
    """At 30 the desk closes on two who wait; both are next door ten minutes later, in the order of their numbers."""
    here = Node(0, 0, fixed(25.0), leaves=(Exit(1.0, 1, fixed(10.0), outside=True),))
    model = two(counter(1, close=30.0, end_of_shift="finish"), counter(1), here, Node(1, 1, fixed(5.0)))
    assert seen(day_of(runner, model, come([6.0, 7.0, 8.0]))) == [
        (0, 0, 6.0, 6.0, 31.0, S),
        (1, 0, 7.0, None, 30.0, W),
        (2, 0, 8.0, None, 30.0, W),
        (1, 1, 40.0, 40.0, 45.0, S),
        (2, 1, 40.0, 45.0, 50.0, S),
    ]


def test_a_door_that_should_be_open_is_tried_so_often_and_no_more(runner):
    """By its hours the desk is open, but nobody opens it: the first attempt and two more, ten minutes apart."""
    here = Node(0, 0, fixed(5.0), leaves=(Exit(1.0, 0, fixed(10.0), outside=True),))
    model = two(Station(1, ((0.0, 400.0),), ()), counter(1), here, tries=2)
    customers = come([50.0])
    assert seen(day_of(runner, model, customers)) == [(0, 0, minute, None, minute, W) for minute in (50.0, 60.0, 70.0)]
    assert onward(runner, model, customers) == [1, 1, 0]


def test_nobody_comes_back_to_a_door_that_is_closed_by_its_hours(runner):
    """Lunch from 20 to 60: who would be back at 38 comes at 60; after the last closing they stay away."""
    here = Node(0, 0, fixed(12.0), fixed(5.0), leaves=(Exit(1.0, 0, fixed(30.0), outside=True),))
    customers = come([0.0, 3.0, 79.0, 80.0])
    rows = day_of(runner, two(LUNCH, counter(1), here), customers)
    assert seen(rows) == [
        (0, 0, 0.0, 0.0, 12.0, S),
        (1, 0, 3.0, None, 8.0, A),
        (1, 0, 60.0, 60.0, 72.0, S),
        (2, 0, 79.0, 79.0, 91.0, S),
        (3, 0, 80.0, None, 85.0, A),
    ]
    assert onward(runner, two(LUNCH, counter(1), here), customers) == [0, 1, 0, 0, 0]


def test_who_has_to_come_back_comes_as_the_door_opens_or_is_left_unresolved(runner):
    """A missing document: back in 30 minutes means after lunch; after the last closing the case stays open."""
    first = Node(0, 0, fixed(4.0), exits=(Exit(1.0, 1, fixed(30.0), outside=True),))
    model = OutletModel((LUNCH,), (CustomerClass((first, Node(0, 1, fixed(4.0)))),))
    assert [(row[0], row[3], row[5], row[6]) for row in day_of(runner, model, come([0.0, 70.0]))] == [
        (0, 0.0, 4.0, Outcome.RETURNS),
        (0, 60.0, 64.0, S),
        (1, 70.0, 74.0, Outcome.UNRESOLVED),
    ]


def test_who_finds_no_place_waits_in_the_other_hall(runner):
    """Each desk has a waiting room of its own: the first holds nobody, the second one."""
    nodes = (Node(0, 0, fixed(20.0), leaves=(Exit(1.0, 1, outside=True),)), Node(1, 1, fixed(20.0)))
    model = two(counter(1), counter(1, hall=1), *nodes, room=(0, 1))
    assert seen(day_of(runner, model, come([0.0, 1.0, 2.0, 3.0]))) == [
        (0, 0, 0.0, 0.0, 20.0, S),
        (1, 0, 1.0, None, 1.0, F),
        (1, 1, 1.0, 1.0, 21.0, S),
        (2, 0, 2.0, None, 2.0, F),
        (2, 1, 2.0, 21.0, 41.0, S),
        (3, 0, 3.0, None, 3.0, F),
        (3, 1, 3.0, None, 3.0, F),
    ]


def test_at_the_same_minute_a_service_ends_before_who_goes_elsewhere_arrives(runner):
    """Next door falls free at 10, the minute of the move: nobody waits."""
    classes = (
        CustomerClass(
            (Node(0, 0, fixed(50.0), fixed(2.0), leaves=(Exit(1.0, 1, fixed(3.0), True),)), Node(1, 1, fixed(5.0)))
        ),
        CustomerClass((Node(1, 0, fixed(10.0)),)),
    )
    model = OutletModel((counter(1), counter(1, balking=FULL)), classes)
    rows = seen(day_of(runner, model, come([0.0, 0.0, 5.0], [0, 1, 0])))
    assert rows[-1] == (2, 1, 10.0, 10.0, 15.0, S)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"leaves": (Exit(0.7, 0), Exit(0.4, 0))}, "sum to 1 at most"),
        ({"leaves": (Exit(-0.1, 0),)}, "must not be negative"),
        ({"leaves": (Exit(1.0, 3),)}, "one of which is not there"),
        ({"leaves": (Exit(1.0, -1),)}, "one of which is not there"),
    ],
)
def test_ways_that_lead_nowhere_are_refused(change, message):
    """Leaving is told apart from being done."""
    with pytest.raises(ValueError, match=message):
        two(counter(1), counter(1), Node(0, 0, fixed(1.0), **change))


def test_machines_and_halls_are_checked():
    """A machine cannot go elsewhere, and a hall must have its places told."""
    broken = counter(1, upkeep=Upkeep(exponential_law(50.0), 1))
    mend = CustomerClass((Node(1, 0, fixed(5.0), leaves=(Exit(1.0, 0),)),))
    with pytest.raises(ValueError, match="cannot go elsewhere"):
        OutletModel((broken, counter(1)), (one_step(3.0), mend))
    with pytest.raises(ValueError, match="no waiting room 1"):
        OutletModel((counter(1, hall=1),), (one_step(3.0),))
    with pytest.raises(ValueError, match="-1 times"):
        OutletModel((counter(1),), (one_step(3.0),), tries=-1)


def _steady(nodes, stations, rate, days=60, minutes=3000.0):
    """Return the share of the customers of long days whom nobody serves, day by day, after the first fifth."""
    pattern = ArrivalPattern(np.array([0.0]), np.array([minutes]), np.array([rate]), np.array([1.0]))
    job = OutletJob("x", OutletModel(stations, (CustomerClass(nodes),), tries=5), pattern)
    came = draw_arrivals(pattern, key_of(1, "outlet", "x"), range(days))
    found = RUNNERS["kernel"](job.model, came, no_failures(days))
    lost = []
    for day in range(days):
        rows = found.rows[found.first[day] : found.first[day + 1]]
        rows = rows[(rows["arrive"] > minutes / 5) & (rows["onward"] == 0)]
        lost.append(np.mean(rows["outcome"] != S))
    return np.array(lost)


@pytest.mark.parametrize("service", [exponential_law(4.0), lognormal_law(4.0, 1.5)])
def test_overflow_to_a_second_loss_desk_is_erlang_b_of_both(service):
    """Lost after two desks of 2 and 3 servers is lost at one of 5, whatever the service law (insensitivity)."""
    nodes = (Node(0, 0, service, leaves=(Exit(1.0, 1, outside=True),)), Node(1, 1, service))
    stations = (counter(2, close=3000.0, balking=FULL), counter(3, close=3000.0, balking=FULL))
    found = mean_interval(_steady(nodes, stations, 0.9), 0.999)
    assert abs(found.mean - erlang_b(3.6, 5)) <= found.half_width


def test_the_overflow_of_a_loss_desk_is_more_variable_than_poisson():
    """Wilkinson: the second group of an overflow loses more than Erlang B at its own mean load."""
    load, servers = 3.6, 2
    nodes = (
        Node(0, 0, exponential_law(4.0), leaves=(Exit(1.0, 1, outside=True),)),
        Node(1, 1, exponential_law(4.0)),
    )
    stations = (counter(servers, close=3000.0, balking=FULL), counter(3, close=3000.0, balking=FULL))
    lost = mean_interval(_steady(nodes, stations, 0.9), 0.999)
    overflow = load * erlang_b(load, servers)
    naive = erlang_b(overflow, 3) * erlang_b(load, servers)
    assert lost.mean - lost.half_width > naive


@given(st.integers(0, 4), st.sampled_from([0.0, 3.0]), st.lists(st.integers(0, 60), min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_everybody_ends_once_and_nobody_tries_more_often_than_allowed(tries, delay, minutes):
    """Conservation: one last row a customer; every row that goes onward is followed by one."""
    way = Exit(0.7, 0, fixed(delay) if delay else Law(0, 0.0), outside=True)
    here = Node(0, 0, fixed(6.0), fixed(4.0), leaves=(way, Exit(0.3, 1, outside=True)))
    model = two(counter(1, close=50.0), counter(1, balking=FULL), here, Node(1, 1, fixed(9.0)), tries=tries)
    rows = RUNNERS["kernel"](model, come(sorted(map(float, minutes))), no_failures(1)).rows
    for visit in range(len(minutes)):
        own = rows[rows["visit"] == visit]
        assert own["onward"].sum() <= tries
        assert own["onward"][-1] == 0
        assert np.all(own["onward"][:-1] == 1)
        assert np.all(np.diff(own["arrive"]) >= 0)
