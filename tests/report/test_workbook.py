"""The workbook: words as words, numbers as numbers, intervals in two columns."""

from __future__ import annotations

import openpyxl
import pytest

from netsim.report.records import Cell, Column, Table
from netsim.report.workbook import write_workbook
from netsim.text import Text

TRAPS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "http://x.example", "007", "1,200", "a\x00b", "NA", " ")


def read(path):
    return openpyxl.load_workbook(path)


def test_traps_are_written_as_text(tmp_path):
    table = Table("t", "=title", (Column("+name"), Column("n", "count")), tuple((trap, 1) for trap in TRAPS), "@note")
    write_workbook(tmp_path / "a.xlsx", "=x", [("one", table)], Text("en", "EUR"))
    sheet = read(tmp_path / "a.xlsx")["one"]
    found = [sheet.cell(row, 1) for row in range(5, 5 + len(TRAPS))]
    assert [cell.value for cell in found] == [trap.replace("\x00", " ") for trap in TRAPS]
    assert {cell.data_type for cell in found} == {"s"}
    assert {cell.hyperlink for cell in found} == {None}
    assert sheet["A1"].value == "=title"
    assert sheet["A1"].data_type == "s"


def test_money_is_full_intervals_take_two_columns_and_nothing_stays_empty(tmp_path):
    table = Table(
        "t",
        "T",
        (Column("cost", "money", " a year"), Column("share", "percent"), Column("w", "minutes")),
        ((4_795_000.0, (0.91, 0.02), None), (Cell(1.0, "bad"), Cell((0.5, float("nan"))), float("inf"))),
    )
    write_workbook(tmp_path / "a.xlsx", "x", [("one", table)], Text("en", "EUR"))
    sheet = read(tmp_path / "a.xlsx")["one"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert rows == [
        ["cost (EUR a year)", "share", "± share", "w (min)"],
        [4_795_000, 0.91, 0.02, None],
        [1, 0.5, None, None],
    ]
    assert sheet["B5"].number_format == "0.0%"


def test_the_same_tables_give_the_same_bytes(tmp_path):
    table = Table("t", "T", (Column("a"),), (("x",),))
    for name in ("a", "b"):
        write_workbook(tmp_path / f"{name}.xlsx", "x", [("one", table)], Text("en"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_report_has_the_promised_sheets(run_report):
    _, files = run_report
    book = read(files.workbook)
    promised = ["summary", "sites", "lanes", "half-hours", "roster", "shifts", "costs", "KPIs", "evidence"]
    assert book.sheetnames[: len(promised)] == promised
    assert {"changes", "rounds", "flat caps", "other demand", "reproduction"} <= set(book.sheetnames)
    assert book["sites"].max_row == 4 + 54
    assert book["half-hours"].max_row > 300


@pytest.mark.parametrize("sheet", ["summary", "KPIs", "costs", "sites", "customers", "reproduction"])
def test_the_comparison_has_the_promised_sheets(comparison_report, sheet):
    _, files = comparison_report
    assert read(files.workbook)[sheet].max_row > 4
