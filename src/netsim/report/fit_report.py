"""The report of a fit: page, workbook, pictures."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.column_map import WEEKDAYS
from netsim.model.fit_checks import SIMULATED_DAYS
from netsim.model.fit_laws import BOOTSTRAP
from netsim.model.fit_result import FitResult
from netsim.report import fit_charts, fit_law_charts, fit_tables, fit_trial_tables, labels
from netsim.report.fonts import Fonts, choose_fonts
from netsim.report.page import render
from netsim.report.records import Picture, ReportFiles, Table
from netsim.report.style import Pen, draw, save
from netsim.report.workbook import write_workbook
from netsim.text import Language, Text

GLOSSARY = ("day_factor", "censored", "kaplan_meier", "prediction", "bic", "ks", "cv")
TOLD = 3
"""Tasks whose service time is told in the first sentences."""
TONES = {"held": "certified", "shifted": "uncertified", "untried": "simulated"}


def write_fit_report(result: FitResult, folder: Path, *, language: Language) -> ReportFiles:
    """
    Write the report of a fit: ``report.html``, ``report.xlsx`` and a PNG of each picture.

    The page is one file that asks nobody for anything. The same input gives the same bytes.

    Parameters
    ----------
    result
        What was fitted.
    folder
        Where to write; made if it is absent.
    language
        ``en`` or ``zh``. Without a font for Chinese the pictures are in English and a warning says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = Text(language)
    fonts = choose_fonts(language)
    pictures = fit_pictures(result, text, fonts)
    tables = fit_page_tables(result, text)
    title = text("fit.title", name=result.source.name)
    page = render(
        "fit.html.j2",
        text,
        tables=tables,
        pictures=pictures,
        values={
            "language": language,
            "title": title,
            "note": lead(result, text),
            "status": status_of(result),
            "tone": TONES[status_of(result)],
            "status_words": status_words(result, text),
            "story": story(result, text),
            "warnings": [*(fit_sentence(words, text) for words in result.warnings), *filter(None, [fonts.warning])],
            "no_waits": fit_sentence(result.validation.no_waits, text) if result.validation.no_waits else "",
            "balance": _balance(result, text),
            "columns": ", ".join((*result.source.personal, *result.source.ignored)),
            "random": method(result, text),
            "glossary": [(text(f"fit.glossary.{key}.term"), text(f"fit.glossary.{key}.words")) for key in GLOSSARY],
            "attribution": [],
        },
    )
    path = folder / "report.html"
    path.write_text(page, "utf-8", newline="\n")
    book = folder / "report.xlsx"
    write_workbook(book, title, [(name.removeprefix("fit_"), table) for name, table in tables.items()], text)
    saved = tuple(save(picture, folder) for picture in pictures.values())
    return ReportFiles(path, book, None, saved, tuple(filter(None, [fonts.warning])))


def fit_sentence(coded: str, text: Text) -> str:
    """
    Return the words of a coded sentence of a fit, lanes named in its language.

    Parameters
    ----------
    coded
        As the result carries it.
    text
        Language.
    """
    for lane in ("terminal", "counter"):
        coded = coded.replace(f"|lane={lane}", f"|lane={text(f'lane.{lane}')}")
    return text.sentence(coded)


def status_of(result: FitResult) -> str:
    """Return whether held-out days fit: ``held``, ``shifted`` or ``untried``."""
    if result.validation.arrivals is None:
        return "untried"
    return "shifted" if result.validation.flags else "held"


def lead(result: FitResult, text: Text) -> str:
    """Return the line below the title."""
    rows = result.source.accounts[0]
    return text(
        "fit.lead",
        days=result.validation.fitted + result.validation.held_out,
        first=result.first_day,
        last=result.last_day,
        read=rows.read,
        used=rows.used,
        fitted=result.validation.fitted,
        held=result.validation.held_out,
    )


def status_words(result: FitResult, text: Text) -> str:
    """Return what the held-out days say."""
    trial = result.validation
    values: dict[str, object] = {"fitted": trial.fitted, "held": trial.held_out}
    if trial.arrivals is not None:
        ratio = trial.arrivals.ratio
        values |= {
            "inside": trial.arrivals.inside,
            "cells": trial.arrivals.cells,
            "ratio": text.percent(ratio.value),
            "low": text.percent(1.0 - (ratio.value - ratio.lower)),
            "high": text.percent(1.0 + (ratio.upper - ratio.value)),
        }
    return text(f"fit.status_words.{status_of(result)}", **values)


