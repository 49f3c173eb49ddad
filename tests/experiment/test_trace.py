"""One customer followed: which one is meant, and what is told."""

from __future__ import annotations

import numpy as np
import pytest

import netsim
from netsim.errors import BadInputError
from netsim.experiment.settings import Settings
from netsim.experiment.trace import check_visit, find_visit, trace_visit
from netsim.text import Text
from tests.small import write_small


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    extra = "calendar: {day_types: {saturday: {days_per_year: 50}}}\n"
    path = write_small(tmp_path_factory.mktemp("project"), "two.yaml", extra)
    return netsim.simulate_scenario(path, settings=Settings(days=3))


def test_the_first_the_longest_and_the_one_who_left(run):
    log = run.days.log
    first = find_visit(log, run.study, "first")
    arrived = log.take((log.lane >= 0) & (log.replication == 0) & (log.day_type == 0))
    assert log.arrive[first] == arrived.arrive.min()
    longest = find_visit(log, run.study, "longest-wait")
    same = (log.visit == log.visit[longest]) & (log.replication == log.replication[longest])
    assert log.wait[same & (log.day_type == log.day_type[longest])].sum() == pytest.approx(run.days.visits.wait.max())
    left = find_visit(log, run.study, "left")
    assert np.isnan(log.call[left])


def test_an_id_is_read_from_the_right(run):
    log, study = run.days.log, run.study
    row = int(np.flatnonzero((log.day_type == 1) & (log.replication == 2))[0])
    visit = int(log.visit[row])
    for which in (f"{visit}", f"2/{visit}", f"saturday/2/{visit}"):
        found = find_visit(log, study, which)
        assert (log.visit[found], log.replication[found], log.day_type[found]) == (visit, 2, 1)


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("longest", "expected a visit of the log such as 0/123456, or first, longest-wait, left, got 'longest'"),
        ("longest-wiat", "did you mean 'longest-wait'\\?"),
        ("", "expected a visit"),
        ("1/2/3/4", "expected a visit"),
        ("7", "no visit '7' on the measured days"),
        ("9/7", "no visit '9/7' on the measured days \\(replications 0 to 2\\)"),
        ("sunday/0/7", "unknown day type 'sunday'; did you mean 'saturday'\\?"),
    ],
)
def test_what_is_no_visit_is_told(run, which, message):
    with pytest.raises(BadInputError, match=f"--trace: .*{message}"):
        find_visit(run.days.log, run.study, which)


def test_what_can_be_no_visit_is_told_before_anything_is_simulated():
    check_visit("longest-wait")
    check_visit("working_day/0/123")
    with pytest.raises(BadInputError, match="--trace"):
        check_visit("who")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_trace_of_the_longest_wait_adds_up(run, language):
    told = trace_visit(run, "longest-wait", language)
    minutes = [item["minute"] for item in told]
    assert minutes == sorted(minutes)
    assert told[0]["key"] == "trace.arrives"
    assert told[-1]["key"] == "trace.total"
    text = Text(language)
    assert text.minutes(float(run.days.visits.wait.max())) in told[-1]["words"]
    assert told[0]["words"].startswith(text.clock(minutes[0]))


def test_every_way_is_told_in_order_and_adds_up_to_the_visit(run):
    """The minutes of the sentences never go back, and the last one tells the wait and the time of the visit."""
    table, text = run.days.visits, Text("en")
    for row in range(0, len(table.visit), 29):
        day = run.study.day_types[table.day_type[row]].id
        told = trace_visit(run, f"{day}/{table.day[row]}/{table.visit[row]}", "en")
        minutes = [item["minute"] for item in told]
        assert minutes == sorted(minutes)
        if len(told) > 1:
            assert f"{text.minutes(float(table.wait[row]))} waiting" in told[-1]["words"]
            assert f"in all {text.minutes(float(table.duration[row]))}" in told[-1]["words"]


def test_a_customer_without_an_outlet_is_told_in_one_sentence(tmp_path):
    path = write_small(tmp_path, "far.yaml", "rules: {reach: 1 min}\n")
    lost = netsim.simulate_scenario(path, settings=Settings(days=2))
    log = lost.days.log
    row = int(np.flatnonzero(log.site < 0)[0])
    (told,) = trace_visit(lost, f"{log.replication[row]}/{log.visit[row]}", "en")
    assert told["key"] == "trace.no_outlet"
    assert "no outlet in reach does it" in told["words"]
