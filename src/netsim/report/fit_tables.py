"""Tables of a fit: figures for the planner, laws, shares, trials, and the account of rows."""

from __future__ import annotations

import math

import numpy as np

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.column_map import WEEKDAYS
from netsim.model.fit_arrivals import Estimate
from netsim.model.fit_laws import LawFit, PatienceFit, PatienceLaw, ServiceFit
from netsim.model.fit_result import FitResult
from netsim.model.ticket_log import Account
from netsim.report import labels
from netsim.report.records import Cell, Column, Table, Value
from netsim.text import NOTHING, Text

Row = tuple[Value | Cell, ...]


def interval(value: Estimate, text: Text, digits: int = 1, scale: float = 1.0, sign: str = "") -> str:
    """
    Return the interval of an estimate in words.

    Parameters
    ----------
    value
        The estimate.
    text
        Language.
    digits
        Decimals.
    scale
        Factor, 100 for shares.
    sign
        What follows each end, such as ``%``.

    Examples
    --------
    >>> interval(Estimate(0.05, 0.041, 0.06), Text("en"), 1, 100.0, "%")
    '4.1% to 6.0%'
    """
    if math.isnan(value.lower):
        return NOTHING
    low = text.number(scale * value.lower, digits) + sign
    if math.isinf(value.upper):
        return text("fit.open_range", low=low)
    return text("fit.range", low=low, high=text.number(scale * value.upper, digits) + sign)


def summary(result: FitResult, text: Text) -> Table:
    """Return the figures that a planner takes with him."""
    arrivals = result.arrivals
    rows: list[Row] = [
        (
            text("fit.summary.per_day"),
            Cell(text.number(arrivals.per_day.value, 1), "strong"),
            interval(arrivals.per_day, text),
            text("fit.summary.of_days", count=result.validation.fitted),
        ),
        (
            text("fit.summary.day_cv"),
            Cell(text.percent(arrivals.day_cv.value), "strong"),
            interval(arrivals.day_cv, text, 1, 100.0, "%"),
            text("fit.summary.of_days", count=result.validation.fitted),
        ),
        (text("fit.summary.dispersion"), text.number(arrivals.dispersion, 2), NOTHING, ""),
    ]
    rows += [_service_row(fit, text) for fit in result.services if math.isfinite(fit.mean.value)]
    for fit in result.patience:
        if fit.law is not None:
            name = f"{text.minutes(fit.law.mean.value)}, {_patience_law(fit.law, text)}"
            ends = interval(fit.law.mean, text)
            counts = text("fit.summary.of_left", left=fit.left, called=fit.called)
            title = text("fit.summary.patience", lane=labels.lane_name(fit.lane, text))
            rows.append((title, Cell(name, "strong"), ends, counts))
    rows += [
        (
            text("fit.summary.no_show", task=item.task),
            Cell(text.percent(item.share.value), "strong"),
            interval(item.share, text, 1, 100.0, "%"),
            text("fit.summary.of_calls", count=item.of),
        )
        for item in result.no_shows
        if item.count
    ]
    rows += [_call_row(result, place, text) for place in range(len(result.snapshots))]
    if result.waits is not None:
        found = result.waits.mean
        rows.append((text("fit.summary.wait"), Cell(text.minutes(found.value), "strong"), interval(found, text), ""))
    columns = tuple(Column(text(f"fit.column.{key}")) for key in ("figure", "estimate", "range", "from"))
    return Table("fit_summary", text("fit.table.summary"), columns, tuple(rows), text("fit.table.summary_note"))


def _service_row(fit: ServiceFit, text: Text) -> Row:
    law = fit.law
    mean, cv = (law.mean, law.cv.value) if law is not None else (fit.mean, fit.cv)
    words = f"{text.minutes(mean.value)}, cv {text.number(cv, 2)}, {text(f'fit.law.{fit.chosen}')}"
    title = text("fit.summary.service", task=fit.task, lane=labels.lane_name(fit.lane, text))
    count = text("fit.summary.of_services", count=fit.sample)
    return (title, Cell(words, "strong"), interval(mean, text, 2), count)


def _call_row(result: FitResult, place: int, text: Text) -> Row:
    look = result.snapshots[place]
    title = text("fit.summary.call", queue=look.queue)
    value = text.minutes(look.service.value)
    return (
        title,
        Cell(value, "strong"),
        interval(look.service, text, 2),
        text("fit.summary.of_looks", count=look.looks),
    )


