"""All parameters of one log: days are split, everything is fitted to one part and tried on the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.fit.arrivals import fit_arrivals
from netsim.fit.calendar_days import calendar_days, holidays_of
from netsim.fit.day_counts import DayCounts, count_arrivals, empty_days, with_empty_days
from netsim.fit.hold_out import Split, split_days
from netsim.fit.patience import fit_patience
from netsim.fit.service import fit_services
from netsim.fit.shares import fit_demand, fit_no_shows, fit_transfers
from netsim.fit.snapshots import count_snapshots, fit_snapshots, queue_demand
from netsim.fit.validate import check_arrivals, check_services, flags_of
from netsim.fit.waits import fit_waits
from netsim.fit.warnings import warnings_of
from netsim.model.column_map import ColumnMap
from netsim.model.fit_checks import Validation
from netsim.model.fit_result import FitResult
from netsim.model.ticket_log import SnapshotLog, TicketLog

CONFIDENCE = 0.95
Tell = Callable[[str, int, int], None]


def fit_tickets(
    log: TicketLog, columns: ColumnMap, *, hold_out: str | None = None, seed: int = 1, tell: Tell | None = None
) -> FitResult:
    """
    Return the parameters of a log of tickets; waits of held-out days are left to be simulated.

    Parameters
    ----------
    log
        The clean log.
    columns
        Its map file.
    hold_out
        See ``hold_out.split_days``.
    seed
        Of the bootstrap.
    tell
        Called with (label, done, total) as the work goes on.
    """
    say = tell or _silent
    counts = count_arrivals(log)
    days, fitted, held, split = _days(counts, columns, log.open_hours, hold_out)
    held_dates, fit_dates = set(held.dates), set(fitted.dates)
    legs = log.legs.take(_on(log, fit_dates))
    trial = log.legs.take(_on(log, held_dates))
    weekday = np.array([day.weekday() for day in log.days], dtype=float)
    say("arrivals", 0, 1)
    arrivals = fit_arrivals(fitted, CONFIDENCE)
    say("services", 0, 1)
    services = fit_services(log, legs, seed, CONFIDENCE)
    say("patience", 0, 1)
    patience = fit_patience(legs, CONFIDENCE)
    checked = check_arrivals(arrivals, held) if len(held) else None
    service_checks = check_services(services, log, trial, legs, seed) if len(held) else ()
    validation = Validation(
        rule=split.rule,
        fitted=len(fitted),
        held_out=len(held),
        arrivals=checked,
        services=service_checks,
        waits=(),
        no_waits="",
        flags=flags_of(checked, service_checks),
    )
    result = FitResult(
        source=log.source,
        seed=seed,
        confidence=CONFIDENCE,
        first_day=log.days[0],
        last_day=log.days[-1],
        days=calendar_days(days, arrivals, fit_dates, holidays_of(columns)),
        arrivals=arrivals,
        demand=fit_demand(legs, log.tasks, fitted, weekday, CONFIDENCE),
        services=services,
        patience=patience,
        no_shows=fit_no_shows(legs, log.tasks, CONFIDENCE),
        transfers=fit_transfers(legs, log.tasks, CONFIDENCE),
        waits=fit_waits(legs, CONFIDENCE),
        snapshots=(),
        validation=validation,
        warnings=(),
    )
    return _warned(result)


def fit_looks(
    log: SnapshotLog, columns: ColumnMap, *, hold_out: str | None = None, seed: int = 1, tell: Tell | None = None
) -> FitResult:
    """
    Return the parameters of a log of looks at a hall; parameters as in ``fit_tickets``.

    Parameters
    ----------
    log
        The clean log.
    columns
        Its map file.
    hold_out
        See ``hold_out.split_days``.
    seed
        Kept with the result.
    tell
        Called with (label, done, total) as the work goes on.
    """
    (tell or _silent)("arrivals", 0, 1)
    counts, by_queue = count_snapshots(log)
    days, fitted, held, split = _days(counts, columns, log.open_hours, hold_out)
    arrivals = fit_arrivals(fitted, CONFIDENCE)
    fit_dates = set(fitted.dates)
    apart = ~_among(log.days, fit_dates)
    checked = check_arrivals(arrivals, held) if len(held) else None
    result = FitResult(
        source=log.source,
        seed=seed,
        confidence=CONFIDENCE,
        first_day=log.days[0],
        last_day=log.days[-1],
        days=calendar_days(days, arrivals, fit_dates, holidays_of(columns)),
        arrivals=arrivals,
        demand=queue_demand(log, by_queue, fitted, apart, CONFIDENCE),
        services=(),
        patience=(),
        no_shows=(),
        transfers=(),
        waits=None,
        snapshots=fit_snapshots(log, apart, CONFIDENCE),
        validation=Validation(
            split.rule, len(fitted), len(held), checked, (), (), "fit.no_waits.snapshots", flags_of(checked, ())
        ),
        warnings=(),
    )
    return _warned(result)


def _silent(label: str, done: int, total: int) -> None:
    """Tell nobody."""


def _days(
    counts: DayCounts, columns: ColumnMap, open_hours: NDArray[np.float64], hold_out: str | None
) -> tuple[DayCounts, DayCounts, DayCounts, Split]:
    """Return all days, those to fit, those held out, and how they were chosen; holidays are in neither part."""
    holidays = holidays_of(columns)
    if columns.empty_days == "zero":
        counts = with_empty_days(counts, empty_days(counts.dates, holidays), open_hours)
    plain = counts.take(~_among(counts.dates, holidays))
    plain = plain if len(plain) else counts
    split = split_days(plain.dates, hold_out)
    return counts, plain.take(~split.held), plain.take(split.held), split


def _on(log: TicketLog, dates: set[dt.date]) -> NDArray[np.bool_]:
    """Return which legs lie on some days."""
    chosen: NDArray[np.bool_] = _among(log.days, dates)[log.legs.day]
    return chosen


def _among(days: Sequence[dt.date], dates: Collection[dt.date]) -> NDArray[np.bool_]:
    """Return which days of a list are among some dates."""
    return np.array([day in dates for day in days], dtype=bool)


def _warned(result: FitResult) -> FitResult:
    """Return a result with what its reader has to know."""
    return replace(result, warnings=warnings_of(result))
