"""
Access to sites against PySAL's ``access``: equal figures and the ratio of CPU seconds from one run; inequality.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``.
"""

from __future__ import annotations

import importlib
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from measuring import Record, calibration, record, report
from netsim.geo.accessibility import (
    ACCESS_MEASURES,
    AccessData,
    EnhancedTwoStep,
    GaussianDecay,
    Nearest,
    Opportunities,
    Raam,
    StepDecay,
    ThreeStep,
    TwoStep,
)
from netsim.statistics.equity import inequality_by_group
from netsim.statistics.inequality import gini

ZONES, SITES = 20_000, 300
ROUNDS = 30
"""Rounds of the model of rational agents on both sides: the peer needs a tenth of a second for each."""
CENTRES = 12
SIDE = 30_000.0
"""Side of the square region, metres."""
SPREAD = 3_500.0
"""Standard deviation of the people around their centre, metres."""
SPEED = 250.0
"""Metres a minute in a straight line: a city by bus or in its traffic."""
LONGEST = 60.0
"""Longest way in the table of travel times, minutes: neither side gets longer ones."""
REACH = 30.0
LIMITS, WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)
WIDTH = 12.0
REPEATS = 3
GROUPS = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """
    One question to both sides.

    Parameters
    ----------
    name
        Its name.
    ours, theirs
        Calls that return a figure for each zone.
    """

    name: str
    ours: Callable[[], np.ndarray]
    theirs: Callable[[], pd.Series]


def region(zones: int, sites: int, seed: int) -> AccessData:
    """Return people around some centres, and sites where people are."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0.0, SIDE, (CENTRES, 2))

    def places(count: int) -> np.ndarray:
        around = centres[rng.integers(0, CENTRES, count)] + rng.normal(0.0, SPREAD, (count, 2))
        anywhere = rng.uniform(0.0, SIDE, (count, 2))
        return np.where(rng.random((count, 1)) < 0.3, anywhere, around)

    homes, outlets = places(zones), places(sites)
    minutes = np.hypot(*(homes[:, None, axis] - outlets[None, :, axis] for axis in (0, 1))) / SPEED
    minutes[minutes > LONGEST] = np.inf
    return AccessData(minutes, np.floor(rng.lognormal(5.5, 1.0, zones)), rng.integers(1, 12, sites).astype(float))


def frames(data: AccessData) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the same data as the peer wants it: people, supply, and one row for each pair that has a way."""
    zone, site = np.nonzero(np.isfinite(data.minutes))
    costs = pd.DataFrame({"origin": zone, "dest": site, "cost": data.minutes[zone, site]})
    demand = pd.DataFrame({"demand": data.population.astype(int)}, index=pd.RangeIndex(data.zones, name="geoid"))
    supply = pd.DataFrame({"supply": data.supply}, index=pd.RangeIndex(data.sites, name="geoid"))
    return demand, supply, costs


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of one call, and what it returned."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def fca_pairs(data: AccessData) -> list[Pair]:
    """Return the floating catchments of both sides."""
    fca = importlib.import_module("access.fca")
    weights = importlib.import_module("access.weights")
    demand, supply, costs = frames(data)
    two, three = ACCESS_MEASURES["two_step"].score, ACCESS_MEASURES["three_step"].score
    enhanced = ACCESS_MEASURES["enhanced_two_step"].score
    step, bell = StepDecay(LIMITS, WEIGHTS), GaussianDecay(WIDTH)
    step_fn, gaussian = weights.step_fn(dict(zip(LIMITS, WEIGHTS, strict=True))), weights.gaussian(WIDTH)

    def peer(name: str, weight: Any = None) -> Callable[[], pd.Series]:  # noqa: ANN401
        ask = getattr(fca, name)
        return lambda: ask(demand, supply, costs.copy(deep=False), REACH, demand_index=True, weight_fn=weight)

    return [
        Pair("2sfca", lambda: two(data, TwoStep(REACH)), peer("two_stage_fca")),
        Pair("e2sfca_step", lambda: enhanced(data, EnhancedTwoStep(step, REACH)), peer("two_stage_fca", step_fn)),
        Pair("e2sfca_gaussian", lambda: enhanced(data, EnhancedTwoStep(bell, REACH)), peer("two_stage_fca", gaussian)),
        Pair("3sfca_gaussian", lambda: three(data, ThreeStep(bell, REACH)), peer("three_stage_fca", gaussian)),
    ]


