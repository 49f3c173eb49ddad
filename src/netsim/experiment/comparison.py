"""Scenarios side by side, on the same customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from netsim.capacity.cache import ContentCache
from netsim.errors import BadInputError, Fault
from netsim.experiment.run import Run, run_study
from netsim.experiment.settings import Settings
from netsim.experiment.study import load_study
from netsim.kpi import NetworkDays, day_values, worse_off
from netsim.kpi.measure import DayValues
from netsim.model.precision import Measuring
from netsim.model.result import Comparison, KpiDifference
from netsim.model.study import Study
from netsim.planning.network_days import network_days
from netsim.statistics.corrections import paired_difference, significant

FEWEST, MOST = 2, 6
"""Scenarios in one comparison."""


def compare_scenarios(
    scenarios: Sequence[str | Path],
    *,
    seed: int | None = None,
    sets: Sequence[str] = (),
    data_roots: Mapping[str, Path] | None = None,
    settings: Settings | None = None,
    cache: ContentCache | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Comparison, tuple[Run, ...]]:
    """
    Run two to six scenarios and compare them with the first on common customers.

    Differences are paired by simulated day; their intervals hold together at the first scenario's
    confidence (Bonferroni over all measures that vary, times scenarios).

    Parameters
    ----------
    scenarios
        Paths; the first is the baseline.
    seed
        Replaces the baseline's seed; the customers of every scenario are drawn with it.
    sets, data_roots, settings, cache, progress
        As in ``run_scenario``; overrides and settings hold for every scenario. Scenarios are compared on the
        common days of the first, whatever precision they ask for.

    Returns
    -------
    tuple
        The comparison, and the runs behind it.

    Raises
    ------
    BadInputError
        If a scenario has faults, two have one name, or they do not share zones, tasks and segments.
    """
    if not FEWEST <= len(scenarios) <= MOST:
        raise BadInputError((Fault("compare", 0, 0, "", f"{len(scenarios)} scenarios given; name {FEWEST} to {MOST}"),))
    loaded = [load_study(path, seed=seed, sets=sets, data_roots=data_roots, settings=settings) for path in scenarios]
    _check_comparable([str(path) for path in scenarios], [study for study, _ in loaded])
    first = loaded[0][0]
    runs = tuple(
        run_study(
            replace(study, seed=first.seed, measuring=Measuring()),
            basemap,
            cache=cache,
            with_sensitivity=False,
            progress=progress,
        )
        for study, basemap in loaded
    )
    days = [_on_common_days(run, first.simulation.compare_days) for run in runs]
    rows = _differences(days, [run.result.scenario for run in runs], first.simulation.confidence)
    comparison = Comparison(
        baseline=first.id,
        runs=tuple(run.result for run in runs),
        differences=rows,
        days=first.simulation.compare_days,
        confidence=first.simulation.confidence,
        comparisons=sum(row.half_width > 0 for row in rows),
        seed=first.seed,
    )
    return comparison, runs


def _check_comparable(paths: Sequence[str], studies: Sequence[Study]) -> None:
    """Refuse scenarios whose customers cannot be the same."""
    first, faults = studies[0], []
    seen: dict[str, str] = {}
    for path, study in zip(paths, studies, strict=True):
        if study.id in seen:
            faults.append(Fault(path, 0, 0, "", f"is named {study.id!r} like {seen[study.id]}; rename one file"))
        seen[study.id] = path
        for what, mine, other in (
            ("zones", study.zones.ids, first.zones.ids),
            ("tasks", study.demand.tasks, first.demand.tasks),
            ("segments", study.demand.segments, first.demand.segments),
            ("day types", study.demand.day_types, first.demand.day_types),
        ):
            if mine != other:
                message = f"has other {what} than {paths[0]}; only scenarios with common customers can be compared"
                faults.append(Fault(path, 0, 0, "", message))
    if faults:
        raise BadInputError(tuple(faults))


def _on_common_days(run: Run, days: int) -> NetworkDays:
    """Return the run's days, simulated anew where the scenario asks for another number of them."""
    if len(run.days.replications) == days:
        return run.days
    return network_days(run.study, run.result.plan, run.result.staff, days)


def _differences(days: Sequence[NetworkDays], names: Sequence[str], confidence: float) -> tuple[KpiDifference, ...]:
    """Return the paired differences of every measure that both sides have."""
    base = {item.name: item for item in day_values(days[0])}
    pairs: list[tuple[str, DayValues, DayValues]] = []
    for name, other in zip(names[1:], days[1:], strict=True):
        pairs.extend((name, base[item.name], item) for item in day_values(other) if item.name in base)
        if np.array_equal(days[0].visits.visit, other.visits.visit):
            zero = DayValues("worse_off", "share", "lower", np.zeros(len(other.replications)), None)
            pairs.append((name, zero, replace(zero, values=worse_off(days[0], other))))
    varying = sum(bool(np.ptp(after.values - before.values) > 0) for _, before, after in pairs)
    rows = []
    for name, before, after in pairs:
        interval = paired_difference(before.values, after.values, confidence, comparisons=max(varying, 1))
        rows.append(
            KpiDifference(
                name=after.name,
                unit=after.unit,
                better=after.better,
                scenario=name,
                baseline_value=float(before.values.mean()),
                value=float(after.values.mean()),
                difference=interval.mean,
                half_width=interval.half_width,
                significant=significant(interval),
            )
        )
    return tuple(rows)
