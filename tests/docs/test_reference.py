"""What the reference pages tell is what the program has."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from netsim.cli.main import VERBS, cli
from netsim.errors import ExitCode
from netsim.experiment import answer, visit_log
from netsim.model.scenario import Scenario
from netsim.model.visits import Outcome

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def options_of(command):
    """Options of a verb and of the verbs below it."""
    below = getattr(command, "commands", {}).values()
    return {name for parameter in command.params for name in parameter.opts} | {
        name for other in below for name in options_of(other)
    }


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_told(verb):
    text = page("reference/cli.md")
    command = cli.get_command(None, verb)
    assert f"| `{verb} " in text
    options = {name for name in options_of(command) if name.startswith("--")}
    assert [name for name in sorted(options) if f"`{name}" not in text] == []


def test_no_option_is_made_up():
    told = set(re.findall(r"^\| `(--[a-z-]+)", page("reference/cli.md"), re.MULTILINE))
    known = {name for verb in VERBS for name in options_of(cli.get_command(None, verb))}
    assert told <= known | {"--version", "--help"}


def test_every_exit_code_is_told():
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", page("reference/exit-codes.md"), re.MULTILINE)}
    assert told == {int(code) for code in ExitCode}


def test_every_column_of_the_visit_log_is_told():
    columns, outcomes = page("reference/visit-log.md").split("| code |")
    told = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in columns.splitlines() if line.startswith("| `")]
    assert {name for names in told for name in names} == keys_of(visit_log._columns)
    codes = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", outcomes, re.MULTILINE))
    assert codes == {str(int(outcome)): outcome.name.lower() for outcome in Outcome}


def keys_of(function):
    """Keys of the object that a function of ``experiment/answer.py`` returns."""
    tree = ast.parse(inspect.getsource(function))
    (returned,) = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    assert isinstance(returned, ast.Dict)
    return {key.value for key in returned.keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize(
    ("function", "heading"),
    [
        (answer.run_answer, None),
        (answer._site, "A site"),
        (answer._resource, "A resource"),
        (answer._step, "A step"),
        (answer._stopping, None),
        (answer.comparison_answer, "A comparison"),
    ],
)
def test_every_key_of_an_answer_is_told(function, heading):
    text = page("reference/result.md")
    part = (text if heading is None else text.split(f"## {heading}\n", 1)[1]).split("\n## ")[0]
    shared = {"netsim", "seed", "report"} if heading else set()
    assert [key for key in sorted(keys_of(function) - shared) if f"`{key}`" not in part] == []


def records_in(hint):
    """Input records that a type hint mentions, at any depth."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from records_in(part)


def keys_typed(record):
    """Every key that a person may type in a record and in the records below it."""
    for name, field in record.model_fields.items():
        yield field.alias or name
        for below in records_in(field.annotation):
            yield from keys_typed(below)


def test_every_scenario_key_is_told():
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", page("reference/scenario.md")))))
    headings = set(re.findall(r"\w+", " ".join(re.findall(r"^## (.*)", page("reference/scenario.md"), re.MULTILINE))))
    assert sorted(set(keys_typed(Scenario)) - words - headings) == []
