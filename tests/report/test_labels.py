"""Names in the report, and how values are written."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from netsim.kpi.catalogue import KPIS
from netsim.report import labels
from netsim.report.page import write_value
from netsim.report.run_tables import reason
from netsim.text import Text, sentences
from tests.report import samples

EN, ZH = Text("en", "EUR"), Text("zh", "EUR")


def test_every_measure_of_the_catalogue_has_a_name():
    import netsim.kpi  # noqa: F401, PLC0415 - registers the measures

    assert [name for name in KPIS if f"kpi.{name}" not in sentences("en")] == []


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("wait_p50", "Wait, median", "等候中位数"),
        ("share_in_time.counter", "Share in time: counter", "及时率\uff1a柜台"),
        ("channel_share.medium.self", "Services given: self-service", "办理的业务\uff1a自助"),
        (
            "coverage.counter_within_6_min",
            "People covered: Simple counter service within 6 min",
            "覆盖人口\uff1a简单柜面业务\uff0c6 分钟内",
        ),
        ("my_own.thing", "my own.thing", "my own.thing"),
    ],
)
def test_names_of_measures(name, english, chinese):
    assert labels.kpi_name(name, EN, samples.study()) == english
    assert labels.kpi_name(name, ZH, samples.study()) == chinese


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("closed", "no outlet"),
        ("branch 3+1", "Branch 3+1"),
        ("branch/standard/3/1", "Branch 3+1"),
        ("branch (long) 3+1", "Branch 3+1"),
        ("branch:standard:3+1", "Branch 3+1"),
        ("castle 3+1", "castle 3+1"),
        ("something else", "something else"),
    ],
)
def test_alternatives_in_words(label, words):
    assert labels.alternative_name(samples.study(), label, EN) == words


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (None, "money", "\u2013"),
        (math.nan, "percent", "\u2013"),
        ("words", "count", "words"),
        ((0.914, 0.012), "percent", "91.4% ± 1.2"),
        ((0.914, 0.0), "percent", "91.4%"),
        ((5.0, math.nan), "minutes", "5.0"),
        ((-0.02, 0.01), "points", "\u22122.0 ± 1.0"),
        ((807_000.0, 117_000.0), "change", "+807 ± 117"),
        ((0.4, 0.04), "delta", "+0.40 ± 0.04"),
        (0.178, "relative", "+17.8%"),
        (4_795_000, "money", "4,795"),
    ],
)
def test_values_as_the_page_writes_them(value, kind, written):
    assert write_value(value, kind, EN) == written


def test_money_in_chinese_tables_is_in_ten_thousands():
    assert write_value(4_795_000, "money", ZH) == "479.5"
    assert ZH.money_unit() == ("万 EUR", 10_000.0)


def test_sites_of_one_name_are_told_apart():
    sites = samples.study().sites[:2]
    assert labels.site_names(sites) == {"branch_00": "Bank 1", "branch_01": "Bank 2"}
    twins = tuple(replace(site, name="Bank") for site in sites)
    assert labels.site_names(twins) == {"branch_00": "Bank · branch_00", "branch_01": "Bank · branch_01"}


def test_a_reason_tells_visits_load_and_the_nearest_alternative():
    site = next(site for site in samples.run().sites if site.action == "open")
    words = reason(site, samples.study(), EN, 0.0)
    assert words.startswith(f"{site.visits:,.0f} visits a day; ")
    assert "of capacity used. Next best here: no outlet, EUR" in words
    assert words.endswith("k a year dearer")


def test_a_reason_that_the_planner_gives_comes_first():
    site = next(site for site in samples.run().sites if site.action == "close")
    given = replace(site, reason="reason.close|visits=1234.4", reason_cost=-5_000.0)
    words = reason(given, samples.study(), EN, 77.0)
    assert words.startswith(
        "Its 1,234 visits a day find another outlet. Next best here: Branch 2+1, EUR 5,000 a year cheaper"
    )
    assert "77" not in words
    nothing = replace(site, reason="close", reason_cost=math.inf, alternative="")
    assert reason(nothing, samples.study(), EN, None) == "No other choice here meets the rules"
