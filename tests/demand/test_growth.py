"""People by year, and the S-curve of those who move to another channel."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.growth import Growth, growth_along
from netsim.demand.s_curve import SCurve, migrated_share

YEARS = st.floats(1990.0, 2100.0)


@given(rate=st.floats(-0.2, 0.2), year=YEARS)
def test_a_yearly_rate_compounds(rate, year):
    growth = Growth((2020.0,), (1.0,), rate)
    assert growth.factor(year + 1.0) == pytest.approx(growth.factor(year) * (1.0 + rate))
    assert growth.factor(2020.0) == 1.0


def test_points_are_joined_and_held_beyond():
    growth = growth_along([(2024.0, 1.0), (2030.0, 1.3), (2040.0, 0.8)])
    assert [growth.factor(year) for year in (2000.0, 2024.0, 2035.0, 2040.0, 2090.0)] == pytest.approx(
        [1.0, 1.0, 1.05, 0.8, 0.8]
    )


@pytest.mark.parametrize(
    ("years", "factors", "message"),
    [((), (), "one or more"), ((2020.0, 2020.0), (1.0, 1.0), "must increase"), ((2020.0,), (-1.0,), "negative")],
)
def test_growth_that_makes_no_sense_is_refused(years, factors, message):
    with pytest.raises(ValueError, match=message):
        Growth(years, factors)


@settings(deadline=None)
@given(
    start=st.floats(0.0, 1.0), way=st.floats(0.0, 1.0), midpoint=YEARS, years=st.floats(0.1, 60.0), one=YEARS, two=YEARS
)
def test_the_s_curve_rises_from_start_to_cap(start, way, midpoint, years, one, two):
    curve = SCurve(start, start + way * (1.0 - start), midpoint, years)
    early, late = sorted((one, two))
    assert curve.start <= migrated_share(early, curve) <= migrated_share(late, curve) <= curve.cap + 1e-12
    half = (curve.start + curve.cap) / 2.0
    assert migrated_share(midpoint, curve) == pytest.approx(half)
    both = migrated_share(midpoint - one + 1990.0, curve) + migrated_share(midpoint + one - 1990.0, curve)
    assert both == pytest.approx(2.0 * half)


@given(midpoint=YEARS, years=st.floats(0.5, 40.0))
def test_the_years_are_those_from_a_tenth_to_nine_tenths_of_the_way(midpoint, years):
    curve = SCurve(0.2, 0.7, midpoint, years)
    assert migrated_share(midpoint - years / 2, curve) == pytest.approx(0.25)
    assert migrated_share(midpoint + years / 2, curve) == pytest.approx(0.65)


@pytest.mark.parametrize(("start", "cap", "years"), [(0.5, 0.4, 5.0), (0.0, 1.1, 5.0), (0.0, 1.0, 0.0)])
def test_a_curve_that_makes_no_sense_is_refused(start, cap, years):
    with pytest.raises(ValueError, match="s-curve"):
        SCurve(start, cap, 2030.0, years)