def story(result: FitResult, text: Text) -> list[str]:
    """Return the sentences that a board remembers."""
    arrivals = result.arrivals
    open_days = [day for day in range(7) if arrivals.day_count[day] and arrivals.by_weekday[day].value > 0]
    per_day = arrivals.per_day
    found: list[str] = []
    if math.isnan(per_day.value):
        return found
    values: dict[str, object] = {"visits": per_day.value, "low": per_day.lower, "high": per_day.upper}
    if len(open_days) > 1:
        busy, quiet = (choose(open_days, key=lambda day: arrivals.by_weekday[day].value) for choose in (max, min))
        values |= {"busy": _weekday(busy, text), "most": arrivals.by_weekday[busy].value}
        values |= {"quiet": _weekday(quiet, text), "least": arrivals.by_weekday[quiet].value}
        found.append(text("fit.story.visits", **values))
    else:
        found.append(text("fit.story.one_visits", **values))
    if np.any(arrivals.counts > 0):
        day, slot = np.unravel_index(int(np.nanargmax(arrivals.per_hour)), arrivals.per_hour.shape)
        rate = float(arrivals.per_hour[day, slot])
        at = text.clock(SLOT_MINUTES * int(slot))
        found.append(text("fit.story.peak", weekday=_weekday(int(day), text), at=at, rate=rate))
    if result.waits is not None:
        found.append(text("fit.story.wait", mean=result.waits.mean.value, p90=result.waits.p90))
        found += _leavers(result, text)
    named = sorted((fit for fit in result.services if not fit.pooled and fit.laws), key=lambda fit: -fit.size)[:TOLD]
    for fit in named:
        law = fit.law
        mean = law.mean.value if law is not None else fit.mean.value
        words = text(f"fit.law.{fit.chosen}")
        lane = labels.lane_name(fit.lane, text)
        found.append(text("fit.story.service", task=fit.task, lane=lane, mean=mean, law=words))
    for look in result.snapshots[:1]:
        if math.isfinite(look.service.value):
            ends = {"low": look.service.lower, "high": look.service.upper}
            found.append(text("fit.story.looks", mean=look.service.value, **ends))
        if math.isfinite(look.wait.value):
            found.append(text("fit.story.looks_wait", mean=look.wait.value))
    return found


def _weekday(day: int, text: Text) -> str:
    return text(f"fit.weekday.{WEEKDAYS[day]}")


def _leavers(result: FitResult, text: Text) -> list[str]:
    left = sum(fit.left for fit in result.patience)
    missed = sum(fit.no_shows for fit in result.patience)
    calls = sum(item.of for item in result.no_shows)
    if not calls:
        return []
    return [text("fit.story.leave", left=left / (left + calls), missed=missed / calls)]


def _balance(result: FitResult, text: Text) -> str:
    rows = result.source.accounts[0]
    return text("fit.table.rows_note", read=rows.read, used=rows.used, discarded=rows.discarded)


def method(result: FitResult, text: Text) -> list[str]:
    """Return how the figures were found, in plain sentences."""
    trial = text("fit.method.trial", rule=fit_sentence(result.validation.rule, text))
    same = text("fit.method.same", sha=result.source.sha256)
    arrivals = text("fit.method.arrivals")
    if result.snapshots:
        return [text("fit.method.looks"), arrivals, trial, same]
    found = [
        arrivals,
        text("fit.method.services", rounds=BOOTSTRAP, seed=result.seed),
        text("fit.method.patience"),
        trial,
    ]
    if result.validation.waits:
        found.append(text("fit.method.simulated", days=SIMULATED_DAYS))
    return [*found, same]


def fit_pictures(result: FitResult, text: Text, fonts: Fonts) -> dict[str, Picture]:
    """Return the pictures of a fit by name; those that have nothing to show are left out."""
    pen = Pen(Text(fonts.language), fonts)
    makers = {"fit_week": partial(fit_charts.week, result, pen), "fit_days": partial(fit_charts.days, result, pen)}
    if fit_law_charts.shown_services(result):
        makers["fit_services"] = partial(fit_law_charts.services, result, pen)
    if fit_law_charts.shown_patience(result):
        makers["fit_patience"] = partial(fit_law_charts.patience, result, pen)
    if result.snapshots:
        makers["fit_looks"] = partial(fit_charts.looks, result, pen)
    if result.validation.arrivals is not None:
        makers["fit_trial"] = partial(fit_charts.trial, result, pen)
    return {
        name: draw(name, fonts, make, text(f"fit.picture.{name}.title"), text(f"fit.picture.{name}.caption"))
        for name, make in makers.items()
    }


def fit_page_tables(result: FitResult, text: Text) -> dict[str, Table]:
    """Return the tables of the page by name; those without rows are left out."""
    found = [
        fit_tables.summary(result, text),
        fit_tables.weekdays(result, text),
        fit_tables.services(result, text),
        fit_tables.laws(result, text),
        fit_tables.patience(result, text),
        fit_tables.no_shows(result, text),
        fit_tables.transfers(result, text),
        fit_trial_tables.looks(result, text),
        fit_trial_tables.unknown(result, text),
        fit_trial_tables.checks(result, text),
        fit_trial_tables.waits(result, text),
        fit_trial_tables.days(result, text),
        *(fit_tables.account(item, text) for item in result.source.accounts),
    ]
    return {table.id: table for table in found if table.rows}
