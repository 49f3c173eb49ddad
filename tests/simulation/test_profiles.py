"""Opening hours and wished minutes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.calendar import OpeningHours
from netsim.simulation.profiles import Pieces, captured, joined, wished, wished_while_open
from tests.studies import DAYTIME, PEAKED

EVENLY = (1 / 48,) * 48


@st.composite
def opening_hours(draw):
    """Windows in quarter hours, possibly past midnight."""
    edges = sorted(draw(st.lists(st.integers(0, 120), min_size=2, max_size=6, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return OpeningHours("some", tuple((15.0 * a, 15.0 * b) for a, b in pairs))


@given(opening_hours(), st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_capture_factor_and_minutes_within_the_hours(hours, flexible):
    """Total = open + (1 - open) flexible; every drawn minute is one at which the lane is open."""
    share = np.mean([hours.service_minute(minute) is not None for minute in np.arange(0, 1440, 0.5)])
    inside = wished_while_open(EVENLY, hours)
    assert inside.total == pytest.approx(share, abs=1e-9)
    pieces = captured(EVENLY, flexible, hours)
    assert pieces.total == pytest.approx(share + (1 - share) * flexible, abs=1e-9)
    for minute in pieces.minute_at(np.linspace(0, 1 - 2**-53, 97)):
        assert any(start <= minute < end for start, end in hours.windows)


def test_small_hours_belong_to_the_service_day_before():
    """A wish at 01:00 is met at minute 1500 where the outlet is open until 26:00."""
    profile = [0.0] * 48
    profile[2] = 0.25
    profile[40] = 0.75
    pieces = captured(profile, 0.0, OpeningHours("night", ((1200.0, 1560.0),)))
    assert pieces.minute_at(np.array([0.5, 0.9])) == pytest.approx([1200 + 30 * 2 / 3, 1500 + 30 * 0.6])


def test_minutes_invert_the_distribution():
    """The share of the mass below the drawn minute is the uniform."""
    pieces = wished(PEAKED)
    draws = np.linspace(0.001, 0.999, 57)
    minutes = pieces.minute_at(draws)
    below = np.interp(minutes, 30.0 * np.arange(49), np.concatenate([[0], np.cumsum(PEAKED)]))
    assert below == pytest.approx(draws, abs=1e-12)
    with pytest.raises(ValueError, match="no mass"):
        pieces.scaled(0.0).minute_at(draws)


def test_restricting_and_joining_keep_the_mass():
    """Two halves of a day make the whole; a lane that opens within a slot takes its part."""
    pieces = wished(DAYTIME)
    early, late = pieces.within([(0.0, 610.0)]), pieces.within([(610.0, 1440.0)])
    assert early.total == pytest.approx((610 - 480) / 720)
    assert joined([early, late]).total == pytest.approx(1.0)
    assert Pieces(*(np.empty(0),) * 3).total == joined([]).total == 0.0
