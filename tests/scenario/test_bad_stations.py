"""Stations, teams and steps that do not fit together."""

import pytest

from tests.scenario.conftest import DESK, TINY, faults_of

STATIONS = """
stations:
  reception: {name: {en: Reception}, patience: 20 min}
  printer: {name: {en: Printer}}
  office: {name: {en: Office}, customers_wait: false}
teams:
  staff:
    anna: {skills: [loans], on_duty: ["09:00-12:00", "12:30-16:00"]}
    ben: {on_duty: ["10:00-16:00"]}
"""
STEPS = """    steps:
      greet: {at: reception, takes: {mean: 1 min, cv: 0.3}, then: {talk: 90%, end: 10%}}
      talk:
        counter: {mean: 10 min, cv: 0.7}
        also: printer
        skills: [loans]
        misrouted: {share: 5%, to: terminal, takes: {mean: 1 min, cv: 0.3}}
      check: {at: office, takes: {mean: 5 min, cv: 1}, mandatory: false}
"""
OLD = """    steps:
      talk:
        counter: {mean: 10 min, cv: 0.7}
"""
USES = """stations:
  reception: {servers: 1, cost: 30000 EUR/a}
  printer: {servers: 1, hours: long}
  office: {team: staff}
team: staff
"""
TEXT = TINY.replace(OLD, STEPS) + STATIONS
FORMAT = DESK.replace("counter: [1, 2, 3]", "counter: [2]") + USES


def test_a_whole_hall_has_no_faults():
    """The scenario that the cases below break."""
    assert faults_of(TEXT, **{"formats/desk.yaml": FORMAT}) == []


CASES = [
    ("at: reception", "at: recption", ["unknown station or pool 'recption'", "did you mean 'reception'?"]),
    ("also: printer", "also: printr", ["unknown station or pool 'printr'"]),
    ("to: terminal", "to: termnal", ["unknown lane or station 'termnal'", "did you mean 'terminal'?"]),
    ("then: {talk: 90%, end: 10%}", "then: {tlk: 90%, end: 10%}", ["unknown step 'tlk'", "did you mean 'talk'?"]),
    ("then: {talk: 90%, end: 10%}", "then: {talk: 90%, end: 20%}", ["the shares sum to 110%"]),
    ("then: {talk: 90%, end: 10%}", "then: {greet: 90%, end: 10%}", ["'greet' does not come later"]),
    ("takes: {mean: 1 min, cv: 0.3}, then", "then", ["'at' and 'takes' go together"]),
    ("at: reception, takes", "at: reception, counter: {mean: 1 min, cv: 0}, takes", ["either 'at' a station or in"]),
    (
        "also: printer",
        "also: printer\n        at: printer\n        takes: {mean: 1 min, cv: 0}",
        ["either 'at' a station"],
    ),
    ("customers_wait: false", "customers_wait: false, patience: 5 min", ["papers do not leave"]),
    ('"09:00-12:00", "12:30-16:00"', '"09:00-12:00", "12:00-16:00"', ["times on duty touch"]),
    ("stations:\n  reception:", "stations:\n  counter: {name: {en: C}}\n  reception:", ["'counter' is a lane"]),
    (
        "tasks: {pay: 60%, ask: 40%}",
        "tasks: {pay: 60%, ask: 40%}\n      behaviour: {desk: offce}",
        ["unknown station 'offce'; did you mean 'office'?"],
    ),
    ("[loans], on_duty", "[cash], on_duty", ["nobody of the team 'staff' can do step 'talk'", "asks for loans"]),
    ("mandatory: false}", "mandatory: maybe}", ["mandatory"]),
]


@pytest.mark.parametrize(("old", "new", "fragments"), CASES)
def test_faults_of_stations_and_steps(old, new, fragments):
    """One clear line each, with its place."""
    assert old in TEXT
    faults = faults_of(TEXT.replace(old, new, 1), **{"formats/desk.yaml": FORMAT})
    assert faults
    for fragment in fragments:
        assert any(fragment in fault for fault in faults), faults
    assert all(fault.split(":")[1].isdigit() for fault in faults)


FORMAT_CASES = [
    ("  printer: {servers: 1, hours: long}\n", "", ["step 'talk' of the task 'ask' needs the station 'printer'"]),
    ("hours: long", "hours: lng", ["unknown opening hours 'lng'"]),
    ("{team: staff}", "{team: stuff}", ["unknown team 'stuff'; did you mean 'staff'?"]),
    ("{team: staff}", "{team: staff, servers: 2}", ["expected either 'servers' or a 'team'"]),
    ("  office:", "  offce:", ["unknown station 'offce'"]),
    ("counter: [2]", "counter: [1, 2]", ["the only level of the counter is 2; got 1, 2"]),
    ("team: staff\n", "team: stuff\n", ["unknown team 'stuff'"]),
]


@pytest.mark.parametrize(("old", "new", "fragments"), FORMAT_CASES)
def test_faults_of_a_format_with_stations(old, new, fragments):
    """They point into the file of the format."""
    last = FORMAT.rindex(old)
    faults = faults_of(TEXT, **{"formats/desk.yaml": FORMAT[:last] + new + FORMAT[last + len(old) :]})
    for fragment in fragments:
        assert any(fragment in fault and "desk.yaml" in fault for fault in faults), faults
