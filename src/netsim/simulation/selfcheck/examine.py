"""Simulate a system, hold what is observed to what is expected, and hold the runners to each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck.catalogue import Case, Column, Identity, Seen, System
from netsim.simulation.streams import key_of
from netsim.simulation.visits import OutletDays, failures_of, with_machines
from netsim.statistics.intervals import Interval, mean_interval

BATCH = 100_000
"""Customers that are simulated at a time; their rows then fit into some ten megabytes."""
REPAIRS = 3_000
"""Repairs that are simulated at a time: a runner finds out how many there are when they fill their table."""
EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What became of one case.

    Parameters
    ----------
    name, holds
        The case.
    expected, observed
        By the closed form, and in the simulation.
    half_width
        Half width of the interval of what is observed; of an identity the difference that rounding may make.
    days, customers
        What is behind it.
    runners
        What each runner did: ``all days``, or ``equal`` to the first one on the first day, or where it
        ``differs``.
    """

    name: str
    holds: str
    expected: float
    observed: float
    half_width: float
    days: int
    customers: int
    runners: dict[str, str]

    @property
    def within(self) -> bool:
        """Whether the observed figure is as near to the expected one as it has to be."""
        return abs(self.observed - self.expected) <= self.half_width

    @property
    def agree(self) -> bool:
        """Whether all runners gave the same rows."""
        return not any(said.startswith("differs") for said in self.runners.values())

    @property
    def ok(self) -> bool:
        """Whether the case holds, for every runner."""
        return self.within and self.agree


def examine(
    name: str,
    system: System,
    *,
    seed: int,
    error: float,
    runner: str = "kernel",
    witnesses: Sequence[str] = (),
    days: int | None = None,
) -> list[Finding]:
    """
    Return what became of the cases of a system.

    Parameters
    ----------
    name
        Name of the system; its random numbers are found by it.
    system
        The system.
    seed
        Seed of the customers.
    error
        Probability that the interval of one case misses a figure that is right.
    runner
        Who simulates all days.
    witnesses
        Runners that simulate the first day and have to give the same rows to the bit.
    days
        Number of days; None for those of the system.
    """
    number = days or system.days
    first = simulate(name, system, [0], seed=seed, runner=runner)
    runners = {runner: "all days"} | {other: compare(first, other) for other in witnesses}
    batch = min(BATCH // max(len(first.arrivals.comers), 1), REPAIRS // max(len(first.days.downs), 1))
    sums: dict[str, list[tuple[Column, Column]]] = {case.name: [] for case in system.cases}
    pairs: dict[str, tuple[float, float]] = {}
    customers = 0
    for start, stop in pairwise([*range(0, number, max(batch, 1)), number]):
        seen = simulate(name, system, range(start, stop), seed=seed, runner=runner)
        customers += len(seen.arrivals.comers)
        for case in system.cases:
            if isinstance(case, Case):
                sums[case.name].append(case.measure(seen))
            elif start == 0:
                pairs[case.name] = case.measure(seen)
    found = []
    for case in system.cases:
        figures = (
            _estimated(case, sums[case.name], error) if isinstance(case, Case) else _compared(case, pairs[case.name])
        )
        expected, observed, half_width = map(_rounded, figures)
        told = f"{name}: {case.name}"
        found.append(Finding(told, case.holds, expected, observed, half_width, number, customers, runners))
    return found


def simulate(name: str, system: System, replications: Sequence[int], *, seed: int, runner: str) -> Seen:
    """
    Return some days of a system.

    Parameters
    ----------
    name
        Name of the system.
    system
        The system.
    replications
        Numbers of the days.
    seed
        Seed of the customers.
    runner
        Who simulates.
    """
    breakdowns = key_of(seed, "selfcheck", name, "breakdowns")
    customers = system.customers(key_of(seed, "selfcheck", name), replications)
    arrivals = with_machines(system.model, customers, breakdowns, replications)
    failures = failures_of(system.model, breakdowns, replications)
    days = RUNNERS[runner](system.model, arrivals, failures)
    return Seen(system.model, arrivals, failures, days, system.start, system.end)


def compare(seen: Seen, runner: str) -> str:
    """Return ``equal`` if a runner gives the same rows and repairs to the bit, or where it first differs."""
    other = RUNNERS[runner](seen.model, seen.arrivals, seen.failures)
    place = difference(seen.days, other)
    return EQUAL if place is None else f"differs in {place}"


def difference(one: OutletDays, other: OutletDays) -> str | None:
    """Return the first place at which two results are not equal to the bit, for example ``rows[7].call``."""
    for field in fields(OutletDays):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if len(first) != len(second):
            return f"{field.name}: {len(second)} instead of {len(first)}"
        for column in first.dtype.names or ("",):
            unequal = ~_same_bits(first[column], second[column]) if column else ~_same_bits(first, second)
            if unequal.any():
                return f"{field.name}[{int(np.argmax(unequal))}]{'.' + column if column else ''}"
    return None


def _same_bits(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return where two columns are equal to the bit; any NaN equals any other."""
    if one.dtype.kind != "f" or other.dtype.kind != "f":
        return np.asarray(one == other)
    bits = [np.ascontiguousarray(values, dtype=np.float64).view(np.int64) for values in (one, other)]
    same: NDArray[np.bool_] = (bits[0] == bits[1]) | (np.isnan(one) & np.isnan(other))
    return same


def ratio_interval(top: Column, bottom: Column, error: float) -> Interval:
    """
    Return the ratio of two totals with its interval, by the jackknife over days; NaN where there is nothing.

    Parameters
    ----------
    top, bottom
        Sums of each day, shape ``(days,)``.
    error
        Probability that the interval misses.

    References
    ----------
    R. G. Miller, *The jackknife: a review*, Biometrika 61 (1974).

    Examples
    --------
    >>> found = ratio_interval(np.array([2.0, 4.0, 6.0]), np.array([1.0, 1.0, 1.0]), error=0.05)
    >>> found.mean, round(found.half_width, 3)
    (4.0, 4.968)
    """
    days = len(top)
    if not bottom.any():
        return Interval(math.nan, math.inf, days)
    with np.errstate(divide="ignore", invalid="ignore"):  # all of it on one day: no interval
        without = (top.sum() - top) / (bottom.sum() - bottom)
    whole = top.sum() / bottom.sum()
    return mean_interval(days * whole - (days - 1) * without, 1.0 - error)


def _estimated(case: Case, sums: list[tuple[Column, Column]], error: float) -> tuple[float, float, float]:
    """Return the expected and the observed figure and the half width."""
    top, bottom = (np.concatenate(columns) for columns in zip(*sums, strict=True))
    found = ratio_interval(top, bottom, error)
    return case.expected, found.mean, found.half_width + case.tolerance


def _compared(case: Identity, pair: tuple[float, float]) -> tuple[float, float, float]:
    """Return the expected and the observed figure and the difference that rounding may make."""
    return *pair, case.tolerance * max(1.0, abs(pair[0]))


def _rounded(value: float) -> float:
    """Return nine digits: the last bits of a sum may differ between machines."""
    return float(f"{value:.9g}")
