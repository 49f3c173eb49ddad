"""Customers who come together: parties of several, each a customer of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.poisson import Drawn
from netsim.simulation.streams import Stream, philox, uniforms


def with_parties(drawn: Drawn, party_of_cell: Sequence[tuple[float, ...]]) -> Drawn:
    """
    Return the customers of parties, of which one row each was drawn.

    All members come at the same minute for the same task; the first keeps the words that were drawn, further ones
    have words of their own, so that somebody who joins a party changes nobody else.

    Parameters
    ----------
    drawn
        One row a party.
    party_of_cell
        Shares of parties of 1, 2, ... customers of each cell; empty where everybody comes alone.
    """
    if not any(party_of_cell):
        return drawn
    size = np.ones(len(drawn.cell), dtype=np.int64)
    kinds = list(dict.fromkeys(party_of_cell))
    kind_of = np.array([kinds.index(item) for item in party_of_cell], dtype=np.int64)[drawn.cell]
    for number, shares in enumerate(kinds):
        rows = np.flatnonzero(kind_of == number)
        if shares and len(rows):
            size[rows] = _sizes(uniforms(philox(drawn.words[rows], (0, 0, 0, int(Stream.PARTY))))[:, 0], shares)
    row = np.repeat(np.arange(len(size)), size)
    member = (np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)).astype(np.uint64)
    words = drawn.words[row]
    others = np.flatnonzero(member > 0)
    words[others] = philox(words[others], (member[others], 0, 0, int(Stream.PARTY)))[:, :2]
    return Drawn(drawn.day[row], drawn.cell[row], drawn.uniforms[row], words)


def _sizes(uniform: NDArray[np.float64], shares: tuple[float, ...]) -> NDArray[np.int64]:
    """Return the size of each party by inversion."""
    return 1 + np.searchsorted(np.cumsum(shares[:-1]), uniform, side="right")
