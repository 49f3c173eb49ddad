"""The simulation against closed forms, each inside its own confidence interval."""

import math

import numpy as np
import pytest

from netsim.model.calendar import OpeningHours
from netsim.model.service import Breakdowns, LanePolicy, Promise
from netsim.queueing.erlang import mean_wait, mm1_mean_wait, wait_exceeds
from netsim.queueing.general import offered_load, pollaczek_khinchine
from netsim.queueing.impatience import erlang_a
from netsim.simulation.laws import exponential_law, fixed, lognormal_law
from netsim.simulation.outlet import CustomerClass, Node, OutletModel
from netsim.simulation.poisson import draw_poisson
from netsim.simulation.runners import RUNNERS
from netsim.simulation.samplers import lognormal
from netsim.simulation.stations import lane_station
from netsim.simulation.streams import key_of, keys_of, service_row
from netsim.simulation.visits import arrivals, failures_of, no_failures
from netsim.statistics.intervals import mean_interval
from tests.simulation.hall import words_of

LEVEL = 0.999
OPEN, CLOSE = 0.0, 1800.0
WARM_UP = 400.0
WITHIN = 5.0


def one_lane(servers, law, patience=math.inf, breakdowns=None):
    """Return an outlet with one counter that is open all day."""
    policy = LanePolicy(Promise(0.9, WITHIN), patience, "finish_and_close_queue", breakdowns)
    lane = lane_station(OpeningHours("always", ((OPEN, CLOSE),)), policy, servers)
    return OutletModel((lane,), (CustomerClass((Node(0, 0, law, exponential_law(patience)),)),))


def poisson_day(rate, day, name):
    """Return the arrivals of a day at a constant rate per minute."""
    drawn = draw_poisson(keys_of(11, [(name,)]), np.array([rate * (CLOSE - OPEN)]), [day])
    order = np.argsort(drawn.uniforms[:, 0])
    minute = OPEN + drawn.uniforms[order, 0] * (CLOSE - OPEN)
    return arrivals(minute, np.zeros(len(minute), dtype=np.int64), drawn.words[order])


def simulate(model, customers, failures=None):
    """Return the rows of a day by the compiled kernel."""
    return RUNNERS["kernel"](model, customers, failures or no_failures(1)).rows


def daily(model, rate, days, name, measure):
    """Return ``measure`` of the settled rows of each day, shape ``(days, ...)``."""
    found = []
    for day in range(days):
        rows = simulate(model, poisson_day(rate, day, name))
        rows = rows[rows["arrive"] > WARM_UP]
        found.append(measure(rows["arrive"], rows["call"], rows["end"]))
    return np.array(found, dtype=float)


def mean_waits(arrive, call, end):
    waits = np.where(np.isnan(call), end, call) - arrive
    return waits.sum(), len(waits)


def ratio_interval(sums):
    """Return the interval of a ratio of daily sums by the jackknife over days."""
    top, bottom = sums[:, 0], sums[:, 1]
    n = len(top)
    without = (top.sum() - top) / (bottom.sum() - bottom)
    whole = top.sum() / bottom.sum()
    return mean_interval(n * whole - (n - 1) * without, LEVEL)


@pytest.mark.parametrize(("rate", "service", "servers"), [(0.2, 3.5, 1), (0.6, 4.0, 3), (1.4, 4.0, 7)])
def test_exponential_servers_wait_as_erlang_says(rate, service, servers):
    """M/M/1 and M/M/c: mean wait, and the share that waits longer than promised."""
    model = one_lane(servers, exponential_law(service))
    found = daily(model, rate, 60, f"mmc{servers}", lambda a, c, e: (*mean_waits(a, c, e), np.sum(c - a > WITHIN)))
    waits = ratio_interval(found[:, :2])
    assert waits.lower <= mean_wait(rate, service, servers) <= waits.upper
    late = ratio_interval(found[:, [2, 1]])
    assert late.lower <= wait_exceeds(rate, service, servers, WITHIN) <= late.upper
    if servers == 1:
        assert mean_wait(rate, service, 1) == pytest.approx(mm1_mean_wait(rate, service))


@pytest.mark.parametrize(("rate", "servers", "patience"), [(0.8, 3, 6.0), (0.5, 1, 12.0), (2.2, 8, 30.0)])
def test_impatient_customers_leave_as_erlang_a_says(rate, servers, patience):
    """M/M/c+M: wait of all, leavers, and the share of all arrivals called in time."""
    service = 4.0
    model = one_lane(servers, exponential_law(service), patience)
    found = daily(
        model,
        rate,
        60,
        f"erlang a {servers}",
        lambda a, c, e: (*mean_waits(a, c, e), np.isnan(c).sum(), np.sum(c - a <= WITHIN)),
    )
    truth = erlang_a(rate, service, servers, patience, WITHIN)
    for column, expected in ((0, truth.mean_wait), (2, truth.abandoned), (3, truth.in_time)):
        interval = ratio_interval(found[:, [column, 1]])
        assert interval.lower <= expected <= interval.upper


@pytest.mark.parametrize("cv", [0.0, 0.6, 1.4])
def test_one_server_waits_as_pollaczek_and_khinchine_say(cv):
    """M/G/1 with deterministic and lognormal service."""
    rate, service = 0.2, 3.4
    model = one_lane(1, lognormal_law(service, cv))
    interval = ratio_interval(daily(model, rate, 100, "pk", mean_waits))
    assert interval.lower <= pollaczek_khinchine(rate, service, cv) <= interval.upper


