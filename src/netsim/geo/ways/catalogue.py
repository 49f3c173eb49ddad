"""Shortest ways from many places to many: what they are asked on, and what an engine gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netsim.registry import Registry

Nodes = NDArray[np.int64]
Costs = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """
    A directed graph as rows of arcs (CSR).

    Parameters
    ----------
    first
        The arcs of node i are ``first[i]`` to ``first[i + 1]``, shape ``(n + 1,)``, int32.
    head
        Node that each arc leads to, shape ``(m,)``, int32; no loops, no parallel arcs.
    cost
        What ways are short in (minutes), finite and positive, shape ``(m,)``.
    along
        A second measure (metres) that is added up along the way; None for none.

    Raises
    ------
    ValueError
        If shapes do not fit, a head is no node, there are loops or parallel arcs, or a cost is not positive and finite.
    """

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: Costs
    along: Costs | None = None

    def __post_init__(self) -> None:
        """Check the arrays; freeze them."""
        arcs = len(self.head)
        if self.first[0] != 0 or self.first[-1] != arcs or (np.diff(self.first) < 0).any():
            raise ValueError("arcs: 'first' must rise from 0 to the number of arcs")
        if self.cost.shape != (arcs,) or (self.along is not None and self.along.shape != (arcs,)):
            raise ValueError(f"arcs: expected {arcs} costs, got {self.cost.shape}")
        strange = self.head[(self.head < 0) | (self.head >= len(self))]
        if len(strange):
            raise ValueError(f"arcs: head {strange[0]} is no node of the graph (it has {len(self)})")
        wrong = self.cost[~(np.isfinite(self.cost) & (self.cost > 0.0))]
        if len(wrong):
            raise ValueError(f"arcs: costs must be positive and finite, got {wrong[0]}")
        tails = self.tails()
        if (tails == self.head).any():
            raise ValueError(f"arcs: node {tails[tails == self.head][0]} has an arc to itself")
        pairs = tails.astype(np.int64) * len(self) + self.head
        if not (np.diff(pairs) > 0).all() and len(np.unique(pairs)) < arcs:
            raise ValueError("arcs: there are parallel arcs; keep the cheapest of each pair of nodes")
        for array in (self.first, self.head, self.cost, self.along):
            if array is not None:
                array.flags.writeable = False

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.first) - 1

    def tails(self) -> NDArray[np.int32]:
        """Return the node that each arc leaves, shape ``(m,)``."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first))


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """
    Cheapest ways from starts to ends.

    Parameters
    ----------
    cost
        Shape ``(starts, ends)``; ``inf`` where there is no way, or none within the cutoff.
    along
        The second measure along a cheapest way, same shape; None if the arcs have none.
    """

    cost: Costs
    along: Costs | None = None


class Engine(Protocol):
    """Find cheapest ways."""

    def __call__(self, arcs: Arcs, starts: Nodes, ends: Nodes, cutoff: float) -> Ways:
        """
        Return the ways from every start to every end.

        Parameters
        ----------
        arcs
            The graph.
        starts, ends
            Nodes; one that stands twice is searched once.
        cutoff
            Costs beyond it are ``inf``.
        """
        ...


ENGINES: Registry[Engine] = Registry("engine of shortest ways")
