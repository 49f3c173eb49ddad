"""``netsim selfcheck`` from the command line."""

import json
import re

import pytest

from netsim.cli.main import main
from netsim.cli.selfcheck import command
from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck import run
from tests.cli.test_cli import netsim
from tests.simulation.selfcheck.bugs import BUGS


@pytest.fixture
def few(monkeypatch):
    """A suite of three systems."""
    names = ("M/M/2/3", "M/D/10/10", "path G/G/1")
    monkeypatch.setattr(run, "SYSTEMS", {name: run.SYSTEMS[name] for name in names})


def call(capsys, *words):
    """Run the command line in this process and return the exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(["selfcheck", *words])
    said = capsys.readouterr()
    return int(left.value.code), said.out, said.err


def test_a_sound_engine_ends_with_zero(capsys):
    code, out, _ = call(capsys, "--runner", "kernel", "--seed", "4")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["case", "expected", "observed", "±", "verdict", "runners"]
    assert re.fullmatch(
        r"M/M/1: mean wait +3\.2 +3\.\d+ +[01]\.\d+  ok +kernel", next(x for x in lines if "M/M/1: mean" in x)
    )
    assert re.fullmatch(
        r"all \d+ cases hold; if the engine is right, any fails with a probability of at most 1 % \(Bonferroni\)",
        lines[-2],
    )
    assert re.fullmatch(r"[\d,]+ days, [\d,]+ customers, seed 4, \d+\.\d CPU seconds", lines[-1])
    starts = {line.index("  ok ") for line in lines[1:-2]}
    assert len(starts) == 1


def test_a_broken_engine_ends_with_three(capsys, monkeypatch, few):
    monkeypatch.setitem(RUNNERS._parts, "kernel", BUGS["service 30 % longer"])
    code, out, _ = call(capsys, "--runner", "kernel")
    assert code == 3
    assert re.search(r"M/M/2/3: rejected .* FAILED", out)
    assert re.search(r"^\d+ of \d+ cases failed; ", out, re.MULTILINE)
    code, out, _ = call(capsys, "--runner", "kernel", "--json")
    assert code == 3
    assert json.loads(out)["status"] == "failed"


def test_a_runner_that_differs_is_named(capsys, monkeypatch, few):
    """With few days: all others are equal, and one bit is enough to fail."""
    monkeypatch.setattr(run, "AVAILABLE", False)
    monkeypatch.setitem(RUNNERS._parts, "python", BUGS["one bit"])
    code, out, _ = call(capsys)
    assert code == 3
    assert re.search(r"rejected .* FAILED +python differs in rows\[\d+\]\.call$", out, re.MULTILINE)
    code, out, _ = call(capsys, "--json")
    for case in json.loads(out)["cases"]:
        assert case["runners"]["kernel"] == "all days"
        assert case["runners"]["reference"] == "equal"
        assert case["runners"]["python"].startswith("differs in rows[")


def test_the_seed_is_that_of_the_function():
    seeds = [parameter.default for parameter in command.params if parameter.name == "seed"]
    assert seeds == [run.SEED]


def test_an_unknown_runner_is_bad_input(tmp_path):
    done = netsim("selfcheck", "--runner", "salabim", cwd=tmp_path)
    assert done.returncode == 2
    assert "known: kernel, python, reference" in done.stderr


@pytest.mark.long
def test_the_whole_suite_holds_in_a_minute(tmp_path):
    """All runners, >= 20 cases, one JSON object, the same bytes again."""
    done = netsim("selfcheck", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["cases"]) >= 20
    for case in answer["cases"]:
        assert case["ok"] is True
        assert case["runners"] == {"kernel": "all days", "python": "equal", "reference": "equal"}
    assert netsim("selfcheck", "--json", cwd=tmp_path).stdout == done.stdout
    people = netsim("selfcheck", cwd=tmp_path)
    assert float(re.search(r"([\d.]+) CPU seconds", people.stdout)[1]) < 60
