"""Patience behind waits that mostly ended by a call."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from netsim.fit.patience import fit_patience
from netsim.fit.survival import (
    exponential_patience,
    kaplan_meier,
    mean_if_hidden,
    still_waiting,
    weibull_patience,
)
from netsim.model.ticket_log import Fate, Legs

MEAN, SHAPE = 12.0, 1.6


def censored(size, seed, shape=SHAPE, offered=6.0, mean=MEAN):
    """Return waits and who left: Weibull patience against exponential waits."""
    rng = np.random.default_rng(seed)
    patience = mean / math.gamma(1 + 1 / shape) * rng.weibull(shape, size)
    wait = rng.exponential(offered, size)
    return np.minimum(patience, wait), patience < wait


def legs_of(wait, fate):
    """Return legs with given waits."""
    size = len(wait)
    fate = np.asarray(fate)
    arrive = np.zeros(size)
    end = np.where(fate == Fate.LEFT, wait, np.nan)
    call = np.where((fate == Fate.LEFT) | (fate == Fate.UNKNOWN), np.nan, wait)
    number, whole = np.arange(size), np.zeros(size, dtype=np.int64)
    return Legs(number, np.ones(size, dtype=bool), whole, whole.copy(), whole + 1, whole - 1, arrive, call, end, fate, np.zeros(size, dtype=bool))  # fmt: skip # noqa: E501


def test_kaplan_meier_by_hand():
    # Kaplan and Meier (1958), example: deaths at .8, 3.1, 5.4, 9.2; losses at 1.0, 2.7, 7.0, 12.1
    at = np.array([0.8, 1.0, 2.7, 3.1, 5.4, 7.0, 9.2, 12.1])
    left = np.array([True, False, False, True, True, False, True, False])
    found = kaplan_meier(at, left)
    assert found.at.tolist() == [0.8, 3.1, 5.4, 9.2]
    np.testing.assert_allclose(found.share, [7 / 8, 7 / 10, 21 / 40, 21 / 80])
    assert np.all((found.lower <= found.share) & (found.share <= found.upper))


def test_exponential_patience_is_minutes_over_leavers():
    found = exponential_patience(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]))
    assert found.mean.value == 5.0
    # 2 Lambda / mean is chi-square: the exact interval for two events in ten minutes
    assert found.mean.lower == pytest.approx(2 * 10 / stats.chi2.ppf(0.975, 6))
    assert found.mean.upper == pytest.approx(2 * 10 / stats.chi2.ppf(0.025, 4))


def test_the_weibull_estimate_is_where_the_censored_likelihood_is_largest():
    waits, left = censored(600, 1)

    def loss(logs):
        scale, shape = np.exp(logs)
        z = (waits / scale) ** shape
        return z.sum() - np.sum(np.log(shape / waits[left]) + np.log(z[left]))

    best = optimize.minimize(loss, [math.log(10), 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    scale, shape = np.exp(best.x)
    found = weibull_patience(waits, left)
    assert found.shape.value == pytest.approx(shape, rel=1e-4)
    assert found.mean.value == pytest.approx(scale * math.gamma(1 + 1 / shape), rel=1e-4)
    assert found.log_likelihood == pytest.approx(-best.fun, rel=1e-7)


def test_patience_is_recovered_where_the_mean_wait_of_leavers_is_far_off():
    waits, left = censored(4000, 2)
    found = fit_patience(legs_of(waits, np.where(left, Fate.LEFT, Fate.SERVED)))[0]
    law = found.law
    assert law.law == "weibull"
    z = stats.norm.ppf(1 - 2e-4) / stats.norm.ppf(0.975)
    for truth, value in ((MEAN, law.mean), (SHAPE, law.shape)):
        assert abs(math.log(truth / value.value)) <= z * math.log(value.upper / value.value)
    assert found.naive < 0.6 * MEAN
    assert found.naive < law.mean.lower
    # the curve, which knows no law, agrees with the planted one
    scale = MEAN / math.gamma(1 + 1 / SHAPE)
    truth = np.exp(-((found.at / scale) ** SHAPE))
    assert np.mean((found.lower <= truth) & (truth <= found.upper)) > 0.6
    assert np.max(np.abs(found.share - truth)) < 0.08


def test_exponential_patience_is_told_from_weibull():
    waits, left = censored(3000, 3, shape=1.0)
    found = fit_patience(legs_of(waits, np.where(left, Fate.LEFT, Fate.SERVED)))[0]
    assert found.law.law == "exponential"
    z = stats.norm.ppf(1 - 2e-4) / stats.norm.ppf(0.975)
    assert abs(math.log(MEAN / found.law.mean.value)) <= z * math.log(found.law.mean.upper / found.law.mean.value)


@pytest.mark.parametrize("shape", [1.0, SHAPE])
def test_intervals_hold_the_truth_as_often_as_they_say(shape):
    hits = np.zeros(2)
    for seed in range(60):
        waits, left = censored(250, 100 + seed, shape=shape)
        law = weibull_patience(waits, left)
        hits += [law.mean.holds(MEAN), law.shape.holds(shape)]
    assert np.all(hits >= stats.binom.ppf(2e-4, 60, 0.94))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.1, 20.0))
def test_more_waiting_without_leaving_means_more_patience(seed, more):
    waits, left = censored(200, seed)
    longer = exponential_patience(np.append(waits, more), np.append(left, False))
    assert longer.mean.value > exponential_patience(waits, left).mean.value


def test_tickets_that_tell_nothing_change_nothing():
    waits, left = censored(500, 4)
    fate = np.where(left, Fate.LEFT, Fate.SERVED)
    plain = fit_patience(legs_of(waits, fate))[0]
    more = np.concatenate([waits, np.full(50, 5.0), np.full(30, 3.0)])
    told = fit_patience(legs_of(more, np.concatenate([fate, np.full(50, Fate.NO_SHOW), np.full(30, Fate.UNKNOWN)])))[0]
    assert told.law == plain.law
    assert (told.no_shows, told.unknown) == (50, 30)
    assert told.if_no_shows_left < plain.laws[0].mean.value
    assert math.isnan(plain.if_no_shows_left)


def test_hidden_leavers_are_recovered_if_all_no_shows_are_such():
    rng = np.random.default_rng(6)
    patience, wait = rng.exponential(MEAN, 6000), rng.exponential(6.0, 6000)
    gone = patience < wait
    seen = gone & (rng.random(6000) < 0.3)
    hidden = gone & ~seen
    waits, left = np.where(seen, patience, wait)[~hidden], seen[~hidden]
    found = mean_if_hidden(waits, left, wait[hidden])
    assert found == pytest.approx(MEAN, rel=0.12)  # 4 standard errors of some 2,000 leavers
    assert exponential_patience(waits, left).mean.value > 2 * MEAN


def test_nobody_left_gives_a_bound_and_no_law():
    found = fit_patience(legs_of(np.full(100, 2.0), np.full(100, Fate.SERVED)))[0]
    assert found.law is None
    # no event in 200 minutes: the rate is below 3.0 / 200 with 95 % confidence
    assert found.at_least == pytest.approx(200 / 2.9957, rel=1e-4)


def test_leavers_all_alike_have_no_shape():
    waits = np.concatenate([np.full(20, 5.0), np.full(20, 1.0)])
    left = np.arange(40) < 20
    assert weibull_patience(waits, left) is None
    assert still_waiting(exponential_patience(waits, left), np.array([0.0])) == 1.0
