"""Arrival rates by weekday and half-hour, the factor of whole days, and the calendar."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from netsim.fit.arrivals import count_bounds, factor_levels, fit_arrivals, prediction
from netsim.fit.calendar_days import calendar_days
from netsim.fit.day_counts import DayCounts, empty_days, with_empty_days
from tests.fit import planted

RATE = np.array(planted.MORNING)[None, :] * np.array(planted.Hall().weekday)[:, None]
WEEKDAYS = [day for day in planted.days_of(7 * 12) if day.weekday() < 5]
OPEN = RATE > 0


def counts_of(days, cv, seed, level=1.0):
    """Return planted arrivals of some days without a hall around them."""
    rng = np.random.default_rng(seed)
    factor = rng.gamma(1 / cv**2, size=len(days)) * cv**2 if cv else np.ones(len(days))
    rate = RATE[[day.weekday() for day in days]] * factor[:, None] * level
    return DayCounts(tuple(days), rng.poisson(rate / 2).astype(float), np.full(rate.shape, 0.5))


def test_garwood_known_answers():
    # Garwood (1936), as tabled: 0 and 10 events at 95 %
    lower, upper = count_bounds(np.array([0.0, 10.0]), np.ones(2), 0.05)
    np.testing.assert_allclose(lower, [0.0, 4.7954], atol=1e-4)
    np.testing.assert_allclose(upper, [3.6889, 18.3904], atol=1e-4)


def test_rates_by_hand():
    monday = WEEKDAYS[0]
    counts = np.zeros((2, 48))
    counts[:, 20] = [10, 14]
    fit = fit_arrivals(DayCounts((monday, monday + dt.timedelta(7)), counts, np.full((2, 48), 0.5)))
    assert fit.per_hour[0, 20] == 24.0
    assert fit.by_weekday[0].value == 12.0
    assert np.isnan(fit.per_hour[1]).all()
    assert fit.per_day.value == 12.0
    # one degree of freedom: (10 - 12)^2 + (14 - 12)^2 = 8 = 12 (1 + cv^2 12), so cv = 0
    assert fit.day_cv.value == 0.0
    assert fit.dispersion == pytest.approx(8 / 12)


@pytest.mark.parametrize("cv", [0.0, 0.15])
def test_planted_rates_lie_in_their_intervals(cv):
    inside = 0.0
    for seed in range(20):
        fit = fit_arrivals(counts_of(WEEKDAYS, cv, seed))
        inside += ((fit.lower <= RATE) & (fit.upper >= RATE))[OPEN].mean() / 20
        assert np.all(fit.poisson_lower[OPEN] >= fit.lower[OPEN] - 1e-9)
        assert np.all(fit.poisson_upper[OPEN] <= fit.upper[OPEN] + 1e-9)
    # half-hours of a weekday share its days, so 1,600 of them are worth some 300: 95 % less 3.5 standard errors
    assert inside >= 0.905


@pytest.mark.parametrize("cv", [0.0, 0.08, 0.2])
def test_the_factor_of_days_is_recovered(cv):
    hits, daily = 0, 0
    for seed in range(40):
        fit = fit_arrivals(counts_of(WEEKDAYS[:40], cv, seed))
        hits += fit.day_cv.holds(cv)
        daily += fit.per_day.holds(float(RATE[:5].sum() / 10))
    least = stats.binom.ppf(2e-4, 40, 0.94)
    assert hits >= least
    assert daily >= least


def test_a_poisson_log_has_dispersion_one_and_another_has_not():
    spare = len(WEEKDAYS) - 5
    plain = fit_arrivals(counts_of(WEEKDAYS, 0.0, seed=3))
    assert stats.chi2.sf(plain.dispersion * spare, spare) > 1e-4
    assert fit_arrivals(counts_of(WEEKDAYS, 0.2, seed=3)).dispersion > 3


def test_plain_poisson_intervals_are_too_narrow_for_the_mean_of_few_days():
    inside = np.zeros(2)
    for seed in range(30):
        fit = fit_arrivals(counts_of(WEEKDAYS[:25], 0.3, seed))
        for place, (lower, upper) in enumerate(((fit.poisson_lower, fit.poisson_upper), (fit.lower, fit.upper))):
            inside[place] += ((lower <= RATE) & (upper >= RATE))[OPEN].mean() / 30
    assert inside[0] < 0.85
    assert inside[1] > 0.9


def test_predictions_hold_new_counts():
    rng = np.random.default_rng(5)
    mean, cv = 20.0, 0.25
    counts = rng.poisson(mean * rng.gamma(1 / cv**2, size=4000) * cv**2)
    lower, upper = (float(prediction(np.array([mean]), np.array([cv**2]), share)[0]) for share in (0.025, 0.975))
    inside = np.sum((counts >= lower) & (counts <= upper))
    assert stats.binom.ppf(5e-4, 4000, 0.95) <= inside <= stats.binom.ppf(1 - 5e-4, 4000, 0.975)


def test_days_that_are_missing_strange_or_holidays_are_noticed():
    days = [day for day in WEEKDAYS if day not in (WEEKDAYS[7], WEEKDAYS[20])]
    counts = counts_of(days, 0.05, seed=6)
    counts.counts[10] //= 4
    holiday = days[15]
    kept = np.array([day != holiday for day in days])
    fit = fit_arrivals(counts.take(kept))
    found = {day.date: day for day in calendar_days(counts, fit, set(days) - {holiday}, {holiday})}
    assert len(found) == len(WEEKDAYS)
    assert [day.date for day in found.values() if day.role == "missing"] == [WEEKDAYS[7], WEEKDAYS[20]]
    assert [day.date for day in found.values() if day.role == "holiday"] == [holiday]
    assert [day.date for day in found.values() if day.unusual] == [days[10]]
    assert np.isnan(found[WEEKDAYS[7]].observed)


def test_a_day_without_events_is_no_day_without_customers_unless_said_so():
    days = [day for day in WEEKDAYS if day != WEEKDAYS[7]]
    counts = counts_of(days, 0.0, seed=7)
    empty = empty_days(days, ())
    assert empty == [WEEKDAYS[7]]
    told = fit_arrivals(with_empty_days(counts, empty, np.full((7, 48), 0.5)))
    plain = fit_arrivals(counts)
    weekday = WEEKDAYS[7].weekday()
    assert plain.day_count[weekday] + 1 == told.day_count[weekday]
    ratio = told.by_weekday[weekday].value / plain.by_weekday[weekday].value
    assert ratio == pytest.approx(plain.day_count[weekday] / told.day_count[weekday])


def test_levels_of_the_factor_have_its_mean_and_nearly_its_spread():
    levels = np.array(factor_levels(0.2, 50))
    assert levels.mean() == pytest.approx(1.0)
    assert levels.std() == pytest.approx(0.2, rel=0.05)
    assert factor_levels(0.0, 5) == [1.0]
