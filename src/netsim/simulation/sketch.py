"""Quantiles of waits from counts in fixed bins: small, mergeable and independent of the order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATIO = 1.02
"""Upper over lower edge of a bin."""
SMALLEST = 0.01
"""Waits below it (in minutes) count as no wait."""
BINS = 589
"""A bin for no wait and 588 of ratio 1.02, which reach beyond 1,000 minutes."""
EDGES: NDArray[np.float64] = SMALLEST * RATIO ** np.arange(BINS - 1, dtype=np.float64)
"""Lower edges of the bins after the first."""
EDGES.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class WaitSketch:
    """
    Counts of waits by bin for some groups.

    Parameters
    ----------
    counts
        Shape ``(groups, 589)``.
    """

    counts: NDArray[np.int64]

    def merged(self, other: WaitSketch) -> WaitSketch:
        """Return the sketch of both sets of waits."""
        return WaitSketch(self.counts + other.counts)

    def pooled(self) -> WaitSketch:
        """Return the sketch of all groups together, one group."""
        return WaitSketch(self.counts.sum(axis=0, keepdims=True))

    def quantile(self, share: float) -> NDArray[np.float64]:
        """
        Return the wait that ``share`` of the customers do not exceed, shape ``(groups,)``.

        It is within 1 % of the ``ceil(share n)``-th smallest wait; 0 for a wait below 0.01 minutes, NaN
        for a group without customers.

        Parameters
        ----------
        share
            In ``(0, 1]``.

        Raises
        ------
        ValueError
            If the share is outside ``(0, 1]``.
        """
        if not 0.0 < share <= 1.0:
            raise ValueError(f"quantile: the share {share:g} must lie in (0, 1]")
        below = np.cumsum(self.counts, axis=1)
        total = below[:, -1]
        rank = np.maximum(np.ceil(share * total - 1e-9), 1)
        index = (below < rank[:, None]).sum(axis=1)
        middle = np.concatenate([[0.0], EDGES * RATIO**0.5])
        result: NDArray[np.float64] = np.where(total > 0, middle[np.minimum(index, BINS - 1)], np.nan)
        return result


def sketch_waits(waits: NDArray[np.float64], group: NDArray[np.int64] | None = None, groups: int = 1) -> WaitSketch:
    """
    Return the sketch of some waits.

    Parameters
    ----------
    waits
        Minutes, shape ``(n,)``.
    group
        Group of each wait in ``[0, groups)``, shape ``(n,)``; None for a single group.
    groups
        Number of groups.
    """
    index = np.searchsorted(EDGES, waits, side="right")
    if group is not None:
        index = index + group * BINS
    return WaitSketch(np.bincount(index, minlength=groups * BINS).reshape(groups, BINS))
