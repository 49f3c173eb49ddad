"""Decays: known weights, the law that no weight rises with the way, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.accessibility import DECAYS, GaussianDecay, LinearDecay, PowerDecay, StepDecay

ONE_OF_EACH = {
    "step": StepDecay((10.0, 20.0, 30.0), (1.0, 0.68, 0.22)),
    "gaussian": GaussianDecay(12.0),
    "linear": LinearDecay(25.0),
    "power": PowerDecay(1.5, scale=5.0, least=2.0),
}


@pytest.mark.parametrize(
    ("decay", "minutes", "weight"),
    [
        (ONE_OF_EACH["step"], 20.0, 0.68),  # the limit belongs to its ring
        (ONE_OF_EACH["step"], 20.001, 0.22),
        (ONE_OF_EACH["step"], 30.001, 0.0),
        (GaussianDecay(20.0), 20.0, math.exp(-0.5)),
        (GaussianDecay(20.0), 0.0, 1.0),  # no 1 / sqrt(2 pi)
        (LinearDecay(25.0), 10.0, 0.6),
        (LinearDecay(25.0), 26.0, 0.0),
        (PowerDecay(2.0, scale=20.0), 60.0, 1.0 / 9.0),
        (PowerDecay(2.0, scale=20.0, least=4.0), 0.0, 25.0),
    ],
)
def test_known_weights(decay, minutes, weight):
    assert decay(np.array([minutes]))[0] == pytest.approx(weight, rel=1e-14)


def test_the_table_names_all_decays():
    assert {name: type(decay) for name, decay in ONE_OF_EACH.items()} == dict(DECAYS)


@pytest.mark.parametrize("decay", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
@given(st.lists(st.floats(0.0, 1e4), min_size=2, max_size=20))
@settings(deadline=None, max_examples=50)
def test_weights_never_rise_and_end_at_the_reach(decay, minutes):
    ways = np.sort(np.array(minutes))
    weights = decay(ways)
    assert np.all(weights >= 0.0)
    assert np.all(np.diff(weights) <= 0.0)
    assert np.all(weights[ways > decay.reach] == 0.0)
    assert decay(np.array([math.inf])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StepDecay((10.0, 20.0), (1.0,)), "2 limits and 1 weights; one weight a ring"),
        (lambda: StepDecay((20.0, 10.0), (1.0, 0.5)), r"limits must increase, got \(20.0, 10.0\)"),
        (lambda: StepDecay((10.0, 20.0), (0.5, 1.0)), r"never rise, got \(0.5, 1.0\)"),
        (lambda: StepDecay((10.0,), (-1.0,)), "non-negative and never rise"),
        (lambda: GaussianDecay(0.0), "gaussian decay: width must be positive and finite, got 0.0"),
        (lambda: LinearDecay(math.inf), "linear decay: end must be positive and finite, got inf"),
        (lambda: PowerDecay(-2.0), "power decay: exponent must be positive and finite, got -2.0"),
        (lambda: PowerDecay(2.0, least=0.0), "least must be positive"),
    ],
)
def test_a_wrong_parameter_is_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()
