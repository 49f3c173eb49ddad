"""Laws of the engine: more staff never hurts, and common customers make small differences visible."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.network import Option
from netsim.model.service import Breakdowns, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.model.visits import Outcome
from netsim.simulation.alone import ArrivalPattern, draw_arrivals
from netsim.simulation.customers import draw_customers
from netsim.simulation.lane import work_per_visit
from netsim.simulation.network_day import simulate_network
from netsim.simulation.outlet import OutletModel
from netsim.simulation.poisson import day_factors
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.units import outlet_model
from netsim.simulation.visits import failures_of, outages_of
from tests.simulation.monotone import waits_of_pairs
from tests.simulation.workload import STAFF, counter, reference_outlet, reference_pattern
from tests.studies import DAYTIME, everyone_to, form, tiny_study

ROUNDING = 1e-9


def test_more_staff_keeps_nobody_waiting_longer():
    """Five hundred random pairs of days."""
    assert np.all(waits_of_pairs(500, seed=1) <= ROUNDING)


@pytest.mark.long
def test_more_staff_keeps_nobody_waiting_longer_in_ten_thousand_pairs():
    """No violation in ten thousand."""
    assert np.all(waits_of_pairs(10_000, seed=2) <= ROUNDING)


def daily_wait(model, key, days):
    """Return the sum of the waits at the counter of each day."""
    came = draw_arrivals(reference_pattern(), key, range(days))
    done = RUNNERS["kernel"](model, came, failures_of(model, key_of(1, "machines"), range(days)))
    rows = done.rows
    day = np.searchsorted(done.first, np.arange(len(rows)), side="right") - 1
    here = rows["station"] == 1
    wait = np.where(np.isnan(rows["call"]), rows["end"], rows["call"]) - rows["arrive"]
    return np.bincount(day[here], wait[here], days)


def test_common_customers_make_one_extra_counter_hour_visible():
    """The variance of the difference is at least twenty times smaller than with strangers."""
    days = 400
    model = reference_outlet()
    more = list(STAFF)
    more[5] += 1
    extra = OutletModel((model.stations[0], counter(more)), model.classes)
    base, better = (daily_wait(item, key_of(1, "customers"), days) for item in (model, extra))
    strangers = daily_wait(extra, key_of(2, "customers"), days)
    assert better.mean() < base.mean()
    assert np.var(base - strangers) >= 20 * np.var(base - better)


def test_a_pattern_draws_as_many_as_it_says():
    """Counts by half-hour and class of 300 days inside their Poisson intervals."""
    days = 300
    pattern = reference_pattern()
    comers = draw_arrivals(pattern, key_of(4, "customers"), range(days)).comers
    for piece, (start, length, rate) in enumerate(zip(pattern.start, pattern.length, pattern.per_minute, strict=True)):
        expected = rate * length * days
        found = np.sum((comers["minute"] >= start) & (comers["minute"] < start + length))
        assert abs(found - expected) < 4.5 * np.sqrt(expected), piece
    for kind, share in enumerate(pattern.shares):
        expected = share * len(comers)
        assert abs(np.sum(comers["kind"] == kind) - expected) < 4.5 * np.sqrt(expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": np.array([40.0, 30.0])}, "must be in order, not overlap"),
        ({"per_minute": np.array([1.0, 0.0])}, "rates must be positive"),
        ({"shares": np.array([0.5, 0.4])}, "sum to 1"),
        ({"start": np.array([0.0])}, "need one shape"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused(change, message):
    """Each fault by its name."""
    fields = {
        "start": np.array([0.0, 30.0]),
        "length": np.array([30.0, 30.0]),
        "per_minute": np.array([1.0, 2.0]),
        "shares": np.array([0.5, 0.5]),
    }
    with pytest.raises(ValueError, match=message):
        ArrivalPattern(**{**fields, **change})


def test_rework_is_geometric_and_loads_the_lane_as_planned():
    """A fifth of the services again: 1 / (1 - p) services a visit, and the work that the optimizer reckons with."""
    steps = (Step("serve", counter=ServiceTime(4.0, 0.6), rework=0.2),)
    study = tiny_study(
        tasks=[Task("t", {}, steps, DAYTIME, 1.0, 1.0)],
        formats=[form("desk", {"counter": ("t",)})],
        visits=[[120.0]],
        zones=1,
        patience={"terminal": float("inf"), "counter": float("inf")},
    )
    days = 200
    log = simulate_network(study, [Option("desk", "standard", 4, 0), None], everyone_to(study, 0), range(days))
    log = log.take(log.lane == 1)
    visits = np.sum(log.outcome != Outcome.GOES_ON)
    assert len(log) / visits == pytest.approx(1.25, abs=4.5 * np.sqrt(0.3125 / visits))
    planned = work_per_visit(study, "desk", "standard")[0, 1] * 120.0
    found = np.bincount(log.replication, log.work, days)
    assert abs(found.mean() - planned) < 4.5 * found.std() / np.sqrt(days)


def test_missing_documents_bring_a_share_back_through_the_door():
    """Return visits are geometric, come after the time told, and their work is reckoned with."""
    steps = (Step("serve", counter=ServiceTime(4.0, 0.6), incomplete=0.25, returns_after=15.0),)
    study = tiny_study(
        tasks=[Task("t", {}, steps, tuple([0.0] * 20 + [0.25] * 4 + [0.0] * 24), 1.0, 1.0)],
        formats=[form("desk", {"counter": ("t",)})],
        visits=[[80.0]],
        zones=1,
        patience={"terminal": float("inf"), "counter": float("inf")},
    )
    days = 150
    log = simulate_network(study, [Option("desk", "standard", 4, 0), None], everyone_to(study, 0), range(days))
    back = log.outcome == Outcome.RETURNS
    visits = len(np.unique(np.stack([log.replication, log.visit]), axis=1).T)
    assert len(log) / visits == pytest.approx(4 / 3, abs=4.5 * np.sqrt(4 / 9 / visits))
    one = {(log.replication[row], log.visit[row]): row for row in np.flatnonzero(back)}
    following = [row for row in range(len(log)) if (log.replication[row], log.visit[row]) in one]
    assert {round(log.arrive[row] - log.end[one[log.replication[row], log.visit[row]]], 6) for row in following} >= {
        15.0
    }
    planned = work_per_visit(study, "desk", "standard")[0, 1] * 80.0
    found = np.bincount(log.replication, log.work, days)
    assert abs(found.mean() - planned) < 4.5 * found.std() / np.sqrt(days)


def test_busy_days_are_busy_everywhere():
    """The factor of a day has mean 1 and the variation asked for, and is the same at every outlet."""
    factors = day_factors(3, 0.3, range(4000))
    assert factors.mean() == pytest.approx(1.0, abs=4.5 * 0.3 / np.sqrt(4000))
    assert factors.std() == pytest.approx(0.3, rel=0.1)
    assert day_factors(3, 0.0, range(5)) is None
    study = replace(tiny_study(visits=400.0), day_factor_cv=0.3)
    customers = draw_customers(study, range(150))
    zones = [np.bincount(customers.replication[customers.zone == zone], minlength=150) for zone in (0, 1)]
    assert np.corrcoef(*zones)[0, 1] > 0.9
    calm = draw_customers(replace(study, day_factor_cv=0.0), range(150))
    daily = [np.bincount(item.replication, minlength=150) for item in (calm, customers)]
    assert np.var(daily[1]) > 20 * np.var(daily[0])
    again = draw_customers(study, [7])
    assert np.array_equal(again.key, customers.key[customers.replication == 7])


def test_an_outage_stops_every_outlet_at_the_same_minutes():
    """Nobody is called while the system is down, at either outlet; services go on afterwards."""
    study = replace(tiny_study(visits=300.0), outages=Breakdowns(200.0, 30.0, 0.3))
    branch = Option("branch", "standard", 3, 2)
    log = simulate_network(study, [branch, branch], everyone_to(study, [0, 1, 1]), [4])
    faults = failures_of(outlet_model(study, branch), key_of(1, "x"), [4], outages_of(study, study.seed)).faults
    down = faults[faults["station"] == -1]
    assert len(down) > 2
    called = log.take(~np.isnan(log.call))
    for minute, _, _, length in down.tolist():
        assert not np.any((called.call > minute) & (called.call < minute + length))
    held = called.end - called.call - called.work
    assert np.any(held > 10.0)
    assert np.all(held > -1e-9)
