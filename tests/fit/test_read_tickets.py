"""From rows to legs: what is set aside, why, and that nothing gets lost."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsim.errors import BadInputError
from netsim.fit.read_log import read_log
from netsim.model.ticket_log import Fate, Legs
from tests.fit import planted

DAY = "2024-03-04"
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05, goes_on=0.1, to="advice"),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.exponential(25.0),
    servers=4,
)
MAP = planted.LONG_MAP


def read(folder, lines, columns=MAP, header="ticket,event,time,task,window"):
    """Return a log from lines of cells, times of day on one Monday."""
    rows = [header]
    for line in lines:
        cells = line.split(",")
        rows.append(",".join(f"{DAY} {cell}" if cell[2:3] == ":" and len(cell) >= 5 else cell for cell in cells))
    (folder / "log.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "columns.yaml").write_text(columns, encoding="utf-8")
    return read_log(folder / "log.csv", folder / "columns.yaml")[0]


def reasons(log, place=0):
    """Return the rows set aside by reason."""
    return {item.reason: item.rows for item in log.source.accounts[place].discards}


def balanced(log):
    return all(item.read == item.used + item.discarded for item in log.source.accounts)


def columns(legs):
    return {name: getattr(legs, name) for name in Legs.__dataclass_fields__}


GOOD = [
    "G1,arrive,10:00:00,cash,", "G1,call,10:05:00,cash,W1", "G1,end,10:10:00,cash,W1",
    "G2,arrive,10:02:00,cash,", "G2,call,10:10:00,cash,W1", "G2,end,10:15:00,cash,W1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["G1,arrive,10:01:00,cash,"], {"duplicate_event": 1}),
        (["G1,end,10:10:30,cash,W1"], {"duplicate_event": 1}),
        (["G1,call,10:07:00,cash,W2"], {"duplicate_event": 1}),
        ([",arrive,10:00:00,cash,"], {"no_ticket": 1}),
        (["B,,10:00:00,cash,"], {"no_event": 1}),
        (["B,jump,10:00:00,cash,"], {"unknown_event": 1}),
        (["B,arrive,soon,cash,"], {"unreadable_time": 1}),
        (["B,arrive,10:00:00,cash"], {"ragged_row": 1}),
        (["B,call,10:00:00,cash,W1", "B,end,10:01:00,cash,W1"], {"missing_arrive": 2}),
        (["B,call,10:00:00,cash,W1", "B,arrive,10:01:00,cash,"], {"call_before_arrive": 1}),
        (["B,arrive,10:00:00,cash,", "B,end,10:01:00,cash,W1", "B,call,10:02:00,cash,W1"], {"end_before_call": 1}),
        (["B,arrive,10:00:00,cash,", "B,end,10:01:00,cash,W1"], {"end_without_call": 1}),
        (["B,arrive,10:00:00,cash,", "B,call,18:30:00,cash,W1", "B,end,18:31:00,cash,W1"], {"too_long_wait": 2}),
        (["B,arrive,10:00:00,cash,", "B,call,10:01:00,cash,W1", "B,end,14:02:00,cash,W1"], {"too_long_service": 1}),
        (["G1,leave,10:07:00,cash,"], {"out_of_order": 1}),
        (["B,arrive,10:00:00,,", "B,call,10:01:00,,W1"], {"unknown_task": 2}),
    ],
)
def test_a_row_is_set_aside_with_its_reason(tmp_path, lines, expected):
    log = read(tmp_path, GOOD + lines, MAP + "tasks: {cash: [cash]}\n")
    assert reasons(log) == expected
    assert balanced(log)
    assert log.source.accounts[0].read == len(GOOD + lines)
    served = log.legs.fate == Fate.SERVED
    assert np.sum(served & (log.legs.service == 5.0)) == 2


def test_the_lines_of_what_is_set_aside_are_told(tmp_path):
    log = read(tmp_path, [*GOOD, "B,arrive,soon,cash,", "C,arrive,later,cash,"], MAP + "tasks: {cash: [cash]}\n")
    (found,) = log.source.accounts[0].discards
    assert found.lines == (8, 9)


def test_unknown_names_set_whole_tickets_aside(tmp_path):
    extra = "tasks: {cash: [cash, 现金*]}\nresources: {counter: ['W*'], terminal: ['ATM*']}\n"
    lines = [
        "B,arrive,10:00:00,cash,", "B,call,10:01:00,cash,ATM7", "B,end,10:03:00,cash,ATM7",
        "C,arrive,10:00:00,现金存取,", "C,call,10:01:00,现金存取,X1", "C,end,10:03:00,现金存取,X1",
        "D,arrive,10:00:00,loan,", "D,call,10:01:00,cash,W1", "D,end,10:03:00,cash,W1",
    ]  # fmt: skip
    log = read(tmp_path, GOOD + lines, MAP + extra)
    assert reasons(log) == {"unknown_resource": 3, "unknown_task": 3}
    assert np.bincount(log.legs.lane).tolist() == [1, 2]


def test_a_service_with_an_impossible_end_still_counts_as_arrival_and_wait(tmp_path):
    lines = ["B,arrive,10:00:00,cash,", "B,call,10:03:00,cash,W1", "B,end,15:02:00,cash,W1"]
    log = read(tmp_path, lines, MAP + "tasks: {cash: [cash]}\n")
    assert (len(log.legs), log.legs.wait[0], log.legs.fate[0]) == (1, 3.0, Fate.UNKNOWN)
    assert np.isnan(log.legs.service[0])


def test_opening_hours_and_rows_of_another_outlet(tmp_path):
    extra = "hours: {weekdays: ['10:00-16:00']}\nwhere: {window: ['', W1]}\ntasks: {cash: [cash]}\n"
    lines = ["B,arrive,09:59:59,cash,", "B,call,10:01:00,cash,W1", "C,arrive,10:01:00,cash,W9"]
    log = read(tmp_path, GOOD + lines, MAP + extra)
    assert reasons(log) == {"outside_hours": 2, "not_chosen": 1}
    assert log.open_hours[0].sum() == 6.0
    assert log.open_hours[6].sum() == 0.0


def test_legs_by_hand(tmp_path):
    lines = [
        "A,arrive,10:00:00,cash,", "A,call,10:04:00,cash,W1", "A,transfer,10:09:00,advice,W1",
        "A,call,10:12:00,advice,W2", "A,end,10:20:00,advice,W2",
        "B,arrive,10:01:00,cash,", "B,leave,10:08:30,cash,",
        "C,arrive,10:02:00,cash,", "C,call,10:09:00,cash,W1", "C,no_show,10:10:00,cash,W1",
        "D,arrive,10:03:00,cash,", "D,call,10:10:00,cash,W1", "D,no_show,10:11:00,cash,W1",
        "D,call,10:13:00,cash,W1", "D,end,10:15:00,cash,W1",
        "E,arrive,10:05:00,cash,",
    ]  # fmt: skip
    legs = read(tmp_path, lines, MAP + "tasks: {cash: [cash], advice: [advice]}\n").legs
    assert legs.arrive.tolist() == [600.0, 601.0, 602.0, 603.0, 605.0, 609.0]
    assert legs.fate.tolist() == [Fate.SERVED, Fate.LEFT, Fate.NO_SHOW, Fate.SERVED, Fate.UNKNOWN, Fate.SERVED]
    assert legs.first.tolist() == [True] * 5 + [False]
    assert legs.goes_on.tolist() == [True] + [False] * 5
    assert legs.wait.tolist()[:4] == [4.0, 7.5, 7.0, 10.0]
    assert legs.service[[0, 3, 5]].tolist() == [5.0, 2.0, 8.0]
    assert legs.task.tolist() == [0, 0, 0, 0, 0, 1]
    assert legs.visit[5] == legs.visit[0]


def test_events_of_one_moment_may_stand_in_any_order(tmp_path):
    lines = ["A,end,10:00:00,cash,W1", "A,call,10:00:00,cash,W1", "A,arrive,10:00:00,cash,"]
    log = read(tmp_path, lines, MAP + "tasks: {cash: [cash]}\n")
    assert reasons(log) == {}
    assert log.legs.service.tolist() == [0.0]


def test_a_number_may_come_again_the_same_day_and_the_next(tmp_path):
    lines = ["A,arrive,09:00:00,cash,", "A,call,09:01:00,cash,W1", "A,end,09:02:00,cash,W1"]
    later = [line.replace("09:", "15:") for line in lines]
    tomorrow = [line.replace("09:", "2024-03-05 09:") for line in lines]
    log = read(tmp_path, [*lines, *later, *tomorrow], MAP + "tasks: {cash: [cash]}\n")
    assert reasons(log) == {}
    assert (len(log.legs), len(log.days), log.legs.goes_on.any()) == (3, 2, False)


def test_a_visit_past_midnight_belongs_to_the_day_before(tmp_path):
    lines = ["A,arrive,23:50:00,cash,", f"A,call,{DAY[:-1]}5 00:10:00,cash,W1", f"A,end,{DAY[:-1]}5 00:20:00,cash,W1"]
    log = read(tmp_path, lines, MAP + "tasks: {cash: [cash]}\ntime: {day_starts: '04:00'}\n")
    assert log.days == (dt.date(2024, 3, 4),)
    assert (log.legs.call[0], log.legs.wait[0], log.legs.service[0]) == (1450.0, 20.0, 10.0)


def test_who_left_waited_where_most_of_the_task_are_served(tmp_path):
    extra = "tasks: {cash: [cash]}\nresources: {counter: ['W*'], terminal: ['ATM*']}\n"
    lines = [line.replace("W1", "ATM1") for line in GOOD] + ["B,arrive,10:00:00,cash,", "B,leave,10:03:00,cash,"]
    assert read(tmp_path, lines, MAP + extra).legs.lane.tolist() == [0, 0, 0]


def test_a_log_of_which_nothing_can_be_used_says_why(tmp_path):
    lines = ["B,arrive,10:00:00,cash,", "C,arrive,10:00:00,cash,"]
    with pytest.raises(BadInputError, match="no ticket of the log can be used: 2 rows outside hours"):
        read(tmp_path, lines, MAP + "hours: {daily: ['11:00-12:00']}\ntasks: {cash: [cash]}\n")


@pytest.mark.parametrize("name", ["log.csv", "log.xlsx", "log.parquet"])
def test_every_file_format_and_both_forms_give_the_same_legs(tmp_path, name):
    days = planted.days_of(3)
    legs = planted.play(HALL, days, seed=3)
    expected = None
    for rows, columns_text in ((planted.long_rows, planted.LONG_MAP), (planted.wide_rows, planted.WIDE_MAP)):
        log, _ = read_log(*planted.write(tmp_path, rows(legs, days), columns_text, name))
        found = columns(log.legs)
        assert balanced(log)
        assert len(log.legs) == len(legs)
        for key, values in (expected or found).items():
            if key not in {"server", "visit"}:  # numbered by what stands in the file
                np.testing.assert_allclose(found[key], values, atol=1e-6)
        expected = expected or found


def test_legs_are_those_that_were_planted(tmp_path):
    days = planted.days_of(5)
    legs = sorted(planted.play(HALL, days, seed=4), key=lambda leg: (leg.day, round(leg.arrive, 3)))
    log, _ = read_log(*planted.write(tmp_path, planted.wide_rows(legs, days), planted.WIDE_MAP))
    fates = {"served": Fate.SERVED, "left": Fate.LEFT, "no_show": Fate.NO_SHOW}
    assert log.legs.fate.tolist() == [fates[leg.fate] for leg in legs]
    assert log.legs.goes_on.tolist() == [leg.then is not None for leg in legs]
    np.testing.assert_allclose(log.legs.arrive, [leg.arrive for leg in legs], atol=1e-3)
    np.testing.assert_allclose(log.legs.call, [leg.call for leg in legs], atol=1e-3)


EVENT = st.tuples(
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["arrive", "call", "end", "transfer", "no_show", "leave", "?", ""]),
    st.one_of(st.integers(0, 900).map(lambda s: f"{DAY} {9 + s // 60:02d}:{s % 60:02d}:00"), st.just("never")),
    st.sampled_from(["cash", "advice", "golf", ""]),
    st.sampled_from(["W1", "W2", ""]),
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENT, min_size=1, max_size=25))
def test_any_rows_at_all_balance_and_give_lawful_legs(tmp_path, rows):
    rows = [*rows, ("9", "arrive", f"{DAY} 09:00:00", "cash", "")]
    table = pd.DataFrame(rows, columns=["ticket", "event", "time", "task", "window"])
    text = MAP + "tasks: {cash: [cash], advice: [advice]}\nhours: {daily: ['09:00-20:00']}\n"
    log, _ = read_log(*planted.write(tmp_path, table, text))
    assert balanced(log)
    assert log.source.accounts[0].read == len(rows)
    legs = log.legs
    assert np.all(~(legs.call < legs.arrive))
    assert np.all(~(legs.end < legs.arrive))
    assert np.all(~(legs.end < legs.call))
    assert np.all(np.isfinite(legs.service[legs.fate == Fate.SERVED]))
    assert np.all(np.isnan(legs.call[legs.fate == Fate.LEFT]))
    assert np.all(legs.fate[legs.goes_on] == Fate.SERVED)
    assert len(np.unique(legs.visit)) == legs.first.sum()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.sampled_from(["", "x", *(f"{DAY} 1{n}:00:00" for n in range(5))])] * 3), min_size=1))
def test_any_rows_of_tickets_balance_too(tmp_path, rows):
    rows = [*rows, (f"{DAY} 10:00:00", f"{DAY} 10:01:00", f"{DAY} 10:02:00")]
    table = pd.DataFrame(rows, columns=["arrive", "call", "end"])
    text = "netsim: 1\nform: tickets\ncolumns: {arrive: arrive, call: call, end: end}\n"
    log, _ = read_log(*planted.write(tmp_path, table, text))
    assert balanced(log)
    assert log.source.accounts[0].read >= len([row for row in rows if any(row)])
