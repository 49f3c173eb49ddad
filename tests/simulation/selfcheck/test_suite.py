"""The whole suite at once."""

import json
from dataclasses import replace

import pytest

import netsim
from netsim.registry import UnknownPartError
from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck import SYSTEMS, Case
from netsim.simulation.selfcheck.run import ERROR, selfcheck
from tests.simulation.selfcheck.bugs import BUGS


@pytest.fixture(scope="module")
def short():
    return selfcheck(runner="kernel")


def test_the_engine_holds(short):
    assert [finding.name for finding in short.findings if not finding.ok] == []
    assert short.ok
    assert netsim.selfcheck is selfcheck


def test_the_level_holds_for_all_cases_together(short):
    questions = sum(isinstance(case, Case) for name in SYSTEMS for case in SYSTEMS[name]().cases)
    assert questions < len(short.findings)
    assert short.error_per_case * questions == pytest.approx(short.error) == ERROR


def test_an_answer_is_what_was_found(short):
    answer = json.loads(json.dumps(short.answer(), allow_nan=False))
    assert (answer["netsim"], answer["status"], answer["seed"], answer["error"]) == (1, "ok", 1, ERROR)
    assert answer["runners"] == {"kernel": "all days"}
    assert len(answer["cases"]) == len(short.findings) >= 20
    for case in answer["cases"]:
        assert case["ok"] == (abs(case["observed"] - case["expected"]) <= case["half_width"])
        assert case["half_width"] > 0
    assert answer["customers"] == sum(short_customers(short).values())


def short_customers(check):
    return {finding.name.split(": ")[0]: finding.customers for finding in check.findings}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(short):
    told = []
    again = selfcheck(runner="kernel", progress=lambda *words: told.append(words))
    assert json.dumps(again.answer()) == json.dumps(short.answer())
    assert [label for label, _, _ in told] == [f"selfcheck: {name}" for name in SYSTEMS]
    assert told[-1][1:] == (len(SYSTEMS), len(SYSTEMS))
    other = selfcheck(runner="kernel", seed=2)
    moved = [one.observed != two.observed for one, two in zip(short.findings, other.findings, strict=True)]
    assert sum(moved) > 0.9 * len(moved)


def test_a_broken_engine_does_not_hold(monkeypatch):
    monkeypatch.setitem(RUNNERS._parts, "kernel", BUGS["service 30 % longer"])
    check = selfcheck(runner="kernel")
    assert not check.ok
    assert check.answer()["status"] == "failed"
    assert sum(not finding.ok for finding in check.findings) > len(check.findings) / 2


def test_an_unknown_runner_is_refused():
    with pytest.raises(UnknownPartError, match="did you mean 'kernel'"):
        selfcheck(runner="kernle")


@pytest.mark.long
@pytest.mark.parametrize("runner", ["python", "reference"])
def test_each_runner_holds_alone(runner, short):
    """The slow runners meet the same days as the kernel, so they find the same figures."""
    check = selfcheck(runner=runner)
    assert check.findings == tuple(replace(finding, runners={runner: "all days"}) for finding in short.findings)
