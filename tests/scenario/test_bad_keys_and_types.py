"""Unknown and missing keys, and values of the wrong kind."""

import pytest

# Each case: old text, new text, a text that stands where the fault must point to, fragments of the message.
EDITS = [
    pytest.param(
        "seed: 7",
        "sede: 7",
        "sede",
        ["sede: unknown key; did you mean 'seed'?"],
        id="unknown key",
    ),
    pytest.param(
        "patience: 30 min",
        "patiense: 30 min",
        "patiense",
        ["lanes.counter.patiense: unknown key; did you mean 'patience'?"],
        id="unknown deep key",
    ),
    pytest.param(
        "  counter:\n    promise",
        "  contour:\n    promise",
        "contour",
        ["did you mean 'counter'"],
        id="unknown lane",
    ),
    pytest.param(
        "      name: North",
        "      nmae: North",
        "nmae",
        ["network.sites[1].nmae", "'name'"],
        id="unknown key of a site",
    ),
    pytest.param(
        "    branch: {today",
        "    provenence: {}\n    branch: {today",
        "provenence",
        ["did you mean 'provenance'?"],
        id="misspelt provenance",
    ),
    pytest.param(
        "rules:\n",
        "rules:\n  provenence: {source: a, evidence: data}\n",
        "provenence",
        ["did you mean 'provenance'?"],
        id="misspelt provenance of a record",
    ),
    pytest.param(
        "  reach: 15 min\n",
        "",
        "rules:",
        ["rules.reach: the key is missing; expected: Longest way"],
        id="missing key",
    ),
    pytest.param(
        "plan: as_is\n",
        "",
        "netsim",
        ["plan: the key is missing"],
        id="missing key at the top",
    ),
    pytest.param(
        "  reach: 15 min",
        "  reach:",
        None,
        ["rules.reach", "expected a time", "nothing"],
        id="null",
    ),
    pytest.param(
        "x: 10",
        "x: west",
        "west",
        ["network.sites[0].x: expected a number, got 'west'"],
        id="text for a number",
    ),
    pytest.param(
        "x: 10",
        'x: "10"',
        '"10"',
        ["expected a number, got '10'; take the quotes away"],
        id="quoted number",
    ),
    pytest.param(
        "x: 10",
        "x: 010",
        "010",
        ["expected a number, got '010'; write 10"],
        id="leading zero",
    ),
    pytest.param(
        "x: 10",
        "x: 1_000",
        "1_000",
        ["write 1000"],
        id="underscore",
    ),
    pytest.param(
        "seed: 7",
        "seed: true",
        "true",
        ["seed: expected a whole number, got true"],
        id="bool for int",
    ),
    pytest.param(
        "cv: 0.7",
        "cv: false",
        "false",
        ["expected a number, got false"],
        id="bool for a number",
    ),
    pytest.param(
        "counters: 2",
        "counters: 2.5",
        "2.5",
        ["counters: expected a whole number, got 2.5"],
        id="fraction for int",
    ),
    pytest.param(
        "name: North",
        "name: 12",
        "12\n",
        ["expected text, got 12; put it in quotes"],
        id="number for text",
    ),
    pytest.param(
        "id: s1",
        "id: 1",
        "1\n      kind",
        ["network.sites[0].id: expected text, got 1; put it in quotes"],
        id="number as id",
    ),
    pytest.param(
        "allowed: [desk, kiosk]",
        "allowed: [desk, kiosk], may_close: NO",
        "NO",
        ["expected true or false, got 'NO'"],
        id="text for bool",
    ),
    pytest.param(
        "name: {en: Ask}",
        "name: [Ask]",
        "[Ask]",
        ["expected a mapping (key: value), got a list"],
        id="list for a mapping",
    ),
    pytest.param(
        "allowed: [desk, kiosk]",
        "allowed: desk",
        "desk}",
        ["expected a list such as [a, b], got 'desk'"],
        id="text for a list",
    ),
    pytest.param(
        "seed: 7",
        "seed: {a: 7}",
        "{a",
        ["expected a whole number, got a mapping"],
        id="mapping for a number",
    ),
    pytest.param(
        "plan: as_is",
        "plan: optimize",
        "optimize",
        ["expected as_is or optimise", "did you mean 'optimise'?"],
        id="wrong word",
    ),
    pytest.param(
        "medium: self",
        "medium: robot",
        "robot",
        ["expected staffed or self or remote or digital, got 'robot'"],
        id="wrong medium",
    ),
    pytest.param(
        "netsim: 1",
        "netsim: 2",
        "2\n",
        ["reads version 1", "got 2"],
        id="other version",
    ),
    pytest.param(
        "netsim: 1",
        "netsim: true",
        "true",
        ["reads version 1"],
        id="version true",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), EDITS)
def test_the_fault_is_told_with_its_place_and_the_mend(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments)
