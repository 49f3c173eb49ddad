"""The report of a comparison: page, workbook, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from netsim.model.result import Comparison
from netsim.model.study import Basemap, Study
from netsim.report import comparison_tables, detail_tables, money_charts
from netsim.report.fonts import Fonts, choose_fonts
from netsim.report.map_panels import comparison_maps
from netsim.report.maps import ground
from netsim.report.page import render
from netsim.report.records import Picture, ReportFiles, Table
from netsim.report.style import Pen, draw, save
from netsim.report.workbook import write_workbook
from netsim.text import Language, Text

GLOSSARY = ("paired_difference", "interval", "share_in_time", "promise", "leavers", "operator_cost", "objective")


def write_comparison_report(
    comparison: Comparison,
    studies: Mapping[str, Study],
    basemap: Basemap,
    folder: Path,
    *,
    language: Language,
) -> ReportFiles:
    """
    Write the report of a comparison: ``comparison.html``, ``comparison.xlsx`` and a PNG of each picture.

    Parameters
    ----------
    comparison
        The runs and their paired differences.
    studies
        The study of each scenario id.
    basemap
        What is drawn below the maps.
    folder
        Where to write; made if it is absent.
    language
        ``en`` or ``zh``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = studies[comparison.baseline]
    text = Text(language, base.economics.currency)
    fonts = choose_fonts(language)
    names = scenario_names(comparison, text)
    pictures = comparison_pictures(comparison, studies, basemap, text, fonts)
    tables = comparison_page_tables(comparison, studies, names, text)
    page = render(
        "comparison.html.j2",
        text,
        tables=tables,
        pictures=pictures,
        values={
            "language": language,
            "title": text("page.comparison_title", names=text("reason.versus").join(names.values())),
            "note": text.name(base.note),
            "story": story(comparison, names, text),
            "warnings": warnings_of(comparison, names, fonts, text),
            "weakest": text("evidence_weakest", label=_weakest(studies, text)),
            "random": [
                text("method.common", days=comparison.days, seed=comparison.seed),
                text("method.corrected", confidence=comparison.confidence, comparisons=comparison.comparisons),
                text("method.assumed", label=_weakest(studies, text)),
            ],
            "glossary": [(text(f"glossary.{key}.term"), text(f"glossary.{key}.words")) for key in GLOSSARY],
            "attribution": list(dict.fromkeys(line for line in (*base.attribution, basemap.attribution) if line)),
        },
    )
    path = folder / "comparison.html"
    path.write_text(page, "utf-8", newline="\n")
    book = folder / "comparison.xlsx"
    sheets = [
        ("summary", tables["overview"]),
        ("KPIs", comparison_tables.values_sheet(comparison, base, names, text)),
        ("costs", tables["costs"]),
        ("sites", comparison_tables.plans(comparison, studies, names, text)),
        ("customers", comparison_tables.ways(comparison, studies, names, text)),
        ("reproduction", tables["reproduction"]),
    ]
    write_workbook(book, text("page.comparison_title", names=comparison.baseline), sheets, text)
    saved = tuple(save(picture, folder) for picture in pictures.values())
    return ReportFiles(path, book, None, saved, tuple(filter(None, [fonts.warning])))


def scenario_names(comparison: Comparison, text: Text) -> dict[str, str]:
    """Return a display name for each scenario; two scenarios of one name are told apart by their ids."""
    names = {run.scenario: text.name(run.name, run.scenario) for run in comparison.runs}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: f"{name} ({key})" if name in twice else name for key, name in names.items()}


def comparison_pictures(
    comparison: Comparison, studies: Mapping[str, Study], basemap: Basemap, text: Text, fonts: Fonts
) -> dict[str, Picture]:
    """Return the pictures of a comparison by name."""
    base = studies[comparison.baseline]
    pen = Pen(Text(fonts.language, base.economics.currency), fonts)
    names = scenario_names(comparison, pen.text)
    makers = {
        "costs": partial(money_charts.cost_bars, comparison, names, pen),
        "scenario_maps": partial(comparison_maps, ground(base, basemap), comparison, studies, names, pen),
    }
    return {
        name: draw(name, fonts, make, text(f"picture.{name}.title"), text(f"picture.{name}.caption"))
        for name, make in makers.items()
    }


def comparison_page_tables(
    comparison: Comparison, studies: Mapping[str, Study], names: Mapping[str, str], text: Text
) -> dict[str, Table]:
    """Return the tables of the page by name; those without rows are left out."""
    base = studies[comparison.baseline]
    found = [
        comparison_tables.overview(comparison, studies, names, text),
        comparison_tables.differences(comparison, base, names, text),
        comparison_tables.costs(comparison, names, text),
        comparison_tables.plans(comparison, studies, names, text),
        comparison_tables.ways(comparison, studies, names, text),
        detail_tables.comparison_reproduction(comparison, names, text),
    ]
    return {table.id: table for table in found if table.rows}


def story(comparison: Comparison, names: Mapping[str, str], text: Text) -> list[str]:
    """Return one sentence a scenario: how many measures are better, worse, not told apart, and the cost."""
    sentences = []
    base = comparison.runs[0]
    for run in comparison.runs[1:]:
        tones = [comparison_tables.tone_of(item) for item in comparison.differences if item.scenario == run.scenario]
        sentences.append(
            text(
                "comparison.story",
                name=names[run.scenario],
                baseline=names[base.scenario],
                cost=text.money(run.cost.operator - base.cost.operator, signed=True),
                better=tones.count("good"),
                worse=tones.count("bad"),
                same=tones.count("mute"),
            )
        )
    return sentences


def warnings_of(comparison: Comparison, names: Mapping[str, str], fonts: Fonts, text: Text) -> list[str]:
    """Return the warnings of all runs, each with its scenario, and what is not certified."""
    found = [
        text("warning.of_scenario", name=names[run.scenario], words=text.sentence(words))
        for run in comparison.runs
        for words in run.warnings
    ]
    uncertified = [names[run.scenario] for run in comparison.runs if run.status == "uncertified"]
    if uncertified:
        found.insert(0, text("warning.uncertified", names=text("reason.and").join(uncertified)))
    return [*found, *filter(None, [fonts.warning])]


def _weakest(studies: Mapping[str, Study], text: Text) -> str:
    """Return the weakest evidence label over all studies in words."""
    label = detail_tables.weakest_of(studies.values())
    return text(f"evidence.{label}")
