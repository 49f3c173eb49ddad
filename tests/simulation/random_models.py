"""Random outlets of every kind, for the test that all runners meet the same day."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from netsim.model.service import Balking, Breakdowns
from netsim.simulation.laws import NEVER, Law, exponential_law, fixed, gamma_law, lognormal_law, weibull_law
from netsim.simulation.outlet import (
    GONE,
    NOWHERE,
    Change,
    CustomerClass,
    Exit,
    Node,
    OutletModel,
    Person,
    Station,
    Upkeep,
)
from netsim.simulation.streams import key_of, keys_of
from netsim.simulation.visits import Arrivals, Outages, arrivals, failures_of, with_machines

RULES = ("finish", "finish_and_close_queue", "handover", "preempt_resume")
WHOLE = st.integers(0, 240).map(float)
"""Whole minutes, so that many events fall on the same one."""


def laws(scale):
    """Laws of every kind; whole minutes among them."""
    return st.one_of(
        st.integers(1, 6).map(lambda n: fixed(float(n))),
        st.just(exponential_law(scale)),
        st.just(lognormal_law(scale, 0.8)),
        st.sampled_from([0.3, 1.6]).map(lambda cv: gamma_law(scale, cv)),
        st.sampled_from([0.7, 1.0, 2.5]).map(lambda shape: weibull_law(scale, shape)),
    )


@st.composite
def windows(draw):
    """One or two opening windows between 0 and 240."""
    if draw(st.booleans()):
        return ((0.0, 240.0),)
    lunch = draw(st.sampled_from([60.0, 90.0, 120.0]))
    return ((10.0, lunch), (lunch + 20.0, 200.0))


@st.composite
def counted(draw, opening):
    """Changes of a station whose servers are counted."""
    changes, most = [], 0
    for opens, closes in opening:
        staff = draw(st.integers(0, 3))
        changes.append(Change(opens, staff, "opens"))
        marks = sorted(draw(st.sets(st.sampled_from([30.0, 45.0, 75.0, 110.0, 150.0, 180.0]), max_size=3)))
        changes += [Change(mark, draw(st.integers(0, 3)), "stays") for mark in marks if opens < mark < closes]
        within = [change.servers for change in changes if change.minute >= opens]
        changes.append(Change(closes, next((n for n in reversed(within) if n), 0), "closes"))
        most = max([most, *(change.servers for change in changes)])
    return tuple(changes), most


@st.composite
def persons(draw, opening):
    """One to three named servers with breaks, skills and speed."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        begin = draw(st.sampled_from([0.0, 10.0, 60.0]))
        middle, end = begin + draw(st.sampled_from([40.0, 60.0])), draw(st.sampled_from([180.0, 200.0, 240.0]))
        duty = draw(st.sampled_from([((begin, end),), ((begin, middle), (middle + 15.0, end))]))
        found.append(
            Person(f"p{number}", duty, draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from([1.0, 0.8, 1.5])))
        )
    changes = tuple(
        change for opens, closes in opening for change in (Change(opens, 0, "opens"), Change(closes, 0, "closes"))
    )
    return tuple(found), changes


@st.composite
def stations(draw, technicians):
    """A station with any of its features; ``technicians`` is the class of machines, None where there is none."""
    opening = draw(windows())
    rule = draw(st.sampled_from(RULES))
    if draw(st.integers(0, 2)) == 0:
        who, changes = draw(persons(opening))
        servers = len(who)
    else:
        who = ()
        changes, servers = draw(counted(opening))
    fails = draw(st.integers(0, 3)) if technicians is not None else draw(st.sampled_from([0, 0, 1]))
    upkeep = None
    if fails == 2 and technicians is not None:
        upkeep = Upkeep(
            draw(laws(40.0)), technicians, draw(st.sampled_from([30.0, float("inf")])), aged=draw(st.booleans())
        )
    return Station(
        servers=servers,
        windows=opening,
        changes=changes,
        end_of_shift=rule,
        breakdowns=Breakdowns(60.0, 10.0, 0.5) if fails == 1 else None,
        balking=draw(st.sampled_from([None, None, Balking(0, 0.5), Balking(2, 1.0)])),
        within=5.0,
        persons=who,
        announces=draw(st.integers(0, 4)) == 0,
        in_room=draw(st.booleans()),
        hall=draw(st.integers(0, 1)),
        on_system=draw(st.booleans()),
        upkeep=upkeep,
    )