def _patience_law(law: PatienceLaw, text: Text) -> str:
    name = text(f"fit.law.{law.law}")
    return f"{name} ({text('fit.parameter.shape')} {text.number(law.shape.value, 2)})" if law.law == "weibull" else name


def weekdays(result: FitResult, text: Text) -> Table:
    """Return arrivals by weekday with the busiest half-hour."""
    fit = result.arrivals
    rows: list[Row] = []
    for day in range(7):
        if not fit.day_count[day] or np.isnan(fit.per_hour[day]).all():
            continue
        peak = int(np.nanargmax(fit.per_hour[day]))
        rows.append(
            (
                text(f"fit.weekday.{WEEKDAYS[day]}"),
                int(fit.day_count[day]),
                fit.by_weekday[day].value,
                interval(fit.by_weekday[day], text),
                text.clock(SLOT_MINUTES * peak),
                float(fit.per_hour[day, peak]),
                interval(Estimate(0.0, float(fit.lower[day, peak]), float(fit.upper[day, peak])), text),
            )
        )
    columns = (
        Column(text("fit.column.weekday")),
        Column(text("fit.column.days"), "count"),
        Column(text("fit.column.visits_a_day"), "number"),
        Column(text("fit.column.range")),
        Column(text("fit.column.peak")),
        Column(text("fit.column.peak_rate"), "number"),
        Column(text("fit.column.range")),
    )
    note = text("fit.table.weekdays_note", cv=fit.day_cv.value)
    return Table("fit_weekdays", text("fit.table.weekdays"), columns, tuple(rows), note)


def services(result: FitResult, text: Text) -> Table:
    """Return the law that is taken for each task and lane."""
    rows: list[Row] = []
    for fit in result.services:
        law = fit.law
        mean = law.mean if law is not None else fit.mean
        near = min(fit.laws, key=lambda item: item.bic) if fit.laws else None
        rows.append(
            (
                fit.task,
                labels.lane_name(fit.lane, text),
                fit.size,
                Cell(text(f"fit.law.{fit.chosen}"), "strong"),
                mean.value if math.isfinite(mean.value) else None,
                interval(mean, text, 2),
                law.cv.value if law is not None else fit.cv,
                interval(law.cv, text, 2) if law is not None else NOTHING,
                near.ks if near is not None else None,
                near.ks_p if near is not None else None,
                text(f"fit.pooled.{fit.pooled or 'own'}"),
            )
        )
    columns = (
        Column(text("fit.column.task")),
        Column(text("fit.column.lane")),
        Column(text("fit.column.services"), "count"),
        Column(text("fit.column.law")),
        Column(text("fit.column.mean"), "minutes"),
        Column(text("fit.column.range")),
        Column(text("fit.column.cv"), "ratio"),
        Column(text("fit.column.range")),
        Column(text("fit.column.distance"), "percent"),
        Column(text("fit.column.p"), "percent"),
        Column(text("fit.column.taken_from")),
    )
    note = text("fit.table.services_note")
    return Table("fit_services", text("fit.table.services"), columns, tuple(rows), note)


def laws(result: FitResult, text: Text) -> Table:
    """Return every law that was tried for each task and lane of its own sample."""
    rows: list[Row] = []
    for fit in result.services:
        if fit.pooled:
            continue
        for law in sorted(fit.laws, key=lambda item: item.bic):
            tone = "strong" if law.law == fit.chosen else ""
            rows.append(
                (
                    fit.task,
                    labels.lane_name(fit.lane, text),
                    Cell(text(f"fit.law.{law.law}"), "strong" if tone else ""),
                    _parameters(law, text),
                    law.log_likelihood,
                    law.aic,
                    law.bic,
                    law.ks,
                    law.ks_p,
                    law.ad,
                    law.ad_p,
                )
            )
    columns = (
        Column(text("fit.column.task")),
        Column(text("fit.column.lane")),
        Column(text("fit.column.law")),
        Column(text("fit.column.parameters")),
        Column(text("fit.column.likelihood"), "number"),
        Column(text("fit.column.aic"), "number"),
        Column(text("fit.column.bic"), "number"),
        Column(text("fit.column.distance"), "percent"),
        Column(text("fit.column.p"), "percent"),
        Column(text("fit.column.ad"), "ratio"),
        Column(text("fit.column.ad_p"), "percent"),
    )
    return Table("fit_laws", text("fit.table.laws"), columns, tuple(rows), text("fit.table.laws_note"))


