"""Pools, remote channels, leavers, technicians, appointments and lockers that do not fit together."""

import pytest

from tests.scenario.conftest import DESK, KIOSK, TINY, faults_of

MORE = """
pools:
  agents: {name: {en: Agents}, servers: 3, hours: long, patience: 4 min}
  crew: {name: {en: Crew}, servers: 1, hours: day, on_system: false}
remote:
  app: {name: {en: App}, takes: {mean: 4 min, cv: 0.5}, succeeds: 80%,
        otherwise: {hotline: 30%, outlet: 40%}, after: 1 h}
  hotline: {name: {en: Line}, takes: {mean: 5 min, cv: 0.5}, succeeds: 90%,
            pool: agents, leavers: {again: 30%}, after: 20 min}
parcels:
  task: pay
  sizes: {small: 70%, large: 30%}
  dwell: {mean: 12 h, cv: 1}
  waves: {"09:00": 50%, "15:30": 50%}
  free_retention: 24 h
  removal_after: 72 h
"""
TEXT = (
    TINY.replace(
        "    lost_visit_cost: 2 EUR\n",
        "    lost_visit_cost: 2 EUR\n    remote: {app: {share: 20%}}\n"
        "    leavers: {to: {nearby: 30%, again: 20%, hotline: 10%}, after: 30 min}\n"
        "    waits_at_door: 10 min\n"
        "    appointments: {share: 20%, every: 30 min, no_show: 10%, late: {share: 20%, mean: 5 min}}\n",
    ).replace(
        "  terminal:\n    promise: {share: 90%, within: 3 min}\n",
        "  terminal:\n    upkeep:\n      mtbf: 40 h\n      shape: 2\n"
        "      tiers: {field: {at: crew, takes: {mean: 30 min, cv: 1}}}\n"
        "      preventive: {every: 60 h, at: crew, takes: {mean: 10 min, cv: 0}}\n"
        "    promise: {share: 90%, within: 3 min}\n",
    )
    + MORE
)
LOCKER = KIOSK + "cells: {small: 10, large: 4}\n"
FILES = {"formats/desk.yaml": DESK, "formats/kiosk.yaml": LOCKER}


def test_all_channels_have_no_faults():
    """The scenario that the cases below break."""
    assert faults_of(TEXT, **FILES) == []


CASES = [
    ("hours: long, patience: 4 min", "hours: lung, patience: 4 min", ["unknown opening hours 'lung'"]),
    ("servers: 3, hours", "hours", ["expected either 'servers' or a 'team'"]),
    ("pool: agents", "pool: agent", ["unknown pool 'agent'; did you mean 'agents'?"]),
    ("{hotline: 30%, outlet: 40%}", "{hotlin: 30%, outlet: 40%}", ["unknown channel 'hotlin'", "'hotline'"]),
    ("{hotline: 30%, outlet: 40%}", "{app: 30%}", ["does not send customers to itself"]),
    ("{hotline: 30%, outlet: 40%}", "{hotline: 70%, outlet: 40%}", ["the shares sum to 110%", "100% at most"]),
    ("{hotline: 30%, outlet: 40%}, after: 1 h", "{hotline: 30%, outlet: 40%}", ["'after' is missing", "'outlet'"]),
    ("pool: agents, leavers", "leavers", ["'leavers' need a 'pool'"]),
    ("remote: {app: {share: 20%}}", "remote: {ap: {share: 20%}}", ["unknown remote channel 'ap'"]),
    ("remote: {app: {share: 20%}}", "remote: {app: {share: 70%}, hotline: {share: 40%}}", ["sum to 110%"]),
    ("to: {nearby: 30%", "to: {nearbi: 30%", ["unknown channel 'nearbi'; did you mean 'nearby'?"]),
    ("hotline: 10%}, after: 30 min}", "hotline: 10%}}", ["'after' is missing: how long until customers try again"]),
    ("field: {at: crew, takes", "field: {at: crow, takes", ["unknown station or pool 'crow'"]),
    ("takes: {mean: 30 min, cv: 1}}}", "takes: {mean: 30 min, cv: 1}, solves: 90%}}", ["has to clear all faults"]),
    (
        "      preventive: {every: 60 h, at: crew",
        "      preventive: {every: 60 h, at: kru",
        ["unknown station or pool 'kru'"],
    ),
    ("    upkeep:\n", "    breakdowns: {mtbf: 9 h, mttr: 9 min, cv: 1}\n    upkeep:\n", ["'upkeep' goes neither"]),
    ("appointments: {share: 20%, every: 30 min", "appointments: {share: 20%, every: 0 min", ["every"]),
    ("every: 30 min, no_show", "every: 30 min, places: 0, no_show", ["places"]),
    ("no_show: 10%", "no_show: 110%", ["no_show"]),
    ("no_show: 10%", "noshow: 10%", ["noshow: unknown key; did you mean 'no_show'?"]),
    ("late: {share: 20%, mean: 5 min}", "late: {share: 20%}", ["late.mean"]),
    ("waits_at_door: 10 min", "waits_at_door: ten minutes", ["waits_at_door"]),
    (
        "tasks: {pay: 60%, ask: 40%}",
        "tasks: {pay: 60%, ask: 40%}\n      behaviour: {party: [70%, 25%]}",
        ["behaviour.party", "sum to 95%"],
    ),
    ("task: pay\n  sizes", "task: pai\n  sizes", ["unknown task 'pai'; did you mean 'pay'?"]),
    ("sizes: {small: 70%, large: 30%}", "sizes: {small: 70%, large: 40%}", ["sum to 110%"]),
    ("sizes: {small: 70%, large: 30%}", "sizes: {small: 70%, big: 30%}", ["unknown size of parcels 'large'"]),
    ('"15:30": 50%', '"25:30": 50%', ["parcels.waves"]),
    ('{"09:00": 50%, "15:30": 50%}', '{"15:30": 50%, "09:00": 50%}', ["the waves must be in order of time"]),
    ("removal_after: 72 h", "removal_after: 12 h", ["'removal_after' is shorter than 'free_retention'"]),
    ("remote:\n  app:", "remote:\n  outlet:", ["'outlet' stands for something else"]),
]


@pytest.mark.parametrize(("old", "new", "fragments"), CASES)
def test_faults_of_channels_and_lockers(old, new, fragments):
    """One clear line each, with its place."""
    assert old in TEXT
    faults = faults_of(TEXT.replace(old, new, 1), **FILES)
    assert faults
    for fragment in fragments:
        assert any(fragment in fault for fault in faults), faults
    assert all(fault.split(":")[1].isdigit() for fault in faults)


def test_cells_and_parcels_need_each_other():
    """Cells without parcels, parcels without cells, and a locker that does not do their task."""
    bare = TEXT[: TEXT.index("parcels:")]
    assert any("no 'parcels' say" in fault for fault in faults_of(bare, **FILES))
    assert any("no format has 'cells'" in fault for fault in faults_of(TEXT, **{**FILES, "formats/kiosk.yaml": KIOSK}))
    other = TEXT.replace("  task: pay\n", "  task: ask\n")
    assert any("does not do 'ask'" in fault for fault in faults_of(other, **FILES))
