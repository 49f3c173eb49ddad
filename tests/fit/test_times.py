"""Times as logs write them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.fit.times import OffsetError, read_stamps, resolution_of, service_days
from netsim.model.column_map import Times

NINE = (dt.date(2024, 3, 5) - dt.date(1970, 1, 1)).days * 1440.0 + 9 * 60 + 30.25
"""2024-03-05 09:30:15."""


def read(cell, style=None, date=None):
    """Return one cell as minutes since 1970."""
    dates = None if date is None else np.array([date], dtype=object)
    return float(read_stamps(np.array([cell], dtype=object), style or Times(), dates).minutes[0])


@pytest.mark.parametrize(
    ("cell", "style"),
    [
        ("2024-03-05 09:30:15", Times()),
        ("2024/3/5 9:30:15", Times()),
        ("2024.03.05T09:30:15.000", Times()),
        ("2024年3月5日 9时30分15秒", Times()),
        ("05.03.2024 09:30:15", Times(format="%d.%m.%Y %H:%M:%S")),
        ("20240305093015", Times(format="%Y%m%d%H%M%S")),
        ("2024-03-05 09:30:15+08:00", Times(zone="Asia/Shanghai")),
        ("2024-03-05T01:30:15Z", Times(zone="Asia/Shanghai")),
        ("2024-03-05 01:30:15", Times(zone="Asia/Shanghai", written_in="UTC")),
        ("1709602215", Times(format="unix", zone="Asia/Shanghai")),
        ("1709602215000", Times(format="unix_ms", zone="Asia/Shanghai")),
        ("45356.39600694444", Times(format="excel")),
        ("05.03.2024 09:30:15 +0800", Times(format="%d.%m.%Y %H:%M:%S %z", zone="Asia/Shanghai")),
    ],
)
def test_forms_that_logs_use(cell, style):
    assert read(cell, style) == pytest.approx(NINE, abs=1e-3)


def test_a_date_of_its_own_column():
    assert read("09:30:15", date="2024-03-05") == NINE
    assert read("09:30:15", date="2024-03-05 00:00:00") == NINE
    assert np.isnan(read("09:30:15"))


@pytest.mark.parametrize("cell", ["soon", "2024-13-05 09:30", "2024-03-05 25:00", "5/3/2024 09:30", "12", "09:30"])
def test_what_is_no_time_is_nothing(cell):
    found = read_stamps(np.array([cell], dtype=object), Times())
    assert np.isnan(found.minutes[0])
    assert found.filled[0]


@pytest.mark.parametrize(
    ("cell", "style"),
    [("2024-03-05T01:30:15Z", Times()), ("1709602215", Times(format="unix")), ("x", Times(format="%H %z"))],
)
def test_an_offset_needs_the_zone_of_the_outlet(cell, style):
    with pytest.raises(OffsetError):
        read(cell, style)


def test_a_time_that_no_clock_showed_is_nothing():
    style = Times(zone="UTC", written_in="Europe/Helsinki")
    assert np.isnan(read("2024-03-31 03:30:00", style))
    assert np.isfinite(read("2024-03-31 04:30:00", style))


@settings(deadline=None, max_examples=60)
@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)))  # noqa: DTZ001 - logs carry wall-clock times
def test_iso_comes_back_to_the_microsecond(moment):
    since = moment - dt.datetime(1970, 1, 1)  # noqa: DTZ001
    for cell in (str(moment), moment.isoformat()):
        assert read(cell) == pytest.approx(since / dt.timedelta(minutes=1), abs=1e-6)


def test_the_small_hours_belong_to_the_day_before():
    minutes = np.array([1440.0 * 10 + 30, 1440.0 * 10 + 300])
    assert service_days(minutes, 240.0).tolist() == [9.0, 10.0]


@pytest.mark.parametrize(("step", "found"), [(1.0, 1.0), (1 / 60, 1 / 60), (1 / 6000, 0.0)])
def test_what_a_log_can_tell_apart(step, found):
    rng = np.random.default_rng(1)
    assert resolution_of(NINE // 1 + step * rng.integers(1, 100_000, 500)) == pytest.approx(found)
