"""Error probability is spent once, and verdicts follow the interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.planning.certificate import judged, spent


@given(st.floats(1e-4, 0.5), st.integers(1, 12))
def test_all_rounds_together_spend_alpha(alpha, rounds):
    assert sum(spent(alpha, number, rounds) for number in range(1, rounds + 1)) == pytest.approx(alpha)


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [(0.91, 0.93, "kept"), (0.90, 0.95, "kept"), (0.85, 0.899, "missed"), (0.88, 0.92, "undecided")],
)
def test_judged(lower, upper, verdict):
    assert judged(lower, upper, 0.90) == verdict
