"""Error probability is spent once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.planning.certificate import spent


@given(st.floats(1e-4, 0.5), st.integers(1, 12))
def test_all_rounds_together_spend_alpha(alpha, rounds):
    assert sum(spent(alpha, number, rounds) for number in range(1, rounds + 1)) == pytest.approx(alpha)
