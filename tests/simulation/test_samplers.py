"""Samplers against scipy and numerical moments."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaincinv, gammaln, ndtri
from scipy.stats import poisson as poisson_law

from netsim.jit import plain
from netsim.simulation.poisson import _distribution
from netsim.simulation.samplers import (
    LawKind,
    exponential,
    gamma,
    log_gamma,
    lognormal,
    lognormal_parameters,
    normal_quantile,
    poisson,
    variate,
)

uniform = st.floats(0, 1, exclude_max=True)


@given(st.floats(1e-300, 1 - 2**-53))
@settings(deadline=None, max_examples=200)
def test_normal_quantile_equals_scipys(share):
    """To 1e-14, centre and tails."""
    expected = float(ndtri(max(share, 2.0**-54)))
    assert normal_quantile(share) == pytest.approx(expected, rel=1e-14, abs=1e-14)


def test_normal_quantile_on_a_grid():
    """Every region of the approximation; 0 is finite."""
    grid = np.concatenate([np.linspace(0.001, 0.999, 999), 10.0 ** -np.arange(3, 16), 1 - 10.0 ** -np.arange(3, 15)])
    found = np.array([normal_quantile(u) for u in grid])
    assert np.max(np.abs(found - ndtri(grid)) / np.maximum(np.abs(ndtri(grid)), 1)) < 1e-14
    assert normal_quantile(0.0) == pytest.approx(float(ndtri(2.0**-54)))


@pytest.mark.parametrize(("mean", "cv"), [(4.5, 0.6), (15.0, 0.7), (1.3, 0.5), (3.0, 0.0)])
def test_lognormal_has_the_mean_and_cv_asked_for(mean, cv):
    """Moments by quadrature over the uniform."""
    median, sigma = lognormal_parameters(mean, cv)
    grid = (np.arange(200_000) + 0.5) / 200_000
    draws = np.array([lognormal(u, median, sigma) for u in grid])
    assert draws.mean() == pytest.approx(mean, rel=2e-4)
    assert draws.std() == pytest.approx(cv * mean, rel=1e-2, abs=1e-12)


def test_lognormal_without_spread_is_exact():
    """A cv of 0 returns the mean to the last bit; nonsense is refused."""
    assert lognormal(0.123, *lognormal_parameters(0.1 + 0.2, 0.0)) == 0.1 + 0.2
    with pytest.raises(ValueError, match="mean 0 must be positive"):
        lognormal_parameters(0.0, 1.0)


@given(uniform)
@settings(deadline=None, max_examples=60)
def test_exponential_inverts_its_distribution(share):
    """F(x) = u."""
    assert -math.expm1(-exponential(share, 7.0) / 7.0) == pytest.approx(share, abs=1e-12)


@given(uniform, st.floats(0, 60))
@settings(deadline=None, max_examples=200)
def test_poisson_is_the_quantile(share, mean):
    """The smallest count whose distribution exceeds the uniform, as a table and one by one."""
    count = poisson(share, mean)
    law = poisson_law(mean)
    assert law.cdf(count) >= share - 1e-12
    assert count == 0 or law.cdf(count - 1) <= share + 1e-12
    assert int((share >= _distribution(np.array([mean, 3.0]))[0]).sum()) == count


@given(st.floats(0, 1 - 1e-12), st.floats(0, 30), st.floats(0, 30))
@settings(deadline=None, max_examples=100)
def test_poisson_never_falls_when_the_mean_rises(share, mean, more):
    """What keeps customers when the demand grows."""
    assert poisson(share, mean + more) >= poisson(share, mean)


def test_poisson_refuses_means_that_underflow():
    """exp(-mean) has to be a normal number."""
    with pytest.raises(ValueError, match="between 0 and 700"):
        poisson(0.5, 800.0)
    assert poisson(1 - 2**-53, 700.0) < 1000
    assert poisson(0.999, 0.0) == 0


@given(st.floats(0.04, 500))
@settings(deadline=None, max_examples=100)
def test_log_gamma_equals_scipys(shape):
    """Small and large shapes."""
    assert log_gamma(shape) == pytest.approx(float(gammaln(shape)), rel=1e-13, abs=1e-13)


@given(st.floats(1e-9, 1 - 1e-8), st.floats(0.05, 300), st.floats(0.01, 100))
@settings(deadline=None, max_examples=300)
def test_gamma_quantile_equals_scipys(share, shape, scale):
    """Centre and tails, shapes from a spike at 0 to nearly normal."""
    expected = scale * float(gammaincinv(shape, share))
    assert gamma(share, scale, shape) == pytest.approx(expected, rel=1e-8, abs=1e-250)


@given(uniform, st.sampled_from(LawKind), st.floats(0.1, 50), st.floats(0.1, 20))
@settings(deadline=None, max_examples=300)
def test_every_law_is_the_same_compiled_and_not(share, kind, first, second):
    """To the bit: the ground on which the runners agree."""
    assert variate(int(kind), first, second, share) == plain(variate)(int(kind), first, second, share)
