"""The comparison: colour by significance, only what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netsim.model.result import KpiDifference
from netsim.report.comparison_report import scenario_names
from netsim.report.comparison_tables import costs, differences, plans, tone_of, ways
from netsim.text import Text
from tests.report import samples
from tests.report.pages import Page

TEXT = Text("en", "EUR")


def difference(better, value, *, significant):
    return KpiDifference("wait_p90", "min", better, "plan", 5.0, 5.0 + value, value, 0.5, significant)


@pytest.mark.parametrize(
    ("better", "value", "significant", "tone"),
    [
        ("lower", -1.0, True, "good"),
        ("lower", 1.0, True, "bad"),
        ("higher", 1.0, True, "good"),
        ("higher", -1.0, True, "bad"),
        ("lower", -9.0, False, "mute"),
        ("higher", -9.0, False, "mute"),
        ("none", 1.0, True, "strong"),
        ("none", 1.0, False, "mute"),
    ],
)
def test_colour_goes_by_significance_and_direction(better, value, significant, tone):
    assert tone_of(difference(better, value, significant=significant)) == tone


def test_a_cost_part_that_is_alike_everywhere_is_left_out():
    comparison, _ = samples.comparison()
    names = scenario_names(comparison, TEXT)
    shown = [row[0].value for row in costs(comparison, names, TEXT).rows]
    assert TEXT("cost.fees") not in shown
    assert TEXT("cost.lost_visits") not in shown
    assert TEXT("cost.staff") in shown
    assert shown[-2:] == [TEXT("cost.operator"), TEXT("cost.total")]


def test_only_sites_that_differ_are_listed():
    comparison, studies = samples.comparison()
    names = scenario_names(comparison, TEXT)
    table = plans(comparison, studies, names, TEXT)
    options = [[site.option for site in run.sites] for run in comparison.runs]
    differing = sum(len(set(standing)) > 1 for standing in zip(*options, strict=True))
    assert len(table.rows) == differing
    same = replace(comparison, runs=(comparison.runs[0],) * 2)
    assert plans(same, studies, names, TEXT).rows == ()


def test_differences_show_the_baseline_and_each_other_scenario():
    comparison, _ = samples.comparison()
    table = differences(comparison, samples.study(), scenario_names(comparison, TEXT), TEXT)
    assert [column.title for column in table.columns[3:]] == [
        "Today",
        "Δ Plan",
        "Δ Self-service first",
        "Δ Longer hours",
    ]
    assert len(table.rows) == len(comparison.runs[0].kpis)
    assert "40 common days" in table.note
    assert "48 differences" in table.note


def test_scenarios_of_one_name_are_told_apart():
    comparison, _ = samples.comparison()
    runs = tuple(replace(run, name={"en": "Plan"}) for run in comparison.runs)
    names = scenario_names(replace(comparison, runs=runs), TEXT)
    assert len(set(names.values())) == 4
    assert names["plan"] == "Plan (plan)"


def test_plans_on_other_sites_are_not_laid_side_by_side():
    comparison, studies = samples.comparison()
    names = scenario_names(comparison, TEXT)
    changed = {**studies, "plan": replace(studies["plan"], sites=studies["plan"].sites[:-1])}
    assert len(ways(comparison, studies, names, TEXT).columns) == 4
    assert [column.title for column in ways(comparison, changed, names, TEXT).columns[1:]] == [
        "Self-service first",
        "Longer hours",
    ]


def test_what_is_not_certified_is_said_first(comparison_report):
    language, files = comparison_report
    page = Page(files.page.read_text("utf-8"))
    text = Text(language)
    name = {"en": "Self-service first", "zh": "自助优先"}[language]
    assert text("warning.uncertified", names=name) in page.words
    assert [path.name for path in files.pictures] == ["costs.png", "scenario_maps.png"]
    assert files.geopackage is None
