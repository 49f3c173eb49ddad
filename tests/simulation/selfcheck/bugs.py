"""Bugs that are planted into a runner: what goes in or comes out of it is changed behind the system's back."""

from dataclasses import replace

import numpy as np

from netsim.simulation.kernel.tables import FAULT
from netsim.simulation.laws import NEVER, fixed
from netsim.simulation.outlet import Change
from netsim.simulation.runners import RUNNERS
from netsim.simulation.visits import Arrivals, Failures, OutletDays

KERNEL = RUNNERS["kernel"]


def with_nodes(model, change):
    """Return the model with every node changed."""
    classes = [None if item is None else replace(item, nodes=tuple(map(change, item.nodes))) for item in model.classes]
    return replace(model, classes=tuple(classes))


def with_stations(model, change):
    """Return the model with every station changed."""
    return replace(model, stations=tuple(None if item is None else change(item) for item in model.stations))


def slower(factor):
    """Every service takes longer by a factor."""
    return of_model(
        lambda model: with_nodes(
            model, lambda node: replace(node, service=replace(node.service, first=factor * node.service.first))
        )
    )


def of_model(change):
    """Return a bug that simulates another model."""
    return lambda model, arrivals, failures: KERNEL(change(model), arrivals, failures)


def of_days(change):
    """Return a bug that tells something else than what happened."""
    return lambda model, arrivals, failures: change(KERNEL(model, arrivals, failures))


def doubled_at_shift_changes(station):
    """The crew that goes finishes its customers while a whole new one begins, for some minutes."""
    changes = []
    for change in station.changes:
        if change.door == "stays":
            changes.append(Change(change.minute, 2 * change.servers, "stays"))
            changes.append(Change(change.minute + 4.0, change.servers, "stays"))
        else:
            changes.append(change)
    return replace(station, servers=2 * station.servers, changes=tuple(changes))


def one_more(station):
    """One more server works than is on duty."""
    changes = tuple(replace(change, servers=change.servers + 1) for change in station.changes)
    return replace(station, servers=station.servers + 1, changes=changes)


def one_place_more(model):
    """Newcomers turn round one place too late."""
    room = None if model.room is None else model.room + 1

    def later(station):
        rule = station.balking
        return station if rule is None else replace(station, balking=replace(rule, queue=rule.queue + 1))

    return replace(with_stations(model, later), room=room)


def last_goes_first(model):
    """Priorities are read the wrong way round."""
    return replace(model, classes=tuple(replace(item, priority=-item.priority) for item in model.classes))


def no_interruption(model):
    """Nobody interrupts."""
    return replace(model, classes=tuple(replace(item, preempts=False) for item in model.classes))


def first_exit(node):
    """The last exit is forgotten, and its share goes to the one before."""
    ways = node.ways
    if len(ways) < 2:
        return node
    *kept, last = ways
    return replace(
        node, exits=(*kept[:-1], kept[-1]._replace(share=kept[-1].share + last.share - 0.1), last._replace(share=0.1))
    )


def lose_a_row(days):
    """The last row of the last day is not told."""
    kept = days.spells["row"] < len(days.rows) - 1
    first, spell_first = days.first.copy(), days.spell_first.copy()
    first[-1] -= 1
    spell_first[-1] = kept.sum()
    return replace(days, rows=days.rows[:-1], first=first, spells=days.spells[kept], spell_first=spell_first)


def long_repairs(days):
    """Repairs take five minutes more than is drawn."""
    downs = days.downs.copy()
    downs["end"] += 5.0
    return replace(days, downs=downs)


def half_the_failures(model, arrivals, failures):
    """Every other failure is overlooked."""
    first = np.array([sum(1 for at in range(end) if at % 2 == 0) for end in failures.first])
    return KERNEL(model, arrivals, Failures(np.ascontiguousarray(failures.faults[::2], dtype=FAULT), first))


def evened_out(model, arrivals, failures):
    """Customers come at equal distances, however they are said to come."""
    comers = arrivals.comers.copy()
    for first, last in zip(arrivals.first[:-1], arrivals.first[1:], strict=True):
        minute = comers["minute"][first:last]
        came = minute < np.inf
        minute[came] = np.linspace(0.0, minute[came].max(), came.sum())
    return KERNEL(model, Arrivals(comers, arrivals.first), failures)


def one_bit(days: OutletDays) -> OutletDays:
    """The last bit of one call is another one."""
    rows = days.rows.copy()
    place = int(np.flatnonzero(rows["server"] >= 0)[7])
    rows["call"][place] = np.nextafter(rows["call"][place], np.inf)
    return replace(days, rows=rows)


BUGS = {
    "service 5 % longer": slower(1.05),
    "service 30 % longer": slower(1.3),
    "service without variation": of_model(
        lambda model: with_nodes(model, lambda node: replace(node, service=fixed(node.service.mean)))
    ),
    "patience ignored": of_model(lambda model: with_nodes(model, lambda node: replace(node, patience=NEVER))),
    "double staff at shift changes": of_model(lambda model: with_stations(model, doubled_at_shift_changes)),
    "one server more": of_model(lambda model: with_stations(model, one_more)),
    "one place more": of_model(one_place_more),
    "priorities reversed": of_model(last_goes_first),
    "nobody interrupts": of_model(no_interruption),
    "servers finish": of_model(lambda model: with_stations(model, lambda place: replace(place, end_of_shift="finish"))),
    "last exit rare": of_model(lambda model: with_nodes(model, first_exit)),
    "a row lost": of_days(lose_a_row),
    "repairs longer": of_days(long_repairs),
    "half the failures": half_the_failures,
    "arrivals evened out": evened_out,
    "one bit": of_days(one_bit),
}
