"""Multinomial logit by maximum likelihood: closed forms, planted parameters, derivatives, and what a user reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.stats import binom

from netsim.fit.choice_logit import alternative_constants, choice_counts, fit_logit, log_likelihood

TRUE = np.array([-0.15, 0.8, 0.5])
"""Utility of a minute, of log size and of the brand."""


def survey(seed, origins=30, sites=5, people=60):
    """Counted choices of a logit with known coefficients; some outlets are not available everywhere."""
    rng = np.random.default_rng(seed)
    minutes, size = rng.uniform(1.0, 25.0, (origins, sites)), np.log(rng.uniform(1.0, 9.0, sites))
    brand = np.arange(sites) % 2.0
    available = rng.random((origins, sites)) < 0.8
    available[:, :2] = True
    utility = TRUE[0] * minutes + TRUE[1] * size + TRUE[2] * brand
    weight = np.where(available, np.exp(utility), 0.0)
    share = weight / weight.sum(axis=1, keepdims=True)
    counts = rng.multinomial(people, share).astype(float)
    return choice_counts(counts, {"minutes": minutes, "size": size, "brand": brand}, available)


def test_constants_alone_are_log_shares():
    counts = np.array([[50.0, 30.0, 20.0], [10.0, 70.0, 20.0]])
    fit = fit_logit(choice_counts(counts, alternative_constants(["a", "b", "c"], base="c")))
    total = counts.sum(axis=0)
    expected = {"a": np.log(total[0] / total[2]), "b": np.log(total[1] / total[2])}
    assert fit.coefficients.by_name() == pytest.approx(expected, abs=1e-9)
    assert fit.coefficients.standard_error == pytest.approx(np.sqrt(1.0 / total[:2] + 1.0 / total[2]))
    assert fit.log_likelihood == pytest.approx(float((total * np.log(total / total.sum())).sum()))
    assert fit.null_log_likelihood == pytest.approx(200.0 * np.log(1.0 / 3.0))
    assert fit.mcfadden == pytest.approx(1.0 - fit.log_likelihood / fit.null_log_likelihood)


def test_two_by_two_is_the_log_odds_ratio_with_woolfs_error():
    # B. Woolf, "On estimating the relation between blood group and disease", Annals of Human Genetics 19 (1955)
    table = np.array([[12.0, 30.0], [25.0, 15.0]])
    attributes = {"base": np.array([1.0, 0.0]), "group": np.array([[1.0, 0.0], [0.0, 0.0]])}
    of = fit_logit(choice_counts(table, attributes)).coefficients
    assert of.by_name()["group"] == pytest.approx(np.log(12.0 * 15.0 / (30.0 * 25.0)))
    assert of.standard_error[1] == pytest.approx(np.sqrt((1.0 / table).sum()))
    assert (of.lower + of.upper) / 2.0 == pytest.approx(of.value)
    assert (of.upper - of.lower) / 2.0 == pytest.approx(1.959963985 * of.standard_error)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_slope_and_bend_are_the_derivatives_of_the_likelihood(seed):
    data = survey(seed, origins=5, people=10)
    value = TRUE + np.random.default_rng(seed).normal(0.0, 0.3, 3)
    _, gradient, hessian = log_likelihood(data, value)
    step = 1e-6
    assert approx_fprime(value, lambda v: log_likelihood(data, v)[0], step) == pytest.approx(
        gradient, rel=1e-3, abs=0.02
    )
    for column in range(3):
        ahead = value + step * np.eye(3)[column]
        assert (log_likelihood(data, ahead)[1] - gradient) / step == pytest.approx(hessian[column], rel=1e-3, abs=0.02)
    assert np.linalg.eigvalsh(hessian).max() <= 1e-9


def test_the_intervals_hold_what_was_planted_as_often_as_they_say():
    rounds = 100
    inside = np.zeros(3)
    for seed in range(rounds):
        of = fit_logit(survey(seed)).coefficients
        inside += (of.lower <= TRUE) & (of.upper >= TRUE)
    low, high = binom.ppf([1e-4, 1.0 - 1e-4], rounds, 0.95)
    assert ((low <= inside) & (inside <= high)).all()


@given(st.integers(0, 10_000), st.floats(1e-4, 1e4))
@settings(deadline=None, max_examples=20)
def test_units_of_an_attribute_scale_its_coefficient_alone(seed, unit):
    data = survey(seed, origins=10)
    other = choice_counts(
        data.counts,
        {"minutes": data.attributes[..., 0] * unit, "size": data.attributes[..., 1], "brand": data.attributes[..., 2]},
        data.available,
    )
    one, two = fit_logit(data), fit_logit(other)
    assert two.coefficients.value * [unit, 1.0, 1.0] == pytest.approx(one.coefficients.value, rel=1e-6, abs=1e-8)
    assert two.log_likelihood == pytest.approx(one.log_likelihood)


def test_ten_times_the_choices_give_the_same_answer_and_a_smaller_error():
    data = survey(7)
    more = choice_counts(
        data.counts * 10.0, dict(zip("abc", np.moveaxis(data.attributes, -1, 0), strict=True)), data.available
    )
    one, two = fit_logit(data), fit_logit(more)
    assert two.coefficients.value == pytest.approx(one.coefficients.value, rel=1e-6)
    assert two.coefficients.standard_error * np.sqrt(10.0) == pytest.approx(one.coefficients.standard_error, rel=1e-6)


def test_origins_without_a_choice_say_nothing():
    data = survey(8)
    counts = np.vstack([data.counts, [[5.0, 0.0, 0.0, 0.0, 0.0], [0.0] * 5]])
    attributes = np.concatenate([data.attributes, np.full((2, 5, 3), 3.0)])
    available = np.vstack([data.available, [[True, False, False, False, False], [True] * 5]])
    columns = dict(zip(data.names, np.moveaxis(attributes, -1, 0), strict=True))
    fit = fit_logit(choice_counts(counts, columns, available))
    assert fit.coefficients.value == pytest.approx(fit_logit(data).coefficients.value)
    assert (fit.origins, fit.choices) == (30, 1800.0)


def test_a_rare_alternative_is_no_separation():
    counts = np.array([[1e6, 1.0]])
    fit = fit_logit(choice_counts(counts, alternative_constants(["usual", "rare"], base="usual")))
    assert fit.coefficients.by_name()["rare"] == pytest.approx(np.log(1e-6))


def test_an_alternative_that_nobody_chose_is_told():
    data = survey(9)
    counts = np.column_stack([data.counts, np.zeros(30)])
    minutes = np.column_stack([data.attributes[..., 0], np.full(30, 9.0)])
    names = ["a", "a", "a", "a", "a", "new"]
    with pytest.raises(ValueError, match=r"^new: foretell perfectly .*no summit"):
        fit_logit(choice_counts(counts, {"minutes": minutes, **alternative_constants(names, base="a")}))


def test_everybody_at_the_nearest_outlet_is_told():
    minutes = np.random.default_rng(10).uniform(1.0, 20.0, (12, 4))
    nearest = (minutes == minutes.min(axis=1, keepdims=True)).astype(float)
    with pytest.raises(ValueError, match=r"^minutes: foretell perfectly"):
        fit_logit(choice_counts(nearest, {"minutes": minutes}))


def test_attributes_that_cannot_be_told_apart_are_named():
    data = survey(11)
    minutes, size = data.attributes[..., 0], data.attributes[..., 1]
    with pytest.raises(ValueError, match=r"^minutes, hours: they say the same thing twice"):
        fit_logit(choice_counts(data.counts, {"minutes": minutes, "hours": minutes / 60.0, "size": size}))
    income = np.repeat(np.arange(30.0)[:, None], 5, axis=1)
    with pytest.raises(ValueError, match=r"^income: the same for all alternatives"):
        fit_logit(choice_counts(data.counts, {"income": income, "minutes": minutes}))


@pytest.mark.parametrize(
    ("counts", "attributes", "available", "message"),
    [
        ([[1.0, -1.0]], {"x": [1.0, 2.0]}, None, "counts must be finite and non-negative"),
        ([[1.0, 1.0]], {"x": [1.0, 2.0]}, [[True, False]], r"1 choices of what was not available \(first: \(0, 1\)"),
        ([[1.0, 1.0]], {"x": [1.0, np.nan]}, None, "x: a value is missing"),
        ([[0.0, 0.0]], {"x": [1.0, 2.0]}, None, "nobody had a choice"),
        ([[1.0, 1.0]], {"x": [1.0, 2.0, 3.0]}, None, r"x has the shape \(3,\); expected \(1, 2\) or \(2,\)"),
        ([[1.0, 1.0]], {}, None, "one attribute or more"),
    ],
)
def test_data_that_make_no_sense_are_told(counts, attributes, available, message):
    columns = {name: np.array(column) for name, column in attributes.items()}
    with pytest.raises(ValueError, match=message):
        choice_counts(np.array(counts), columns, None if available is None else np.array(available))


def test_a_missing_figure_does_not_matter_where_nothing_was_available():
    minutes = np.array([[3.0, 5.0, np.inf], [4.0, 2.0, 9.0]])
    available = np.isfinite(minutes)
    fit = fit_logit(choice_counts(np.array([[7.0, 4.0, 0.0], [5.0, 6.0, 2.0]]), {"minutes": minutes}, available))
    assert fit.coefficients.by_name()["minutes"] < 0.0


def test_an_unknown_base_is_told():
    with pytest.raises(ValueError, match=r"no alternative 'x' .*known: a, b"):
        alternative_constants(["a", "b", "a"], base="x")
