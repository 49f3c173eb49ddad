"""Logs with planted parameters: a hall written from scratch, on its own random numbers, in every form that is read."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

MONDAY = dt.date(2024, 3, 4)
MORNING = tuple(
    0.0 if slot < 18 or slot >= 34 else 30.0 + 12.0 * math.sin((slot - 18) / 15 * math.pi) for slot in range(48)
)
"""Arrivals an hour by half-hour: open from 9:00 to 17:00, busiest at 13:00."""


def lognormal(mean: float, cv: float):
    sigma = math.sqrt(math.log1p(cv * cv))
    return lambda rng: mean / math.sqrt(1 + cv * cv) * math.exp(sigma * rng.standard_normal())


def gamma(mean: float, cv: float):
    return lambda rng: mean * cv * cv * rng.standard_gamma(1 / cv**2)


def weibull(mean: float, shape: float):
    return lambda rng: mean / math.gamma(1 + 1 / shape) * rng.weibull(shape)


def exponential(mean: float):
    return lambda rng: mean * rng.standard_exponential()


def never(rng) -> float:
    return math.inf


@dataclass(frozen=True)
class Work:
    """One task: its share of arrivals, service law, who does not come when called, who goes on to which task."""

    share: float
    service: object
    no_show: float = 0.0
    goes_on: float = 0.0
    to: str = ""


@dataclass(frozen=True)
class Hall:
    """What is planted."""

    tasks: dict[str, Work] = field(default_factory=lambda: {"cash": Work(1.0, lognormal(4.0, 0.6))})
    per_hour: tuple[float, ...] = MORNING
    weekday: tuple[float, ...] = (1.2, 1.0, 0.9, 1.0, 1.1, 0.0, 0.0)
    day_cv: float = 0.0
    patience: object = never
    servers: int = 4
    level: float = 1.0
    no_show_minutes: float = 0.5


@dataclass
class Leg:
    """One stay in the queue."""

    day: int
    ticket: str
    task: str
    arrive: float
    call: float = math.nan
    end: float = math.nan
    server: int = -1
    fate: str = "unknown"
    then: Leg | None = None
    first: bool = True


def days_of(count: int, start: dt.date = MONDAY) -> list[dt.date]:
    return [start + dt.timedelta(days=day) for day in range(count)]


def play(hall: Hall, days: list[dt.date], seed: int, changed: dict[dt.date, Hall] | None = None) -> list[Leg]:
    """Return the legs of all tickets of some days."""
    rng = np.random.default_rng(seed)
    legs: list[Leg] = []
    for number, date in enumerate(days):
        legs += _day((changed or {}).get(date, hall), number, date, rng)
    return legs


def _day(hall: Hall, number: int, date: dt.date, rng) -> list[Leg]:
    """Return the legs of one day: one queue, first come first served."""
    legs = _comers(hall, number, date, rng)
    order = itertools.count()
    agenda = [(leg.arrive, next(order), leg) for leg in legs]
    heapq.heapify(agenda)
    queue, free, leaves = deque(), list(range(hall.servers)), {}
    while agenda:
        now, _, leg = heapq.heappop(agenda)
        if leg.server < 0:
            leaves[id(leg)] = now + hall.patience(rng)
            queue.append(leg)
        else:
            heapq.heappush(free, leg.server)
            if leg.then is not None:
                leg.then.arrive = now
                legs.append(leg.then)
                heapq.heappush(agenda, (now, next(order), leg.then))
        while queue and free:
            waiting = queue.popleft()
            if leaves[id(waiting)] <= now:
                waiting.fate, waiting.end = "left", leaves[id(waiting)]
                continue
            waiting.server = heapq.heappop(free)
            _serve(hall, waiting, now, rng)
            heapq.heappush(agenda, (waiting.end, next(order), waiting))
    return legs


def _comers(hall: Hall, number: int, date: dt.date, rng) -> list[Leg]:
    """Return who comes on a day."""
    factor = hall.weekday[date.weekday()] * hall.level
    if hall.day_cv:
        factor *= rng.gamma(1 / hall.day_cv**2) * hall.day_cv**2
    minutes = []
    for slot, rate in enumerate(hall.per_hour):
        minutes += list(30 * slot + 30 * rng.random(rng.poisson(factor * rate / 2)))
    names = list(hall.tasks)
    tasks = rng.choice(len(names), size=len(minutes), p=[hall.tasks[name].share for name in names])
    return [
        Leg(number, f"{position + 1:03d}", names[task], minute)
        for position, (minute, task) in enumerate(zip(sorted(minutes), tasks, strict=True))
    ]


def _serve(hall: Hall, leg: Leg, now: float, rng) -> None:
    """Call a customer."""
    work = hall.tasks[leg.task]
    leg.call = now
    if rng.random() < work.no_show:
        leg.fate, leg.end = "no_show", now + hall.no_show_minutes
        return
    leg.fate, leg.end = "served", now + work.service(rng)
    if work.goes_on and rng.random() < work.goes_on:
        leg.then = Leg(leg.day, leg.ticket, work.to, math.nan, first=False)


def stamp(date: dt.date, minute: float) -> str:
    if math.isnan(minute):
        return ""
    moment = dt.datetime.combine(date, dt.time()) + dt.timedelta(milliseconds=round(60_000 * minute))
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def long_rows(legs: list[Leg], days: list[dt.date]) -> pd.DataFrame:
    """One row an event."""
    rows = []
    for leg in legs:
        date = days[leg.day]
        window = f"W{leg.server + 1}" if leg.server >= 0 else ""

        def row(event, minute, window=window, leg=leg, date=date):
            rows.append((minute + 1440 * leg.day, leg.ticket, event, stamp(date, minute), leg.task, window))

        if leg.first:
            row("arrive", leg.arrive, "")
        if leg.fate == "left":
            row("leave", leg.end)
        elif leg.fate != "unknown":
            row("call", leg.call)
            if leg.fate == "no_show":
                row("no_show", leg.end)
            elif leg.then is None:
                row("end", leg.end)
            else:
                rows.append(
                    (leg.end + 1440 * leg.day, leg.ticket, "transfer", stamp(date, leg.end), leg.then.task, window)
                )
    rows.sort(key=lambda item: item[0])
    return pd.DataFrame([item[1:] for item in rows], columns=["ticket", "event", "time", "task", "window"])


def wide_rows(legs: list[Leg], days: list[dt.date]) -> pd.DataFrame:
    """One row a ticket (and a further one for each transfer)."""
    rows = []
    for leg in legs:
        date = days[leg.day]
        window = f"W{leg.server + 1}" if leg.server >= 0 else ""
        cells = [stamp(date, minute) for minute in (leg.arrive, leg.call, leg.end)]
        rows.append((leg.ticket, leg.task, *cells, window, leg.fate if leg.fate != "unknown" else ""))
    return pd.DataFrame(rows, columns=["ticket", "task", "arrive", "call", "end", "window", "outcome"])


LONG_MAP = """netsim: 1
form: events
columns: {ticket: ticket, event: event, time: time, task: task, resource: window}
"""
WIDE_MAP = """netsim: 1
form: tickets
columns: {ticket: ticket, task: task, arrive: arrive, call: call, end: end, resource: window, outcome: outcome}
"""
SNAP_MAP = """netsim: 1
form: snapshots
columns: {time: time, waiting: waiting, open: open, last: last}
numbers: {first: 1}
"""


def snapshot_rows(legs: list[Leg], days: list[dt.date], every: float, servers: int) -> pd.DataFrame:
    """Looks at the hall from 8:30 to 19:00: who waits, open counters, the last number called."""
    rows = []
    for number, date in enumerate(days):
        own = [leg for leg in legs if leg.day == number and leg.first]
        if not own:
            continue
        arrive = np.array([leg.arrive for leg in own])
        call = np.array([leg.call for leg in own])
        for minute in np.arange(510.0, 1140.0, every):
            called = int(np.sum(call <= minute))
            waiting = int(np.sum((arrive <= minute) & ~(call <= minute)))
            rows.append((stamp(date, minute), waiting, servers, f"A{called:03d}" if called else "A000"))
    return pd.DataFrame(rows, columns=["time", "waiting", "open", "last"])


def write(folder: Path, table: pd.DataFrame, columns: str, name: str = "log.csv") -> tuple[Path, Path]:
    """Write a log and its map file."""
    path = folder / name
    if name.endswith(".xlsx"):
        table.to_excel(path, index=False)
    elif name.endswith(".parquet"):
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    (folder / "columns.yaml").write_text(columns, encoding="utf-8")
    return path, folder / "columns.yaml"
