"""Where figures come from."""

import pytest

from netsim.scenario.load import load_scenario

# Each case: old text, new text, a text that stands where the fault must point to, fragments of the message.
EDITS = [
    pytest.param(
        "evidence: synthetic}",
        'evidence: synthetic, date: "2024-02-30"}',
        '"2024',
        ["provenance.date", "'2024-02-30'"],
        id="Feb 30",
    ),
    pytest.param(
        "evidence: synthetic}",
        "evidence: sinthetic}",
        "sinthetic",
        ["provenance.evidence", "did you mean 'synthetic'?"],
        id="evidence",
    ),
    pytest.param(
        ", evidence: synthetic}",
        "}",
        "provenance",
        ["the key 'evidence' is missing"],
        id="no evidence",
    ),
    pytest.param(
        "{source: made up for tests, evidence: synthetic}",
        "made up",
        "made up",
        ["expected a mapping such as"],
        id="provenance is text",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), EDITS)
def test_the_fault_is_told_with_its_place_and_the_mend(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments)


def test_figures_without_provenance_are_told_once_for_each_record(tiny, faults):
    told = faults(tiny.replace("provenance: {source: made up for tests, evidence: synthetic}\n", ""))
    paths = [fault.split(": ")[1] for fault in told]
    assert "tasks.pay" in paths
    assert "rules.reach" in paths
    assert "demand.layers" in paths
    assert not any(path.startswith("formats") for path in paths)
    assert all("no provenance for the figure" in fault and "evidence: data | assumption" in fault for fault in told)


def figures(loaded):
    return {figure.path: figure for figure in loaded.figures}


def test_a_figure_takes_the_nearest_provenance_above(load):
    found = figures(load())
    assert found["rules.reach"].provenance.source == "made up for tests"
    assert found["formats.desk.costs.fixed"].provenance.source == "desk file"
    assert found["formats.desk.costs.fixed"].value == "100000 EUR/a"
    assert found["tasks.ask.steps.talk.counter.mean"].value == "10 min"


def test_a_list_is_one_figure_as_it_was_typed(load):
    found = figures(load())
    assert found["formats.desk.levels.counter"].value == "[1, 2, 3]"
    assert found["profiles.flat.shares"].value == "[0, 0, 0, 0, 0, 0, 0, 0, ... 40 more]"
    assert found["calendar.hours.long"].value == "[08:00-12:00, 13:00-20:00]"


def test_a_figure_may_have_its_own_source(tiny, load):
    own = '{value: 4 min, source: stop watch, evidence: data, licence: CC0, date: "2024-05"}'
    loaded = load(tiny.replace("mean: 4 min", f"mean: {own}"))
    figure = figures(loaded)["tasks.pay.steps.serve.counter.mean"]
    assert (figure.value, figure.provenance.source, figure.provenance.evidence) == ("4 min", "stop watch", "data")
    assert (figure.provenance.licence, figure.provenance.date) == ("CC0", "2024-05")
    assert loaded.scenario.tasks["pay"].steps["serve"].counter.mean == 4.0


def test_a_fault_in_a_figure_with_its_own_source_points_to_its_value(tiny, faults):
    text = tiny.replace("reach: 15 min", "reach: {value: 15 m, source: a, evidence: data}")
    (told,) = faults(text)
    line = text[: text.index("reach:")].count("\n") + 1
    assert told.startswith(f"tiny.yaml:{line}:18: rules.reach: '15 m' is a length")


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("{value: 15 min, evidence: data}", "the key 'source' is missing"),
        ("{value: 15 min, source: a}", "the key 'evidence' is missing"),
        ("{value: 15 min, sorce: a, source: a, evidence: data}", "unknown key; did you mean 'source'?"),
        ("{value: 15 min, source: 3, evidence: data}", "expected text, got 3"),
        ('{value: 15 min, source: "", evidence: data}', "expected a text of 1 to 500 characters"),
        ("{source: a, evidence: data}", "expected a time with its unit"),
    ],
)
def test_a_broken_source_of_a_figure_is_told(own, told, tiny, faults):
    (fault,) = faults(tiny.replace("reach: 15 min", f"reach: {own}"))
    assert "rules.reach" in fault
    assert told in fault


def test_a_changed_figure_does_not_inherit_the_claim_for_the_old_one(tiny, load):
    data = tiny.replace("rules:\n", "rules:\n  provenance: {source: census, evidence: data}\n")
    assert figures(load(data))["rules.reach"].provenance.evidence == "data"
    changed = figures(load(data, sets=["rules.reach=9 min"]))
    assert changed["rules.reach"].provenance.evidence == "assumption"
    assert changed["rules.reach"].provenance.source == "census; changed by --set rules.reach"
    assert changed["rules.coverage.close.within"].provenance.evidence == "data"


def test_a_file_that_extends_may_bring_its_own_source(tiny, project):
    project.write_text(tiny.replace("rules:\n", "rules:\n  provenance: {source: census, evidence: data, licence: X}\n"))
    top = project.with_name("top.yaml")
    top.write_text("extends: tiny.yaml\nrules:\n  reach: 9 min\n  provenance: {source: poll, evidence: data}\n")
    provenance = figures(load_scenario(top))["rules.reach"].provenance
    assert (provenance.source, provenance.evidence, provenance.licence) == ("poll", "data", "")


def test_figures_outside_of_the_demanded_sections_need_no_source(load):
    assert not {path for path in figures(load()) if path.startswith(("planning", "simulation", "seed"))}
