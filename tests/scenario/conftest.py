"""A whole scenario small enough to read, and a way to load a changed one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from netsim.errors import BadInputError, ExitCode
from netsim.files import DataRoots
from netsim.scenario.load import LoadedScenario, load_scenario

TINY = """\
netsim: 1
name: {en: Tiny, zh: 小}
seed: 7
plan: as_is
provenance: {source: made up for tests, evidence: synthetic}
geography:
  zones:
    points:
      - {id: z1, x: 0, y: 0, people: {homes: 1000}}
      - {id: z2, x: 600, y: 0, people: {homes: 500}}
  travel: {mode: straight_line, speed: 4.8 km/h}
calendar:
  time_zone: Europe/Helsinki
  day_types:
    weekday: {days_per_year: 250}
  hours:
    day: ["10:00-16:00"]
    long: ["08:00-12:00", "13:00-20:00"]
demand:
  layers:
    homes:
      visits_per_person: 0.1
      tasks: {pay: 60%, ask: 40%}
profiles:
  flat:
    shares: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
tasks:
  pay:
    name: {en: Pay}
    profile: flat
    flexible: 90%
    lost_visit_cost: 2 EUR
    steps:
      serve:
        terminal: {mean: 2 min, cv: 0.5}
        counter: {mean: 4 min, cv: 0.5}
        fail_over: 5%
  ask:
    name: {en: Ask}
    profile: flat
    flexible: 0.9
    lost_visit_cost: 20 EUR
    steps:
      talk:
        counter: {mean: 10 min, cv: 0.7}
lanes:
  counter:
    promise: {share: 90%, within: 10 min}
    patience: 30 min
    end_of_shift: finish_and_close_queue
  terminal:
    promise: {share: 90%, within: 3 min}
    patience: 10 min
    end_of_shift: finish_and_close_queue
channels:
  teller: {name: {en: Teller}, contact: direct, medium: staffed}
  machine: {name: {en: Machine}, contact: indirect, medium: self}
formats:
  desk: {}
  kiosk: {}
network:
  kinds:
    branch: {today: {format: desk, counters: 2, terminals: 1}, allowed: [desk, kiosk]}
  sites:
    - id: s1
      kind: branch
      x: 10
      y: 0
    - id: s2
      name: North
      kind: branch
      x: 500
      y: 20
rules:
  assignment: nearest
  reach: 15 min
  coverage:
    close: {task: pay, share: 80%, within: 10 min, layers: [homes]}
economics:
  currency: EUR
  price_year: 2024
  discount_rate: 4%
  transition_years: 10 a
  value_of_time: 12 EUR/h
staff:
  shifts:
    part: {length: 4 h, paid: 4 h}
"""

DESK = """\
name: {en: Desk}
ownership: own
channels: {counter: teller, terminal: machine}
tasks:
  counter: [pay, ask]
  terminal: [pay]
levels:
  counter: [1, 2, 3]
  terminal: [1, 2]
patterns:
  standard: {counter: day, terminal: long}
costs:
  fixed: 100000 EUR/a
  staff_hour: 30 EUR/h
  opening: 0.2 M EUR
provenance: {source: desk file, evidence: assumption}
"""

KIOSK = """\
name: {en: Kiosk}
ownership: own
channels: {terminal: machine}
tasks:
  terminal: [pay]
levels:
  terminal: [1, 2, 3, 4]
patterns:
  standard: {terminal: long}
costs:
  fixed: 20000 EUR/a
provenance: {source: kiosk file, evidence: assumption}
"""

Load = Callable[..., LoadedScenario]


def write_project(folder: Path, text: str | bytes = TINY, **others: str) -> Path:
    """Write a project with the tiny scenario's formats and return the scenario file."""
    (folder / "formats").mkdir(parents=True, exist_ok=True)
    (folder / "netsim.toml").touch()
    files = {"formats/desk.yaml": DESK, "formats/kiosk.yaml": KIOSK, **others}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    path = folder / "tiny.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def load_text(text: str | bytes = TINY, sets: Sequence[str] = (), **others: str) -> LoadedScenario:
    """Load a scenario text as the file of a project of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_project(Path(folder), text, **others)
        return load_scenario(path, sets=sets, roots=DataRoots(Path(folder)))


def faults_of(text: str | bytes = TINY, sets: Sequence[str] = (), **others: str) -> list[str]:
    """Return the faults of a scenario text, one line each, with the bare file name."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_project(Path(folder), text, **others)
        try:
            load_scenario(path, sets=sets, roots=DataRoots(Path(folder)))
        except BadInputError as error:
            caught = error
        else:
            return []
        assert caught.exit_code == ExitCode.BAD_INPUT
        assert "Traceback" not in str(caught)
        assert str(caught).endswith("fault" if len(caught.faults) == 1 else "faults")
        assert list(caught.faults) == sorted(caught.faults)
        return [str(fault).replace(f"{folder}/", "") for fault in caught.faults]


def place_of(text: str, points_to: str, around: int) -> str:
    """Return ``line:column`` of a text that stands behind ``around``, or else anywhere."""
    start = text.find(points_to, around) if points_to in text[around:] else text.index(points_to)
    return f"{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"


def tell_edit(old: str, new: str, points_to: str | None, fragments: Sequence[str], file: str = "tiny.yaml") -> None:
    """Check that one edit of a file is told as one fault with its place, and brings few others with it."""
    original = TINY if file == "tiny.yaml" else DESK
    assert old in original
    text = original.replace(old, new, 1)
    told = faults_of(text) if file == "tiny.yaml" else faults_of(**{file: text})
    matching = [line for line in told if all(fragment in line for fragment in fragments)]
    assert len(matching) == 1, told
    if points_to is not None:
        place = place_of(text, points_to, original.index(old))
        assert matching[0].startswith(f"{file}:{place}: "), (matching, place)
    assert len(told) <= 3, told


@pytest.fixture(scope="session")
def tiny() -> str:
    return TINY


@pytest.fixture(scope="session")
def load() -> Load:
    return load_text


@pytest.fixture(scope="session")
def faults() -> Callable[..., list[str]]:
    return faults_of


@pytest.fixture(scope="session")
def tell() -> Callable[..., None]:
    return tell_edit


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "city")
