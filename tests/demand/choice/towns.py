"""Small towns to choose outlets in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netsim.demand.choice import CHOICE_MODELS, Alternatives, CostWeights, choose
from netsim.demand.choice.huff import HuffParameters
from netsim.demand.choice.logit import LogitParameters
from netsim.demand.choice.mci import MciParameters

WEIGHTS = CostWeights(trips=2.0, wait=1.5, service=0.5, value_of_time=60.0, reach=25.0)


def alternatives(minutes, attraction=None, **columns):
    """Return outlets that do one task at once and for nothing, but for what is given."""
    minutes = np.asarray(minutes, dtype=float)
    sites = minutes.shape[1]
    tasks = len(columns.get("offers", [[]]))
    nothing = np.zeros((tasks, sites))
    given = {
        "sites": tuple(f"s{place}" for place in range(sites)),
        "brands": ("ours",) * sites,
        "attraction": np.ones(sites) if attraction is None else np.asarray(attraction, dtype=float),
        "constant": np.zeros(sites),
        "own": np.ones(sites, dtype=bool),
        "offers": np.ones((tasks, sites), dtype=bool),
        "wait": nothing,
        "service": nothing.copy(),
        "fee": nothing.copy(),
    }
    return Alternatives(minutes=minutes, **(given | columns))


def town(seed, zones=5, sites=4, tasks=3):
    """Return outlets of two brands, some of them out of reach or without a task."""
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(0.0, 40.0, (zones, sites))
    minutes[rng.random((zones, sites)) < 0.1] = np.inf
    return alternatives(
        minutes,
        rng.uniform(0.5, 8.0, sites),
        brands=tuple("ours" if place % 2 == 0 else "theirs" for place in range(sites)),
        own=np.arange(sites) % 2 == 0,
        constant=rng.normal(0.0, 0.5, sites),
        offers=rng.random((tasks, sites)) < 0.7,
        wait=rng.uniform(0.0, 15.0, (tasks, sites)),
        service=rng.uniform(1.0, 6.0, (tasks, sites)),
        fee=rng.uniform(0.0, 5.0, (tasks, sites)),
    )


PARAMETERS = {
    "huff": HuffParameters(1.1, 1.7, outside_attraction=0.8, outside_cost=30.0),
    "huff, exponential": HuffParameters(0.9, 0.12, decay="exponential", outside_attraction=1.0, outside_cost=40.0),
    "huff, nobody stays away": HuffParameters(1.0, 2.0),
    "mci": MciParameters({"attraction": 0.8, "cost": -1.1, "travel": -0.6}, outside_value=0.01),
    "logit": LogitParameters(cost=-0.1, attraction=0.7, outside_utility=-3.0),
}


def chosen(name, outlets, weights=WEIGHTS):
    """Return the probabilities under one of ``PARAMETERS``."""
    return choose(CHOICE_MODELS[name.split(",")[0]], outlets, weights, PARAMETERS[name])


def without(outlets, place):
    """Return the outlets but one."""
    keep = np.arange(len(outlets.sites)) != place
    columns = {
        name: getattr(outlets, name)[..., keep] for name in ("attraction", "constant", "own", "offers", "minutes")
    }
    columns |= {name: getattr(outlets, name)[:, keep] for name in ("wait", "service", "fee")}
    names = {name: tuple(np.array(getattr(outlets, name))[keep].tolist()) for name in ("sites", "brands")}
    return replace(outlets, **columns, **names)