def test_ample_servers_are_busy_as_the_offered_load_says():
    """M(t)/G/inf: mean busy servers at minutes through a day with a step in the arrivals."""
    per_slot = np.array([10.0, 40.0, 80.0, 20.0, 5.0, 60.0])
    service, cv = 9.0, 0.7
    law = lognormal_law(service, cv)
    model = one_lane(200, law)
    keys = keys_of(4, [("slot", slot) for slot in range(len(per_slot))])
    at = np.array([15.0, 45.0, 61.0, 92.0, 118.0, 150.0, 179.0, 190.0])
    busy = []
    for day in range(80):
        drawn = draw_poisson(keys, per_slot, [day])
        minute = 30.0 * (drawn.cell + drawn.uniforms[:, 0])
        order = np.argsort(minute)
        rows = simulate(model, arrivals(minute[order], np.zeros(len(order), dtype=np.int64), drawn.words[order]))
        call, end = rows["call"], rows["end"]
        busy.append([np.sum((call <= moment) & (end > moment)) for moment in at])
    expected = offered_load(per_slot, 30.0, service, cv, at)
    for column, load in zip(np.array(busy, dtype=float).T, expected, strict=True):
        interval = mean_interval(column, 1 - (1 - LEVEL) / len(at))
        assert interval.lower <= load <= interval.upper


def test_littles_law_holds_on_every_run():
    """The integral of the number waiting equals the sum of the waits, leavers included: an identity."""
    model = one_lane(2, lognormal_law(4.0, 0.8), patience=10.0)
    for day in range(3):
        rows = simulate(model, poisson_day(0.55, day, "little"))
        arrive, call, end = (rows[name] for name in ("arrive", "call", "end"))
        leaves = np.where(np.isnan(call), end, call)
        times = np.concatenate([arrive, leaves])
        steps = np.concatenate([np.ones(len(arrive)), -np.ones(len(leaves))])
        order = np.lexsort((-steps, times))
        number = np.cumsum(steps[order])
        integral = np.sum(number[:-1] * np.diff(times[order]))
        assert integral == pytest.approx(np.sum(leaves - arrive), rel=1e-9)
        assert number.min() >= 0
        assert np.nansum(end - call) <= 2 * (end.max() - OPEN)


def test_terminals_are_up_as_long_as_their_failures_allow():
    """Availability MTBF / (MTBF + MTTR), after a start in which all are up."""
    mtbf, mttr, servers = 120.0, 20.0, 3
    model = one_lane(servers, fixed(1.0), breakdowns=Breakdowns(mtbf, mttr, 0.8))
    up = []
    for day in range(250):
        faults = failures_of(model, key_of(2, "breakdowns"), [day]).faults
        start, end = faults["minute"], faults["minute"] + faults["repair"]
        down = np.clip(np.minimum(end, CLOSE) - np.maximum(start, WARM_UP), 0, None).sum()
        up.append(1 - down / (servers * (CLOSE - WARM_UP)))
    interval = mean_interval(up, LEVEL)
    assert interval.lower <= mtbf / (mtbf + mttr) <= interval.upper


def test_broken_terminals_serve_nobody():
    """An idle terminal that fails is down for its repair: a lone customer then waits for the rest of it."""
    model = one_lane(1, fixed(1.0), breakdowns=Breakdowns(90.0, 30.0, 0.5))
    waited = 0
    for day in range(40):
        failures = failures_of(model, key_of(3, "breakdowns"), [day])
        rows = simulate(model, poisson_day(0.004, day, "lonely"), failures)
        ends = 0.0
        queue = sorted(
            [(minute, 0, repair) for minute, _, _, repair in failures.faults.tolist()]
            + [(minute, 1, 1.0) for minute in rows["arrive"].tolist()]
        )
        calls = []
        for minute, kind, length in queue:  # Lindley's recursion with repairs as customers
            begins = max(minute, ends)
            ends = begins + length
            if kind:
                calls.append(begins)
                waited += begins > minute
        assert rows["call"] == pytest.approx(calls)
    assert waited > 20


def kiefer_wolfowitz(arrive, service, servers):
    """Return the waits of a first-come-first-served queue by the recursion of Kiefer and Wolfowitz."""
    work = np.zeros(servers)
    waits = []
    for gap, minutes in zip(np.diff(arrive, prepend=arrive[0]), service, strict=True):
        work = np.sort(np.maximum(work - gap, 0.0))
        waits.append(work[0])
        work[0] += minutes
    return np.array(waits)


@pytest.mark.parametrize("servers", [1, 2, 5])
def test_every_wait_follows_the_recursion(servers):
    """Path by path against Lindley (one server) and Kiefer-Wolfowitz (several)."""
    law = lognormal_law(4.0, 0.9)
    here = poisson_day(0.23 * servers, 0, f"path {servers}")
    rows = simulate(one_lane(servers, law), here)
    service = [lognormal(service_row(words, 0, 0)[0], law.first, law.second) for words in words_of(here)]
    expected = kiefer_wolfowitz(here.comers["minute"], service, servers)
    assert rows["call"] - rows["arrive"] == pytest.approx(expected, abs=1e-9)
    assert expected.max() > 5
