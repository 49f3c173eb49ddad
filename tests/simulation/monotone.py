"""Pairs of days that differ by staff alone, for the law that more staff keeps nobody waiting longer."""

import numpy as np

from netsim.simulation.kernel.tables import COMER
from netsim.simulation.laws import exponential_law, lognormal_law
from netsim.simulation.outlet import Change, CustomerClass, Node, OutletModel, Station
from netsim.simulation.runners import RUNNERS
from netsim.simulation.visits import Arrivals, no_failures

HOURS = 8


def station(staff):
    """Return a counter with this staff by hour, whose queue is served after closing by one server at least."""
    changes = [Change(0.0, int(staff[0]), "opens")]
    changes += [Change(60.0 * hour, int(staff[hour]), "stays") for hour in range(1, HOURS)]
    changes.append(Change(60.0 * HOURS, max(int(staff[-1]), 1), "closes"))
    return Station(max(*map(int, staff), 1), ((0.0, 60.0 * HOURS),), tuple(changes))


def waits_of_pairs(pairs, seed):
    """
    Return how much longer anybody waited with more staff, one figure a pair (0 or less is the law).

    First come first served, servers counted, service times tied to the customer, nobody leaves.
    """
    generator = np.random.default_rng(seed)
    law = []
    for _ in range(pairs):
        few = generator.integers(0, 4, HOURS)
        many = few + generator.integers(0, 3, HOURS) * (generator.random(HOURS) < 0.4)
        number = int(generator.integers(1, 120))
        comers = np.zeros(number, dtype=COMER)
        comers["minute"] = np.sort(generator.uniform(0.0, 60.0 * HOURS, number))
        comers["kind"] = generator.integers(0, 2, number)
        comers["first_word"], comers["second_word"] = generator.integers(0, 2**63, (2, number))
        came = Arrivals(comers, np.array([0, number]))
        classes = (
            CustomerClass((Node(0, 0, lognormal_law(float(generator.uniform(1, 12)), 0.9)),)),
            CustomerClass((Node(0, 0, exponential_law(float(generator.uniform(1, 20)))),)),
        )
        calls = [
            RUNNERS["kernel"](OutletModel((station(staff),), classes), came, no_failures(1)).rows["call"]
            for staff in (few, many)
        ]
        law.append(float(np.max(calls[1] - calls[0])))
    return np.array(law)
