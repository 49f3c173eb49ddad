"""Logs that hold next to nothing: an answer all the same, and no figure that nobody saw."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from netsim.experiment.fit_answer import fit_answer
from netsim.experiment.fit_store import write_fit
from netsim.experiment.fitting import fit_log
from netsim.fit.fragment import fragment_text
from netsim.report.fit_report import fit_page_tables
from netsim.text import Text
from tests.fit import planted

DAYS = planted.days_of(14)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.exponential(15.0),
    servers=4,
)
TICKETS = planted.wide_rows(planted.play(HALL, DAYS, seed=1), DAYS)
LOOKS = planted.snapshot_rows(planted.play(planted.Hall(), DAYS, seed=1), DAYS, 10.0, 4)
BARE = "netsim: 1\nform: tickets\ncolumns: {arrive: arrive}\n"
MONDAY = TICKETS["arrive"].str.startswith("2024-03-04")
LOGS = {
    "arrivals only": (TICKETS, BARE, {}),
    "no ends": (TICKETS, planted.WIDE_MAP.replace(" end: end,", ""), {}),
    "one ticket": (TICKETS[:1], BARE, {}),
    "one day": (TICKETS[MONDAY], planted.WIDE_MAP, {}),
    "ten tickets": (TICKETS[:10], planted.WIDE_MAP, {}),
    "nobody leaves": (TICKETS[TICKETS["outcome"] != "left"], planted.WIDE_MAP, {}),
    "nobody comes when called": (TICKETS[TICKETS["outcome"] == "no_show"], planted.WIDE_MAP, {}),
    "everybody leaves": (TICKETS[TICKETS["outcome"] == "left"], planted.WIDE_MAP, {}),
    "services of no length": (TICKETS.assign(end=TICKETS["call"]), planted.WIDE_MAP, {}),
    "a day of nobody held out": (
        TICKETS[~TICKETS["arrive"].str.startswith("2024-03-06")],
        planted.WIDE_MAP + "empty_days: zero\n",
        {"hold_out": "2024-03-06"},
    ),
    "holidays only": (TICKETS[MONDAY], planted.WIDE_MAP + "holidays: ['2024-03-04']\n", {}),
    "two looks": (LOOKS[10:12], planted.SNAP_MAP, {}),
    "looks hours apart": (LOOKS[::12], planted.SNAP_MAP, {}),
}


@pytest.mark.parametrize("name", list(LOGS))
def test_a_poor_log_gives_an_answer_a_fragment_and_tables(tmp_path, name):
    table, columns, choices = LOGS[name]
    result = fit_log(*planted.write(tmp_path, table, columns), **choices)
    answer = json.loads(json.dumps(fit_answer(result, {}, None, None), allow_nan=False))
    assert answer["accounts"][0]["used"] > 0
    found = yaml.safe_load(fragment_text(result))
    assert found["netsim"] == 1
    assert not re.search(r"\b(?:nan|inf)\b", fragment_text(result))
    for language in ("en", "zh"):
        assert "fit_rows" in fit_page_tables(result, Text(language)) or answer["accounts"][0]["discarded"] == 0


@pytest.mark.parametrize("name", ["one ticket", "looks hours apart"])
def test_a_poor_log_still_gives_a_page(tmp_path, name):
    table, columns, choices = LOGS[name]
    result = fit_log(*planted.write(tmp_path, table, columns), **choices)
    write_fit(result, tmp_path / "out")
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


def test_what_nobody_saw_is_not_told(tmp_path):
    table, columns, _ = LOGS["arrivals only"]
    result = fit_log(*planted.write(tmp_path, table, columns))
    assert (result.services, result.waits, result.no_shows, result.transfers) == ((), None, (), ())
    assert result.patience[0].law is None
    assert result.patience[0].unknown == result.demand[0].arrivals
    found = yaml.safe_load(fragment_text(result))
    assert "lanes" not in found
    assert "steps" not in found["tasks"]["service"]
