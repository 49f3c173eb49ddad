"""Counts from the log, and the wait sketch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.calendar import DayType
from netsim.model.network import Option
from netsim.model.visits import Outcome
from netsim.simulation.network_day import simulate_network
from netsim.simulation.sketch import sketch_waits
from netsim.simulation.summary import half_hours, in_time, lane_totals, wait_sketch
from tests.studies import everyone_to, tiny_study

TYPES = (DayType("working_day", 250.0), DayType("saturday", 50.0))
STUDY = tiny_study(visits=70.0, day_types=TYPES)
REPLICATIONS = (7, 2, 5)
LOG = simulate_network(
    STUDY,
    [Option("branch", "standard", 2, 2), Option("branch", "standard", 1, 1)],
    everyone_to(STUDY, [0, 1, 1]),
    (2, 5, 7, 9),
)


def test_totals_equal_a_plain_count():
    """Every cell against a loop over rows, in the order of the replications asked for."""
    totals = lane_totals(STUDY, LOG, REPLICATIONS)
    assert totals.arrivals.shape == (2, 3, 2, 2)
    within = (3.0, 10.0)
    for day_type in range(2):
        for where, replication in enumerate(REPLICATIONS):
            for site in range(2):
                for lane in range(2):
                    cell = (day_type, where, site, lane)
                    rows = LOG.take(
                        (LOG.day_type == day_type)
                        & (LOG.replication == replication)
                        & (LOG.site == site)
                        & (LOG.lane == lane)
                    )
                    assert totals.arrivals[cell] == len(rows)
                    assert totals.in_time[cell] == sum(rows.call - rows.arrive <= within[lane])
                    assert totals.left[cell] == sum(rows.outcome == Outcome.ABANDONED)
                    assert totals.unresolved[cell] == sum(rows.outcome == Outcome.UNRESOLVED)
                    assert totals.sent_away[cell] == sum(rows.outcome == Outcome.SENT_AWAY)
                    assert totals.wait[cell] == pytest.approx(rows.wait.sum())
                    assert totals.busy[cell] == pytest.approx(np.nansum(rows.end - rows.call))


def test_days_without_rows_are_zeros():
    """A day that is not in the log has no arrivals; lost customers have no lane."""
    assert lane_totals(STUDY, LOG, [1]).arrivals.sum() == 0
    assert lane_totals(STUDY, LOG, []).arrivals.shape == (2, 0, 2, 2)
    assert not in_time(STUDY, LOG)[LOG.lane < 0].any()


def test_half_hours_add_up_to_the_totals():
    """Sums over slots equal the day's counts; yearly means weigh the day types."""
    totals, slots = lane_totals(STUDY, LOG, REPLICATIONS), half_hours(STUDY, LOG, REPLICATIONS)
    assert np.array_equal(slots.arrivals.sum(axis=3), totals.arrivals.sum(axis=1))
    assert np.array_equal(slots.in_time.sum(axis=3), totals.in_time.sum(axis=1))
    assert slots.wait.sum() == pytest.approx(totals.wait.sum())
    means = slots.means([item.days_per_year for item in TYPES])
    daily = totals.arrivals.mean(axis=1)
    assert means.arrivals.sum(axis=2) == pytest.approx((daily[0] * 250 + daily[1] * 50) / 300)
    busy = means.arrivals > 0
    assert np.array_equal(np.isnan(means.wait), ~busy)
    assert np.all((means.in_time[busy] >= 0) & (means.in_time[busy] <= 1))
    assert means.arrivals[:, :, :16].sum() == 0


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.9, 0.99, 1.0]))
@settings(deadline=None, max_examples=100)
def test_sketch_quantiles_are_within_one_per_cent(waits, share):
    """Against the exact order statistic; waits below 0.01 min count as none."""
    found = sketch_waits(np.array(waits)).quantile(share)[0]
    exact = np.quantile(waits, share, method="inverted_cdf")
    assert found == pytest.approx(exact, rel=0.01, abs=0.01)


@given(st.lists(st.floats(0, 500), max_size=60), st.lists(st.floats(0, 500), max_size=60))
@settings(deadline=None, max_examples=40)
def test_sketches_merge_to_the_sketch_of_all(left, right):
    """In any order; groups pool to the whole."""
    one, two = sketch_waits(np.array(left)), sketch_waits(np.array(right))
    whole = sketch_waits(np.array(left + right))
    assert np.array_equal(one.merged(two).counts, whole.counts)
    assert np.array_equal(two.merged(one).counts, whole.counts)
    group = np.array([0] * len(left) + [1] * len(right), dtype=np.int64)
    both = sketch_waits(np.array(left + right), group, 2)
    assert np.array_equal(both.pooled().counts, whole.counts)
    assert np.array_equal(both.counts, np.concatenate([one.counts, two.counts]))


def test_sketch_by_site_and_lane():
    """P90 of a lane within 1 % of the exact one; a share of 0 is refused; nobody has no quantile."""
    sketch = wait_sketch(STUDY, LOG)
    rows = (LOG.site == 1) & (LOG.lane == 1)
    exact = np.quantile(LOG.wait[rows], 0.9, method="inverted_cdf")
    assert exact > 1
    assert sketch.quantile(0.9)[3] == pytest.approx(exact, rel=0.01)
    with pytest.raises(ValueError, match=r"must lie in \(0, 1\]"):
        sketch.quantile(0.0)
    assert np.isnan(sketch_waits(np.empty(0)).quantile(0.5)[0])
