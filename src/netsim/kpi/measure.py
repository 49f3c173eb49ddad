"""Take every measure of a study on simulated days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, NetworkDays
from netsim.model.result import Better, KpiValue
from netsim.model.study import Study
from netsim.registry import UnknownPartError
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


def measures(study: Study) -> dict[str, str]:
    """Return the unit of every measure that a study has by its name, in the order of the catalogue."""
    found = {}
    for name in KPIS:
        part = KPIS[name]
        members = ("",) if isinstance(part, Kpi) else tuple(f".{member}" for member in part.members(study))
        found.update({f"{name}{member}": part.unit for member in members})
    return found


def values_of(days: NetworkDays, measure: str) -> DayValues:
    """
    Return one measure for each simulated day.

    Parameters
    ----------
    days
        The simulated days.
    measure
        Its name, that of a member of a family with the family before it: ``share_in_time.counter``.

    Raises
    ------
    UnknownPartError
        If the study has no such measure.
    """
    known = measures(days.study)
    if measure not in known:
        raise UnknownPartError("measure", measure, tuple(known))
    name, _, member = measure.partition(".")
    part = KPIS[name]
    if isinstance(part, Kpi):
        return DayValues(measure, part.unit, part.better, part.measure(days), part.target(days.study))
    values, target = part.measure(days, member), part.target(days.study, member)
    return DayValues(measure, part.unit, part.better, values, target)


def day_values(days: NetworkDays) -> tuple[DayValues, ...]:
    """Return every measure of the catalogue for each simulated day, in the order of the catalogue."""
    return tuple(values_of(days, name) for name in measures(days.study))


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
