"""Blocks of a synthetic city: large ones between main streets, cut in two by a street again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Numbers = NDArray[np.float64]

SMALLEST_M2 = 500.0
"""A smaller block is not cut: it holds one house."""
MOST_LEVELS = 40
"""No block is cut in two so often before it is that small."""


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """
    How blocks are cut.

    Parameters
    ----------
    spread
        Streets begin off the middle of a side by up to this part of it: small makes a grid, large makes offsets.
    skew
        Streets end off the parallel by up to this part of the side.
    uneven
        Deviation by which the logarithm of the size at which a block is cut no more moves with each cut: quarters of
        small and of large blocks come about at all scales.
    """

    spread: float
    skew: float
    uneven: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    Streets and blocks. A street is straight in the plan and runs from node to node; on it other streets begin.

    Parameters
    ----------
    corners
        Places of the first nodes, the corners of the superblocks, metres, shape ``(c, 2)``.
    host, along, side
        Of each node: the street on which it lies (-1: a corner), how far along it (0 to 1), and on which side of it
        the street that begins here leaves (1 left, -1 right, 0 a corner or both), shape ``(n,)``.
    start, end, level
        Of each street: its nodes, and after how many cuts it was made (0: between superblocks), shape ``(s,)``.
    nodes, streets
        Corners of each block, counter-clockwise, and the street of each side (from the corner with its number to the
        next), shape ``(b, 4)``.
    """

    corners: Numbers
    host: Ids
    along: Numbers
    side: Ids
    start: Ids
    end: Ids
    level: Ids
    nodes: Ids
    streets: Ids

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in self.__slots__:
            getattr(self, name).flags.writeable = False


def on_street(plan: Plan, street: Ids, node: Ids) -> Numbers:
    """
    Return how far along a street a node of it lies, 0 to 1.

    Parameters
    ----------
    plan
        Streets and nodes.
    street, node
        Of equal shape.
    """
    inner = np.where(plan.host[node] == street, plan.along[node], 1.0)
    return np.where(plan.start[street] == node, 0.0, inner)


def places(plan: Plan) -> Numbers:
    """Return where the nodes of a plan lie, metres, shape ``(n, 2)``."""
    found = np.zeros((len(plan.host), 2))
    found[: len(plan.corners)] = plan.corners
    inner = np.flatnonzero(plan.host >= 0)
    of_level = plan.level[plan.host[inner]]
    # A node lies where its street says, whose ends lie on streets of lower levels.
    for level in range(int(plan.level.max()) + 1):
        now = inner[of_level == level]
        street = plan.host[now]
        first, last = found[plan.start[street]], found[plan.end[street]]
        found[now] = first + plan.along[now, None] * (last - first)
    return found


def cut_blocks(
    plan: Plan,
    count: int,
    size: Callable[[Numbers], Numbers],
    cuts: Cuts,
    rng: np.random.Generator,
) -> Plan:
    """
    Cut blocks in two by a street, the largest for their place first.

    Parameters
    ----------
    plan
        Superblocks.
    count
        How many streets to add.
    size
        Relative size of blocks at places of the plan, shape ``(n, 2)`` -> ``(n,)``.
    cuts
        How they are cut.
    rng
        Random numbers.

    Raises
    ------
    ValueError
        If so many streets find no room.
    """
    streets = _Streets.of(plan)
    rounds = _grow(streets, plan, count, size, cuts, rng)
    if sum(int((found.cut >= 0).sum()) for found in rounds) < count:
        raise ValueError(f"no room for {count} streets in {len(plan.nodes)} superblocks")
    return _first(streets, plan, rounds, count)


@dataclass(slots=True)
class _Streets:
    """A plan in the making; the fields of ``Plan``, and where the nodes lie."""

    host: Ids
    along: Numbers
    side: Ids
    start: Ids
    end: Ids
    level: Ids
    xy: Numbers

    @classmethod
    def of(cls, plan: Plan) -> _Streets:
        """Begin with a plan."""
        return cls(plan.host, plan.along, plan.side, plan.start, plan.end, plan.level, places(plan))

    def on(self, street: Ids, node: Ids) -> Numbers:
        """Return how far along a street a node of it lies."""
        inner = np.where(self.host[node] == street, self.along[node], 1.0)
        return np.where(self.start[street] == node, 0.0, inner)

    def begin(self, host: Ids, before: Ids, after: Ids, share: Numbers) -> Ids:
        """Add a node between two nodes of each host, at a share of the way, on the left of that way."""
        first, last = self.on(host, before), self.on(host, after)
        made = len(self.host) + np.arange(len(host))
        self.host = np.concatenate([self.host, host])
        self.along = np.concatenate([self.along, first + share * (last - first)])
        self.side = np.concatenate([self.side, np.where(first < last, 1, -1)])
        self.xy = np.concatenate([self.xy, self.xy[before] + share[:, None] * (self.xy[after] - self.xy[before])])
        return made

    def join(self, start: Ids, end: Ids, level: int) -> Ids:
        """Add a street from each first to each second node."""
        made = len(self.start) + np.arange(len(start))
        self.start = np.concatenate([self.start, start])
        self.end = np.concatenate([self.end, end])
        self.level = np.concatenate([self.level, np.full(len(start), level)])
        return made


class _Round(NamedTuple):
    """Blocks of one age: which cut made them, which would cut them (-1: none), how urgent that is."""

    nodes: Ids
    streets: Ids
    made_by: Ids
    cut: Ids
    urgency: Numbers


