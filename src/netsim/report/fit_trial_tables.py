"""Tables of a fit for those who check it: trials on held-out days, strange days, columns, looks."""

from __future__ import annotations

import math

from netsim.model.fit_result import FitResult
from netsim.report import labels
from netsim.report.fit_tables import Row, interval
from netsim.report.records import Cell, Column, Table, Tone
from netsim.text import NOTHING, Text

UNKNOWN = ("law", "patience", "no_shows", "tasks")
"""What looks cannot tell."""


def checks(result: FitResult, text: Text) -> Table:
    """Return every trial on the held-out days with its verdict."""
    trial = result.validation
    broken = {flag.check for flag in trial.flags}
    rows: list[Row] = []
    if trial.arrivals is not None:
        found = trial.arrivals
        name, one = text("fit.check.arrivals"), text("fit.check.one")
        rows.append(
            (
                name,
                one,
                _ratio(found.ratio.value, text),
                interval(found.ratio, text, 2),
                _verdict("arrivals" not in broken, text),
            )
        )
        share = found.inside / found.cells if found.cells else math.nan
        about = text("fit.check.about")
        rows.append(
            (
                text("fit.check.half_hours"),
                about,
                text.percent(share),
                NOTHING,
                _verdict("half_hours" not in broken, text),
            )
        )
    flagged = {flag.words for flag in trial.flags if flag.check == "service"}
    for check in trial.services:
        lane = labels.lane_name(check.lane, text)
        held = not any(f"task={check.task}|lane={check.lane}|" in words for words in flagged)
        name = text("fit.check.service", task=check.task, lane=lane)
        rows.append((name, text("fit.check.one"), _ratio(check.ratio.value, text), interval(check.ratio, text, 2), ""))
        name = text("fit.check.law", task=check.task, lane=lane, p=text.number(check.p, 3))
        rows.append((name, text("fit.check.small"), text.percent(check.ks), NOTHING, _verdict(held, text)))
    if trial.waits:
        inside = sum(check.predicted.holds(check.observed) for check in trial.waits)
        share = inside / len(trial.waits)
        about = text("fit.check.about")
        rows.append(
            (text("fit.check.waits"), about, text.percent(share), NOTHING, _verdict("waits" not in broken, text))
        )
    columns = tuple(
        Column(text(f"fit.column.{key}")) for key in ("check", "expected", "observed", "range_99", "verdict")
    )
    return Table("fit_checks", text("fit.table.checks"), columns, tuple(rows), text("fit.table.checks_note"))


def _ratio(value: float, text: Text) -> str:
    return text.number(value, 3)


def _verdict(holds: bool, text: Text) -> Cell:
    tone: Tone = "good" if holds else "bad"
    return Cell(text(f"fit.check.{tone}"), tone)


def waits(result: FitResult, text: Text) -> Table:
    """Return the wait of each held-out day against simulated days."""
    rows = tuple(
        (
            check.date.isoformat(),
            check.servers,
            check.predicted.value,
            interval(check.predicted, text),
            Cell(check.observed, "" if check.predicted.holds(check.observed) else "bad"),
        )
        for check in result.validation.waits
    )
    columns = (
        Column(text("fit.column.date")),
        Column(text("fit.column.servers"), "number"),
        Column(text("fit.column.predicted"), "minutes"),
        Column(text("fit.column.range")),
        Column(text("fit.column.observed"), "minutes"),
    )
    return Table("fit_waits", text("fit.table.waits"), columns, rows, text("fit.table.waits_note"))


def days(result: FitResult, text: Text) -> Table:
    """Return the days that are missing, unusual or holidays."""
    rows = tuple(
        (
            day.date.isoformat(),
            text(f"fit.role.{'unusual' if day.unusual else day.role}"),
            day.observed if math.isfinite(day.observed) else None,
            day.expected if math.isfinite(day.expected) else None,
        )
        for day in result.days
        if day.unusual or day.role in ("missing", "holiday")
    )
    columns = (
        Column(text("fit.column.date")),
        Column(text("fit.column.role")),
        Column(text("fit.column.observed"), "number"),
        Column(text("fit.column.expected"), "number"),
    )
    return Table("fit_days", text("fit.table.days"), columns, rows, text("fit.table.days_note"))


def looks(result: FitResult, text: Text) -> Table:
    """Return what looks at the hall tell of each queue."""
    rows: list[Row] = [
        (
            item.queue,
            item.looks,
            item.every,
            item.service.value if math.isfinite(item.service.value) else None,
            interval(item.service, text, 2),
            text("fit.range", low=text.number(item.least, 2), high=text.number(item.most, 2)),
            item.wait.value if math.isfinite(item.wait.value) else None,
            interval(item.wait, text),
            item.left_at_least,
        )
        for item in result.snapshots
    ]
    columns = (
        Column(text("fit.column.queue")),
        Column(text("fit.column.looks"), "count"),
        Column(text("fit.column.every"), "number"),
        Column(text("fit.column.mean"), "minutes"),
        Column(text("fit.column.range")),
        Column(text("fit.column.bounds")),
        Column(text("fit.column.wait"), "minutes"),
        Column(text("fit.column.range")),
        Column(text("fit.column.vanished"), "count"),
    )
    return Table("fit_looks", text("fit.table.looks"), columns, tuple(rows), text("fit.table.looks_note"))


def unknown(result: FitResult, text: Text) -> Table:
    """Return what looks cannot tell; nothing for tickets."""
    names = UNKNOWN if result.snapshots else ()
    rows = tuple((text(f"fit.unknown.{name}"), text(f"fit.unknown.{name}_why")) for name in names)
    columns = (Column(text("fit.column.what")), Column(text("fit.column.why")))
    return Table("fit_unknown", text("fit.table.unknown"), columns, rows)
