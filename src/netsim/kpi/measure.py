"""Take every measure of a study on simulated days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, NetworkDays
from netsim.model.result import Better, KpiValue
from netsim.statistics.intervals import mean_interval


@dataclass(frozen=True, slots=True, eq=False)
class DayValues:
    """
    One measure by simulated day.

    Parameters
    ----------
    name, unit, better
        Name (``family.member`` for members of a family), unit and direction.
    values
        Shape ``(days,)``.
    target
        What a rule asks for, or None.
    """

    name: str
    unit: str
    better: Better
    values: NDArray[np.float64]
    target: float | None


def day_values(days: NetworkDays) -> tuple[DayValues, ...]:
    """Return every measure of the catalogue for each simulated day, in the order of the catalogue."""
    found = []
    for name in KPIS:
        part = KPIS[name]
        if isinstance(part, Kpi):
            found.append(DayValues(name, part.unit, part.better, part.measure(days), part.target(days.study)))
            continue
        found.extend(
            DayValues(
                f"{name}.{member}",
                part.unit,
                part.better,
                part.measure(days, member),
                part.target(days.study, member),
            )
            for member in part.members(days.study)
        )
    return tuple(found)


def kpi_values(days: NetworkDays) -> tuple[KpiValue, ...]:
    """Return the mean of every measure with its interval, and whether a target is met by the mean."""
    confidence = days.study.simulation.confidence
    values = []
    for item in day_values(days):
        interval = mean_interval(item.values, confidence)
        met = None
        if item.target is not None:
            met = interval.mean >= item.target - 1e-12 if item.better == "higher" else interval.mean <= item.target
        values.append(KpiValue(item.name, item.unit, item.better, interval.mean, interval.half_width, item.target, met))
    return tuple(values)
