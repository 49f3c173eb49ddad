"""Who wishes a visit on a day: drawn once, before any plan is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netsim.model.study import Study
from netsim.model.visits import Customers
from netsim.simulation.parties import with_parties
from netsim.simulation.poisson import day_factors, draw_poisson
from netsim.simulation.profiles import wished
from netsim.simulation.streams import keys_of


def draw_customers(
    study: Study,
    replications: Sequence[int],
    *,
    seed: int | None = None,
    scale: ArrayLike | None = None,
) -> Customers:
    """
    Return everybody who wishes a visit on the given days.

    Customers belong to a (day type, zone, segment, task) with a random stream of its own, keyed by ids:
    another zone, a renamed one or another plan leaves them as they are. More demand adds customers and
    keeps those who were there (see ``poisson.draw_poisson``).

    Parameters
    ----------
    study
        The first period and demand scenario of ``study.demand`` are used; its visits are those of the
        day type (demand factors are in them already).
    replications
        Numbers of the days, non-negative; each is drawn for every day type.
    seed
        Seed; None takes the study's.
    scale
        Factor on the mean visits, broadcast to ``(day types, segments, tasks, zones)``; None for 1.

    Raises
    ------
    ValueError
        If the scale is negative or a replication is.
    """
    if any(number < 0 for number in replications):
        raise ValueError("customers: replications must not be negative")
    visits = study.demand.visits[0, 0]
    if scale is not None:
        visits = visits * np.asarray(scale, dtype=float)
    if np.any(visits < 0):
        raise ValueError("customers: the scale must not be negative")
    seed = study.seed if seed is None else seed
    days = [_day_type(study, seed, index, visits[index], replications) for index in range(len(study.day_types))]
    return Customers(*(np.concatenate(column) for column in zip(*days, strict=True)))


def _day_type(
    study: Study, seed: int, day_type: int, visits: NDArray[np.float64], replications: Sequence[int]
) -> tuple[NDArray[np.int64] | NDArray[np.float64] | NDArray[np.uint64], ...]:
    """Return the columns of ``Customers`` for one day type."""
    demand = study.demand
    segment, task, zone = np.nonzero(visits)
    name = study.day_types[day_type].id
    cells = zip(zone.tolist(), segment.tolist(), task.tolist(), strict=True)
    ids = [("customers", name, demand.zones[z], demand.segments[s], demand.tasks[t]) for z, s, t in cells]
    keys = keys_of(seed, ids)
    factors = day_factors(seed, study.day_factor_cv, replications)
    behaviours = [study.groups.kinds[group] for group in study.groups.of(segment).tolist()]
    parties = visits[segment, task, zone] / np.array([item.mean_party for item in behaviours])
    drawn = with_parties(draw_poisson(keys, parties, replications, factors), [item.party for item in behaviours])
    number = np.asarray(replications, dtype=np.int64)[drawn.day]
    key = (drawn.words[:, 0] >> np.uint64(11)).astype(np.int64)  # 53 bits survive any table format
    order = np.lexsort((key, number))
    task_of = task[drawn.cell][order]
    return (
        number[order],
        np.full(len(order), day_type, dtype=np.int64),
        zone[drawn.cell][order],
        segment[drawn.cell][order],
        task_of,
        key[order],
        _wished_minutes(study, task_of, segment[drawn.cell][order], drawn.uniforms[order, 0]),
        drawn.uniforms[order, 1],
        drawn.uniforms[order, 2],
        drawn.uniforms[order, 3],
        drawn.words[order],
    )


def _wished_minutes(
    study: Study, task: NDArray[np.int64], segment: NDArray[np.int64], uniform: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the wished minute of each customer, by the profile of the task while they are there."""
    minutes = np.empty(len(task))
    group = study.groups.of(segment)
    for number, behaviour in enumerate(study.groups.kinds):
        for index, item in enumerate(study.tasks):
            rows = (task == index) & (group == number)
            minutes[rows] = wished(behaviour.profile(item.profile)).minute_at(uniform[rows])
    return minutes
