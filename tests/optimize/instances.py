"""Small and realistic studies for the tests of the optimizer, all drawn from a numbered generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from netsim.model.calendar import DayType, OpeningHours
from netsim.model.demand import DemandLayer, TravelMatrix, ZoneTable
from netsim.model.network import Format, FormatCosts, OpeningPattern, Option, ShiftType, Site
from netsim.model.provenance import Provenance
from netsim.model.service import CapacityTable, LanePolicy, Promise, Staircase, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.model.study import CoverageRule, Economics, PlanningLimits, PlanRules, SimulationLimits, Study

SYNTHETIC = Provenance("drawn for a test", "synthetic")
ERRANDS = "0 0 0 0 0 0 0 0 0 0 0 0 0 .2 .5 .8 1.2 1.6 2.2 3 4.2 4.8 5.4 6.6 7.6 7 5.6 4.8 4.4 4.4 4.8 5.2 5.6 5.4 "
ERRANDS += "4.4 3.4 2.6 2 1.4 1 .7 .5 .3 .2 .1 0 0 0"
COUNTER = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .6 1.2 2.4 3.4 6.6 7.2 7.6 8.2 8.6 8 7.2 6.8 6.6 6.4 6.2 5.6 4.4 2 1 "
COUNTER += "0 0 0 0 0 0 0 0 0 0 0 0 0"


def profile(text: str) -> tuple[float, ...]:
    shares = np.array([float(word) for word in text.split()])
    return tuple((shares / shares.sum()).tolist())


def tasks() -> tuple[Task, ...]:
    errands, counter = profile(ERRANDS), profile(COUNTER)

    def step(terminal: float | None, desk: float, fail: float = 0.0) -> tuple[Step, ...]:
        machine = ServiceTime(terminal, 0.5) if terminal else None
        return (Step("serve", machine, ServiceTime(desk, 0.6), fail),)

    return (
        Task("withdraw", {}, step(1.3, 4.5, 0.02), errands, 0.9, 2.0),
        Task("deposit_pay", {}, step(3.0, 4.5, 0.12), errands, 0.9, 6.0),
        Task("counter_simple", {}, step(None, 6.0), counter, 0.95, 20.0),
        Task("collect", {}, step(1.0, 4.0, 0.03), errands, 0.9, 8.0),
        Task("advice", {}, step(None, 15.0), counter, 0.95, 40.0),
    )


def formats(names: Sequence[str] = ("branch", "self_service", "atm")) -> dict[str, Format]:
    standard = "standard"
    every = (
        Format(
            "branch",
            {},
            "own",
            {
                "terminal": ("withdraw", "deposit_pay"),
                "counter": ("withdraw", "deposit_pay", "counter_simple", "collect", "advice"),
            },
            {"terminal": (1, 2, 3), "counter": (1, 2, 3, 4, 5, 6, 7)},
            (OpeningPattern(standard, {"counter": "banking", "terminal": "lobby"}),),
            {"terminal": "terminal", "counter": "teller"},
            FormatCosts(110e3, 14e3, 4e3, 32.0, 0.0, 250e3, 120e3, 120e3, 25e3),
        ),
        Format(
            "self_service",
            {},
            "own",
            {"terminal": ("withdraw", "deposit_pay")},
            {"terminal": (1, 2, 3, 4)},
            (OpeningPattern(standard, {"terminal": "street"}),),
            {"terminal": "terminal"},
            FormatCosts(32e3, 14e3, opening=60e3, closing=20e3, converting=60e3, terminal_installation=25e3),
        ),
        Format(
            "atm",
            {},
            "own",
            {"terminal": ("withdraw",)},
            {"terminal": (1, 2)},
            (OpeningPattern(standard, {"terminal": "street"}),),
            {"terminal": "terminal"},
            FormatCosts(3e3, 11e3, opening=15e3, closing=6e3, converting=15e3, terminal_installation=18e3),
        ),
        Format(
            "partner_desk",
            {},
            "partner",
            {"counter": ("withdraw", "deposit_pay", "counter_simple", "collect")},
            {"counter": (1, 2)},
            (OpeningPattern(standard, {"counter": "shop"}),),
            {"counter": "partner"},
            FormatCosts(9e3, 0.0, 12e3, 0.0, 1.1, 18e3, 5e3, 18e3),
            speed=0.85,
        ),
    )
    return {form.id: form for form in every if form.id in names}


HOURS = {
    "banking": OpeningHours("banking", ((600.0, 990.0),)),
    "lobby": OpeningHours("lobby", ((480.0, 1200.0),)),
    "street": OpeningHours("street", ((360.0, 1440.0),)),
    "shop": OpeningHours("shop", ((480.0, 1260.0),)),
}
SHIFTS = (
    ShiftType("full", 17, 8.0, (6, 10), 1),
    ShiftType("six", 12, 6.0),
    ShiftType("part", 8, 4.0),
)
LOADS = {
    "counter": (0.0, 0.23, 0.52, 0.65, 0.73, 0.78, 0.82, 0.85),
    "terminal": (0.0, 0.25, 0.45, 0.55, 0.60),
}


def capacity_table(study: Study, scale: float = 1.0) -> CapacityTable:
    """Capacities at the loads per server that a trial of the job found; ``scale`` times as much."""
    stairs = {}
    for form in study.formats.values():
        for pattern in form.patterns:
            for lane, levels in form.levels.items():
                minutes = study.hours[pattern.hours[lane]].minutes
                row = np.array([LOADS[lane][level] * level * minutes * scale for level in levels])
                work = np.tile(row, (len(study.day_types), 1))
                stairs[form.id, pattern.id, lane] = Staircase(form.id, pattern.id, lane, levels, work)
    return CapacityTable(stairs)


def make_study(
    sites: Sequence[Site],
    minutes: np.ndarray,
    visits: np.ndarray,
    people: np.ndarray,
    rules: PlanRules,
    **changes: Any,
) -> Study:
    """Return a study; ``visits`` has the shape (day types, tasks, zones)."""
    zones = tuple(f"z{index:03d}" for index in range(minutes.shape[0]))
    day_types = (DayType("working_day", 250.0), DayType("saturday", 50.0))[: visits.shape[0]]
    chosen = {"tasks": tasks(), "formats": formats(), **changes}
    count = len(zones)
    return Study(
        id="test",
        name={"en": "Test"},
        note={},
        seed=1,
        plan_as_is=False,
        time_zone="Europe/Helsinki",
        day_types=day_types,
        hours=HOURS,
        lanes={
            "terminal": LanePolicy(Promise(0.9, 3.0), 10.0, "finish"),
            "counter": LanePolicy(Promise(0.9, 10.0), 30.0, "finish"),
        },
        channels={},
        shifts=SHIFTS,
        sites=tuple(sites),
        zones=ZoneTable(zones, np.arange(count) * 1.0, np.zeros(count), (b"",) * count, "EPSG:3067", {"all": people}),
        demand=DemandLayer(
            ("now",),
            ("base",),
            tuple(day.id for day in day_types),
            ("all",),
            tuple(task.id for task in chosen["tasks"]),
            zones,
            visits[None, None, :, None],
            SYNTHETIC,
        ),
        mix=visits.sum(axis=2) / visits.sum(axis=(1, 2))[:, None],
        travel=TravelMatrix(zones, tuple(site.id for site in sites), minutes, minutes * 80.0, "walk"),
        rules=rules,
        economics=Economics("EUR", 2024, 0.04, 10.0, 10.0 / 60.0),
        planning=PlanningLimits(nodes=20),
        simulation=SimulationLimits(),
        figures=(),
        evidence="synthetic",
        attribution=(),
        fingerprint="",
        **chosen,
    )


def default_rules(assignment: str = "nearest", **changes: Any) -> PlanRules:
    base: dict[str, Any] = {
        "assignment": assignment,
        "reach": 12.0,
        "served_share": 0.9,
        "coverage": (CoverageRule("counter_within_6_min", "counter_simple", 0.85, 6.0),),
    }
    return PlanRules(**{**base, **changes})  # type: ignore[arg-type]


BRANCH = Option("branch", "standard", 4, 1)
ATM = Option("atm", "standard", 0, 1)


def city_study(
    seed: int = 1,
    assignment: str = "nearest",
    branches: int = 16,
    atms: int = 18,
    candidates: int = 10,
    daily: float = 5147.0,
    width: int = 10,
    height: int = 19,
    **changes: Any,
) -> Study:
    """Return a study of the size of the demo: hexes of about 95 m, outlets drawn where people are."""
    rng = np.random.default_rng(seed)
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    x = (columns + 0.5 * (rows % 2)).ravel() * 95.0
    y = rows.ravel() * 82.0
    centre = np.exp(-((x - x.mean()) ** 2 / 3e5 + (y - y.mean()) ** 2 / 6e5))
    weight = centre * rng.gamma(1.2, 1.0, len(x))
    people = 64e3 * weight / weight.sum()
    mix = np.array([0.51, 0.20, 0.155, 0.045, 0.09])
    visits = (daily * mix[:, None] * (weight / weight.sum())[None, :])[None]

    def places(kind: str, count: int, today: Option | None, allowed: tuple[str, ...]) -> list[Site]:
        spots = rng.choice(len(x), count, replace=False, p=(0.3 + weight) / (0.3 + weight).sum())
        shift = rng.uniform(-40, 40, (count, 2))
        return [
            Site(f"{kind}-{n:02d}", "", kind, float(x[s] + d[0]), float(y[s] + d[1]), today, allowed)
            for n, (s, d) in enumerate(zip(spots, shift, strict=True))
        ]

    sites = places("branch", branches, BRANCH, ("branch", "self_service"))
    sites += places("atm", atms, ATM, ("atm",))
    sites += places("candidate", candidates, None, ("branch", "self_service"))
    way = np.hypot(x[:, None] - np.array([site.x for site in sites]), y[:, None] - np.array([site.y for site in sites]))
    return make_study(sites, 1.3 * way / 80.0, visits, people, default_rules(assignment, **changes))


def small_study(
    seed: int, assignment: str = "nearest", sites: int = 6, zones: int = 7, day_types: int = 1, **changes: Any
) -> Study:
    """Return a study small enough to enumerate: branches that stand, machines, empty places."""
    rng = np.random.default_rng(seed)
    where = rng.uniform(0.0, 700.0, (zones, 2))
    spots = rng.uniform(0.0, 700.0, (sites, 2))
    kinds = [
        ("branch", BRANCH, ("branch", "self_service")),
        ("atm", ATM, ("atm",)),
        ("candidate", None, ("branch", "self_service")),
    ]
    places = []
    for index in range(sites):
        kind, today, allowed = kinds[index % 3]
        places.append(Site(f"{kind}-{index}", "", kind, *spots[index], today, allowed))
    minutes = np.hypot(*(where[:, None] - spots[None]).transpose(2, 0, 1)) / 80.0
    mix = np.array([0.51, 0.20, 0.155, 0.045, 0.09])
    weight = rng.gamma(2.0, 1.0, (day_types, 1, zones))
    visits = 900.0 * mix[None, :, None] * weight / weight.sum(axis=2, keepdims=True)
    rules = {
        "reach": 8.0,
        "served_share": 0.8,
        "coverage": (CoverageRule("near_counter", "counter_simple", 0.7, 6.0),),
        **changes,
    }
    return make_study(places, minutes, visits, weight[0, 0] * 100.0, default_rules(assignment, **rules))


def staff_costs(study: Study) -> dict[tuple[str, str], np.ndarray]:
    """Paid hours of 1.25 times the opening hours; the exact ones come from the shift cover."""
    days = sum(day.days_per_year for day in study.day_types)
    return {
        (form.id, pattern.id): np.array(form.levels["counter"])
        * form.costs.staff_hour
        * study.hours[pattern.hours["counter"]].minutes
        / 60.0
        * 1.25
        * days
        for form in study.formats.values()
        if "counter" in form.levels
        for pattern in form.patterns
    }
