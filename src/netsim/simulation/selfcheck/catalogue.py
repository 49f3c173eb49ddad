"""What a system under test is, what theory says of it, and the table of all systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.registry import Registry
from netsim.simulation.outlet import OutletModel
from netsim.simulation.streams import Words
from netsim.simulation.visits import Arrivals, Failures, OutletDays

Column = NDArray[np.float64]
Source = Callable[[Words, Sequence[int]], Arrivals]
"""Draw the customers of some days from a Philox key and the numbers of the days."""


@dataclass(frozen=True, eq=False)
class Seen:
    """
    Some days of a system: who came, what happened, and which minutes count.

    Parameters
    ----------
    model
        The outlet.
    arrivals, failures
        Who came and what failed.
    days
        What happened.
    start, end
        Minutes of every day between which arrivals count.
    """

    model: OutletModel
    arrivals: Arrivals
    failures: Failures
    days: OutletDays
    start: float
    end: float

    @property
    def rows(self) -> NDArray[Any]:
        """All rows."""
        return self.days.rows

    @cached_property
    def day(self) -> NDArray[np.int64]:
        """Day of each row."""
        return np.repeat(np.arange(self.arrivals.days), np.diff(self.days.first))

    @cached_property
    def leaves(self) -> Column:
        """Minute at which each row leaves the queue, called or not."""
        left: Column = np.where(self.called, self.rows["call"], self.rows["end"])
        return left

    @cached_property
    def called(self) -> NDArray[np.bool_]:
        """Whether each row was called to a server."""
        were: NDArray[np.bool_] = self.rows["server"] >= 0
        return were

    @cached_property
    def wait(self) -> Column:
        """Minutes that each row stood in the queue."""
        minutes: Column = self.leaves - self.rows["arrive"]
        return minutes

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Whether each row joined its station in the minutes that count."""
        inside: NDArray[np.bool_] = (self.rows["arrive"] >= self.start) & (self.rows["arrive"] < self.end)
        return inside

    def by_day(self, values: NDArray[Any], rows: NDArray[np.bool_]) -> Column:
        """
        Return the sum of values over the chosen rows of each day, shape ``(days,)``.

        Parameters
        ----------
        values
            One a row.
        rows
            Which rows are summed.
        """
        sums, first = np.zeros(self.arrivals.days), self.days.first
        some = first[1:] > first[:-1]
        if some.any():
            sums[some] = np.add.reduceat(np.where(rows, values, 0.0), first[:-1][some])
        return sums


Measure = Callable[[Seen], tuple[Column, Column]]
"""Two sums a day: the figure is the ratio of their totals."""


@dataclass(frozen=True, slots=True)
class Case:
    """
    A figure that theory knows and simulation can only estimate.

    Parameters
    ----------
    name
        Short name, unique within the system.
    holds
        What has to hold, in words.
    expected
        The figure by the closed form.
    measure
        How it is observed.
    tolerance
        What the closed form itself leaves open: 0 but for published figures; added to the half width.
    """

    name: str
    holds: str
    expected: float
    measure: Measure
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Two figures of the same days that have to agree but for rounding.

    Parameters
    ----------
    name
        Short name, unique within the system.
    holds
        What has to hold, in words.
    measure
        Returns the figure that is expected of the days and the one that is observed.
    tolerance
        Largest difference, relative to the expected figure where that is above 1.
    """

    name: str
    holds: str
    measure: Callable[[Seen], tuple[float, float]]
    tolerance: float = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """
    An outlet with its customers, and what theory says of them.

    Parameters
    ----------
    model
        The outlet.
    customers
        Who comes.
    days
        Independent days of the whole suite.
    start, end
        Minutes of a day between which arrivals count: where a form is stationary, those before and after
        are left out, so that neither the empty start nor the end shows.
    cases
        What has to hold.
    """

    model: OutletModel
    customers: Source
    days: int
    start: float
    end: float
    cases: tuple[Case | Identity, ...]


SYSTEMS: Registry[Callable[[], System]] = Registry("system")
"""Makers of systems, so that a closed form is only worked out when it is asked for."""
