"""Crossings of a synthetic city: streets that begin on two sides of a third, opposite each other, made to meet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netsim.geo.synthetic.blocks import Ids, Numbers, Plan, places

FAR_M, FARTHEST_M = 160.0, 300.0
"""Streets that begin farther apart than the first are made to meet only if there are too few others, never beyond."""


def with_crossings(plan: Plan, count: int, mixed: float, rng: np.random.Generator) -> Plan:
    """
    Make pairs of streets that begin on opposite sides of a third, side by side, meet in one node.

    Parameters
    ----------
    plan
        Streets and blocks.
    count
        How many crossings to make; fewer if there are not so many pairs.
    mixed
        Deviation of the logarithm by which pairs are taken out of the order of their distance: 0 takes the nearest.
    rng
        Random numbers.
    """
    one, other, gap = _pairs(plan)
    key = np.log(np.maximum(gap, 1e-3)) + mixed * rng.standard_normal(len(gap))
    order = np.argsort(key, kind="stable")
    chosen = _matched(one, other, order[gap[order] <= FAR_M], count)
    if len(chosen) < count:
        # Taken along each street from its beginning, the most pairs come together.
        chosen = _matched(one, other, np.flatnonzero(gap <= FARTHEST_M), count)
    stays, goes = one[chosen], other[chosen]
    became = np.arange(len(plan.host))
    became[goes] = stays
    along, side = plan.along.copy(), plan.side.copy()
    along[stays] = (plan.along[stays] + plan.along[goes]) / 2.0
    side[stays] = 0
    # The nodes that go stay in the arrays, where nothing leads to them any more.
    return replace(
        plan, along=along, side=side, start=became[plan.start], end=became[plan.end], nodes=became[plan.nodes]
    )


def _matched(one: Ids, other: Ids, order: Ids, count: int) -> list[int]:
    """Take pairs in some order, each node once, until there are enough."""
    free = [True] * (int(max(one.max(), other.max())) + 1 if len(one) else 0)
    chosen: list[int] = []
    for pair, left, right in zip(order.tolist(), one[order].tolist(), other[order].tolist(), strict=True):
        if len(chosen) == count:
            break
        if free[left] and free[right]:
            free[left] = free[right] = False
            chosen.append(pair)
    return chosen


def _pairs(plan: Plan) -> tuple[Ids, Ids, Numbers]:
    """Neighbours on a street from whose two sides streets leave, and how far apart they are, metres."""
    inner = np.flatnonzero(plan.host >= 0)
    row = inner[np.lexsort((plan.along[inner], plan.host[inner]))]
    one, other = row[:-1], row[1:]
    opposite = (plan.host[one] == plan.host[other]) & (plan.side[one] * plan.side[other] < 0)
    one, other = one[opposite], other[opposite]
    xy = places(plan)
    return one, other, np.linalg.norm(xy[one] - xy[other], axis=1)
