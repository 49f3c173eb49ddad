"""What the pages on fitting tell is what the program has, and their map files work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from netsim.experiment.fit_answer import fit_answer
from netsim.experiment.fitting import fit_log
from netsim.fit.fragment import fragment_text
from netsim.fit.map_file import read_map
from netsim.fit.read_log import read_log
from netsim.model.column_map import EVENTS, ColumnMap, Columns, Limits, Numbers, Times
from netsim.model.ticket_log import REASONS
from tests.docs.test_pages import blocks
from tests.fit import planted

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = DOCS / "how-to" / "fit-a-ticket-log.md"
REFERENCE = (DOCS / "reference" / "fit.md").read_text(encoding="utf-8")
TOLD = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", REFERENCE))))
DAYS = planted.days_of(21)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05, goes_on=0.1, to="advice"),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.exponential(20.0),
    servers=4,
)


@pytest.mark.parametrize("record", [ColumnMap, Columns, Times, Limits, Numbers])
def test_every_key_of_the_map_file_is_told(record):
    assert sorted(set(record.model_fields) - TOLD) == []


def test_every_event_and_reason_is_told():
    assert sorted({*EVENTS, *REASONS} - TOLD) == []


def chinese_events():
    """Return a log as the first map file of the how-to describes it."""
    table = planted.long_rows(planted.play(HALL, DAYS, seed=1), DAYS)
    words = {"arrive": "取号", "call": "叫号", "end": "办结", "no_show": "过号", "leave": "离开", "transfer": "转办"}
    return table.assign(
        event=table["event"].map(words),
        task=table["task"].map({"cash": "现金业务", "advice": "理财"}),
        window=table["window"].str.replace("W", "窗口"),
    ).set_axis(["票号", "事件", "时间", "业务", "窗口"], axis=1)


def english_tickets():
    """Return a log as the second map file describes it."""
    table = planted.wide_rows(planted.play(HALL, DAYS, seed=1), DAYS)
    words = {"served": "done", "no_show": "not there", "left": "gave up"}
    names = ["No", "Service", "Taken", "Called", "Finished", "Desk", "Result"]
    return table.assign(outcome=table["outcome"].map(words)).set_axis(names, axis=1)


def looks():
    """Return looks as the third map file describes them."""
    hall = planted.Hall(servers=3)
    table = planted.snapshot_rows(planted.play(hall, DAYS, seed=1), DAYS, 10.0, 3)
    return table.set_axis(["time", "waiting", "counters", "last number"], axis=1)


@pytest.mark.parametrize(("place", "table"), [(0, chinese_events), (1, english_tickets), (2, looks)])
def test_map_files_of_the_how_to_read_such_logs(tmp_path, place, table):
    text = blocks(HOW_TO, "yaml")[place]
    paths = planted.write(tmp_path, table(), text)
    log, file = read_log(*paths)
    assert file.map == read_map(paths[1]).map
    discards = {item.reason for account in log.source.accounts for item in account.discards}
    assert discards <= {"outside_hours"}
    assert log.source.accounts[0].used > 0.9 * log.source.accounts[0].read


def test_every_key_of_the_answer_is_told(tmp_path):
    result = fit_log(*planted.write(tmp_path, chinese_events(), blocks(HOW_TO, "yaml")[0]))
    answer = fit_answer(result, {}, None, None)
    part = REFERENCE.split("### result.json", 1)[1].split("\n### ", 1)[0]
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", part))))
    assert sorted(set(answer) - told) == []


def keys(node):
    """Return the keys of a mapping, those of tasks, days and profiles under one name."""
    if not isinstance(node, dict):
        return None
    return {re.sub(r"^(log_)?(cash|advice|all)$", "x", key): keys(child) for key, child in node.items()}


def test_the_fragment_of_the_reference_has_the_keys_of_a_real_one(tmp_path):
    shown = yaml.safe_load(REFERENCE.split("```yaml\n", 1)[1].split("```", 1)[0])
    result = fit_log(*planted.write(tmp_path, chinese_events(), blocks(HOW_TO, "yaml")[0]))
    real, told = keys(yaml.safe_load(fragment_text(result))), keys(shown)
    assert set(real) == set(told)
    assert real["profiles"]["x"] == told["profiles"]["x"]
    assert set(real["tasks"]["x"]) == set(told["tasks"]["x"])
    assert set(real["tasks"]["x"]["steps"]["serve"]["counter"]) == {"mean", "cv", "law"}
    assert set(real["demand"]) == set(told["demand"])
    assert set(real["lanes"]["counter"]) == set(told["lanes"]["counter"])
