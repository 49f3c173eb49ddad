"""Every requirement that is claimed names a scenario key and tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
CHAPTERS = {
    0: (1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 14, 17, 20, 21, 22, 25, 27, 28, 29, 30, 31),
    1: (3, 11, 13, 14, 15, 19, 20, 23, 39, 46, 48, 52, 53, 54, 55, 56, 58),
    2: (5, 6, 8, 15, 16, 17, 18, 20, 22, 27),
    3: (5, 8, 9, 11, 15, 17, 19, 20, 21, 24, 26, 27, 29, 30, 31, 36, 38, 42),
    4: (2, 6, 8, 9, 13, 14, 16, 22, 24, 26, 27, 28),
}
ROWS = [f"{chapter}.{row}" for chapter, rows in CHAPTERS.items() for row in rows]
"""The rows that this release has to serve or to name as open."""


def table(title: str) -> list[list[str]]:
    """Rows of the first table below a heading, as cells."""
    part = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


CLAIMED = table("Claimed")
OPEN = table("Not claimed yet")


@cache
def document(name: str) -> dict[str, object]:
    return yaml.safe_load((ROOT / "scenarios" / name).read_text(encoding="utf-8"))


@cache
def functions(name: str) -> frozenset[str]:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def key_exists(key: str) -> bool:
    """Whether ``file.yaml: a.b`` (or ``a.b`` of the base scenario) stands in the scenario."""
    name, _, path = key.rpartition(": ")
    node: object = document(name or "helsinki_base.yaml")
    for part in path.split("."):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def test_exists(test: str) -> bool:
    name, _, function = test.partition("::")
    return (ROOT / name).is_file() and function in functions(name)


test_exists.__test__ = False


def test_every_row_is_told_once():
    told = [row[0] for row in CLAIMED + OPEN]
    assert sorted(told) == sorted(ROWS)


@pytest.mark.parametrize("row", CLAIMED, ids=lambda row: row[0])
def test_a_claimed_row_has_its_key_and_its_tests(row):
    _, what, keys, tests = row
    assert what
    assert quoted(keys), "a claimed row needs a scenario key"
    assert quoted(tests), "a claimed row needs a test"
    assert [key for key in quoted(keys) if not key_exists(key)] == []
    assert [test for test in quoted(tests) if not test_exists(test)] == []


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row[0])
def test_an_open_row_says_what_is_missing(row):
    assert len(row) == 3
    assert row[2]


def test_a_lost_key_or_test_is_seen():
    assert key_exists("lanes.counter.promise")
    assert not key_exists("lanes.counter.promises")
    assert key_exists("formats/branch.yaml: levels.counter")
    assert not test_exists("tests/test_requirements.py::test_nothing")
