"""The report of a fit: whole, closed, in two languages, safe with hostile names."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from netsim.fit.fit_log import fit_looks, fit_tickets
from netsim.fit.read_log import read_log
from netsim.report import write_fit_report
from netsim.report.fit_report import fit_page_tables, fit_sentence, status_of
from netsim.report.fonts import choose_fonts
from netsim.text import Text
from tests.fit import planted
from tests.report.pages import Page, outline

DAYS = planted.days_of(42)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05, goes_on=0.1, to="advice"),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.weibull(20.0, 1.5),
    servers=4,
    day_cv=0.1,
)
HOSTILE = '<script>alert("x")</script>{{7*7}}|=1+1'


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    table = planted.wide_rows(planted.play(HALL, DAYS, seed=2), DAYS)
    table.loc[3, "arrive"] = "soon"
    log, file = read_log(*planted.write(folder, table, planted.WIDE_MAP))
    return fit_tickets(log, file.map)


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks")
    hall = planted.Hall(servers=3, level=1.05)
    table = planted.snapshot_rows(planted.play(hall, DAYS, seed=2), DAYS, 10.0, 3)
    log, file = read_log(*planted.write(folder, table, planted.SNAP_MAP))
    return fit_looks(log, file.map)


@pytest.fixture(scope="module")
def written(result, looks, tmp_path_factory):
    """Return the reports of tickets in both languages, and of looks in one."""
    folder = tmp_path_factory.mktemp("reports")
    return {
        (name, language): write_fit_report(item, folder / name / language, language=language)
        for name, item, language in (("tickets", result, "en"), ("tickets", result, "zh"), ("looks", looks, "zh"))
    }


@pytest.mark.parametrize(("name", "language"), [("tickets", "en"), ("tickets", "zh"), ("looks", "zh")])
def test_a_page_is_closed_whole_and_in_its_language(written, result, looks, name, language):
    files, item = written[name, language], result if name == "tickets" else looks
    page = Page(files.page.read_text("utf-8"))
    assert [a for a in page.addresses if not a.startswith("#")] == []
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert {found for found in page.ids if page.ids.count(found) > 1} == set()
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)
    assert files.workbook.is_file()
    assert all(path.stat().st_size > 5_000 for path in files.pictures)
    words = " ".join(page.words)
    text = Text(language)
    assert text(f"fit.status.{status_of(item)}") in words
    assert text("fit.table.summary") in words
    assert "fit." not in re.sub(r"[\w-]+\.(?:csv|yaml)", "", words)


def test_sections_of_tickets_and_of_looks(written):
    found = outline(written["tickets", "en"].page.read_text("utf-8"))
    for line in (
        "section arrivals", "figure picture-fit_week", "figure picture-fit_days", "section services",
        "figure picture-fit_services", "table fit_laws", "table fit_transfers", "section patience",
        "figure picture-fit_patience", "table fit_no_shows", "section trial", "figure picture-fit_trial",
        "table fit_checks", "section rows", "table fit_rows", "section method", "section glossary",
    ):  # fmt: skip
        assert f"{line}\n" in found, line
    found = outline(written["looks", "zh"].page.read_text("utf-8"))
    assert "table fit_looks\n" in found
    assert "table fit_unknown\n" in found
    assert "fit_services" not in found
    assert "fit_patience" not in found


def test_pictures_are_in_chinese_where_a_font_can_write_it(written):
    html = written["tickets", "zh"].page.read_text("utf-8")
    pictures = " ".join(re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))
    text = Text(choose_fonts("zh").language)
    for key in ("fit.chart.per_hour", "fit.chart.still", "fit.law.lognormal", "fit.weekday.monday"):
        assert text(key) in pictures


def test_the_account_of_rows_balances_on_the_page(result):
    table = fit_page_tables(result, Text("en"))["fit_rows"]
    rows = result.source.accounts[0]
    assert sum(row[1] for row in table.rows) == rows.read - rows.used == 1
    assert f"{rows.read:,} read = {rows.used:,} used + 1 set aside" in table.note
    assert table.rows[0][0] == "unreadable time"
    assert table.rows[0][3] == "5"


def test_hostile_names_stay_names(result, tmp_path):
    services = tuple(replace(item, task=HOSTILE) for item in result.services)
    evil = replace(result, services=services, source=replace(result.source, name=HOSTILE, ignored=(HOSTILE,)))
    html = write_fit_report(evil, tmp_path, language="en").page.read_text("utf-8")
    assert "<script" not in html
    assert "{{7*7}}" in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lanes_in_sentences_are_named_in_the_language(language):
    text = Text(language)
    words = fit_sentence("fit.warning.no_law|task=cash|lane=counter", text)
    assert text("lane.counter") in words


def test_every_warning_and_flag_has_its_words(result):
    for words in (*result.warnings, result.validation.rule, *(flag.words for flag in result.validation.flags)):
        for language in ("en", "zh"):
            assert not fit_sentence(words, Text(language)).startswith("fit.")
