"""
Choice of an outlet: the published MCI fit, shares and cannibalisation of a city, a logit found again.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np

from measuring import Record, calibration, record, report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fit import wieland2015  # noqa: E402

from netsim.demand.cannibalisation import cannibalisation, outlet_demand_of_rows  # noqa: E402
from netsim.demand.choice import CHOICE_MODELS, Alternatives, CostWeights, choose, choose_rows  # noqa: E402
from netsim.demand.choice.huff import HuffParameters  # noqa: E402
from netsim.fit.choice_logit import choice_counts, fit_logit  # noqa: E402
from netsim.fit.choice_mci import fit_mci  # noqa: E402

ZONES, SITES, TASKS = 5_000, 700, 10
SIDE = 20_000.0
"""Side of the square city, metres."""
SPEED = 80.0
"""Metres a minute on foot."""
PEOPLE = 200
"""Choices of each origin of the logit survey."""
TRUE = np.array([-0.12, 0.8, 0.5])
"""Planted utilities of a minute, of log size and of a brand."""
TOLD_APART = 4.0
"""Standard errors that an estimate may be away from the truth: more has a chance of 6 in 100,000."""
WEIGHTS = CostWeights(trips=2.0, reach=60.0)
TASTE = HuffParameters(1.0, 2.0, outside_attraction=1.0, outside_cost=90.0)


def city(seed: int) -> Alternatives:
    """Return outlets of two brands in a square; the tasks fall into three groups."""
    rng = np.random.default_rng(seed)
    zones, sites = rng.uniform(0.0, SIDE, (ZONES, 2)), rng.uniform(0.0, SIDE, (SITES, 2))
    offers = np.ones((TASKS, SITES), dtype=bool)
    offers[4:8] = rng.random(SITES) < 0.5
    offers[8:] = rng.random(SITES) < 0.1
    own = rng.random(SITES) < 0.5
    return Alternatives(
        sites=tuple(f"s{place}" for place in range(SITES)),
        brands=tuple("ours" if item else "theirs" for item in own),
        attraction=rng.uniform(1.0, 6.0, SITES),
        constant=np.where(own, 0.2, 0.0),
        own=own,
        offers=offers,
        minutes=np.linalg.norm(zones[:, None] - sites[None], axis=2) / SPEED,
        wait=np.tile(rng.uniform(0.0, 15.0, SITES), (TASKS, 1)),
        service=np.full((TASKS, SITES), 4.0),
        fee=np.zeros((TASKS, SITES)),
    )


def published_fit() -> list[Record]:
    """Measure how far our fit is from the published one."""
    origin, counts, attributes = wieland2015.columns()
    fit = fit_mci(origin, counts, attributes, plus=1.0)
    found = fit.coefficients.by_name()
    gap = max(abs(found[name] - value) for name, value in wieland2015.PUBLISHED.items())
    squared = abs(fit.r_squared - wieland2015.R_SQUARED)
    note = f"{fit.observations} pairs of {fit.origins} places and {len(wieland2015.STORES)} stores"
    peer = "Wieland 2015"
    return [
        record("mci_coefficients", gap, "largest gap", "<= 1e-5", holds=gap <= 1e-5, peer=peer, note=note),
        record("mci_r_squared", squared, "gap", "<= 1e-5", holds=squared <= 1e-5, peer=peer, note=note),
    ]


def shares() -> list[Record]:
    """Measure the shares of a large city: their sums, time, memory, and what the dropped ones amount to."""
    outlets = city(1)
    model = CHOICE_MODELS["huff"]
    start = time.process_time()
    rows, outside = choose_rows(model, outlets, WEIGHTS, TASTE)
    seconds = time.process_time() - start
    total = np.bincount(rows.task * ZONES + rows.zone, rows.share, minlength=TASKS * ZONES) + outside.ravel()
    gap = float(np.abs(total - 1.0).max())
    part = outlets.in_zones(slice(0, 500))
    whole = choose(model, part, WEIGHTS, TASTE)
    exact = float(np.abs(whole.tables.sum(axis=-1) + whole.outside - 1.0).max())
    tracemalloc.start()
    choose_rows(model, outlets, WEIGHTS, TASTE)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    note = f"{ZONES} zones, {SITES} outlets, {TASKS} tasks in 3 groups: {len(rows.share)} rows"
    dense = f"whole tables of 10 tasks would take {8e-6 * ZONES * SITES * TASKS:.0f} MB"
    return [
        record("huff_sums_whole", exact, "largest gap", "<= 1e-12", holds=exact <= 1e-12, note="500 zones"),
        record("huff_sums_rows", gap, "largest gap", "<= 1e-12", holds=gap <= 1e-12, note=note),
        record("huff_seconds", seconds, "CPU s", "", holds=None, note=note),
        record("huff_memory", peak, "MB at most", "", holds=None, note=dense),
    ]


def cannibalised() -> list[Record]:
    """Measure the balance of the table of a new outlet, and how long it takes."""
    after = city(2)
    demand = np.random.default_rng(2).uniform(0.0, 30.0, (TASKS, ZONES))
    offers = after.offers.copy()
    new = int(np.flatnonzero(after.own)[0])
    offers[:, new] = False
    start = time.process_time()
    model = CHOICE_MODELS["huff"]
    plans = [
        outlet_demand_of_rows(outlets, *choose_rows(model, outlets, WEIGHTS, TASTE), demand)
        for outlets in (replace(after, offers=offers), after)
    ]
    table = cannibalisation(*plans)
    seconds = time.process_time() - start
    gap = abs(float(table.change.sum()) + table.outside.change) / plans[0].total
    lines = {line.name: line.change for line in table.by_owner()}
    note = ", ".join(f"{name} {change:+.1f}" for name, change in lines.items())
    return [
        record("cannibalisation_balance", gap, "of all visits", "<= 1e-12", holds=gap <= 1e-12, note=note),
        record("cannibalisation_seconds", seconds, "CPU s", "", holds=None, note="two plans chosen and compared"),
    ]


def planted_logit() -> list[Record]:
    """Measure how well a logit with known utilities is found again."""
    rng = np.random.default_rng(3)
    origins, sites = 500, 60
    minutes, size = rng.uniform(1.0, 40.0, (origins, sites)), np.log(rng.uniform(1.0, 9.0, sites))
    brand = np.arange(sites) % 2.0
    weight = np.exp(TRUE[0] * minutes + TRUE[1] * size + TRUE[2] * brand)
    counts = rng.multinomial(PEOPLE, weight / weight.sum(axis=1, keepdims=True)).astype(float)
    start = time.process_time()
    of = fit_logit(choice_counts(counts, {"minutes": minutes, "size": size, "brand": brand})).coefficients
    seconds = time.process_time() - start
    away = float((np.abs(of.value - TRUE) / of.standard_error).max())
    note = f"{origins} origins, {sites} outlets, {origins * PEOPLE} choices; found {np.round(of.value, 4).tolist()}"
    holds = away <= TOLD_APART
    return [
        record("logit_planted", away, "standard errors", f"<= {TOLD_APART:g}", holds=holds, note=note),
        record("logit_seconds", seconds, "CPU s", "", holds=None, note=note),
    ]


def records() -> list[Record]:
    """Return the figures of the choice models."""
    return [*published_fit(), *shares(), *cannibalised(), *planted_logit()]


def measure() -> list[Record]:
    """Measure everything."""
    return [calibration(), *records()]


if __name__ == "__main__":
    report(__doc__, measure)
