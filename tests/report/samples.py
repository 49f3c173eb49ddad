"""A made-up city with its records: what a run would hand to the report, without running anything."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import shapely

from netsim.model.calendar import DayType, OpeningHours
from netsim.model.demand import DemandLayer, TravelMatrix, ZoneTable
from netsim.model.network import (
    Action,
    Channel,
    Format,
    FormatCosts,
    OpeningPattern,
    Option,
    ShiftType,
    Site,
)
from netsim.model.plan import CostBreakdown, Decision, Shares, Shift, SitePlan, StaffPlan
from netsim.model.precision import Measurement
from netsim.model.provenance import Figure, Provenance
from netsim.model.result import (
    Comparison,
    HalfHourWaits,
    KpiDifference,
    KpiValue,
    LaneResult,
    RoundTrace,
    RunResult,
    Sensitivity,
    SiteResult,
    Verdict,
)
from netsim.model.service import (
    LANES,
    Breakdowns,
    CapacityTable,
    LanePolicy,
    Promise,
    ServiceCurve,
    Staircase,
    Step,
    Task,
)
from netsim.model.service_time import ServiceTime
from netsim.model.study import Basemap, CoverageRule, Economics, PlanningLimits, PlanRules, SimulationLimits, Study
from netsim.model.use import ResourceUse, StepUse

X0, Y0, WIDE, HIGH = 385_000.0, 6_671_500.0, 1_000.0, 1_700.0
CRS = "EPSG:3067"
ASSUMED = Provenance("planning assumption", "assumption")
MEASURED = Provenance("population grid", "data", "CC BY 4.0", "2020")
ERRANDS = np.array([0] * 14 + [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 6, 6, 6, 7, 7, 7, 6, 5, 4, 3, 2, 1] + [0] * 8)
COUNTER_HOURS = OpeningHours("banking", ((600.0, 990.0),))
LOBBY_HOURS = OpeningHours("lobby", ((480.0, 1200.0),))
STREET_HOURS = OpeningHours("street", ((360.0, 1440.0),))
MARGIN_KEYS = ("visits_per_person", "share", "mean", "cv", "fail_over", "patience", "fixed", "staff_hour", "opening")


def _tasks() -> tuple[Task, ...]:
    profile = tuple(ERRANDS / ERRANDS.sum())
    names = {
        "withdraw": ("Withdraw cash", "取现", 1.3, 4.5),
        "deposit_pay": ("Deposit or pay", "存款缴费", 3.0, 4.5),
        "counter_simple": ("Simple counter service", "简单柜面业务", None, 6.0),
        "advice": ("Account and advice", "开户与咨询", None, 15.0),
    }
    return tuple(
        Task(
            key,
            {"en": english, "zh": chinese},
            (Step("serve", ServiceTime(terminal, 0.5) if terminal else None, ServiceTime(counter, 0.7), 0.05),),
            profile,
            0.9,
            10.0,
        )
        for key, (english, chinese, terminal, counter) in names.items()
    )


def _formats() -> dict[str, Format]:
    both = ("withdraw", "deposit_pay")
    every = (*both, "counter_simple", "advice")
    return {
        "branch": Format(
            "branch",
            {"en": "Branch", "zh": "综合网点"},
            "own",
            {"counter": every, "terminal": both},
            {"counter": (1, 2, 3, 4, 5, 6, 7), "terminal": (1, 2, 3)},
            (OpeningPattern("standard", {"counter": "banking", "terminal": "lobby"}),),
            {"counter": "teller", "terminal": "terminal"},
            FormatCosts(110_000, 14_000, 4_000, 32, 0, 250_000, 120_000, 120_000, 25_000),
        ),
        "self_service": Format(
            "self_service",
            {"en": "Self-service lobby", "zh": "自助服务厅"},
            "own",
            {"terminal": both},
            {"terminal": (1, 2, 3, 4)},
            (OpeningPattern("standard", {"terminal": "street"}),),
            {"terminal": "terminal"},
            FormatCosts(32_000, 14_000, 0, 0, 0, 60_000, 20_000, 60_000, 25_000),
        ),
        "atm": Format(
            "atm",
            {"en": "ATM", "zh": "ATM 取款机"},
            "own",
            {"terminal": ("withdraw",)},
            {"terminal": (1, 2)},
            (OpeningPattern("standard", {"terminal": "street"}),),
            {"terminal": "terminal"},
            FormatCosts(3_000, 11_000, 0, 0, 0, 15_000, 6_000, 15_000, 18_000),
        ),
    }


def _hexes() -> list[shapely.Polygon]:
    size, found = 57.7, []
    for row in range(int(HIGH / (1.5 * size))):
        for column in range(int(WIDE / (math.sqrt(3) * size))):
            x = X0 + 50 + math.sqrt(3) * size * (column + 0.5 * (row % 2))
            y = Y0 + 50 + 1.5 * size * row
            turn = np.pi / 6 + np.pi / 3 * np.arange(6)
            found.append(shapely.Polygon(np.column_stack([x + size * np.cos(turn), y + size * np.sin(turn)])))
    return found


def _sites(rng: np.random.Generator) -> tuple[Site, ...]:
    sites = []
    for kind, count, today in (("branch", 16, ("branch", 4, 1)), ("atm", 18, ("atm", 0, 1)), ("candidate", 20, None)):
        for number in range(count):
            x, y = X0 + WIDE * rng.beta(2.2, 2.2), Y0 + HIGH * rng.beta(1.8, 1.8)
            if kind == "atm" and number < 4:  # some cash machines stand in the wall of a branch
                x, y = sites[number].x, sites[number].y
            option = Option(today[0], "standard", today[1], today[2]) if today else None
            allowed = ("atm",) if kind == "atm" else ("branch", "self_service")
            name = {"branch": "Bank", "atm": "Otto.", "candidate": "Aleksanterinkatu"}[kind]
            sites.append(Site(f"{kind}_{number:02d}", f"{name} {number + 1}", kind, x, y, option, allowed, "Nordea"))
    return tuple(sites)


@cache
def study(*, plan_as_is: bool = False) -> Study:
    """Return the study: 34 outlets today and 20 candidates in a city of 1.0 x 1.7 km."""
    rng = np.random.default_rng(7)
    hexes, tasks, sites = _hexes(), _tasks(), _sites(rng)
    centres = np.array([(shape.centroid.x, shape.centroid.y) for shape in hexes])
    pull = sum(
        weight * np.exp(-(((centres - (X0 + x, Y0 + y)) ** 2).sum(axis=1)) / (2 * spread**2))
        for x, y, spread, weight in ((480, 900, 220, 1.0), (700, 1350, 150, 0.7), (300, 350, 180, 0.4))
    ) * rng.gamma(3.0, 1 / 3.0, len(hexes))
    people = {"residents": 4_333 * pull / pull.sum(), "daytime": 60_000 * pull / pull.sum()}
    daily = 0.08 * sum(people.values())
    visits = np.stack([share * daily for share in (0.51, 0.2, 0.195, 0.095)])[None, None, None, None]
    gap = np.hypot(*(centres[:, None, :] - np.array([(s.x, s.y) for s in sites])[None]).transpose(2, 0, 1)) * 1.25
    ids = tuple(f"z{index:03d}" for index in range(len(hexes)))
    return Study(
        id="sample_today" if plan_as_is else "sample_plan",
        name={"en": "Sample city", "zh": "示例城市"},
        note={
            "en": "A made-up city, studied as one shared network (assumption).",
            "zh": "一个虚构的城市",
        },
        seed=20260101,
        plan_as_is=plan_as_is,
        time_zone="Europe/Helsinki",
        day_types=(DayType("working_day", 250.0),),
        hours={hours.id: hours for hours in (COUNTER_HOURS, LOBBY_HOURS, STREET_HOURS)},
        tasks=tasks,
        lanes={
            "counter": LanePolicy(Promise(0.9, 10.0), 30.0, "finish_and_close_queue"),
            "terminal": LanePolicy(Promise(0.9, 3.0), 10.0, "finish_and_close_queue", Breakdowns(2400, 45, 0.8)),
        },
        channels={
            "teller": Channel("teller", {"en": "Own counter", "zh": "自有柜台"}, "direct", "staffed"),
            "terminal": Channel("terminal", {"en": "Terminal", "zh": "自助终端"}, "indirect", "self"),
        },
        formats=_formats(),
        shifts=(ShiftType("full", 17, 8.0, (6, 10), 1), ShiftType("six", 12, 6.0), ShiftType("part", 8, 4.0)),
        sites=sites,
        zones=ZoneTable(ids, centres[:, 0], centres[:, 1], tuple(shapely.to_wkb(s) for s in hexes), CRS, people),
        demand=DemandLayer(
            ("2024",), ("base",), ("working_day",), ("all",), tuple(task.id for task in tasks), ids, visits, ASSUMED
        ),
        mix=np.array([[0.51, 0.2, 0.195, 0.095]]),
        travel=TravelMatrix(ids, tuple(site.id for site in sites), gap / 80.0, gap, "walk 4.8 km/h"),
        rules=PlanRules("nearest", 12.0, 0.9, (CoverageRule("counter_within_6_min", "counter_simple", 0.85, 6.0),)),
        economics=Economics("EUR", 2024, 0.04, 10.0, 10 / 60, 2.0),
        planning=PlanningLimits(),
        simulation=SimulationLimits(),
        figures=tuple(
            Figure(f"tasks.{task.id}.{key}", f"{number} min", MEASURED if number % 5 == 0 else ASSUMED)
            for task in tasks
            for number, key in enumerate(MARGIN_KEYS)
        ),
        evidence="assumption",
        attribution=("© OpenStreetMap contributors (ODbL 1.0)",),
        fingerprint="0123456789abcdef" * 4,
    )


@cache
def basemap() -> Basemap:
    """Return streets, water, parks and a railway."""
    lines = [shapely.LineString([(X0 + x, Y0), (X0 + x + 60, Y0 + HIGH)]) for x in range(0, 1000, 90)]
    lines += [shapely.LineString([(X0, Y0 + y), (X0 + WIDE, Y0 + y + 30)]) for y in range(0, 1700, 110)]
    water = shapely.Polygon([(X0, Y0), (X0 + 260, Y0), (X0 + 170, Y0 + 180), (X0, Y0 + 320)])
    park = shapely.box(X0 + 620, Y0 + 620, X0 + 880, Y0 + 760)
    rail = shapely.LineString([(X0 + 520, Y0 + 1000), (X0 + 560, Y0 + HIGH)])
    return Basemap(
        CRS,
        (X0, Y0, X0 + WIDE, Y0 + HIGH),
        tuple(shapely.to_wkb(line) for line in lines),
        (shapely.to_wkb(water),),
        (shapely.to_wkb(park),),
        (shapely.to_wkb(rail),),
        "© OpenStreetMap contributors (ODbL 1.0)",
    )


def decisions(chosen: Study, close: float) -> tuple[Decision, ...]:
    """Return a plan that closes about this share of the branches and cash machines; 0 leaves all as it is."""
    found = []
    for number, site in enumerate(chosen.sites):
        option: Option | None = site.today
        action: Action = "keep" if site.today else "stay_closed"
        turn = (number * 0.618) % 1.0
        if close and site.kind == "branch":
            servers = 1 + number % 6
            option = Option("branch", "standard", servers, 1 + number % 3) if turn > close else None
            action = "resize" if option and option != site.today else "close" if option is None else "keep"
            if option is None and turn > close - 0.12:
                option, action = Option("self_service", "standard", 0, 3), "convert"
        elif close and site.kind == "atm" and turn < close:
            option, action = None, "close"
        elif close and site.kind == "candidate" and turn < 0.2:
            option, action = Option("branch", "standard", 5, 2), "open"
        found.append(Decision(site.id, action, option))
    return tuple(found)


def _shares(chosen: Study, options: list[Option | None]) -> Shares:
    rows = []
    for task_index, task in enumerate(chosen.tasks):
        does = np.array([option is not None and chosen.formats[option.format].serves(task.id) for option in options])
        minutes = np.where(does[None, :], chosen.travel.minutes, np.inf)
        best = minutes.argmin(axis=1)
        rows += [(task_index, z, int(s)) for z, s in enumerate(best) if minutes[z, s] <= chosen.rules.reach]
    task, zone, site = np.array(rows).T
    return Shares(task, zone, site, np.ones(len(rows)))


def _work(chosen: Study, options: list[Option | None], shares: Shares) -> tuple[np.ndarray, np.ndarray]:
    """Return offered work and arrivals a day, shape ``(1, sites, lanes)``."""
    work, arrivals = np.zeros((1, len(options), 2)), np.zeros((1, len(options), 2))
    daily = chosen.demand.daily(0)
    for t, z, s in zip(shares.task, shares.zone, shares.site, strict=True):
        task, option = chosen.tasks[t], options[s]
        assert option is not None
        lane = chosen.formats[option.format].lane_of(task, task.steps[0])
        assert lane is not None
        index = LANES.index(lane)
        step = task.steps[0]
        time = step.terminal if lane == "terminal" else step.counter
        assert time is not None
        work[0, s, index] += daily[t, z] * time.mean * 0.9
        arrivals[0, s, index] += daily[t, z] * 0.9
    return work, arrivals


def in_time(load: float, servers: int) -> float:
    """Return a share in time that falls with the load per server and rises with the servers."""
    return float(1 / (1 + math.exp(7.0 * (load - 1.25 + 0.62 / servers**0.8))))


def _verdict(share: float, half: float) -> Verdict:
    return "kept" if share - half >= 0.9 else "missed" if share + half < 0.9 else "undecided"


def _lanes(
    chosen: Study, option: Option, work: np.ndarray, arrivals: np.ndarray, *, certified: bool
) -> tuple[LaneResult, ...]:
    results = []
    for index, lane in enumerate(LANES):
        servers = option.servers(lane)
        if servers == 0:
            continue
        minutes = chosen.hours_of(option, lane).minutes * servers
        load = float(work[index]) / minutes
        share, half = in_time(load, servers), 0.012
        if certified:
            share, half = max(share, 0.915 + 0.02 * (servers % 3)), 0.01
        results.append(
            LaneResult(
                lane,
                servers,
                float(work[index]),
                minutes * (0.936 - 0.62 / servers**0.8),
                float(arrivals[index]),
                share,
                half,
                share - half,
                share + half,
                8 * (1 - share),
                25 * (1 - share) + 2,
                0.3 * (1 - share),
                min(load, 0.97),
                80,
                _verdict(share, half),
            )
        )
    return tuple(results)


def _staff(chosen: Study, options: list[Option | None]) -> StaffPlan:
    count = len(options)
    required = np.zeros((1, count, 60), dtype=np.int64)
    on_duty = np.zeros_like(required)
    shifts, cost, hours = [], np.zeros(count), np.zeros(count)
    for index, option in enumerate(options):
        if option is None or option.counters == 0:
            continue
        curve = np.rint(option.counters * np.array([0.5, 0.6, 0.8, 1, 1, 1, 1, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5]))
        required[0, index, 20:33] = np.maximum(1, curve)
        on_duty[0, index, 20:33] = option.counters
        shifts.append(Shift(chosen.sites[index].id, "working_day", "full", 18, 25, option.counters))
        hours[index] = option.counters * 8 * 250
        cost[index] = 32 * hours[index]
    return StaffPlan(required, on_duty, tuple(shifts), cost, hours, 0.004)


def _capacities(chosen: Study) -> CapacityTable:
    found = {}
    for form in chosen.formats.values():
        for lane, levels in form.levels.items():
            minutes = chosen.hours[form.patterns[0].hours[lane]].minutes
            loads = np.linspace(0.2, 1.05, 9)
            curves = tuple(
                ServiceCurve(
                    f"{form.id}/{lane}/{level}",
                    loads * level * 6,
                    loads * level * minutes,
                    np.array([in_time(load, level) for load in loads]),
                    np.full(9, 0.01),
                )
                for level in levels
            )
            work = np.array([[level * minutes * (0.92 - 0.62 / level**0.8) for level in levels]])
            found[form.id, "standard", lane] = Staircase(form.id, "standard", lane, levels, np.maximum(work, 0), curves)
    return CapacityTable(found)


def _half_hours(chosen: Study, arrivals: np.ndarray, work: np.ndarray, options: list[Option | None]) -> HalfHourWaits:
    shape = (len(options), 2, 60)
    counts, wait = np.zeros(shape), np.full(shape, np.nan)
    profile = np.append(ERRANDS / ERRANDS.sum(), np.zeros(12))
    for index, option in enumerate(options):
        for lane_index, lane in enumerate(LANES):
            if option is None or option.servers(lane) == 0 or arrivals[0, index, lane_index] == 0:
                continue
            hours = chosen.hours_of(option, lane)
            slots = slice(int(hours.opening // 30), int(hours.closing // 30))
            part = profile[slots] / profile[slots].sum()
            counts[index, lane_index, slots] = part * arrivals[0, index, lane_index]
            load = part * work[0, index, lane_index] / (30 * option.servers(lane))
            wait[index, lane_index, slots] = np.where(part > 0, 14 * load**2 / option.servers(lane) ** 0.5, np.nan)
    in_time = np.where(np.isnan(wait), np.nan, np.clip(1.02 - wait / 40, 0, 1))
    queue = np.nan_to_num(counts * wait) / 30.0
    return HalfHourWaits(counts, wait, in_time, 2.0 * wait, queue, counts / 10.0, counts / 100.0, np.ceil(counts))


def _kpis(close: float, operator: float) -> tuple[KpiValue, ...]:
    return (
        KpiValue("wait_p50", "min", "lower", 0.8 + close, 0.1),
        KpiValue("wait_p90", "min", "lower", 5.2 + close, 0.3),
        KpiValue("share_in_time.counter", "share", "higher", 0.952 - 0.02 * close, 0.004, 0.9, met=True),
        KpiValue("share_in_time.terminal", "share", "higher", 0.871, 0.006, 0.9, met=False),
        KpiValue("coverage.counter_within_6_min", "share", "higher", 0.906 - 0.03 * close, 0.0, 0.85, met=True),
        KpiValue("assigned_share", "share", "higher", 0.942, 0.002, 0.9, met=True),
        KpiValue("served_share", "share", "higher", 0.931, 0.002),
        KpiValue("channel_share.contact.direct", "share", "none", 0.38, 0.004),
        KpiValue("channel_share.contact.indirect", "share", "none", 0.62, 0.004),
        KpiValue("channel_share.medium.staffed", "share", "none", 0.38, 0.004),
        KpiValue("channel_share.medium.self", "share", "none", 0.62, 0.004),
        KpiValue("utilisation.counter", "share", "none", 0.71, 0.01),
        KpiValue("cost_operator", "money/a", "lower", operator, 0.0),
        KpiValue("cost_per_visit", "money", "lower", operator / 1.2e6, 0.02),
        KpiValue("outlets", "outlets", "none", 34.0 - 19 * close, 0.0),
        KpiValue("my_own_measure", "jars", "lower", 3.0, math.nan),
    )


def _sensitivities(chosen: Study, run_options: list[Option | None]) -> tuple[Sensitivity, ...]:
    rng = np.random.default_rng(11)
    found = []
    for name, count, load, cost in (
        ("simulated", 15, 0.62, 4.70e6),
        ("flat_0.85", 27, 0.80, 4.42e6),
        ("flat_0.75", 25, 0.70, 5.02e6),
        ("flat_0.65", 21, 0.61, 5.74e6),
        ("flat_0.55", 25, 0.52, 6.90e6),
        ("daytime_-50%", 9, 0.60, 2.9e6),
        ("daytime_+50%", 21, 0.63, 6.5e6),
    ):
        points = []
        for number in range(count):
            servers = int(rng.integers(4, 8)) if name == "simulated" else int(rng.integers(1, 4))
            here = float(np.clip(rng.normal(load, 0.06), 0.1, 0.99))
            here = min(here, 0.9 - 0.62 / servers**0.8) if name == "simulated" else here
            points.append((f"branch_{number:02d}", "counter", here, in_time(here, servers), 0.02))
            there = float(rng.uniform(0.05, 0.45))
            points.append((f"branch_{number:02d}", "terminal", there, in_time(there, 2), 0.015))
        missed = [site for site, _, _, share, half in points if share + half < 0.9]
        found.append(
            Sensitivity(
                name,
                {"en": name.replace("_", " "), "zh": name.replace("daytime", "日间需求")},
                cost,
                cost + 3e6,
                count,
                {"branch": count - 2, "atm": 2},
                len(missed),
                len(points),
                len(set(missed)),
                0.05,
                min(12, count),
                40,
                tuple(points),
            )
        )
    nothing = Sensitivity("flat_0.35", {"en": "flat"}, math.nan, math.nan, 0, {}, 0, 0, 0, math.nan, 0, 0, ())
    return (*found[:5], nothing, *found[5:])


def run(close: float = 0.45, scenario: str = "sample_plan") -> RunResult:
    """Return the result of a plan that closes about this share; 0 is the network of today, simulated."""
    as_is = close == 0
    chosen = study(plan_as_is=as_is)
    chosen_decisions = decisions(chosen, close)
    options = [decision.option for decision in chosen_decisions]
    shares = _shares(chosen, options)
    work, arrivals = _work(chosen, options, shares)
    staff = _staff(chosen, options)
    sites = []
    for index, (site, decision) in enumerate(zip(chosen.sites, chosen_decisions, strict=True)):
        option = decision.option
        sites.append(
            SiteResult(
                site.id,
                site.name,
                site.kind,
                site.brand,
                site.x,
                site.y,
                decision.action,
                site.today,
                option,
                float(arrivals[0, index].sum()),
                float(staff.cost[index]) + (110_000.0 if option else 0.0),
                _lanes(chosen, option, work[0, index], arrivals[0, index], certified=not as_is) if option else (),
                decision.action,
                1_000.0 * (40 + 13 * index) if not as_is else math.nan,
                "" if as_is else "closed" if option else "branch 2+1",
            )
        )
    count = Counter(option.format for option in options if option is not None)
    cost = CostBreakdown(
        110_000.0 * count["branch"] + 32_000.0 * count["self_service"] + 3_000.0 * count["atm"],
        float(staff.cost.sum()),
        17_000.0 * sum(option.terminals for option in options if option),
        0.0,
        0.0 if as_is else 310_000.0,
        480_000.0,
        900_000.0 + 400_000.0 * close,
    )
    plan = SitePlan(
        chosen_decisions,
        shares,
        work,
        work * 1.2,
        cost,
        "as_is" if as_is else "limit",
        -math.inf if as_is else 0.93 * cost.total,
        math.nan if as_is else 0.07,
    )
    rounds = tuple(
        RoundTrace(
            number,
            cost.total * (0.97 + 0.01 * number),
            cost.total * 0.93,
            0.07,
            "limit",
            cost.operator * (0.97 + 0.01 * number),
            15,
            24 + number,
            max(0, 5 - 3 * number),
            1 if number == 1 else 0,
            900 * number,
            0.0125,
            ("branch/standard/counter/2",) if number == 1 else (),
        )
        for number in (1, 2)
    )
    return RunResult(
        scenario,
        chosen.name,
        chosen.note,
        "simulated" if as_is else "certified",
        not as_is,
        "as_is" if as_is else "heuristic_cuts",
        () if as_is else rounds,
        plan.objective,
        plan.bound,
        plan.gap,
        plan.status,
        cost,
        tuple(sites),
        _kpis(close, cost.operator),
        plan,
        staff,
        replace(_capacities(chosen), source="flat 1") if as_is else _capacities(chosen),
        _half_hours(chosen, arrivals, work, options),
        () if as_is else _sensitivities(chosen, options),
        chosen.seed,
        chosen.fingerprint,
        {"netsim": "0.1.0", "numpy": "2.0", "highs": "1.11"},
        measured=Measurement(40, (40,)),
        resources=_resources(sites),
        steps=_steps(chosen),
    )


def _resources(sites: list[SiteResult]) -> tuple[ResourceUse, ...]:
    """Return what every lane does: longer waits where it is fuller, the counter the bottleneck where there is one."""
    found = []
    for site in sites:
        waits = [lane.arrivals * lane.wait_p50 for lane in site.lanes]
        for lane, waiting in zip(site.lanes, waits, strict=True):
            share = waiting / sum(waits) if sum(waits) else math.nan
            busy = lane.utilisation
            found.append(
                ResourceUse(
                    site.id,
                    lane.lane,
                    float(lane.servers),
                    busy,
                    0.01,
                    max(0.0, 0.99 - busy),
                    0.0,
                    lane.arrivals,
                    waiting / 400,
                    24 if waiting else -1,
                    waiting / 200,
                    lane.wait_p50,
                    lane.wait_p90,
                    waiting,
                    share,
                    share,
                    bool(waiting) and waiting == max(waits),
                )
            )
    return tuple(found)


def _steps(chosen: Study) -> tuple[StepUse, ...]:
    """Return one step a task, the last never begun."""
    nothing = math.nan
    found = [StepUse(task.id, "serve", 900.0, 2.5, 6.0, 4.2, 1.0, 0.03, 0.95) for task in chosen.tasks[:-1]]
    return (
        *found,
        StepUse(chosen.tasks[-1].id, "serve", 0.0, nothing, nothing, nothing, nothing, nothing, nothing),
    )


def comparison() -> tuple[Comparison, dict[str, Study]]:
    """Return three plans against today."""
    runs = [
        replace(run(0), scenario="today", name={"en": "Today", "zh": "现状"}),
        replace(run(0.45), scenario="plan", name={"en": "Plan", "zh": "规划"}),
        replace(
            run(0.7), scenario="self_service", name={"en": "Self-service first", "zh": "自助优先"}, status="uncertified"
        ),
        replace(run(0.25), scenario="long_hours", name={"en": "Longer hours", "zh": "延长营业"}),
    ]
    differences = []
    for number, kpi in enumerate(runs[0].kpis):
        for other in runs[1:]:
            value = next(item.value for item in other.kpis if item.name == kpi.name)
            half = 0.02 * abs(value) + 0.001
            differences.append(
                KpiDifference(
                    kpi.name,
                    kpi.unit,
                    kpi.better,
                    other.scenario,
                    kpi.value,
                    value,
                    value - kpi.value + 0.03 * value * ((number % 3) - 1),
                    half,
                    abs(value - kpi.value + 0.03 * value * ((number % 3) - 1)) > half,
                )
            )
    result = Comparison("today", tuple(runs), tuple(differences), 40, 0.95, len(differences), 20260101)
    return result, {item.scenario: replace(study(), id=item.scenario) for item in runs}
