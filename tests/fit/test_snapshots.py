"""Looks at a hall: what they tell, and what they do not."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from netsim.errors import BadInputError
from netsim.fit.fit_log import fit_looks
from netsim.fit.read_log import read_log
from netsim.fit.read_snapshots import _counted_on, _rising
from tests.fit import planted

DAYS = planted.days_of(70)
HALL = planted.Hall(servers=3, level=1.05, day_cv=0.08)
RATE = np.array(HALL.per_hour)[None, :] * np.array(HALL.weekday)[:, None] * HALL.level


@pytest.fixture(scope="module")
def legs():
    return planted.play(HALL, DAYS, seed=2)


def fit(folder, table, columns=planted.SNAP_MAP, **choices):
    log, file = read_log(*planted.write(folder, table, columns))
    return log, fit_looks(log, file.map, **choices)


@pytest.mark.parametrize("every", [2.0, 10.0])
def test_arrivals_calls_waits_and_minutes_of_a_call_are_recovered(tmp_path, legs, every):
    log, result = fit(tmp_path, planted.snapshot_rows(legs, DAYS, every, 3), hold_out="0")
    assert log.source.accounts[0].discarded == 0
    arrivals = result.arrivals
    open_cells = RATE > 0
    inside = ((arrivals.lower <= RATE) & (arrivals.upper >= RATE))[open_cells].mean()
    assert inside > 0.85
    assert arrivals.day_cv.lower < 0.08 < arrivals.day_cv.upper
    assert sum(item.arrivals for item in result.demand) == len(legs)
    (look,) = result.snapshots
    # looks see counter time in whole: 4 min within four standard errors
    assert abs(look.service.value - 4.0) < 4 * (look.service.upper - look.service.value) / 1.99
    assert look.least < 4.0 < look.most
    waits = np.mean([leg.call - leg.arrive for leg in legs])
    assert look.wait.value == pytest.approx(waits, rel=0.05)
    assert np.nanmax(look.open) == 3.0
    assert look.left_at_least == 0.0
    calls = np.zeros(48)
    np.add.at(calls, [int(leg.call // 30) for leg in legs], 1.0)
    slot = int(np.argmax(calls))
    days = len({leg.day for leg in legs})
    assert look.calls[slot] == pytest.approx(2 * calls[slot] / days, rel=0.03)


def test_nothing_is_claimed_that_looks_cannot_tell(tmp_path, legs):
    _, result = fit(tmp_path, planted.snapshot_rows(legs, DAYS, 10.0, 3))
    assert (result.services, result.patience, result.no_shows, result.transfers, result.waits) == ((), (), (), (), None)
    assert result.validation.no_waits == "fit.no_waits.snapshots"
    assert result.validation.arrivals is not None


def test_a_quiet_hall_gives_bounds_only(tmp_path):
    quiet = planted.Hall(servers=4, level=0.7)
    legs = planted.play(quiet, DAYS[:28], seed=3)
    _, result = fit(tmp_path, planted.snapshot_rows(legs, DAYS[:28], 10.0, 4))
    (look,) = result.snapshots
    assert look.service.lower < 4.0 < look.service.upper
    assert (look.service.lower, look.service.upper) == (look.least, max(look.most, look.service.value))


def test_without_counters_there_is_no_time_of_a_call(tmp_path, legs):
    table = planted.snapshot_rows(legs, DAYS[:14], 10.0, 3).drop(columns="open")
    _, result = fit(tmp_path, table, planted.SNAP_MAP.replace(" open: open,", ""))
    assert math.isnan(result.snapshots[0].service.value)


def test_a_late_first_look_counts_who_came_before_where_numbers_tell(tmp_path, legs):
    table = planted.snapshot_rows(legs, DAYS[:28], 10.0, 3)
    late = table[table["time"].str[11:16] >= "09:30"]
    _, told = fit(tmp_path, late, hold_out="0")
    _, untold = fit(tmp_path, late, planted.SNAP_MAP.replace("numbers: {first: 1}\n", ""), hold_out="0")
    everybody = sum(leg.day < 28 for leg in legs)
    assert told.demand[0].arrivals == everybody
    assert untold.demand[0].arrivals < everybody
    assert untold.arrivals.hours[0, 18] == 0.0  # nobody looked at 9:00, so it is no half-hour without customers


def test_dirty_looks_are_set_aside_with_their_reason(tmp_path):
    day = "2024-03-04"
    rows = [
        (f"{day} 09:00:00", "2", 1, "A001"), (f"{day} 09:05:00", "3", 1, "A002"), (f"{day} 09:05:00", "3", 1, "A002"),
        (f"{day} 09:10:00", "x", 1, "A003"), (f"{day} 09:15:00", "1", 1, "A000"), ("later", "1", 1, "A005"),
        (f"{day} 09:20:00", "0", 1, "A006"), (f"{day} 09:25:00", "1", 1, "A006"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["time", "waiting", "open", "last"])
    log, _ = read_log(*planted.write(tmp_path, table, planted.SNAP_MAP))
    (account,) = log.source.accounts
    assert {item.reason: item.rows for item in account.discards} == {
        "duplicate_event": 1, "unreadable_number": 1, "number_went_back": 1, "unreadable_time": 1,
    }  # fmt: skip
    assert account.read == account.used + account.discarded == 8
    assert log.looks.last.tolist() == [1, 2, 6, 6]


def test_who_goes_uncalled_is_counted_at_least(tmp_path):
    day = "2024-03-04"
    rows = [
        (f"{day} 09:{5 * n:02d}:00", waiting, 1, last) for n, (waiting, last) in enumerate([(5, 1), (2, 1), (1, 2)])
    ]
    _, result = fit(tmp_path, pd.DataFrame(rows, columns=["time", "waiting", "open", "last"]))
    assert result.snapshots[0].left_at_least == 3.0
    assert any(words.startswith("fit.warning.vanished") for words in result.warnings)


def test_numbers_of_two_queues_need_a_column(tmp_path):
    rows = [(f"2024-03-04 09:{n:02d}:00", 1, 1, f"{'AB'[n % 2]}{n:03d}") for n in range(20)]
    table = pd.DataFrame(rows, columns=["time", "waiting", "open", "last"])
    with pytest.raises(BadInputError, match="numbers of several queues"):
        read_log(*planted.write(tmp_path, table, planted.SNAP_MAP))
    table["queue"] = table["last"].str[0]
    columns = planted.SNAP_MAP.replace("time: time,", "time: time, task: queue,")
    log, _ = read_log(*planted.write(tmp_path, table, columns))
    assert log.queues == ("A", "B")
    assert len(log.looks) == 20


def test_numbers_that_start_again_go_on_counting():
    counted = _counted_on(np.array([997.0, 999.0, 1.0, 4.0, 998.0, 2.0]), 999)
    assert counted.tolist() == [997, 999, 1000, 1003, 1997, 2000]


def test_the_fewest_rows_are_given_up_for_a_rising_series():
    assert _rising(np.array([1.0, 50.0, 2.0, 3.0, 3.0, 4.0])).tolist() == [True, False, True, True, True, True]
    assert _rising(np.array([5.0, 1.0, 2.0, 2.0])).tolist() == [False, True, True, True]
