"""The way of a customer in words, on a log written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from netsim.model.visits import Outcome, VisitLog
from netsim.report.visit_words import visit_words
from netsim.text import Text, sentences
from tests.studies import tiny_study

NAN = float("nan")
COLUMNS = "visit, task, site, step, lane, server, arrive, call, end, outcome"
ROWS = [
    (1, 0, 0, 0, 0, 0, 625.0, 625.0, 634.0, Outcome.SERVED),
    (2, 0, 0, 0, 0, -1, 628.0, NAN, 633.0, Outcome.ABANDONED),
    (3, 0, 0, 0, 0, -1, 630.0, NAN, 630.0, Outcome.BALKED),
    (4, 0, 0, 0, 0, 0, 631.0, 634.0, 636.5, Outcome.GOES_ON),
    (5, 1, 0, 0, 1, 1, 600.0, 600.0, 640.0, Outcome.SERVED),
    (4, 0, 0, 0, 1, 1, 636.5, 640.0, 645.0, Outcome.SERVED),
    (6, 1, 0, 0, 1, -1, 900.0, NAN, 960.0, Outcome.SENT_AWAY),
    (7, 0, 1, 0, 0, 0, 700.0, 700.0, 702.0, Outcome.UNRESOLVED),
    (8, 0, 1, 0, -1, -1, 1300.0, NAN, 1300.0, Outcome.CLOSED),
    (9, 1, -1, 0, -1, -1, 700.0, NAN, 700.0, Outcome.NO_OUTLET),
]


def log_of(rows=ROWS):
    visit, task, site, step, lane, server, arrive, call, end, outcome = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    zeros = np.zeros(len(rows), dtype=np.int64)
    return VisitLog(
        visit, zeros, zeros, zeros, zeros, task, site, step, lane, server, arrive * 1.0, call * 1.0, end * 1.0,
        np.nan_to_num(end - call), outcome,
    )  # fmt: skip


def told(visit, language="en", rows=ROWS):
    return visit_words(tiny_study(), log_of(rows), 0, 0, visit, Text(language))


def words(visit, language="en", rows=ROWS):
    return [sentence.words for sentence in told(visit, language, rows)]


def test_a_way_with_a_queue_and_a_fail_over():
    assert words(4) == [
        "10:31 arrives at s0 for cash; 1 in the queue at the terminal",
        "10:34 called to terminal 1 after 3.0 min",
        "10:36 the terminal fails the task after 2.5 min; goes on to the counter; nobody waits at the counter",
        "10:40 called to counter 2 after 3.5 min",
        "10:45 is served after 5.0 min and leaves",
        "10:45 in all 14.0 min: 6.5 min waiting, 7.5 min served",
    ]
    assert [(item.minute, item.key) for item in told(4)][:2] == [(631.0, "trace.arrives"), (634.0, "trace.called")]


def test_the_same_way_in_chinese():
    english, chinese = told(4), told(4, "zh")
    assert [(item.minute, item.key) for item in english] == [(item.minute, item.key) for item in chinese]
    assert chinese[0].words.startswith("10:31 到达s0")
    assert chinese[3].words == "10:40 等候 3.5 分钟后被叫到柜台 2 号"


@pytest.mark.parametrize(
    ("visit", "sentence"),
    [
        (2, "10:33 loses patience after 5.0 min and leaves"),
        (3, "10:30 finds the queue at the terminal too long and turns round"),
        (6, "16:00 still waits after 60.0 min when the counter closes; is sent away"),
        (7, "11:42 cannot be served to the end here; leaves after 2.0 min at the terminal"),
        (8, "21:40 wishes cash, but s1 is closed and no other time suits"),
        (9, "11:40 wishes advice, but no outlet in reach does it"),
    ],
)
def test_every_end_has_its_sentence(visit, sentence):
    assert sentence in words(visit)
    assert len(words(visit)) == {8: 1, 9: 1, 7: 4}.get(visit, 3)


def test_those_who_come_at_the_same_minute_stand_in_the_order_of_the_log():
    rows = [(visit, 0, 0, 0, 0, 0, 600.0, 600.0 + 2 * visit, 602.0 + 2 * visit, Outcome.SERVED) for visit in range(4)]
    queues = [words(visit, rows=rows)[0].split("; ")[1] for visit in range(4)]
    assert queues[:2] == ["nobody waits at the terminal", "nobody waits at the terminal"]
    assert queues[2:] == ["1 in the queue at the terminal", "2 in the queue at the terminal"]


def test_a_step_done_again_and_a_visit_on_another_minute():
    rows = [
        (1, 0, 0, 0, 0, 0, 600.0, 600.0, 602.0, Outcome.GOES_ON),
        (1, 0, 0, 0, 0, 0, 602.0, 602.0, 604.0, Outcome.GOES_ON),
        (1, 0, 0, 0, 1, 0, 700.0, 700.0, 705.0, 99),
    ]
    found = words(1, rows=rows)
    assert found[2] == "10:02 serve has to be done again after 2.0 min; nobody waits at the terminal"
    assert (
        found[4]
        == "10:04 serve is done here after 2.0 min; goes on to the counter at 11:40; nobody waits at the counter"
    )
    assert found[-2] == "11:45 leaves the counter"


def test_every_end_at_a_lane_has_a_sentence_of_its_own():
    elsewhere = {Outcome.NO_OUTLET, Outcome.CLOSED, Outcome.GOES_ON}
    names = {outcome.name for outcome in Outcome if outcome not in elsewhere} - {"RETURNS"}
    assert [name for name in sorted(names) if f"trace.{name.lower()}" not in sentences("en")] == []
