"""The account of rows: what was read, used, and set aside for which reason."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.model.ticket_log import REASONS, USED, Account, Discard, status

SHOWN = 5
"""Lines told for each reason."""


def account(
    unit: Literal["rows", "events"],
    statuses: NDArray[np.int64],
    lines: NDArray[np.int64],
    ragged: NDArray[np.int64] | None = None,
) -> Account:
    """
    Return the account of rows or events.

    Parameters
    ----------
    unit
        What is counted.
    statuses
        Status code of each, shape ``(n,)``.
    lines
        Line of the file of each, shape ``(n,)``.
    ragged
        Lines of rows that could not be cut into columns; None for none.

    Examples
    --------
    >>> found = account("rows", np.array([0, 10, 0]), np.array([2, 3, 4]))
    >>> found.read, found.used, found.discards
    (3, 2, (Discard(reason='duplicate_event', rows=1, lines=(3,)),))
    """
    if ragged is not None:
        statuses = np.concatenate([statuses, np.full(len(ragged), status("ragged_row"))])
        lines = np.concatenate([lines, ragged])
    discards = []
    for code, reason in enumerate(REASONS, start=1):
        places = np.unique(lines[statuses == code])
        count = int(np.sum(statuses == code))
        if count:
            discards.append(Discard(reason, count, tuple(places[:SHOWN].tolist())))
    discards.sort(key=lambda item: -item.rows)
    return Account(unit, len(statuses), int(np.sum(statuses == USED)), tuple(discards))
