"""MCI by least squares on centred logs: a published answer, what theory says, and what a user reads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from netsim.fit.choice_mci import fit_mci
from tests.fit import wieland2015


def city(seed, origins=40, sites=6, noise=0.0):
    """Shares that follow an MCI model with the exponents (1.2, -1.8), and noise in the logs."""
    rng = np.random.default_rng(seed)
    size = np.tile(rng.uniform(1.0, 9.0, sites), (origins, 1))
    minutes = rng.uniform(1.0, 30.0, (origins, sites))
    weight = size**1.2 * minutes**-1.8 * np.exp(rng.normal(0.0, noise, size.shape))
    share = weight / weight.sum(axis=1, keepdims=True)
    origin = np.repeat(np.arange(origins), sites)
    return origin, share.ravel(), {"size": size.ravel(), "minutes": minutes.ravel()}


def test_the_published_fit_of_wieland_2015():
    origin, counts, attributes = wieland2015.columns()
    fit = fit_mci(origin, counts, attributes, plus=1.0)
    assert fit.coefficients.by_name() == pytest.approx(wieland2015.PUBLISHED, abs=1e-5)
    assert fit.r_squared == pytest.approx(wieland2015.R_SQUARED, abs=1e-5)
    assert (fit.observations, fit.origins, fit.degrees) == (95, 19, 95 - 19 - 4)


def test_shares_and_counts_give_the_same_answer():
    origin, counts, attributes = wieland2015.columns()
    shares = (counts + 1.0) / np.bincount(origin, counts + 1.0)[origin]
    one, two = fit_mci(origin, counts, attributes, plus=1.0), fit_mci(origin, shares, attributes)
    assert one.coefficients.value == pytest.approx(two.coefficients.value)
    assert one.coefficients.standard_error == pytest.approx(two.coefficients.standard_error)


def test_without_noise_the_exponents_are_exact():
    fit = fit_mci(*city(1))
    assert fit.coefficients.by_name() == pytest.approx({"size": 1.2, "minutes": -1.8}, abs=1e-10)
    assert fit.r_squared == pytest.approx(1.0)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_centring_is_the_same_as_a_dummy_for_every_origin(seed):
    origin, share, attributes = city(seed, origins=8, sites=4, noise=0.4)
    fit = fit_mci(origin, share, attributes)
    dummies = (origin[:, None] == np.arange(8)).astype(float)
    table = np.column_stack([np.log(attributes["size"]), np.log(attributes["minutes"]), dummies])
    answer, (left,), *_ = np.linalg.lstsq(table, np.log(share), rcond=None)
    error = np.sqrt(np.diag(np.linalg.inv(table.T @ table)) * left / (len(share) - table.shape[1]))
    assert fit.coefficients.value == pytest.approx(answer[:2])
    assert fit.coefficients.standard_error == pytest.approx(error[:2])
    assert fit.coefficients.t == pytest.approx(answer[:2] / error[:2])


def test_the_intervals_hold_what_was_planted_as_often_as_they_say():
    rounds = 200
    inside = np.zeros(2)
    for seed in range(rounds):
        of = fit_mci(*city(seed, origins=6, sites=4, noise=0.5)).coefficients
        inside += (of.lower <= [1.2, -1.8]) & (np.array([1.2, -1.8]) <= of.upper)
    low, high = binom.ppf([1e-4, 1.0 - 1e-4], rounds, 0.95)
    assert ((low <= inside) & (inside <= high)).all()


def test_a_brand_and_an_exponential_decay_enter_without_a_log():
    origin, _, attributes = city(3)
    brand = np.tile([1.0, 0.0, 0.0, 1.0, 0.0, 0.0], 40)
    weight = np.exp(0.7 * brand - 0.1 * attributes["minutes"]) * attributes["size"]
    linear = {"brand": brand, "minutes": attributes["minutes"]}
    fit = fit_mci(origin, weight, {"size": attributes["size"]}, linear=linear)
    assert fit.coefficients.by_name() == pytest.approx({"size": 1.0, "brand": 0.7, "minutes": -0.1})


def test_a_wider_level_gives_wider_intervals():
    wide, narrow = (fit_mci(*city(4, noise=0.3), confidence=level).coefficients for level in (0.99, 0.8))
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()


def changed(**new):
    origin, share, attributes = city(5, origins=3, sites=3, noise=0.2)
    return {"origin": origin, "visits": share, "attributes": attributes} | new


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (
            {"visits": np.array([0.0, 1.0, 0.0] * 3)},
            r"visits: 6 of 9 values have no log .*row 0.*give plus, or use fit_logit",
        ),
        (
            {"attributes": {"size": np.array([1.0, -2.0, 1.0] * 3)}},
            r"size: 3 of 9 values have no log \(first: -2.0 in row 1",
        ),
        ({"attributes": {"income": np.repeat([1.0, 2.0, 3.0], 3)}}, r"income: the same for all alternatives"),
        ({"attributes": {}}, "one attribute or more"),
        ({"attributes": {"size": np.ones(4)}}, r"size has the shape \(4,\)"),
        ({"linear": {"size": np.ones(9)}}, "size: given with and without a log"),
        ({"linear": {"brand": np.full(9, np.nan)}}, "brand: a value is missing"),
        ({"confidence": 1.0}, "confidence must lie between 0 and 1"),
        ({"origin": np.repeat(np.arange(9), 1)}, "9 observations from 9 origins do not suffice"),
    ],
)
def test_what_cannot_be_fitted_is_told(new, message):
    with pytest.raises(ValueError, match=message):
        fit_mci(**changed(**new))


def test_attributes_that_say_the_same_are_named():
    origin, share, attributes = city(6, noise=0.2)
    twin = {"floor": attributes["size"] ** 2, **attributes}
    with pytest.raises(ValueError, match=r"^floor, size: they say the same thing twice"):
        fit_mci(origin, share, twin)


def test_every_pair_of_the_published_data_is_there():
    origin, counts, attributes = wieland2015.columns()
    assert len(set(itertools.product(origin.tolist(), attributes["floor"].tolist()))) == 95
    assert counts.sum() == 813.0
