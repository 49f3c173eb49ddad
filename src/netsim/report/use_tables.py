"""Tables of where time goes: servers, queues and bottlenecks by outlet and lane, steps of tasks."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.result import RunResult
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.records import Cell, Column, Table, Value
from netsim.text import NOTHING, Text

Row = tuple[Value | Cell, ...]
Item = TypeVar("Item")
WORST = 15
"""Lanes on the page; the workbook has all."""
TOLD_ABOVE = frozenset({8, 13})
"""Columns that the page leaves out: arrivals and the 90th percentile."""


def resources(run: RunResult, study: Study, text: Text, *, most: int | None = None) -> Table:
    """
    Return what servers do and customers wait, lane by lane.

    Parameters
    ----------
    most
        Only so many, those at which customers wait most, for the page; None for all in the order of the sites.
    """
    names = labels.site_names(study.sites)
    shown = list(run.resources)
    if most is not None:
        shown = sorted(shown, key=lambda item: (-item.waiting, item.site, item.lane))[:most]
    rows: tuple[Row, ...] = tuple(
        (
            names.get(item.site, item.site) or text("resources.network"),
            labels.place_name(study, item.lane, text),
            Cell(text("column.bottleneck"), "strong") if item.bottleneck else NOTHING,
            labels.finite(item.servers),
            labels.finite(item.utilisation),
            labels.finite(item.down),
            labels.finite(item.starved),
            labels.finite(item.blocked),
            item.arrivals,
            labels.finite(item.queue),
            NOTHING if item.peak_slot < 0 else text.clock(item.peak_slot * SLOT_MINUTES),
            item.peak_queue,
            labels.finite(item.wait_mean),
            labels.finite(item.wait_p90),
            item.waiting,
            labels.finite(item.wait_share),
            labels.finite(item.time_share),
        )
        for item in shown
    )
    columns: tuple[Column, ...] = (
        Column(text("column.outlet")),
        Column(text("column.lane")),
        Column(text("column.bottleneck")),
        Column(text("column.servers_on_duty"), "number"),
        Column(text("column.utilisation"), "percent"),
        Column(text("column.down"), "percent"),
        Column(text("column.starved"), "percent"),
        Column(text("column.blocked"), "percent"),
        Column(text("column.arrivals"), "count", text("unit.a_day")),
        Column(text("column.queue"), "ratio"),
        Column(text("column.peak_at")),
        Column(text("column.peak_queue"), "ratio"),
        Column(text("column.wait_mean"), "minutes"),
        Column(text("column.wait_p90"), "minutes"),
        Column(text("column.waiting"), "count", text("unit.min_a_day")),
        Column(text("column.wait_share"), "percent"),
        Column(text("column.time_share"), "percent"),
    )
    note = text("table.resources_note")
    if most is not None:  # the page has them in the table of outlets
        columns, rows = _without(columns, TOLD_ABOVE), tuple(_without(row, TOLD_ABOVE) for row in rows)
        note = f"{text('table.resources_shown', shown=len(shown), all=len(run.resources))} {note}"
    return Table("resources", text("table.resources"), columns, rows, note)


def _without(items: tuple[Item, ...], places: frozenset[int]) -> tuple[Item, ...]:
    """Return a tuple without what stands at some places."""
    return tuple(item for place, item in enumerate(items) if place not in places)


def lockers(run: RunResult, study: Study, text: Text) -> Table:
    """Return what parcel lockers do; no rows where there are none."""
    names = labels.site_names(study.sites)
    rows: tuple[Row, ...] = tuple(
        (
            names.get(item.site, item.site),
            " + ".join(f"{count} {size.replace('_', ' ')}" for size, count in item.cells.items()),
            item.parcels,
            item.rejected,
            labels.finite(item.rejected_half_width),
            item.upgraded,
            sum(item.occupied[size] * count for size, count in item.cells.items()) / max(sum(item.cells.values()), 1),
            item.dwell,
            item.paid,
            item.overdue,
        )
        for item in run.lockers
    )
    columns = (
        Column(text("column.outlet")),
        Column(text("column.cells")),
        Column(text("column.parcels"), "number", text("unit.a_day")),
        Column(text("column.not_placed"), "percent"),
        Column(text("column.half_width"), "percent"),
        Column(text("column.larger_cell"), "percent"),
        Column(text("column.taken"), "percent"),
        Column(text("column.dwell"), "number", text("unit.hours")),
        Column(text("column.paid"), "percent"),
        Column(text("column.overdue"), "percent"),
    )
    return Table("lockers", text("table.lockers"), columns, rows, text("table.lockers_note"))


def steps(run: RunResult, study: Study, text: Text) -> Table:
    """Return what every step of every task takes, over the whole network."""
    tasks = {task.id: text.name(task.name, task.id) for task in study.tasks}
    channels = {channel.id: text.name(channel.name, channel.id) for channel in study.remote}
    rows: tuple[Row, ...] = tuple(
        (
            tasks.get(item.task, item.task),
            channels.get(item.step, item.step.replace("_", " ")),
            item.begun,
            labels.finite(item.wait_mean),
            labels.finite(item.wait_p90),
            labels.finite(item.service_mean),
            labels.finite(item.time_share),
            labels.finite(item.abandoned),
            labels.finite(item.first_time_right),
        )
        for item in run.steps
    )
    columns = (
        Column(text("column.task")),
        Column(text("column.step")),
        Column(text("column.begun"), "count", text("unit.a_day")),
        Column(text("column.wait_mean"), "minutes"),
        Column(text("column.wait_p90"), "minutes"),
        Column(text("column.service_mean"), "minutes"),
        Column(text("column.time_share"), "percent"),
        Column(text("column.left_before_call"), "percent"),
        Column(text("column.first_time_right"), "percent"),
    )
    return Table("steps", text("table.steps"), columns, rows, text("table.steps_note"))


def half_hours(run: RunResult, study: Study, text: Text) -> Table:
    """Return arrivals, waits, queue and servers of every outlet, lane and half-hour in which something happens."""
    hours = run.half_hours
    happens = hours.arrivals > 0
    for minutes in (hours.queue, hours.busy, hours.down, hours.on_duty):
        happens = happens if minutes is None else happens | (minutes > 0)
    more = (hours.wait_p90, hours.queue, hours.busy, hours.down, hours.on_duty)
    rows: list[Row] = []
    for site, lane, slot in np.argwhere(happens):
        here = (site, lane, slot)
        values = (float(item[here]) for item in (hours.wait, hours.in_time))
        rest = (math.nan if item is None else float(item[here]) for item in more)
        rows.append(
            (
                study.sites[site].id,
                study.sites[site].name,
                labels.lane_name(LANES[lane], text),
                text.clock(slot * SLOT_MINUTES),
                float(hours.arrivals[here]),
                *(labels.finite(value) for value in (*values, *rest)),
            )
        )
    columns = (
        Column(text("column.id")),
        Column(text("column.outlet")),
        Column(text("column.lane")),
        Column(text("column.from")),
        Column(text("column.arrivals"), "number", text("unit.a_day")),
        Column(text("column.wait_mean"), "minutes"),
        Column(text("column.in_time"), "percent"),
        Column(text("column.wait_p90"), "minutes"),
        Column(text("column.queue"), "ratio"),
        Column(text("column.busy"), "ratio"),
        Column(text("column.down"), "ratio"),
        Column(text("column.on_duty"), "ratio"),
    )
    note = text("table.half_hours_note")
    return Table("half_hours", text("table.half_hours"), columns, tuple(rows), note)
