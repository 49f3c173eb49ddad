"""Laws of service times: maximum likelihood, recovery, choice, intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from netsim.fit.laws import LAWS
from netsim.fit.service import SHARES, choose, fit_law, fit_laws

SCIPY = {
    "lognormal": lambda of: stats.lognorm(of[1], scale=of[0]),
    "gamma": lambda of: stats.gamma(of[0], scale=of[1] / of[0]),
    "weibull": lambda of: stats.weibull_min(of[1], scale=of[0]),
    "exponential": lambda of: stats.expon(scale=of[0]),
}
PLANTED = {
    "lognormal": (np.array([3.4, 0.55]), "lognormal"),
    "gamma": (np.array([2.5, 6.0]), "gamma"),
    "weibull": (np.array([5.0, 2.2]), "weibull"),
    "exponential": (np.array([4.0]), "exponential"),
}


def fitted(sample, seed=1):
    """Return the laws held against a sample, by name."""
    return {law.law: law for law in fit_laws(sample, np.random.default_rng(seed))}


@pytest.mark.parametrize("name", list(LAWS))
def test_every_law_equals_scipy(name):
    law, of = LAWS[name], PLANTED[name][0]
    other, x = SCIPY[name](of), np.array([0.1, 1.0, 4.0, 20.0])
    np.testing.assert_allclose(law.cdf(x, of), other.cdf(x), rtol=1e-10)
    np.testing.assert_allclose(law.log_density(x, of), other.logpdf(x), rtol=1e-10)
    np.testing.assert_allclose(law.quantile(SHARES[1:-1], of), other.ppf(SHARES[1:-1]), rtol=1e-8)
    mean, cv = law.moments(of)
    assert mean == pytest.approx(other.mean())
    assert cv == pytest.approx(other.std() / other.mean())


@pytest.mark.parametrize("name", list(LAWS))
def test_the_estimate_is_where_the_likelihood_is_largest(name):
    law, of = LAWS[name], PLANTED[name][0]
    sample = SCIPY[name](of).rvs(size=400, random_state=7)
    best = law.estimate(sample)
    height = law.log_density(sample, best).sum()
    for place in range(len(best)):
        for factor in (0.99, 1.01):
            other = best.copy()
            other[place] *= factor
            assert law.log_density(sample, other).sum() < height


@pytest.mark.parametrize("name", list(LAWS))
def test_many_samples_are_fitted_as_one_by_one(name):
    law, of = LAWS[name], PLANTED[name][0]
    samples = SCIPY[name](of).rvs(size=(5, 60), random_state=8)
    np.testing.assert_allclose(law.estimate(samples), [law.estimate(sample) for sample in samples], rtol=1e-9)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(list(LAWS)), st.floats(0.05, 50.0), st.integers(0, 10**6))
def test_other_units_change_times_and_nothing_else(name, scale, seed):
    law = LAWS[name]
    sample = np.random.default_rng(seed).gamma(2.0, 1.0, 80)
    mean, cv = law.moments(law.estimate(sample))
    scaled_mean, scaled_cv = law.moments(law.estimate(scale * sample))
    assert scaled_mean == pytest.approx(scale * mean, rel=1e-6)
    assert scaled_cv == pytest.approx(cv, rel=1e-6)


@pytest.mark.parametrize("name", list(LAWS))
def test_a_planted_law_is_recovered_and_chosen(name):
    law, (of, chosen) = LAWS[name], PLANTED[name]
    sample = SCIPY[name](of).rvs(size=3000, random_state=20)
    found = fitted(sample)
    assert choose(list(found.values()), len(sample)) == chosen
    own = found[name]
    mean, cv = law.moments(of)
    z = stats.norm.ppf(1 - 2e-4) / stats.norm.ppf(0.975)  # a correct fit lies outside once in 2,500
    truths = [*zip(of, (value for _, value in own.parameters), strict=True), (mean, own.mean), (cv, own.cv)]
    for truth, value in truths:
        assert abs(math.log(truth / value.value)) <= z * math.log(value.upper / value.value) + 1e-9
    assert own.ks_p > 0.001
    assert min(law.ks for law in found.values()) == own.ks or own.ks < 0.02


@pytest.mark.parametrize("name", list(LAWS))
def test_intervals_hold_the_truth_as_often_as_they_say(name):
    law, of = LAWS[name], PLANTED[name][0]
    logs, size = 60, 120
    mean, cv = law.moments(of)
    hits, narrow = np.zeros(2, dtype=int), 0
    rng = np.random.default_rng(5)
    for _ in range(logs):
        sample = law.quantile(rng.random(size), of)
        found = fit_law(name, sample, rng, rounds=1)
        hits += [found.mean.holds(mean), found.cv.holds(cv) or name == "exponential"]
        narrow += abs(math.log(mean / found.mean.value)) <= 0.5 * math.log(found.mean.upper / found.mean.value)
    least = stats.binom.ppf(2e-4, logs, 0.94)  # 94 %: the intervals are those of large samples
    assert np.all(hits >= least), (name, hits, least)
    # half as wide they hold 67 % of the time: they are not wide for nothing
    assert narrow <= stats.binom.ppf(1 - 2e-4, logs, 0.68)


def test_a_sample_that_no_law_comes_near_is_taken_itself():
    rng = np.random.default_rng(3)
    sample = np.concatenate([rng.normal(3, 0.2, 300), rng.normal(12, 0.5, 300)])
    assert choose(list(fitted(sample).values()), len(sample)) == "empirical"
    assert choose([], 5) == "empirical"
