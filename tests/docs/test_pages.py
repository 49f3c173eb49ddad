"""What the pages show can be done."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, kind: str) -> list[str]:
    """Bodies of the fenced blocks of a kind."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(block["body"]) for block in found if block["kind"] == kind]


def sessions(page: Path) -> list[tuple[str, str]]:
    """Pairs of command and expected output of the console blocks; an empty output expects nothing."""
    pairs: list[tuple[str, str]] = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            pairs.append((command, output))
    return pairs


@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")], ids=name)
def test_examples_give_what_they_show(page):
    failed, tried = doctest.testfile(str(page), module_relative=False, verbose=False)
    assert tried
    assert not failed


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_python_on_a_page_imports_what_exists(page):
    for block in blocks(page, "python"):
        if block.startswith(">>>"):
            continue
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module != "__future__":
                module = importlib.import_module(str(node.module))
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if "scenarios/" in page.read_text(encoding="utf-8")], ids=name)
def test_commands_on_a_page_name_files_that_exist(page):
    own = {"my_city.yaml", "my_city_today.yaml", "short_reach.yaml", "formats/video_booth.yaml"}
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w./])scenarios/([\w/]+\.yaml)", text)) - own
    assert [file for file in sorted(named) if not (ROOT / "scenarios" / file).exists()] == []


def test_the_tutorial_runs(tmp_path):
    commands = sessions(ROOT / "docs" / "tutorials" / "first-plan.md")
    assert commands
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    checker = doctest.OutputChecker()
    for command, expected in commands:
        done = subprocess.run(  # noqa: S602 - the commands are our own page's
            command,
            shell=True,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert not expected or checker.check_output(expected, done.stdout, flags), f"$ {command}\n{done.stdout}"
    pages = list((tmp_path / "out").glob("*/report.html"))
    assert len(pages) == len({command.split("--out ")[1] for command, _ in commands if "--out " in command})


def test_the_extraction_of_commands_and_outputs(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "1. Do\n\n    ```console\n    $ one\n    a\n    $ two\n    ```\n\n```bash\nthree\n```\n", encoding="utf-8"
    )
    assert sessions(page) == [("one", "a\n"), ("two", "")]
