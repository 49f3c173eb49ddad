"""The rules of the house that no other tool checks: see docs/explanation/house.md."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import netsim

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "netsim"
MODULES = sorted(SOURCE.rglob("*.py"))

LINES = 400
LONGER: set[str] = set()
"""Files that may be longer, each with its reason beside it."""

NUMBERS = {"numpy"}
OUTSIDE = {
    "cli": {"click", "rich"},
    "experiment": NUMBERS,
    "planning": NUMBERS,
    "capacity": NUMBERS,
    "optimize": NUMBERS,
    "fit": NUMBERS | {"scipy", "pandas"},
    "report": NUMBERS | {"matplotlib", "jinja2", "xlsxwriter"},
    "simulation": NUMBERS | {"simpy"},
    "demand": NUMBERS,
    "kpi": NUMBERS,
    "scenario": {"yaml", "pydantic"},
    "geo": NUMBERS | {"geopandas", "shapely", "networkx", "h3", "scipy", "pyarrow", "pandas", "pyproj", "pyogrio"},
    "queueing": NUMBERS | {"scipy"},
    "statistics": NUMBERS | {"scipy"},
    "model": NUMBERS | {"pydantic", "pydantic_core"},
    "tables": NUMBERS | {"pandas", "pyarrow", "openpyxl"},
    "text": {"yaml"},
    "jit": NUMBERS | {"numba", "llvmlite"},
}
"""Packages that a room may import besides the standard library; a room that is not listed may import none."""

OUTSIDE_OF_A_FILE = {
    "optimize/milp/": {"highspy", "pulp"},
    "report/map": {"geopandas", "shapely"},
    "report/geopackage.py": {"geopandas", "pyogrio", "shapely"},
}
"""What single files or folders may import on top of it."""

HEAVY = (
    "geopandas", "matplotlib", "pandas", "scipy", "shapely", "networkx", "highspy", "pulp", "simpy", "jinja2", "numba",
)  # fmt: skip
"""Packages that the start of the command line must not pay for."""

VERBS = {"load_scenario", "run_scenario", "simulate_scenario", "compare_scenarios", "selfcheck"}

TREES = {module: ast.parse(module.read_text(encoding="utf-8")) for module in MODULES}

RECORDS = {node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def place(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def room(module: Path) -> str:
    return place(module).split("/")[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """Full dotted names of everything that the code imports, at any depth."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def public(name: str) -> bool:
    return not name.startswith("_")


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def section(docstring: str, title: str) -> list[str] | None:
    """Names told in a numpydoc section, or None without such a section."""
    lines = docstring.splitlines()
    for index, line in enumerate(lines[:-1]):
        if line.strip() == title and set(lines[index + 1].strip()) == {"-"}:
            break
    else:
        return None
    names: list[str] = []
    for row, line in enumerate(lines[index + 2 :], index + 2):
        if row + 1 < len(lines) and lines[row + 1].strip() and set(lines[row + 1].strip()) == {"-"}:
            break
        if line and not line.startswith(" "):
            names += [name.strip().lstrip("*") for name in line.split(":")[0].split(",")]
    return names


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """Names and annotations, without self and cls."""
    spec = node.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    every += [extra for extra in (spec.vararg, spec.kwarg) if extra]
    return {
        argument.arg: ast.unparse(argument.annotation) if argument.annotation else ""
        for argument in every
        if argument.arg not in {"self", "cls"}
    }


def speaks_for_itself(annotation: str) -> bool:
    """Whether a parameter is one of the project's own records, which tell their fields themselves."""
    return annotation.removesuffix(" | None").strip("'\"").split(".")[-1] in RECORDS