@st.composite
def leaving(draw, length):
    """Ways of those who leave: to any node, at once or later, through the door or not; often none."""
    if draw(st.integers(0, 2)) > 0:
        return []
    delay = st.sampled_from([Law(0, 0.0), fixed(4.0), exponential_law(15.0)])
    shares = draw(st.sampled_from([(1.0,), (0.5,), (0.3, 0.7), (0.2, 0.4)]))
    return [Exit(share, draw(st.integers(0, length - 1)), draw(delay), draw(st.booleans())) for share in shares]


@st.composite
def ways(draw, number, *, machine=False):
    """The nodes of a class through ``number`` stations."""
    length = draw(st.integers(1, 3))
    nodes = []
    for place in range(length):
        station = draw(st.integers(0, number - 1))
        also = draw(st.integers(0, number - 1)) if draw(st.integers(0, 3)) == 0 else None
        onward = GONE if place + 1 == length else place + 1
        delay = draw(st.sampled_from([Law(0, 0.0), Law(0, 0.0), fixed(3.0), exponential_law(6.0)]))
        exits = [(0.6, onward, delay, False)]
        again = draw(st.integers(0, 4))
        if again == 0:
            exits.append((0.4, place, delay, False))
        elif again == 1 and not machine:
            exits.append((0.4, 0, fixed(10.0), True))
        elif again == 2 and not machine:
            exits.append((0.4, NOWHERE, Law(0, 0.0), False))
        else:
            exits = [(1.0, onward, delay, False)]
        nodes.append(
            Node(
                station,
                place,
                draw(laws(4.0)),
                draw(st.sampled_from([NEVER, NEVER, exponential_law(8.0), fixed(5.0), weibull_law(6.0, 2.0)])),
                tuple(Exit(*item) for item in exits),
                skill=draw(st.sampled_from([0, 0, 1, 2])),
                also=None if also == station else also,
                leaves=() if machine else tuple(draw(leaving(length))),
            )
        )
    return tuple(nodes)


@st.composite
def models(draw):
    """An outlet, who comes and what fails on two days."""
    number = draw(st.integers(1, 4))
    kinds = draw(st.integers(1, 3))
    machines = draw(st.booleans())
    found = [draw(stations(kinds if machines else None)) for _ in range(number)]
    keep = [place for place, item in enumerate(found) if item.upkeep is not None]
    for place in keep[1:]:  # a class of machines belongs to one station
        found[place] = _without_upkeep(found[place])
    if number > 1 and draw(st.integers(0, 2)) == 0:
        found = [_in_line(item, 0 if place < 2 else None, draw(st.integers(1, 2))) for place, item in enumerate(found)]
    classes = [
        CustomerClass(draw(ways(number)), draw(st.integers(0, 2)), preempts=draw(st.booleans())) for _ in range(kinds)
    ]
    if machines:
        classes.append(CustomerClass(draw(ways(number, machine=True)), draw(st.integers(0, 2)), draw(st.booleans())))
    classes = [replace(item, nodes=tuple(_possible(node, found) for node in item.nodes)) for item in classes]
    rooms = draw(st.sampled_from([(None, None), (None, 2), (0, None), (3, 1)]))
    model = OutletModel(tuple(found), tuple(classes), rooms, draw(st.integers(0, 4)))
    days = []
    for _ in range(2):
        if draw(st.booleans()):
            minutes = sorted(draw(st.lists(WHOLE, max_size=40)))
        else:
            minutes = np.sort(np.random.default_rng(draw(st.integers(0, 99))).uniform(0, 240, draw(st.integers(0, 60))))
        days.append(np.asarray(minutes, dtype=float))
    seed = draw(st.integers(0, 5))
    kind = [np.random.default_rng([seed, day]).integers(0, kinds, len(minutes)) for day, minutes in enumerate(days)]
    first = np.cumsum([0, *map(len, days)])
    words = keys_of(seed, [("customer", place) for place in range(first[-1])]).reshape(-1, 2)
    customers: Arrivals = arrivals(np.concatenate(days), np.concatenate(kind).astype(np.int64), words, first)
    key = key_of(seed, "breakdowns")
    outages = Outages(Breakdowns(80.0, 12.0, 0.5), key_of(seed, "system")) if draw(st.booleans()) else None
    replications = [3, 8]
    return model, with_machines(model, customers, key, replications), failures_of(model, key, replications, outages)


def _possible(node, stations):
    """Leave out a skill that nobody has, and a second server in the line of the first."""
    station, other = stations[node.station], None if node.also is None else stations[node.also]
    if station.persons and not any(node.skill & ~who.skills == 0 for who in station.persons):
        node = replace(node, skill=0)
    same = other is not None and other.line is not None and other.line == station.line
    return replace(node, also=None) if same else node


def _without_upkeep(station):
    return replace(station, upkeep=None)


def _in_line(station, line, jockey):
    return replace(station, line=line, jockey=jockey)
