"""A scenario in a workbook, edited, read back; faults by sheet and cell."""

from __future__ import annotations

import openpyxl
import pytest

from netsim.errors import BadInputError
from netsim.experiment.planner_workbook import apply_workbook, export_workbook
from netsim.experiment.study import load_study
from tests.small import write_small


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "netsim.toml").touch()
    return write_small(tmp_path, "town.yaml", "plan: as_is\n")


def edited(scenario, change):
    """Export, let ``change`` edit the workbook, and return the paths of workbook and variant."""
    book = scenario.parent / "plan.xlsx"
    export_workbook(scenario, book)
    workbook = openpyxl.load_workbook(book)
    change(workbook)
    workbook.save(book)
    return book, scenario.parent / "variant.yaml"


def column(sheet, title: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value.startswith(title))


def row(sheet, key: str) -> int:
    return next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[0].value == key)


def put(workbook, sheet: str, key: str, title: str, value) -> None:
    page = workbook[sheet]
    page.cell(row(page, key), column(page, title)).value = value


def test_an_unchanged_workbook_changes_nothing(scenario):
    book, out = edited(scenario, lambda _: None)
    found = apply_workbook(book, scenario, out)
    assert found["changes"] == 0
    before, after = load_study(scenario)[0], load_study(out)[0]
    assert after.sites == before.sites
    assert after.formats == before.formats
    assert (after.demand.visits == before.demand.visits).all()


def test_the_same_scenario_gives_the_same_bytes(scenario):
    one, two = scenario.parent / "one.xlsx", scenario.parent / "two.xlsx"
    export_workbook(scenario, one)
    export_workbook(scenario, two)
    assert one.read_bytes() == two.read_bytes()


def test_what_is_edited_comes_back(scenario):
    def change(workbook):
        put(workbook, "formats", "desk", "fixed", 70_000)
        put(workbook, "formats", "machine", "per_terminal", 9_500.5)
        put(workbook, "demand", "all", "visits per person", 0.1)
        put(workbook, "demand", "all", "share cash", 0.7)
        put(workbook, "demand", "all", "share advice", 0.3)
        put(workbook, "demand", "all", "scale", 1.5)
        put(workbook, "sites", "a", "counters today", 3)
        put(workbook, "sites", "b", "may close", "no")
        put(workbook, "sites", "e", "name", "北门 & Co: 'x'")
        page = workbook["sites"]
        page.append(["g", "New", "place", None, 500_900, 6_672_000, None, None, None, "yes"])
        page.delete_rows(row(page, "d"))

    book, out = edited(scenario, change)
    found = apply_workbook(book, scenario, out)
    assert found["changes"] == 11
    before, after = load_study(scenario)[0], load_study(out)[0]
    assert after.formats["desk"].costs.fixed == 70_000
    assert after.formats["machine"].costs.per_terminal == 9_500.5
    assert after.formats["desk"].costs.opening == before.formats["desk"].costs.opening
    assert after.demand.visits.sum() == pytest.approx(before.demand.visits.sum() * 1.5 * 0.1 / 0.08)
    sites = {site.id: site for site in after.sites}
    assert sorted(sites) == ["a", "b", "c", "e", "f", "g"]
    assert sites["a"].today.counters == 3
    assert not sites["b"].may_close
    assert sites["e"].name == "北门 & Co: 'x'"
    assert sites["g"].today is None
    assert sites["f"].today == {site.id: site for site in before.sites}["f"].today
    assert "edited in plan.xlsx" in {figure.provenance.source for figure in after.figures}


def test_every_fault_is_told_by_sheet_and_cell(scenario):
    def change(workbook):
        put(workbook, "sites", "a", "x", "west")
        put(workbook, "sites", "b", "kind", "brnch")
        put(workbook, "sites", "c", "counters today", 1.5)
        put(workbook, "sites", "d", "id", "a")
        put(workbook, "formats", "desk", "fixed", -5)
        put(workbook, "formats", "machine", "id", "kiosk")
        put(workbook, "demand", "all", "visits per person", None)

    book, out = edited(scenario, change)
    with pytest.raises(BadInputError) as caught:
        apply_workbook(book, scenario, out)
    told = {fault.path: fault.message for fault in caught.value.faults}
    assert told["sites!E2"] == "expected a number, got 'west'"
    assert told["sites!C3"] == "unknown kind 'brnch'; did you mean 'branch'?"
    assert told["sites!H4"] == "expected a whole number, got 1.5"
    assert told["sites!A5"] == "the id 'a' stands twice"
    assert told["formats!B2"] == "expected 0 or more, got -5"
    assert told["formats!A3"].startswith("unknown id 'kiosk'")
    assert told["demand!C2"] == "something has to stand here"
    assert not out.exists()


def test_what_the_scenario_refuses_leaves_nothing_behind(scenario):
    book, out = edited(scenario, lambda workbook: put(workbook, "demand", "all", "share cash", 0.9))
    with pytest.raises(BadInputError, match=r"sum to 130%"):
        apply_workbook(book, scenario, out)
    assert not out.exists()


def test_a_sheet_or_column_that_is_gone_is_told(scenario):
    book, out = edited(scenario, lambda workbook: workbook.remove(workbook["demand"]))
    with pytest.raises(BadInputError, match="demand"):
        apply_workbook(book, scenario, out)
    book, out = edited(scenario, lambda workbook: workbook["sites"].delete_cols(3))
    with pytest.raises(BadInputError, match="the column 'kind' is missing"):
        apply_workbook(book, scenario, out)


def test_nothing_is_overwritten(scenario):
    book, _ = edited(scenario, lambda _: None)
    with pytest.raises(BadInputError, match="is there already"):
        apply_workbook(book, scenario, scenario)
    with pytest.raises(BadInputError, match=r"expected a \.xlsx file"):
        export_workbook(scenario, scenario.parent / "plan.csv")
