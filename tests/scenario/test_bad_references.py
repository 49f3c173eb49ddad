"""Ids that nothing stands for, and formats that do not fit."""

import pytest

# Each case: old text, new text, a text that stands where the fault must point to, fragments of the message.
EDITS = [
    pytest.param(
        "profile: flat\n    flexible: 90%",
        "profile: flut\n    flexible: 90%",
        "flut",
        ["unknown profile 'flut'; did you mean 'flat'?"],
        id="unknown profile",
    ),
    pytest.param(
        "{pay: 60%, ask: 40%}",
        "{pay: 60%, aks: 40%}",
        "aks",
        ["unknown task 'aks'; did you mean 'ask'?"],
        id="unknown task in a mix",
    ),
    pytest.param(
        "  kiosk: {}\n",
        "  kisok: {}\n",
        "kisok",
        ["formats.kisok: unknown format 'kisok'", "did you mean 'kiosk'?"],
        id="unknown format",
    ),
    pytest.param(
        "allowed: [desk, kiosk]",
        "allowed: [desk, kisok]",
        "kisok",
        ["network.kinds.branch.allowed[1]", "did you mean 'kiosk'?"],
        id="unknown allowed format",
    ),
    pytest.param(
        "format: desk",
        "format: dusk",
        "dusk",
        ["unknown format 'dusk'; did you mean 'desk'?"],
        id="unknown format today",
    ),
    pytest.param(
        "allowed: [desk, kiosk]",
        "allowed: [kiosk]",
        "desk, counters",
        ["not 'allowed'"],
        id="format today not allowed",
    ),
    pytest.param(
        "counters: 2",
        "counters: 5",
        "5, t",
        ["5 counters are not among the levels of 'desk': 1, 2, 3"],
        id="servers today",
    ),
    pytest.param(
        "{format: desk,",
        "{format: desk, pattern: late,",
        "late",
        ["unknown pattern 'late'; known: standard"],
        id="pattern today",
    ),
    pytest.param(
        "      name: North\n      kind: branch",
        "      name: North\n      kind: brunch",
        "brunch",
        ["did you mean 'branch'?"],
        id="unknown kind",
    ),
    pytest.param(
        "id: s2",
        "id: s1",
        "s1\n      name",
        ["the id 's1' stands twice (first at network.sites[0])"],
        id="twice the same id",
    ),
    pytest.param(
        "id: z2",
        "id: z1",
        "z1, x: 600",
        ["stands twice"],
        id="twice the same zone",
    ),
    pytest.param(
        "task: pay",
        "task: pey",
        "pey",
        ["rules.coverage.close.task", "did you mean 'pay'?"],
        id="unknown task of a rule",
    ),
    pytest.param(
        "layers: [homes]",
        "layers: [house]",
        "house",
        ["unknown demand layer 'house'"],
        id="unknown layer of a rule",
    ),
    pytest.param(
        "people: {homes: 500}",
        "people: {hommes: 500}",
        "hommes",
        ["did you mean 'homes'?"],
        id="unknown layer of a point",
    ),
    pytest.param(
        "Europe/Helsinki",
        "Europe/Helsinky",
        "Europe/Helsinky",
        ["did you mean 'Europe/Helsinki'?"],
        id="unknown time zone",
    ),
    pytest.param(
        "tasks:\n  pay:\n",
        (
            "tasks:\n  hum:\n    name: {en: Hum}\n    profile: flat\n    flexible: 1\n    lost_visit_cost: 1 EUR\n"
            "    steps: {s: {counter: {mean: 1 min, cv: 0}}}\n  pay:\n"
        ),
        "hum:",
        ["tasks.hum", "no format does this task"],
        id="task nobody serves",
    ),
    pytest.param(
        "      visits_per_person",
        "      people: 3\n      visits_per_person",
        "people: 3",
        ["take this key away"],
        id="people of points twice",
    ),
    pytest.param(
        "demand:\n",
        "demand:\n  scale: {hoems: 2}\n",
        "hoems",
        ["did you mean 'homes'?"],
        id="scale of nothing",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), EDITS)
def test_the_fault_is_told_with_its_place_and_the_mend(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments)


# The same for the format file of the desk.
FORMAT_EDITS = [
    pytest.param(
        "counter: [1, 2, 3]",
        "counter: [1, 3, 2]",
        "[1, 3",
        ["formats.desk.levels.counter", "expected numbers that increase"],
        id="levels fall",
    ),
    pytest.param(
        "counter: [1, 2, 3]",
        "counter: [0, 2, 3]",
        "0, 2",
        ["must be at least 1, got 0"],
        id="level 0",
    ),
    pytest.param(
        "counter: [1, 2, 3]",
        "counter: []",
        "[]",
        ["at least 1 entries, got 0"],
        id="no levels",
    ),
    pytest.param(
        "terminal: long}",
        "terminal: lang}",
        "lang",
        ["unknown opening hours 'lang'; did you mean 'long'?"],
        id="unknown hours",
    ),
    pytest.param(
        "counter: teller",
        "counter: teler",
        "teler",
        ["unknown channel 'teler'; did you mean 'teller'?"],
        id="unknown channel",
    ),
    pytest.param(
        "counter: [pay, ask]",
        "counter: [pay, aks, ask]",
        "aks",
        ["unknown task 'aks'"],
        id="unknown task",
    ),
    pytest.param(
        "counter: [pay, ask]",
        "counter: [pay, pay, ask]",
        "[pay, pay",
        ["'pay' stands twice"],
        id="task twice",
    ),
    pytest.param(
        "terminal: [pay]",
        "terminal: [pay, ask]",
        "ask]\nlevels",
        ["the task 'ask' has no service time at a terminal"],
        id="task without a terminal",
    ),
    pytest.param(
        "levels:\n  counter",
        "levels:\n  conter",
        "conter",
        ["expected terminal or counter, got 'conter'; did you mean 'counter'?"],
        id="unknown lane",
    ),
    pytest.param(
        "{counter: day, terminal: long}",
        "{counter: day}",
        "{counter: day}",
        ["the lane 'terminal' has tasks, but nothing stands"],
        id="lane without hours",
    ),
    pytest.param(
        "  terminal: [pay]\n",
        "",
        "terminal: [1, 2]",
        ["formats.desk.levels.terminal", "has no tasks in this format"],
        id="lane without tasks",
    ),
    pytest.param(
        "  fixed: 100000 EUR/a\n",
        "",
        "costs:",
        ["formats.desk.costs.fixed: the key is missing"],
        id="missing costs",
    ),
    pytest.param(
        "ownership: own",
        "ownership: own\nownership: own",
        "ownership: own\nchannels",
        ["given twice"],
        id="duplicate key",
    ),
    pytest.param(
        "100000 EUR/a",
        "100000 EUR",
        "100000 EUR",
        ["is an amount of money; expected money per year", "14000 EUR/a"],
        id="yearly cost without year",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), FORMAT_EDITS)
def test_faults_of_a_format_file_point_into_it(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments, file="formats/desk.yaml")
