"""The map file: every fault with its place and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.errors import BadInputError
from netsim.fit.map_file import read_map
from netsim.fit.read_log import read_log
from netsim.model.column_map import ColumnMap, keys_at

GOOD = """netsim: 1
form: events
columns: {ticket: no, event: what, time: at}
"""
LOG = """no,what,at,姓名
A1,arrive,2024-03-04 09:00:00,张三
A1,call,2024-03-04 09:05:00,张三
A1,end,2024-03-04 09:09:00,张三
"""


def refused(folder, text, log=None):
    """Return the message that a map file (with a log, if given) is refused with."""
    path = folder / "columns.yaml"
    path.write_text(text, encoding="utf-8")
    if log is None:
        with pytest.raises(BadInputError) as error:
            read_map(path, "columns.yaml")
        return str(error.value)
    (folder / "log.csv").write_text(log, encoding="utf-8")
    with pytest.raises(BadInputError) as error:
        read_log(folder / "log.csv", path, log_name="log.csv", map_name="columns.yaml")
    return str(error.value)


def test_a_good_map_is_read(tmp_path):
    path = tmp_path / "columns.yaml"
    path.write_text(GOOD + "limits: {service: 2 h}\ntasks: {cash: [现金业务]}\n", encoding="utf-8")
    found = read_map(path).map
    assert (found.limits.service, found.limits.wait) == (120.0, 480.0)
    assert found.tasks == {"cash": ("现金业务",)}
    assert found.time.day_start == 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "colums: 3\n", "columns.yaml:4:1: colums: unknown key; did you mean 'columns'?"),
        (GOOD.replace("ticket", "tiket"), "columns.yaml:3:11: columns.tiket: unknown key; did you mean 'ticket'?"),
        (GOOD + "events: {arive: [x]}\n", "columns.yaml:4:10: events.arive: unknown key; did you mean 'arrive'?"),
        ("netsim: 1\n", "columns: the key is missing; expected: Names of the log's columns"),
        (
            GOOD.replace(", time: at", ""),
            "columns.yaml:3:1: columns: a log of the form 'events' needs the columns time",
        ),
        (GOOD + "time: {zone: Asia/Shangai}\n", "columns.yaml:4:14: time.zone: unknown time zone"),
        (GOOD + "time: {zone: Asia/Shangai}\n", "did you mean 'Asia/Shanghai'?"),
        (GOOD + "time: {written_in: UTC}\n", "columns.yaml:4:8: time.written_in: needs 'zone'"),
        (GOOD + "time: {day_starts: '06:30'}\n", "a service day begins at 06:00 at the latest"),
        (GOOD + "tasks: {a: [x], b: [x]}\n", "columns.yaml:4:21: tasks.b[0]: 'x' already stands for 'a'"),
        (GOOD + "holidays: ['2024-02-30']\n", "expected a date such as '2024-05-01', got '2024-02-30'"),
        (GOOD + "hours: {daily: ['17:00-09:00']}\n", "columns.yaml:4:17: hours.daily[0]: '17:00-09:00' closes before"),
        (GOOD + "hours: {sundays: ['09:00-17:00']}\n", "did you mean 'sunday'?"),
        (GOOD + "limits: {wait: 3}\n", "columns.yaml:4:16: limits.wait: the unit is missing"),
        (GOOD + "form: tickets\n", "key 'form' is given twice"),
        ("form: [", "no YAML"),
        ("", "a map file starts with 'netsim: 1'"),
        ("- 1\n", "expected a mapping"),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_mend(tmp_path, text, message):
    assert message in refused(tmp_path, text)


def test_all_faults_are_told_at_once(tmp_path):
    message = refused(tmp_path, GOOD + "seed: 3\nlimits: {wait: 5}\nholidays: [x]\n")
    assert message.endswith("3 faults")


@pytest.mark.parametrize(
    ("text", "log", "message"),
    [
        (GOOD.replace("no,", "nr,"), LOG, "columns.yaml:3:19: columns.ticket: the log has no column 'nr'"),
        (GOOD.replace("what", "whta"), LOG, "did you mean 'what'?"),
        (GOOD.replace("no,", "姓名,"), LOG, "columns.ticket: the column '姓名' looks personal and is never read"),
        (GOOD + "where: {outlet: [A]}\n", LOG, "columns.yaml:4:9: where.outlet: the log has no column 'outlet'"),
        (GOOD + "where: {姓名: [A]}\n", LOG, "where.姓名: the column '姓名' looks personal"),
        (GOOD, LOG.replace("arrive", "取消"), "no row of this column is an arrival"),
        (GOOD, LOG.replace("2024-", ""), "columns.time: no time in this column can be read"),
        (GOOD, LOG.replace(":00,", ":00Z,"), "tell the outlet's time zone"),
        (GOOD, "no,what,at\n" + "A1,arrive,2024-03-04\n" * 25, "nearly all times in this column are 00:00"),
        (GOOD + "time: {format: '%d.%m.%Y'}\n", LOG, "can be read as %d.%m.%Y"),
        (
            GOOD.replace("at}", "at, task: no}"),
            "no,what,at\n" + "".join(f"A{n % 70},arrive,2024-03-04 09:00:01\n" for n in range(280)),
            "holds 70 different texts; no more than 60 are taken for tasks",
        ),
    ],
)
def test_a_map_that_does_not_fit_its_log_is_told_at_its_place(tmp_path, text, log, message):
    assert message in refused(tmp_path, text, log)


def test_a_personal_name_is_not_suggested(tmp_path):
    message = refused(tmp_path, GOOD.replace("no,", "姓,"), LOG)
    assert "姓名" not in message


@pytest.mark.parametrize(("name", "word"), [("a.csv", "no such file"), ("https://x.org/a.csv", "is a URL")])
def test_a_log_that_is_not_there_is_told(tmp_path, name, word):
    path = tmp_path / "columns.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadInputError, match=word):
        read_log(Path(name) if "://" in name else tmp_path / name, path, log_name=name)


def test_keys_are_known_at_every_place():
    assert set(keys_at(())) == set(ColumnMap.model_fields)
    assert keys_at(("tasks", "x")) == {}


def test_hours_of_a_day_go_before_those_of_a_part_of_the_week():
    map_ = ColumnMap.model_validate(
        {
            "netsim": 1,
            "form": "tickets",
            "columns": {"arrive": "a"},
            "hours": {"daily": ("10:00-16:00",), "weekend": (), "sunday": ("11:00-12:00",)},
        }
    )
    assert map_.open_windows(0) == ((600.0, 960.0),)
    assert map_.open_windows(5) == ()
    assert map_.open_windows(6) == ((660.0, 720.0),)
    bare = ColumnMap.model_validate({"netsim": 1, "form": "tickets", "columns": {"arrive": "a"}})
    assert bare.open_windows(6) is None