def compared(pair: Pair, note: str, repeats: int = REPEATS) -> list[Record]:
    """Return the largest gap to the peer where it has a number, and the ratio of CPU seconds."""
    own = [cpu(pair.ours) for _ in range(repeats)]
    seconds = statistics.median(spent for spent, _ in own)
    other = [cpu(pair.theirs) for _ in range(repeats)]
    spent = statistics.median(spent for spent, _ in other)
    theirs = other[0][1].astype(float).dropna()
    theirs = theirs[np.isfinite(theirs)]
    ours = own[0][1][theirs.index.to_numpy()]
    gap = float((np.abs(ours - theirs.to_numpy()) / np.maximum(np.abs(theirs.to_numpy()), 1e-300)).max())
    ratio = seconds / spent
    note = f"ours {seconds:.3f} CPU s, access {spent:.2f}; {note}"
    peer = "access"
    equal = f"equal in {len(theirs)} zones"
    return [
        record(f"{pair.name}_gap", gap, "largest, relative", "<= 1e-12", holds=gap <= 1e-12, peer=peer, note=equal),
        record(f"{pair.name}_cpu", ratio, "of the peer's", "<= 0.1", holds=ratio <= 0.1, peer=peer, note=note),
    ]


def catchments() -> list[Record]:
    """Measure the floating catchments of a large region."""
    data = region(ZONES, SITES, seed=1)
    ways, near = np.isfinite(data.minutes).mean(), (data.minutes <= REACH).mean()
    note = f"{ZONES} x {SITES}, {ways:.0%} of the pairs have a way, {near:.1%} lie in reach"
    found = [item for pair in fca_pairs(data) for item in compared(pair, note)]
    found.append(best_case_of_the_peer(data))
    tracemalloc.start()
    ACCESS_MEASURES["three_step"].score(data, ThreeStep(GaussianDecay(WIDTH), REACH))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    held = f"the table itself takes {data.minutes.nbytes / 1e6:.0f} MB"
    found.append(record("3sfca_memory", peak, "MB at most", "", holds=None, note=held))
    for name, parameters in (("opportunities", Opportunities(REACH)), ("nearest", Nearest(3))):
        measure = ACCESS_MEASURES[name]
        seconds = statistics.median(cpu(lambda m=measure, p=parameters: m.score(data, p))[0] for _ in range(REPEATS))
        found.append(record(f"{name}_seconds", seconds, "CPU s", "", holds=None, note=note))
    return found


def best_case_of_the_peer(data: AccessData) -> Record:
    """Measure the plainest catchments when the peer's table holds the pairs in reach alone."""
    near = np.where(data.minutes <= REACH, data.minutes, np.inf)
    pair = fca_pairs(AccessData(near, data.population, data.supply))[0]
    ours, theirs = (statistics.median(cpu(work)[0] for _ in range(REPEATS)) for work in (pair.ours, pair.theirs))
    note = f"a table without pairs out of reach: ours {ours:.3f} CPU s, access {theirs:.2f}"
    return record(
        f"{pair.name}_short_table_cpu", ours / theirs, "of the peer's", "", holds=None, peer="access", note=note
    )


def agents() -> list[Record]:
    """Measure the model of rational agents."""
    data = region(ZONES, SITES, seed=2)
    demand, supply, costs = frames(data)
    raam = importlib.import_module("access.raam")
    score = ACCESS_MEASURES["raam"].score
    pair = Pair(
        "raam", lambda: score(data, Raam(cycles=ROUNDS)), lambda: raam.raam(demand, supply, costs, max_cycles=ROUNDS)
    )
    return compared(pair, f"{ZONES} x {SITES}, {ROUNDS} rounds", repeats=1)


def equity() -> list[Record]:
    """Measure the inequality of access: Gini against all pairs, Theil against its parts."""
    data = region(ZONES, SITES, seed=3)
    scores = ACCESS_MEASURES["two_step"].score(data, TwoStep(REACH))
    people = data.population
    some = slice(0, 2_000)
    share = people[some] / people[some].sum()
    apart = np.abs(scores[some, None] - scores[None, some])
    by_pairs = float(share @ apart @ share / (2.0 * (share @ scores[some])))
    gap = abs(gini(scores[some], people[some]) - by_pairs)
    groups = [f"district {number % GROUPS}" for number in range(ZONES)]
    seconds, table = cpu(lambda: inequality_by_group(scores, people, groups))
    parts = abs(table.theil_parts.total - table.theil_parts.within - table.theil_parts.between)
    whole = table.whole
    note = f"Gini {whole.gini:.3f}, Theil {whole.theil:.3f}, {whole.out_of_reach:.1%} of the people without access"
    return [
        record("gini_gap", gap, "gap", "<= 1e-12", holds=gap <= 1e-12, peer="all pairs", note="2,000 zones"),
        record("theil_parts", parts, "gap", "<= 1e-12", holds=parts <= 1e-12, note=note),
        record("inequality_seconds", seconds, "CPU s", "", holds=None, note=f"{ZONES} zones in {GROUPS} groups"),
    ]


def records() -> list[Record]:
    """Return the figures of access and its inequality."""
    return [*catchments(), *agents(), *equity()]


def measure() -> list[Record]:
    """Measure everything."""
    return [calibration(), *records()]


if __name__ == "__main__":
    report(__doc__, measure)
