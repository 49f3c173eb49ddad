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

from netsim.scenario.load import load_scenario

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)

TALK = ('{"stage":', "warning: ")
"""How lines begin that a slow machine, or one without a Chinese font, sees besides."""


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


def project_copy(folder: Path) -> Path:
    """Lay scenarios and data into a folder that netsim takes for a project."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "scenarios"


def test_the_format_of_the_how_to_is_sound(tmp_path):
    scenarios = project_copy(tmp_path)
    form, variant = blocks(ROOT / "docs" / "how-to" / "add-a-format.md", "yaml")
    (scenarios / "formats" / "video_booth.yaml").write_text(form, encoding="utf-8")
    (scenarios / "booths.yaml").write_text(variant, encoding="utf-8")
    loaded = load_scenario(scenarios / "booths.yaml").scenario
    assert "video_booth" in loaded.formats
    assert "video_booth" in loaded.network.kinds["candidate"].allowed


def test_the_variant_of_the_how_to_is_sound(tmp_path):
    scenarios = project_copy(tmp_path)
    (variant,) = blocks(ROOT / "docs" / "how-to" / "write-a-variant.md", "yaml")
    (scenarios / "short_reach.yaml").write_text(variant, encoding="utf-8")
    rules = load_scenario(scenarios / "short_reach.yaml").scenario.rules
    assert (rules.reach, rules.coverage["counter_within_6_min"].share) == (9.0, 0.9)
    assert rules.coverage["counter_within_6_min"].within == 6.0


def test_the_tutorial_runs(tmp_path):
    commands = sessions(ROOT / "docs" / "tutorials" / "first-plan.md")
    assert commands
    project_copy(tmp_path)
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
        said = "".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith(TALK))
        assert not expected or checker.check_output(expected, said, flags), f"$ {command}\n{done.stdout}"
    pages = list((tmp_path / "out").glob("*/report.html"))
    assert len(pages) == len({command.split("--out ")[1] for command, _ in commands if "--out " in command})


def test_the_outlet_of_the_reference_runs(capsys):
    _, outlet = blocks(ROOT / "docs" / "reference" / "python.md", "python")
    exec(compile(outlet, "python.md", "exec"), {})  # noqa: S102 - our own page's code
    wait, tellers, printer = map(float, re.findall(r"[\d.]+", capsys.readouterr().out))
    assert wait > 1.0
    assert tellers > printer > 60.0


def test_the_process_of_ones_own_runs(capsys):
    (code,) = blocks(ROOT / "docs" / "explanation" / "simulation.md", "python")
    exec(compile(code, "simulation.md", "exec"), {})  # noqa: S102 - our own page's code
    assert capsys.readouterr().out == "[600. 610. 630.]\n"


def test_the_extraction_of_commands_and_outputs(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "1. Do\n\n    ```console\n    $ one\n    a\n    $ two\n    ```\n\n```bash\nthree\n```\n", encoding="utf-8"
    )
    assert sessions(page) == [("one", "a\n"), ("two", "")]
