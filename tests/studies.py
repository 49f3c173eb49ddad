"""Small studies made by hand, for the tests of every room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from netsim.model.calendar import DayType, OpeningHours
from netsim.model.demand import DemandLayer, TravelMatrix, ZoneTable
from netsim.model.network import Channel, Format, FormatCosts, OpeningPattern, Option, ShiftType, Site
from netsim.model.plan import Shares
from netsim.model.provenance import Provenance
from netsim.model.service import Breakdowns, Lane, LanePolicy, Promise, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.model.study import Economics, PlanningLimits, PlanRules, SimulationLimits, Study

MADE_UP = Provenance("made by hand for a test", "synthetic")
DAYTIME = tuple(1 / 24 if 16 <= slot < 40 else 0.0 for slot in range(48))
"""Profile that is flat from 08:00 to 20:00."""
PEAKED = tuple(np.array([0.0] * 16 + [1, 2, 4, 6, 8, 9, 8, 7, 6, 6, 5, 5, 4, 4, 3, 2] + [0.0] * 16) / 80.0)
"""Profile with a peak before noon, 08:00 to 16:00."""


def task(
    name: str,
    *,
    terminal: tuple[float, float] | None = None,
    counter: tuple[float, float] | None = None,
    after: tuple[float, float] | None = None,
    fail_over: float = 0.0,
    profile: Sequence[float] = DAYTIME,
    flexible: float = 0.9,
    lost_visit_cost: float = 5.0,
) -> Task:
    """Return a task of one step; service times are (mean, cv)."""
    step = Step(
        "serve",
        terminal=ServiceTime(*terminal) if terminal else None,
        counter=ServiceTime(*counter) if counter else None,
        after_fail_over=ServiceTime(*after) if after else None,
        fail_over=fail_over,
    )
    return Task(name, {"en": name}, (step,), tuple(profile), flexible, lost_visit_cost)


def form(
    name: str,
    tasks: Mapping[Lane, tuple[str, ...]],
    *,
    hours: Mapping[Lane, str] | None = None,
    levels: Mapping[Lane, tuple[int, ...]] | None = None,
    speed: float = 1.0,
    **costs: float,
) -> Format:
    """Return a format with one opening pattern, ``standard``, and up to four servers a lane."""
    lanes = tuple(tasks)
    return Format(
        id=name,
        name={"en": name},
        ownership="own",
        tasks=tasks,
        levels=levels or dict.fromkeys(lanes, (1, 2, 3, 4)),
        patterns=(OpeningPattern("standard", hours or dict.fromkeys(lanes, "day")),),
        channels={lane: lane for lane in lanes},
        costs=FormatCosts(**{"fixed": 1000.0, **costs}),
        speed=speed,
    )


def tiny_study(
    *,
    tasks: Sequence[Task] | None = None,
    formats: Sequence[Format] | None = None,
    visits: Any = None,
    zones: int = 3,
    sites: int = 2,
    segments: Sequence[str] = ("people",),
    day_types: Sequence[DayType] = (DayType("working_day", 250.0),),
    hours: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    patience: Mapping[Lane, float] | None = None,
    end_of_shift: str = "finish_and_close_queue",
    breakdowns: Breakdowns | None = None,
    promise: Mapping[Lane, Promise] | None = None,
    today: Sequence[Option | None] | None = None,
    minutes: Any = None,
    seed: int = 7,
    **changes: Any,
) -> Study:
    """
    Return a study of a few zones and sites on a line; everything can be overridden.

    By default: tasks ``cash`` (terminal, 10 % fail over to the counter) and ``advice`` (counter), formats
    ``branch`` (both lanes, 08:00-16:00) and ``atm`` (terminal, 06:00-24:00), 40 and 15 visits a zone and
    day, zones and sites one kilometre apart (ten minutes).

    Parameters
    ----------
    visits
        Mean visits a day, broadcast to ``(day types, segments, tasks, zones)``.
    minutes
        Travel minutes, shape ``(zones, sites)``.
    changes
        Any other field of ``Study``.
    """
    tasks = tuple(tasks) if tasks is not None else _default_tasks()
    formats = tuple(formats) if formats is not None else _default_formats()
    names = tuple(item.id for item in tasks)
    if visits is None:
        visits = np.resize([40.0, 15.0], len(names))[:, None]
    shape = (len(day_types), len(segments), len(names), zones)
    wished = np.broadcast_to(np.asarray(visits, dtype=float), shape).copy()
    zone_ids = tuple(f"z{index}" for index in range(zones))
    site_ids = tuple(f"s{index}" for index in range(sites))
    x_zone, x_site = 1000.0 * np.arange(zones), 1000.0 * np.arange(sites) + 100.0
    travel = np.abs(x_zone[:, None] - x_site[None, :]) / 100.0 if minutes is None else np.asarray(minutes, dtype=float)
    patience = {"terminal": 10.0, "counter": 30.0} if patience is None else patience
    promise = promise or {"terminal": Promise(0.9, 3.0), "counter": Promise(0.9, 10.0)}
    windows = {"day": [(480.0, 960.0)], "street": [(360.0, 1440.0)], **(hours or {})}
    per_task = wished.sum(axis=(1, 3))
    study = Study(
        id="tiny",
        name={"en": "Tiny"},
        note={"en": "made by hand"},
        seed=seed,
        plan_as_is=False,
        time_zone="Europe/Helsinki",
        day_types=tuple(day_types),
        hours={name: OpeningHours(name, tuple(rows)) for name, rows in windows.items()},
        tasks=tasks,
        lanes={
            lane: LanePolicy(
                promise[lane],
                patience[lane],
                end_of_shift,  # type: ignore[arg-type]
                breakdowns if lane == "terminal" else None,
            )
            for lane in ("terminal", "counter")
        },
        channels={
            "terminal": Channel("terminal", {"en": "Terminal"}, "indirect", "self"),
            "counter": Channel("counter", {"en": "Counter"}, "direct", "staffed"),
        },
        formats={item.id: item for item in formats},
        shifts=(ShiftType("full", 17, 8.0, (6, 10), 1), ShiftType("part", 8, 4.0)),
        sites=tuple(
            Site(
                site,
                site,
                "candidate",
                float(x),
                0.0,
                today[index] if today is not None else None,
                tuple(item.id for item in formats),
                provenance=MADE_UP,
            )
            for index, (site, x) in enumerate(zip(site_ids, x_site, strict=True))
        ),
        zones=ZoneTable(
            zone_ids, x_zone, np.zeros(zones), (b"",) * zones, "EPSG:3067", {"people": np.full(zones, 100.0)}
        ),
        demand=DemandLayer(
            ("2025",),
            ("base",),
            tuple(item.id for item in day_types),
            tuple(segments),
            names,
            zone_ids,
            wished[None, None],
            MADE_UP,
        ),
        mix=per_task / np.maximum(per_task.sum(axis=1, keepdims=True), 1e-300),
        travel=TravelMatrix(zone_ids, site_ids, travel, travel * 80.0, "walk 4.8 km/h"),
        rules=PlanRules("nearest", 30.0, 0.0, ()),
        economics=Economics("EUR", 2024, 0.04, 10.0, 10.0 / 60.0),
        planning=PlanningLimits(),
        simulation=SimulationLimits(),
        figures=(),
        evidence="synthetic",
        attribution=(),
        fingerprint="tiny",
    )
    return replace(study, **changes) if changes else study


def everyone_to(study: Study, sites: Sequence[int] | int) -> Shares:
    """Return shares that send every zone to one site, or zone by zone to the sites given (all tasks)."""
    count, zones = len(study.tasks), len(study.zones.ids)
    target = np.broadcast_to(np.asarray(sites, dtype=np.int64), (zones,))
    return Shares(
        np.repeat(np.arange(count), zones),
        np.tile(np.arange(zones), count),
        np.tile(target, count),
        np.ones(count * zones),
    )


def _default_tasks() -> tuple[Task, ...]:
    return (
        task("cash", terminal=(2.0, 0.6), counter=(4.0, 0.6), after=(5.0, 0.6), fail_over=0.1),
        task("advice", counter=(9.0, 0.7), profile=PEAKED),
    )


def _default_formats() -> tuple[Format, ...]:
    return (
        form("branch", {"terminal": ("cash",), "counter": ("cash", "advice")}, staff_hour=30.0, opening=5000.0),
        form("atm", {"terminal": ("cash",)}, hours={"terminal": "street"}, opening=500.0),
    )