def _grow(
    streets: _Streets,
    plan: Plan,
    count: int,
    size: Callable[[Numbers], Numbers],
    cuts: Cuts,
    rng: np.random.Generator,
) -> list[_Round]:
    """Cut all blocks that may be among so many most urgent ones; number the cuts level by level."""
    nodes, sides = plan.nodes, plan.streets
    made_by, before = np.full(len(nodes), -1), np.full(len(nodes), np.inf)
    rounds: list[_Round] = []
    done, seen, lean = 0, np.zeros(0), np.zeros(len(nodes))
    for level in range(1, MOST_LEVELS + 1):
        corners = streets.xy[nodes]
        lean = lean + cuts.uneven * rng.standard_normal(len(nodes))
        wanted = size(corners.mean(axis=1)) * np.exp(lean)
        # A block is never more urgent than the one that it is a part of: once so many are seen, a block that is less
        # urgent than all of them is not cut, nor is any part of it.
        area = areas(corners)
        urgency = np.where(area < SMALLEST_M2, 0.0, np.minimum(area / wanted, before))
        seen = np.sort(np.concatenate([seen, urgency]))[-count:]
        now = np.flatnonzero((urgency > 0.0) & (urgency >= (seen[0] if len(seen) == count else 0.0)))
        cut = np.full(len(nodes), -1)
        cut[now] = done + np.arange(len(now))
        rounds.append(_Round(nodes, sides, made_by, cut, urgency))
        if not len(now):
            break
        done += len(now)
        nodes, sides = _halve(streets, nodes[now], sides[now], level, cuts, rng)
        made_by, before, lean = np.tile(cut[now], 2), np.tile(urgency[now], 2), np.tile(lean[now], 2)
    return rounds


def _halve(
    streets: _Streets, nodes: Ids, sides: Ids, level: int, cuts: Cuts, rng: np.random.Generator
) -> tuple[Ids, Ids]:
    """Cut blocks across their longer sides; return corners and sides of the halves."""
    corners = streets.xy[nodes]
    far = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    turn = (far[:, 1] + far[:, 3] > far[:, 0] + far[:, 2]).astype(np.int64)
    order = (turn[:, None] + np.arange(4)) % 4
    a, b, c, d = np.take_along_axis(nodes, order, axis=1).T
    south, east, north, west = np.take_along_axis(sides, order, axis=1).T
    share = 0.5 + cuts.spread * rng.uniform(-1.0, 1.0, len(nodes))
    other = np.clip(1.0 - share + cuts.skew * rng.uniform(-1.0, 1.0, len(nodes)), 0.1, 0.9)
    first, second = streets.begin(south, a, b, share), streets.begin(north, c, d, other)
    middle = streets.join(first, second, level)
    halves = np.concatenate([np.column_stack([a, first, second, d]), np.column_stack([first, b, c, second])])
    around = np.concatenate(
        [np.column_stack([south, middle, north, west]), np.column_stack([south, east, north, middle])]
    )
    return halves, around


def _first(streets: _Streets, plan: Plan, rounds: list[_Round], count: int) -> Plan:
    """Keep the most urgent cuts and the blocks that they leave."""
    nodes, sides, made_by, cut, urgency = (np.concatenate(column) for column in zip(*rounds, strict=True))
    could = np.flatnonzero(cut >= 0)
    # Stable, and rounds stand in order of age: of equally urgent ones a block comes before its parts.
    chosen = could[np.argsort(-urgency[could], kind="stable")[:count]]
    kept = np.zeros(len(could), dtype=bool)
    kept[cut[chosen]] = True
    stands = (made_by < 0) | kept[made_by]
    leaf = stands & ((cut < 0) | ~kept[cut])
    old_nodes, old_streets = len(plan.host), len(plan.start)
    street_kept = np.concatenate([np.ones(old_streets, dtype=bool), kept])
    node_kept = np.zeros(len(streets.host), dtype=bool)
    node_kept[:old_nodes] = True
    node_kept[streets.start[street_kept]] = node_kept[streets.end[street_kept]] = True
    node_number, street_number = np.cumsum(node_kept) - 1, np.cumsum(street_kept) - 1
    host = streets.host[node_kept]
    return Plan(
        corners=plan.corners,
        host=np.where(host < 0, -1, street_number[host]),
        along=streets.along[node_kept],
        side=streets.side[node_kept],
        start=node_number[streets.start[street_kept]],
        end=node_number[streets.end[street_kept]],
        level=streets.level[street_kept],
        nodes=node_number[nodes[leaf]],
        streets=street_number[sides[leaf]],
    )


def areas(corners: Numbers) -> Numbers:
    """
    Return the areas of quadrilaterals, m2: half the cross product of their diagonals.

    Parameters
    ----------
    corners
        Metres, shape ``(n, 4, 2)``.

    Examples
    --------
    >>> areas(np.array([[[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]]])).tolist()
    [12.0]
    """
    one, other = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return np.asarray(0.5 * np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]))


def superblocks(corners: Numbers, nodes: Ids) -> Plan:
    """
    Return the plan of superblocks with a street along every side.

    Parameters
    ----------
    corners
        Places of the corners, metres, shape ``(c, 2)``.
    nodes
        Corners of each block, counter-clockwise, shape ``(b, 4)``; every corner belongs to one.
    """
    ends = np.stack([nodes, np.roll(nodes, -1, axis=1)], axis=2)
    pair, street = np.unique(np.sort(ends, axis=2).reshape(-1, 2), axis=0, return_inverse=True)
    return Plan(
        corners=corners,
        host=np.full(len(corners), -1),
        along=np.zeros(len(corners)),
        side=np.zeros(len(corners), dtype=np.int64),
        start=pair[:, 0].copy(),
        end=pair[:, 1].copy(),
        level=np.zeros(len(pair), dtype=np.int64),
        nodes=nodes,
        streets=street.reshape(nodes.shape),
    )
