"""Laws of the engine: more staff never hurts, and common customers make small differences visible."""

import numpy as np
import pytest

from netsim.simulation.alone import ArrivalPattern, draw_arrivals
from netsim.simulation.outlet import OutletModel
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.visits import failures_of
from tests.simulation.monotone import waits_of_pairs
from tests.simulation.workload import STAFF, counter, reference_outlet, reference_pattern

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