def _parameters(law: LawFit, text: Text) -> str:
    parts = [
        f"{text(f'fit.parameter.{name}')} {text.number(value.value, 3)} ({interval(value, text, 3)})"
        for name, value in law.parameters
    ]
    return "; ".join(parts)


def patience(result: FitResult, text: Text) -> Table:
    """Return the patience of each lane and what it rests on."""
    rows: list[Row] = []
    for fit in result.patience:
        law = fit.law
        rows.append(
            (
                labels.lane_name(fit.lane, text),
                fit.called,
                fit.left,
                fit.no_shows,
                fit.unknown,
                Cell(_patience_law(law, text) if law is not None else NOTHING, "strong"),
                law.mean.value if law is not None else None,
                interval(law.mean, text)
                if law is not None
                else text("fit.open_range", low=text.number(fit.at_least, 1))
                if math.isfinite(fit.at_least)
                else NOTHING,
                fit.naive if math.isfinite(fit.naive) else None,
                fit.seen,
                _hidden(fit, text),
            )
        )
    columns = (
        Column(text("fit.column.lane")),
        *(Column(text(f"fit.column.{key}"), "count") for key in ("called", "left", "no_shows", "silent")),
        Column(text("fit.column.law")),
        Column(text("fit.column.mean"), "minutes"),
        Column(text("fit.column.range")),
        Column(text("fit.column.naive"), "minutes"),
        Column(text("fit.column.seen"), "percent"),
        Column(text("fit.column.hidden")),
    )
    note = text("fit.table.patience_note")
    return Table("fit_patience", text("fit.table.patience"), columns, tuple(rows), note)


def _hidden(fit: PatienceFit, text: Text) -> str:
    """Return the exponential mean as fitted, and if all no-shows had left before their call."""
    if not math.isfinite(fit.if_no_shows_left):
        return NOTHING
    base = text.number(fit.laws[0].mean.value, 1) if fit.laws else NOTHING
    return f"{base} → {text.number(fit.if_no_shows_left, 1)}"


def no_shows(result: FitResult, text: Text) -> Table:
    """Return the calls to which nobody came."""
    rows = tuple(
        (
            item.task,
            labels.lane_name(item.lane, text),
            item.of,
            item.count,
            item.share.value,
            interval(item.share, text, 2, 100.0, "%"),
        )
        for item in result.no_shows
    )
    columns = (
        Column(text("fit.column.task")),
        Column(text("fit.column.lane")),
        Column(text("fit.column.called"), "count"),
        Column(text("fit.column.no_shows"), "count"),
        Column(text("fit.column.share"), "percent"),
        Column(text("fit.column.range")),
    )
    return Table("fit_no_shows", text("fit.table.no_shows"), columns, rows, text("fit.table.no_shows_note"))


def transfers(result: FitResult, text: Text) -> Table:
    """Return the services that go on."""
    rows = tuple(
        (
            item.task,
            labels.lane_name(item.lane, text),
            f"{item.to_task}, {text(f'lane.{item.to_lane}')}",
            item.of,
            item.count,
            item.share.value,
            interval(item.share, text, 2, 100.0, "%"),
        )
        for item in result.transfers
    )
    columns = (
        Column(text("fit.column.task")),
        Column(text("fit.column.lane")),
        Column(text("fit.column.onward")),
        Column(text("fit.column.services"), "count"),
        Column(text("fit.column.count"), "count"),
        Column(text("fit.column.share"), "percent"),
        Column(text("fit.column.range")),
    )
    return Table("fit_transfers", text("fit.table.transfers"), columns, rows, text("fit.table.transfers_note"))


def account(found: Account, text: Text) -> Table:
    """
    Return what was set aside, by reason.

    Parameters
    ----------
    found
        The account of rows or events.
    text
        Language.
    """
    rows = tuple(
        (
            text(f"fit.reason.{item.reason}"),
            item.rows,
            item.rows / found.read if found.read else None,
            ", ".join(map(str, item.lines)),
        )
        for item in found.discards
    )
    columns = (
        Column(text("fit.column.reason")),
        Column(text(f"fit.column.{found.unit}"), "count"),
        Column(text("fit.column.part"), "percent"),
        Column(text("fit.column.lines")),
    )
    note = text("fit.table.rows_note", read=found.read, used=found.used, discarded=found.discarded)
    return Table(f"fit_{found.unit}", text(f"fit.table.{found.unit}"), columns, rows, note)
