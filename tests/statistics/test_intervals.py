"""Intervals: known answers and coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom, t

from netsim.statistics.intervals import exact_share_bounds, mean_interval, share_bounds, share_interval

LEVEL = 0.999
"""Level of the binomial band that a simulated coverage has to lie in."""


def clustered_days(rng, share, mean_arrivals, correlation, days):
    """Return arrivals and those in time; customers of one day are alike (beta-binomial)."""
    arrivals = rng.poisson(mean_arrivals, days)
    if correlation == 0:
        return arrivals, rng.binomial(arrivals, share)
    a, b = share * (1 - correlation) / correlation, (1 - share) * (1 - correlation) / correlation
    return arrivals, rng.binomial(arrivals, rng.beta(a, b, days))


def test_mean_interval_known_answer():
    """Student's sleep data: extra hours of the second drug, mean 2.33, sd 2.0022."""
    sleep = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = mean_interval(sleep, 0.95)
    assert found.mean == pytest.approx(2.33)
    assert found.half_width == pytest.approx(2.002249 / np.sqrt(10) * t.ppf(0.975, 9), rel=1e-5)
    assert (found.lower, found.upper, found.n) == (found.mean - found.half_width, found.mean + found.half_width, 10)


def test_few_samples_claim_nothing():
    """One sample has no spread, none has no mean."""
    assert mean_interval([3.0]).half_width == np.inf
    assert np.isnan(mean_interval([]).mean)
    with pytest.raises(ValueError, match="confidence 95 must lie between 0 and 1"):
        mean_interval([1.0, 2.0], 95)


def test_mean_interval_covers_as_often_as_it_says():
    """Coverage of normal and of exponential samples within the binomial band."""
    rng = np.random.default_rng(1)
    runs = 2000
    hits = sum(abs(f.mean - 1.0) <= f.half_width for f in (mean_interval(rng.normal(1, 2, 12)) for _ in range(runs)))
    low, high = binom.interval(LEVEL, runs, 0.95)
    assert low <= hits <= high


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (7, 9), (20, 20), (190, 200)])
def test_exact_bounds_are_those_of_clopper_and_pearson(successes, trials):
    """Against the beta quantiles of the textbook."""
    lower, upper = exact_share_bounds(successes, trials, 0.025)
    assert lower == pytest.approx(beta.ppf(0.025, successes, trials - successes + 1) if successes else 0.0)
    assert upper == pytest.approx(beta.ppf(0.975, successes + 1, trials - successes) if successes < trials else 1.0)


@pytest.mark.parametrize(
    ("share", "mean_arrivals", "correlation", "days"),
    [(0.9, 3, 0.0, 20), (0.9, 15, 0.05, 40), (0.9, 120, 0.05, 40), (0.95, 3, 0.05, 80), (0.9, 120, 0.0, 20)],
)
@pytest.mark.parametrize("error", [0.025, 0.005])
def test_share_bounds_are_wrong_no_more_often_than_they_say(share, mean_arrivals, correlation, days, error):
    """Each side of the interval, on days whose customers are alike."""
    rng = np.random.default_rng([days, mean_arrivals])
    runs = 700
    found = [share_bounds(*clustered_days(rng, share, mean_arrivals, correlation, days), error) for _ in range(runs)]
    most = binom.ppf(LEVEL, runs, error)
    assert sum(item.lower > share for item in found) <= most
    assert sum(item.upper < share for item in found) <= most


def test_a_thin_lane_with_nobody_late_is_not_certain():
    """Three arrivals a day, all in time: the bound is the exact one, not 1."""
    found = share_interval([3] * 20, [3] * 20, 0.95)
    assert found.share == found.upper == 1.0
    assert found.lower < 0.975 ** (1 / 60)
    nobody = share_interval([0] * 20, [0] * 20)
    assert (nobody.lower, nobody.upper, nobody.arrivals) == (0.0, 1.0, 0)
    assert np.isnan(nobody.share)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=2, max_size=40),
    st.floats(0.0005, 0.2),
)
@settings(deadline=None, max_examples=60)
def test_bounds_enclose_the_share_and_widen_with_the_confidence(days, error):
    """The share lies between the bounds; a smaller error never narrows them."""
    arrivals = np.array([count for count, _ in days])
    in_time = np.floor(arrivals * np.array([part for _, part in days]))
    found, stricter = share_bounds(arrivals, in_time, error), share_bounds(arrivals, in_time, error / 3)
    assert 0.0 <= stricter.lower <= found.lower <= found.upper <= stricter.upper <= 1.0
    if arrivals.sum():
        assert found.lower - 1e-9 <= found.share <= found.upper + 1e-9


def test_contradicting_counts_are_refused():
    """More in time than came, or days that do not match."""
    with pytest.raises(ValueError, match="more customers in time than came"):
        share_interval([3, 4], [3, 5])
    with pytest.raises(ValueError, match=r"need one shape \(days,\)"):
        share_interval([3, 4], [3])
