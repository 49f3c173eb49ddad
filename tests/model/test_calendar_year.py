"""The days of a real year by kind."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.calendar import WEEKDAYS, day_types_of_year

OFFICE = dict.fromkeys(WEEKDAYS[:5], "working_day") | {"sat": "saturday"}


def counts(kinds):
    return {kind: list(kinds.values()).count(kind) for kind in set(kinds.values())}


@pytest.mark.parametrize(("year", "expected"), [(2026, (261, 52)), (2024, (262, 52)), (2000, (260, 53))])
def test_weekdays_of_a_year(year, expected):
    """Known numbers of working days and Saturdays, leap years among them."""
    kinds = counts(day_types_of_year(year, OFFICE))
    assert (kinds["working_day"], kinds["saturday"]) == expected


def test_holidays_are_closed_or_of_their_own_kind():
    """New Year 2026 is a Thursday, the third of October a Saturday."""
    free = [date(2026, 1, 1), date(2026, 10, 3)]
    closed = day_types_of_year(2026, OFFICE, free)
    assert not set(free) & set(closed)
    own = day_types_of_year(2026, OFFICE, [*free, date(2026, 10, 4)], "holiday")
    assert [own[day] for day in free] == ["holiday", "holiday"]
    assert own[date(2026, 10, 4)] == "holiday"  # a Sunday, closed otherwise


def test_a_pay_day_moves_to_the_next_open_day():
    """The 31st is the last of a short month; a Sunday or holiday passes it on, the last of the year may be lost."""
    kinds = day_types_of_year(2026, OFFICE, [date(2026, 8, 31)], pay_days=[31], pay_day="pay_day")
    paid = [day for day, kind in kinds.items() if kind == "pay_day"]
    assert date(2026, 2, 28) in paid  # a Saturday, open
    assert date(2026, 6, 1) in paid  # 31 May is a Sunday
    assert date(2026, 5, 31) not in kinds
    assert date(2026, 9, 1) in paid  # 31 August is a holiday
    lost = day_types_of_year(2026, OFFICE, [date(2026, 12, 31)], pay_days=[31], pay_day="pay_day")
    assert sum(kind == "pay_day" for kind in lost.values()) == 11


@given(st.integers(1990, 2100), st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20))
def test_no_day_is_of_two_kinds_or_of_another_year(year, free):
    """Every open day once; holidays of other years change nothing."""
    kinds = day_types_of_year(year, OFFICE, free, pay_days=[10], pay_day="pay_day")
    assert list(kinds) == sorted(kinds)
    assert {day.year for day in kinds} == {year}
    assert not any(day.weekday() == 6 for day in kinds)
    assert counts(kinds)["pay_day"] == 12
