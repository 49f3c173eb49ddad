"""Outlets and customers made by hand, for the tests of every runner."""

from dataclasses import replace

import numpy as np

from netsim.model.calendar import OpeningHours
from netsim.model.service import LANES, LanePolicy, Promise
from netsim.model.visits import Outcome
from netsim.simulation.blueprint import StepModel, nodes_of
from netsim.simulation.kernel.tables import FAULT
from netsim.simulation.laws import NEVER, lognormal_law
from netsim.simulation.outlet import CustomerClass, OutletModel
from netsim.simulation.stations import lane_station
from netsim.simulation.streams import keys_of
from netsim.simulation.visits import Failures, arrivals, no_failures

INF = float("inf")
S, A, U, W, G, B = (
    Outcome.SERVED,
    Outcome.ABANDONED,
    Outcome.UNRESOLVED,
    Outcome.SENT_AWAY,
    Outcome.GOES_ON,
    Outcome.BALKED,
)


def counter_step(minutes, cv=0.0):
    return StepModel(1, lognormal_law(minutes, cv))


def terminal_step(minutes, fail_over=0.0, after=None, cv=0.0):
    return StepModel(0, lognormal_law(minutes, cv), fail_over, lognormal_law(after, cv) if after else None)


def station(windows, staff, *, rule="finish", balking=None, breakdowns=None):
    """Return a station with ``staff`` given as a number or as {slot: number}."""
    on_duty = None
    if isinstance(staff, dict):
        on_duty = np.zeros(60, dtype=int)
        for slot, number in staff.items():
            on_duty[slot] = number
    policy = LanePolicy(Promise(0.9, 5.0), INF, rule, breakdowns, balking)
    return lane_station(OpeningHours("h", tuple(windows)), policy, staff if on_duty is None else 0, on_duty)


def outlet(stations, routes, *, patience=NEVER, priorities=None):
    """Return an outlet whose classes go along routes of steps; None for a class that it does not serve."""
    by_place = patience if isinstance(patience, dict) else {"terminal": patience, "counter": patience}
    patience = [by_place.get(lane, NEVER) for lane in LANES]
    classes = [None if route is None else CustomerClass(nodes_of(route, patience)) for route in routes]
    for number, priority in enumerate(priorities or ()):
        classes[number] = replace(classes[number], priority=priority)
    return OutletModel(tuple(stations), tuple(classes))


def come(minutes, kinds=0):
    """Return arrivals of one day at these minutes, each with its own stream."""
    minutes = np.asarray(minutes, dtype=float)
    kind = np.broadcast_to(np.asarray(kinds, dtype=np.int64), minutes.shape)
    words = keys_of(5, [("customer", number) for number in range(len(minutes))])
    return arrivals(minutes, kind, words.reshape(-1, 2))


def fail(*failures):
    """Return failures of one day: (minute, station, server, repair)."""
    return Failures(np.array(sorted(failures), dtype=FAULT), np.array([0, len(failures)]))


def table(days):
    """Return rows as (visit, station, server, arrive, call, end, outcome) with None for never called."""
    names = ("visit", "station", "server", "arrive", "call", "end")
    columns = [days.rows[name].tolist() for name in names] + [list(map(Outcome, days.rows["outcome"].tolist()))]
    return [tuple(None if value != value else value for value in row) for row in zip(*columns, strict=True)]  # noqa: PLR0124


def day_of(runner, model, customers, failures=None):
    """Return the rows of one day, as ``table`` gives them."""
    return table(runner(model, customers, failures or no_failures(customers.days)))


def same_days(one, other):
    """Return whether two results are equal to the bit: all rows, all repairs."""
    return all(
        np.array_equal(first[name], second[name], equal_nan=first[name].dtype.kind == "f")
        for first, second in ((one.rows, other.rows), (one.downs, other.downs), (one.spells, other.spells))
        for name in first.dtype.names
    ) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("first", "down_first", "spell_first")
    )


def words_of(customers):
    """Return each customer's own words as a pair of Python integers."""
    return list(zip(customers.comers["first_word"].tolist(), customers.comers["second_word"].tolist(), strict=True))
