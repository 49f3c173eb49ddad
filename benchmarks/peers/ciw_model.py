"""
The workload in Ciw 3.2, as closely as Ciw can without classes of one's own.

What differs from the other peers:

- Ciw has no breakdowns: terminals never fail.
- A non-preemptive ``Schedule`` double-staffs: at every shift change all busy servers finish their customer
  as overtime, while the whole new shift starts beside them. Shifts of equal staff are joined here, so that
  it happens only where the staff changes; counter waits are still too low.
- A customer who fails over after the doors have closed joins the counter's queue.
- Ciw's queue length counts those in service; the balking function takes them off.
- Customers of one class come to the two stations by streams of their own, which is the same law.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import ciw

from peers.workload import COUNTER, REFERENCE_OUTLET, TERMINAL, Station, Totals, lognormal_parameters

_OUTLET = REFERENCE_OUTLET
_CLASSES = range(len(_OUTLET.shares))
_END = 100.0 * _OUTLET.closes
"""When the run ends, long after the last customer left; the last shift lasts till then."""
_EXIT = -1


def _arrivals(kind: int, station: int) -> ciw.dists.Distribution:
    """Return the arrivals of a class at a station on one day; the dates are drawn here."""
    first = _OUTLET.terminal_first[kind]
    share = _OUTLET.shares[kind] * (first if station == TERMINAL else 1.0 - first)
    ends = [_OUTLET.piece * number for number in range(1, len(_OUTLET.rates) + 1)]
    return ciw.dists.PoissonIntervals([rate * share for rate in _OUTLET.rates], ends, _OUTLET.closes)


def _service(station: Station, kind: int) -> ciw.dists.Distribution:
    """Return the service time of a class at a station."""
    median, sigma = lognormal_parameters(station.service_mean[kind], station.service_cv)
    return ciw.dists.Lognormal(math.log(median), sigma)


def _balking(station: Station) -> Callable[..., float]:
    """Return the probability to balk as a function of who is there."""

    def balk(inside: int, *, next_node: ciw.Node, **_: Any) -> float:  # noqa: ANN401
        return _OUTLET.balk if inside - next_node.number_in_service >= station.balk_at else 0.0

    return balk


def _staff() -> ciw.Schedule:
    """Return the counter shifts, those of equal staff joined."""
    staff, ends = [], []
    end = 0.0
    for servers, shifts in groupby(_OUTLET.staff):
        end += _OUTLET.shift * len(list(shifts))
        staff.append(servers)
        ends.append(end)
    return ciw.Schedule(numbers_of_servers=staff, shift_end_dates=[*ends[:-1], _END])


def _network() -> ciw.Network:
    """Return the outlet with the arrival dates of one day."""
    stations = _OUTLET.stations
    names = [str(kind) for kind in _CLASSES]
    return ciw.create_network(
        arrival_distributions={
            name: [_arrivals(kind, TERMINAL), _arrivals(kind, COUNTER)] for kind, name in enumerate(names)
        },
        service_distributions={
            name: [_service(station, kind) for station in stations] for kind, name in enumerate(names)
        },
        reneging_time_distributions={
            name: [ciw.dists.Exponential(1.0 / station.patience_mean[kind]) for station in stations]
            for kind, name in enumerate(names)
        },
        routing={name: [[0.0, _OUTLET.fail_over[kind]], [0.0, 0.0]] for kind, name in enumerate(names)},
        baulking_functions={name: [_balking(station) for station in stations] for name in names},
        priority_classes={name: kind for kind, name in enumerate(names)},
        number_of_servers=[stations[TERMINAL].servers, _staff()],
    )


def simulate(seed: int, days: int) -> Totals:
    """
    Return the totals of some days.

    Parameters
    ----------
    seed
        Seed of the first day's numbers, the following days go on with them. Ciw seeds ``random`` itself.
    days
        Number of days.
    """
    ciw.seed(seed)
    customers = served = 0
    kinds: Counter[str] = Counter()
    waited = [0.0, 0.0]
    for _ in range(days):
        simulation = ciw.Simulation(_network())
        simulation.simulate_until_max_time(_END)
        for record in simulation.get_all_records():
            kinds[record.record_type] += 1
            if record.record_type != "baulk":
                waited[record.node - 1] += record.waiting_time
            served += record.record_type == "service" and record.destination == _EXIT
        customers += simulation.nodes[0].number_of_individuals
    return Totals(customers, served, kinds["renege"], kinds["baulk"], (waited[TERMINAL], waited[COUNTER]))
