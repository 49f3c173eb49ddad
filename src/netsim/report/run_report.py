"""The report of one run: page, workbook, GeoPackage, pictures."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from netsim.model.precision import Measurement
from netsim.model.result import RunResult
from netsim.model.study import Basemap, Study
from netsim.report import choice_tables, detail_tables, labels, money_charts, promise_charts, run_tables, use_tables
from netsim.report.flows import way_change
from netsim.report.fonts import Fonts, choose_fonts
from netsim.report.geopackage import write_geopackage
from netsim.report.map_panels import run_maps
from netsim.report.maps import ground
from netsim.report.page import render
from netsim.report.records import Picture, ReportFiles, Table
from netsim.report.style import Pen, draw, save
from netsim.report.workbook import write_workbook
from netsim.text import Language, Text

GLOSSARY = (
    "share_in_time",
    "load",
    "capacity",
    "promise",
    "certified",
    "interval",
    "leavers",
    "counters_terminals",
    "operator_cost",
    "objective",
    "nearest_alternative",
    "bottleneck",
    "starved",
    "blocked",
    "first_time_right",
)


def write_run_report(
    run: RunResult,
    study: Study,
    basemap: Basemap,
    folder: Path,
    *,
    language: Language,
    today: RunResult | None = None,
) -> ReportFiles:
    """
    Write the report of a run: ``report.html``, ``report.xlsx``, ``network.gpkg`` and a PNG of each picture.

    The page is one file that asks nobody for anything and needs no JavaScript. The same input gives
    the same bytes: no clock, host or path is written.

    Parameters
    ----------
    run, study
        The run and the study that it was made for.
    basemap
        What is drawn below the maps, in the CRS of the study's zones.
    folder
        Where to write; made if it is absent.
    language
        ``en`` or ``zh``. Without a font for Chinese the pictures are in English and a warning says so.
    today
        The run of today's network on the same study axes, for the columns "today"; None leaves them out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = Text(language, study.economics.currency)
    fonts = choose_fonts(language)
    if labels.as_is(run):
        today = None
    pictures = run_pictures(run, study, basemap, text, fonts)
    tables = run_page_tables(run, study, today, text)
    page = render(
        "run.html.j2",
        text,
        tables=tables,
        pictures=pictures,
        values={
            "language": language,
            "title": text("page.run_title", name=text.name(run.name, run.scenario)),
            "note": text.name(run.note),
            "status": run.status,
            "status_words": status_words(run, study, text),
            "optimality_words": optimality_words(run, text),
            "story": story(run, study, today, text),
            "plan_as_is": labels.as_is(run),
            "warnings": [*map(text.sentence, run.warnings), *filter(None, [fonts.warning])],
            "weakest": text("evidence_weakest", label=detail_tables.weakest_label(study, text)),
            "random": random_words(run, study, text),
            "glossary": [(text(f"glossary.{key}.term"), text(f"glossary.{key}.words")) for key in GLOSSARY],
            "attribution": list(dict.fromkeys(line for line in (*study.attribution, basemap.attribution) if line)),
        },
    )
    path = folder / "report.html"
    path.write_text(page, "utf-8", newline="\n")
    book = folder / "report.xlsx"
    write_workbook(book, text("page.run_title", name=run.scenario), run_sheets(run, study, tables, text), text)
    package = folder / "network.gpkg"
    write_geopackage(package, run, study)
    saved = tuple(save(picture, folder) for picture in pictures.values())
    return ReportFiles(path, book, package, saved, tuple(filter(None, [fonts.warning])))


def run_pictures(run: RunResult, study: Study, basemap: Basemap, text: Text, fonts: Fonts) -> dict[str, Picture]:
    """Return the pictures of a run by name; those that have nothing to show are left out."""
    pen = Pen(Text(fonts.language, study.economics.currency), fonts)
    makers = {"maps": partial(run_maps, ground(study, basemap), run, study, pen)}
    if any(site.lanes for site in run.sites):
        makers["share_against_load"] = partial(promise_charts.share_against_load, run, study, pen)
    if (run.half_hours.arrivals > 0).any():
        makers["waits_by_half_hour"] = partial(promise_charts.waits, run, study, pen)
    if labels.others(run, flat=True) or labels.others(run, flat=False):
        makers["sensitivity"] = partial(money_charts.sensitivity, run, pen)
    if any(item.curves for item in run.capacities.staircases.values()):
        makers["capacity_curves"] = partial(promise_charts.capacity_curves, run, study, pen)
    if run.staff.on_duty.any():
        makers["roster"] = partial(money_charts.roster, run, study, pen)
    keys = dict.fromkeys(makers, "") | ({"maps": "_as_is", "share_against_load": "_as_is"} if labels.as_is(run) else {})
    return {
        name: draw(
            name,
            fonts,
            make,
            text(f"picture.{name}{keys[name]}.title"),
            text(f"picture.{name}{keys[name]}.caption"),
        )
        for name, make in makers.items()
    }


def run_page_tables(run: RunResult, study: Study, today: RunResult | None, text: Text) -> dict[str, Table]:
    """Return the tables of the page by name; those without rows are left out."""
    found = [
        run_tables.headline(run, study, today, text),
        run_tables.money(run, today, text),
        run_tables.changes(run, study, today, text),
        run_tables.outlets(run, study, text),
        use_tables.resources(run, study, text, most=use_tables.WORST),
        use_tables.steps(run, study, text),
        use_tables.lockers(run, study, text),
        choice_tables.market(run, today, text),
        choice_tables.agreement(run, study, text),
        run_tables.kpis(run, study, text, only=("coverage", "served", "assigned"), key="coverage"),
        run_tables.kpis(run, study, text, only=("channel",), key="channels"),
        run_tables.kpis(run, study, text),
        detail_tables.rounds(run, text),
        detail_tables.roster(run, study, text),
        detail_tables.evidence_counts(study, text),
        detail_tables.evidence(study, text),
        detail_tables.reproduction(run, study, text),
    ]
    found += [
        detail_tables.sensitivities(run, study, text, flat=flat)
        for flat in (True, False)
        if labels.others(run, flat=flat)
    ]
    if today is not None:
        found.append(detail_tables.ways(way_change(study, today.plan, run.plan), text))
    return {table.id: table for table in found if table.rows}


