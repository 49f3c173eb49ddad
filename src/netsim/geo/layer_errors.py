"""How a layer's faults are told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from netsim.errors import ExitCode, NetsimError

Shapes = NDArray[np.object_]
"""An array of shapely geometries."""

Tell = Callable[[str], None]
"""Where a note about the data goes; a log line unless the caller wants it elsewhere."""


class LayerError(NetsimError):
    """
    A map layer that cannot be used.

    Parameters
    ----------
    where
        The file (as the user named it) or the layer.
    message
        What is wrong, with the value and the mend.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, where: str, message: str) -> None:
        super().__init__(where, message)
        self.where = where
        self.message = message

    def __str__(self) -> str:
        """Return ``where: message``."""
        return f"{self.where}: {self.message}"


def first_row(mask: NDArray[np.bool_]) -> int:
    """
    Return the number of the first row marked, counted from 1.

    Examples
    --------
    >>> first_row(np.array([False, True]))
    2
    """
    return int(np.flatnonzero(mask)[0]) + 1


def counted(mask: NDArray[np.bool_], what: str) -> str:
    """
    Return how many of all are what, and where the first one stands.

    Examples
    --------
    >>> counted(np.array([False, True, True]), "geometries are missing")
    '2 of 3 geometries are missing (first: row 2)'
    """
    return f"{mask.sum()} of {len(mask)} {what} (first: row {first_row(mask)})"


def one_line(fault: Exception) -> str:
    """Return the first line of another library's message."""
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
