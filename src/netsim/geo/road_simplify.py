"""Roads without the nodes that give them their shape alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from netsim.geo.road_arcs import Rows


class Chains(NamedTuple):
    """
    Arcs between the nodes that stay.

    Parameters
    ----------
    stays
        Which nodes stay, shape ``(n,)``.
    start, end
        First and last of the old arcs that make each new one, shape ``(k,)``.
    metres
        Length of each new arc, shape ``(k,)``.
    """

    stays: NDArray[np.bool_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]


def chains_of(rows: Rows, stay: NDArray[np.int64]) -> Chains:
    """
    Join arcs at nodes where a road only goes on, with the same class and speed.

    Parameters
    ----------
    rows
        Arcs in rows, without loops and parallel arcs; heads increase within a row.
    stay
        Positions of nodes that stay in any case, shape ``(k,)``.
    """
    count = len(rows.first) - 1
    tails = np.repeat(np.arange(count), np.diff(rows.first))
    goes_on = _goes_on(rows, tails)
    goes_on[stay] = False
    following = _following(rows, tails)
    joins = goes_on[rows.head]
    other = joins & ~_alike(rows, following)
    goes_on[rows.head[other]] = False
    goes_on &= ~_rings(rows, goes_on)
    joins = goes_on[rows.head]
    arc = np.arange(len(rows.head))
    jump = np.where(joins, following, arc)
    beyond = np.where(joins, rows.metres[jump], 0.0)
    # Each pass doubles how far an arc looks ahead; chains end, since rings are left as they are.
    while not np.array_equal(jump[jump], jump):
        beyond = beyond + beyond[jump]
        jump = jump[jump]
    start = np.flatnonzero(~goes_on[tails])
    return Chains(~goes_on, start, jump[start], rows.metres[start] + beyond[start])


def _goes_on(rows: Rows, tails: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Nodes with two neighbours that are passed in one direction, or in both."""
    count = len(rows.first) - 1
    there = tails * count + rows.head
    back = np.isin(rows.head * np.int64(count) + tails, there)
    leave, arrive = np.diff(rows.first), np.bincount(rows.head, minlength=count)
    neighbours = leave + arrive - np.bincount(tails[back], minlength=count)
    return np.asarray((neighbours == 2) & (leave == arrive))


def _following(rows: Rows, tails: NDArray[np.int64]) -> NDArray[np.int64]:
    """The arc that leads on from each arc, not back; right where the head has at most two arcs."""
    last = max(len(rows.head) - 1, 0)
    first = np.minimum(rows.first[rows.head].astype(np.int64), last)
    returns = rows.head[first] == tails
    return np.asarray(np.minimum(first + returns, last))


def _alike(rows: Rows, following: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each arc has the class and the speed of the one that follows."""
    kmh, code = rows.kmh, rows.road_class
    same = (kmh == kmh[following]) | (np.isnan(kmh) & np.isnan(kmh[following]))
    return np.asarray(same & (code == code[following]))


def _rings(rows: Rows, goes_on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Nodes of parts in which no node stays: a ring without a junction would vanish."""
    count = len(goes_on)
    matrix = scipy.sparse.csr_matrix((rows.metres, rows.head, rows.first), shape=(count, count))
    _, part = connected_components(matrix, directed=False)
    return np.asarray(np.bincount(part, ~goes_on)[part] == 0)