def run_sheets(run: RunResult, study: Study, tables: dict[str, Table], text: Text) -> list[tuple[str, Table]]:
    """Return the sheets of the workbook in order; their names are the same in every language."""
    sheets = [
        ("summary", tables["summary"]),
        ("sites", detail_tables.sites_sheet(run, study, text)),
        ("lanes", run_tables.outlets(run, study, text)),
        ("half-hours", use_tables.half_hours(run, study, text)),
        ("roster", detail_tables.roster_sheet(run, study, text)),
        ("shifts", detail_tables.roster(run, study, text)),
        ("costs", tables["costs"]),
        ("KPIs", run_tables.kpis(run, study, text)),
        ("evidence", detail_tables.evidence(study, text)),
        ("resources", use_tables.resources(run, study, text)),
        ("steps", use_tables.steps(run, study, text)),
    ]
    more = (
        ("lockers", "lockers"),
        ("market", "market"),
        ("choice and waits", "agreement"),
        ("changes", "changes"),
        ("rounds", "rounds"),
        ("flat caps", "flat_caps"),
        ("other demand", "other_demand"),
    )
    sheets += [(name, tables[key]) for name, key in more if key in tables]
    return [*sheets, ("reproduction", tables["reproduction"])]


def status_words(run: RunResult, study: Study, text: Text) -> str:
    """Return what the status of the run means, with the verdicts behind it."""
    count = labels.verdicts(run)
    tested = count["kept"] + count["missed"] + count["undecided"]
    return text(
        f"status_meaning.{run.status}",
        kept=count["kept"],
        missed=count["missed"],
        undecided=count["undecided"],
        tested=tested,
        confidence=study.simulation.confidence,
        rounds=len(run.rounds),
    )


def optimality_words(run: RunResult, text: Text) -> str:
    """Return what is proven about the cost of the plan, and what the bound refers to."""
    if run.optimality == "as_is":
        return ""
    words = text(f"optimality.{run.optimality}")
    if math.isfinite(run.bound):
        words += text("reason.stop") + text("optimality.bound", bound=run.bound, objective=run.objective, gap=run.gap)
    else:
        words += text("reason.stop") + text("optimality.no_bound")
    return words


def story(run: RunResult, study: Study, today: RunResult | None, text: Text) -> list[str]:
    """Return the two or three sentences that a board remembers."""
    outlets = labels.in_use(run)
    formats = labels.by_format(study, labels.count_formats(run, study), text)
    sentences: list[str] = []
    if labels.as_is(run):
        missed = sum(labels.site_verdict(site) == "missed" for site in outlets)
        sentences.append(
            text("story.as_is", outlets=len(outlets), formats=formats, cost=run.cost.operator, missed=missed)
        )
        return sentences
    actions: dict[str, int] = {a: sum(site.action == a for site in run.sites) for a in labels.CHANGED}
    sentences.append(text("story.plan", outlets=len(outlets), formats=formats, cost=run.cost.operator))
    sentences.append(text("story.actions", **actions))
    if today is not None:
        change = run.cost.operator - today.cost.operator
        key = "story.saves" if change < 0 else "story.costs"
        sentences.append(text(key, amount=abs(change), share=abs(change) / today.cost.operator))
    flat = [item for item in labels.others(run, flat=True) if item.outlets]
    if flat:
        worst = max(flat, key=lambda item: item.missed_outlets)
        best = min(flat, key=lambda item: (item.missed_outlets, item.cost))
        main = labels.main_plan(run)
        sentences.append(
            text(
                "story.flat" if best.missed_outlets else "story.flat_kept",
                fewest=best.missed_outlets,
                of_fewest=best.outlets,
                most=worst.missed_outlets,
                of_most=worst.outlets,
                cap=f"{labels.flat_cap(best):g}",
                cost=best.cost,
                own=main.cost if main else run.plan.cost.operator,
            )
        )
    return sentences


def random_words(run: RunResult, study: Study, text: Text) -> list[str]:
    """Return what is random, what is assumed and what is fixed, in plain sentences."""
    margin = study.planning.margin
    return [
        text("method.random", confidence=study.simulation.confidence, seed=run.seed),
        *([] if run.measured is None else [days_words(run.measured, study, text)]),
        text("method.verdict", indifference=study.simulation.indifference, most=study.simulation.max_days),
        text("method.capacity", margin=margin),
        text("method.assumed", label=detail_tables.weakest_label(study, text)),
        text(
            "method.money",
            year=study.economics.price_year,
            rate=study.economics.discount_rate,
            years=f"{study.economics.transition_years:g}",
        ),
        text(f"method.assignment_{labels.assignment(study)}", reach=study.rules.reach),
    ]


def days_words(measured: Measurement, study: Study, text: Text) -> str:
    """Return how many days measures were taken on, and why no more."""
    if not measured.goals:
        return text("method.days_fixed", days=measured.days)
    measure = labels.kpi_name(measured.decided_by, text, study)
    return text("method.days_until" if measured.reached else "method.days_limit", days=measured.days, measure=measure)
