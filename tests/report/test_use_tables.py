"""Where time goes: tables of lanes, steps and half-hours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from netsim.model.precision import GoalReached, Measurement
from netsim.report import use_tables
from netsim.report.records import Cell
from netsim.report.run_report import days_words, run_page_tables
from netsim.text import NOTHING, Text
from tests.report import samples


def value(cell):
    return cell.value if isinstance(cell, Cell) else cell


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_the_lanes_at_which_customers_wait_most(language):
    run, text = samples.run(), Text(language, "EUR")
    table = run_page_tables(run, samples.study(), None, text)["resources"]
    assert len(table.rows) == use_tables.WORST
    waiting = [row[-3] for row in table.rows]
    assert waiting == sorted(waiting, reverse=True)
    assert waiting[0] == max(item.waiting for item in run.resources)
    assert f"{use_tables.WORST}" in table.note
    assert f"{len(run.resources)}" in table.note
    marks = {value(row[2]) for row in table.rows}
    assert marks <= {text("column.bottleneck"), NOTHING}


def test_the_workbook_has_all_lanes_and_steps(run_report):
    _, files = run_report
    run = samples.run()
    book = openpyxl.load_workbook(files.workbook)
    assert book["resources"].max_row == 4 + len(run.resources)
    assert book["steps"].max_row == 4 + len(run.steps)
    heads = [cell.value for cell in book["half-hours"][4]]
    assert len(heads) == 12
    assert len(set(heads)) == 12


def test_a_step_that_nobody_begins_has_blanks():
    table = use_tables.steps(samples.run(), samples.study(), Text("en"))
    assert table.rows[-1][2:] == (0.0, None, None, None, None, None, None)


def test_half_hours_are_those_in_which_something_happens():
    run, study = samples.run(), samples.study()
    hours = run.half_hours
    table = use_tables.half_hours(run, study, Text("en"))
    assert len(table.rows) == int((hours.arrivals > 0).sum())
    on_duty = np.zeros_like(hours.on_duty)
    on_duty[0, 1, 3] = 2.0
    more = use_tables.half_hours(replace(run, half_hours=replace(hours, on_duty=on_duty)), study, Text("en"))
    assert len(more.rows) == len(table.rows) + 1
    quiet = next(row for row in more.rows if row[3] == "01:30")
    assert quiet[4:] == (0.0, None, None, None, 0.0, 0.0, 0.0, 2.0)
    old = replace(hours, wait_p90=None, queue=None, busy=None, down=None, on_duty=None)
    older = use_tables.half_hours(replace(run, half_hours=old), study, Text("en"))
    assert [row[:7] for row in older.rows] == [row[:7] for row in table.rows]
    assert older.rows[0][7:] == (None,) * 5


def test_a_run_without_use_has_no_section():
    run = replace(samples.run(), resources=(), steps=())
    tables = run_page_tables(run, samples.study(), None, Text("en"))
    assert not {"resources", "steps"} & set(tables)


def test_the_page_says_how_many_days_and_why():
    study, text = samples.study(), Text("en")
    assert "40 simulated days" in days_words(Measurement(40, (40,)), study, text)
    goal = GoalReached("wait_p90", 5.0, 0.2, 0.3, None, reached=True)
    reached = days_words(Measurement(68, (20, 68), (goal,), "wait_p90"), study, text)
    assert "68 days" in reached
    assert "Wait, 90 % wait less" in reached
    short = days_words(Measurement(320, (320,), (replace(goal, reached=False),), "wait_p90"), study, text)
    assert "limit of 320 days" in short