def undocumented(tree: ast.Module) -> list[str]:
    """
    Public names without a docstring, and parameters that a docstring forgets or makes up.

    A docstring of one sentence needs no section; a section has to be complete, but for the project's own records.
    """
    faults = [] if ast.get_docstring(tree) else ["the module has no docstring"]

    def check(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not public(child.name):
                continue
            name = prefix + child.name
            text = ast.get_docstring(child) or ""
            if not text:
                overloads = any("overload" in ast.unparse(item) for item in child.decorator_list)
                faults.extend([] if overloads else [f"{name} has no docstring"])
                continue
            told = section(text, "Parameters")
            if isinstance(child, ast.ClassDef):
                fields = [
                    item.target.id
                    for item in child.body
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and public(item.target.id)
                ]
                if told is not None and is_dataclass(child):
                    faults.extend(f"{name}: field {field} is not told" for field in fields if field not in told)
                    faults.extend(
                        f"{name}: tells of {field}, which is no field" for field in told if field not in fields
                    )
                check(child, f"{name}.")
            elif told is not None:
                known = arguments(child)
                faults.extend(
                    f"{name}: parameter {item} is not told"
                    for item, annotation in known.items()
                    if item not in told and not speaks_for_itself(annotation)
                )
                faults.extend(f"{name}: tells of {item}, which is no parameter" for item in told if item not in known)

    check(tree, "")
    return faults


def files_of_the_project() -> list[Path]:
    """Text files that belong to the project: what git knows or would add; without git, the folders by name."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        folders = ("src", "tests", "docs", "scenarios", "benchmarks", "data", "experiments")
        files = [file for folder in folders for file in (ROOT / folder).rglob("*") if "egg-info" not in str(file)]
        files += list(ROOT.glob("*.*"))
    binary = {".parquet", ".png", ".xlsx", ".gpkg", ".pbf", ".pyc"}
    return [file for file in files if file.is_file() and file.suffix not in binary]


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_every_public_name_is_documented(module):
    assert undocumented(TREES[module]) == []


def test_the_check_of_docstrings_sees_what_is_missing():
    tree = ast.parse(
        '"""Module."""\n'
        "def bare(x): ...\n"
        "def wrong(x, *, y):\n"
        '    """\n    Do.\n\n    Parameters\n    ----------\n    x, z\n        Both.\n\n    Returns\n    -------\n'
        '    int\n        It.\n    """\n'
    )
    assert undocumented(tree) == [
        "bare has no docstring",
        "wrong: parameter y is not told",
        "wrong: tells of z, which is no parameter",
    ]


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_files_stay_short(module):
    count = len(module.read_text(encoding="utf-8").splitlines())
    assert count <= LINES or place(module) in LONGER


def test_no_exception_outlives_its_reason():
    assert all(len((SOURCE / name).read_text(encoding="utf-8").splitlines()) > LINES for name in LONGER)


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_a_room_imports_only_the_packages_it_may(module):
    allowed = set(OUTSIDE.get(room(module), set()))
    for prefix, packages in OUTSIDE_OF_A_FILE.items():
        if place(module).startswith(prefix):
            allowed |= packages
    packages = {name.split(".")[0] for name in imports(TREES[module])}
    assert packages - sys.stdlib_module_names - allowed - {"netsim"} == set()


@pytest.mark.parametrize("catalogue", sorted(SOURCE.rglob("catalogue.py")), ids=place)
def test_every_part_stands_in_the_table_of_contents(catalogue):
    folder = catalogue.parent
    package = "netsim." + folder.relative_to(SOURCE).as_posix().replace("/", ".")
    contents = imports(TREES[folder / "__init__.py"])
    parts = {
        module.stem: imports(TREES[module])
        for module in folder.glob("*.py")
        if module.stem not in {"__init__", "catalogue"} and ".register(" in module.read_text(encoding="utf-8")
    }
    assert parts, "a catalogue without a part"
    for part, wanted in parts.items():
        listed = any(name == f"{package}.{part}" or name.startswith(f"{package}.{part}.") for name in contents)
        assert listed, f"{package} does not import {part}"
        others = {f"{package}.{other}" for other in parts if other != part}
        assert not {name for name in wanted if any(name == o or name.startswith(f"{o}.") for o in others)}
        from_package = {name.removeprefix(f"{package}.") for name in wanted if name.startswith(f"{package}.")}
        direct = {name for name in from_package if "." not in name}
        assert all((folder / f"{name}.py").exists() or (folder / name).is_dir() for name in direct), (
            f"{part} imports from its package; import the module that the name comes from"
        )


def test_the_face_shows_the_verbs():
    assert set(netsim.__all__) >= VERBS
    for name in netsim.__all__:
        thing = getattr(netsim, name)
        assert not callable(thing) or thing.__doc__, f"netsim.{name} has no docstring"


def test_the_command_line_starts_without_heavy_packages():
    code = f"import sys, netsim.cli.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_names_a_place_on_one_machine_or_a_package_index():
    forbidden = re.compile(
        r"(?<![\w.])/(?:work|root|home|Users)/\w|\b(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com)|\b[A-Z]:\\Users",
        re.ASCII,
    )
    faults = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in files_of_the_project()
        if file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert faults == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_pinned_hashed_packages_alone(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip().replace("\\\n", ""))
    pinned = re.compile(r"[a-z0-9][a-z0-9-]*==\S+(?: ; [^\n]+?)?\s+(?:--hash=sha256:[0-9a-f]{64}\s*)+")
    assert [entry.split()[0] for entry in entries if not pinned.fullmatch(entry)] == []


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))])
def test_a_lock_meets_what_the_project_asks_for(lock, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in extras:
        wanted += project["project"]["optional-dependencies"][extra]
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), line


def test_both_locks_agree():
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert run.items() <= dev.items()


MARKDOWN = [file for file in files_of_the_project() if file.suffix == ".md"]


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_in_pages_resolve(page):
    text = re.sub(r"```.*?```|<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [target.split("#")[0] for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if target and not (page.parent / target).exists()] == []
