"""Monotone fits, corrections, paired differences and quantiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from scipy.stats import binom

from netsim.statistics.corrections import bonferroni, holm, paired_difference, significant
from netsim.statistics.isotonic import isotonic_decreasing, lower_envelope
from netsim.statistics.quantiles import sectioned_quantile, weighted_quantile

shares = st.lists(st.floats(0, 1), min_size=1, max_size=25)


@given(shares, st.data())
@settings(deadline=None, max_examples=80)
def test_isotonic_fit_is_the_least_squares_one(values, data):
    """Against scipy's, with weights."""
    weights = data.draw(st.lists(st.floats(0.1, 9), min_size=len(values), max_size=len(values)))
    expected = isotonic_regression(values, weights=weights, increasing=False).x
    assert isotonic_decreasing(values, weights) == pytest.approx(expected, abs=1e-9)


@given(shares)
@settings(deadline=None, max_examples=60)
def test_lower_envelope_is_the_largest_falling_curve_below(values):
    """It never rises, lies below the values and touches them where it falls."""
    curve = lower_envelope(values)
    assert np.all(np.diff(curve) <= 0)
    assert np.all(curve <= values)
    touches = np.isclose(curve, values)
    assert touches[0]
    assert np.all(touches[1:] | (np.diff(curve) == 0))


def test_holm_known_answer():
    """Adjusted values of a textbook example, and never below the raw ones."""
    assert holm([0.01, 0.02, 0.04, 0.2]).tolist() == pytest.approx([0.04, 0.06, 0.08, 0.2])
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]


def test_bonferroni_divides_and_checks():
    """The error is shared out."""
    assert bonferroni(0.05, 5) == pytest.approx(0.01)
    with pytest.raises(ValueError, match="0 questions"):
        bonferroni(0.05, 0)


def test_corrected_intervals_hold_together():
    """All of ten paired differences are covered at once in 95 % of the families."""
    rng, families, measures, days = np.random.default_rng(2), 800, 10, 15
    together = 0
    for _ in range(families):
        common = rng.normal(size=(measures, days))
        noise = rng.normal(0.3, 0.2, size=(measures, days))
        found = [paired_difference(a, a + b, 0.95, measures) for a, b in zip(common, noise, strict=True)]
        together += all(item.lower <= 0.3 <= item.upper for item in found)
    assert together >= binom.ppf(0.0005, families, 0.95)


def test_pairing_sees_a_difference_that_the_spread_of_days_hides():
    """Common days make a small constant gain significant."""
    rng = np.random.default_rng(6)
    day = rng.normal(100, 30, 20)
    found = paired_difference(day, day - 0.5 + rng.normal(0, 0.1, 20), comparisons=40)
    assert significant(found)
    assert found.upper < 0
    assert not significant(paired_difference(day, day))
    with pytest.raises(ValueError, match="the same days are needed"):
        paired_difference(day, day[:-1])


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60), st.floats(0.01, 1.0))
@settings(deadline=None, max_examples=60)
def test_quantile_is_the_inverse_of_the_distribution(values, share):
    """The same as numpy's inverted distribution; unit weights change nothing."""
    expected = np.quantile(values, share, method="inverted_cdf")
    assert weighted_quantile(values, share) == pytest.approx(expected, abs=1e-9)
    assert weighted_quantile(values, share, np.full(len(values), 2.5)) == pytest.approx(expected, abs=1e-9)


def test_sectioned_quantile_covers():
    """The 90th percentile of exponential samples, inside its interval as often as asked (within the band)."""
    rng, runs = np.random.default_rng(8), 300
    truth = -np.log(0.1)
    found = [sectioned_quantile(rng.exponential(size=4000), 0.9) for _ in range(runs)]
    hits = sum(item.lower <= truth <= item.upper for item in found)
    assert hits >= binom.ppf(0.0005, runs, 0.95)
    with pytest.raises(ValueError, match="cannot make 10 sections"):
        sectioned_quantile([1.0, 2.0], 0.5)
    assert np.isnan(weighted_quantile([], 0.5))
