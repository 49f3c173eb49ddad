"""Which outlets stand on which map: today, under the plan, by verdict, by scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from netsim.model.network import Action, Option
from netsim.model.result import Comparison, RunResult, SiteResult
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.map_frame import Entry, MapWords, demand_scale
from netsim.report.maps import Ground, Mark, Panel, draw_maps
from netsim.report.style import ACTION_COLOURS, INK, SHAPES, VERDICT_COLOURS, Pen

SMALL_MULTIPLES = 4
"""Most maps in one row of a comparison; five and six stand in rows of three."""


def shapes(formats: Sequence[str]) -> dict[str, str]:
    """Return the marker of each format, in the order given."""
    return {name: SHAPES[index % len(SHAPES)] for index, name in enumerate(formats)}


def run_maps(below: Ground, run: RunResult, study: Study, pen: Pen) -> Figure:
    """
    Return two maps side by side: today and the plan, or today and its verdicts where nothing was planned.

    Colour tells the action (or the verdict), the shape the format, the size the servers.
    """
    shape = shapes(tuple(study.formats))
    before = Panel(pen.text("map.today", outlets=_standing_today(run)), _today(run, shape))
    if labels.as_is(run):
        title = pen.text("map.verdicts", missed=sum(labels.site_verdict(s) == "missed" for s in labels.in_use(run)))
        after = Panel(
            title, tuple(_mark(site, shape, VERDICT_COLOURS[labels.site_verdict(site)]) for site in labels.in_use(run))
        )
        colours = [
            ("o", VERDICT_COLOURS[verdict], pen.text(f"verdict.{verdict}"))
            for verdict in VERDICT_COLOURS
            if verdict in {labels.site_verdict(site) for site in labels.in_use(run)}
        ]
    else:
        after = plan_panel(run, shape, pen.text("map.plan", outlets=len(labels.in_use(run))))
        colours = action_entries([run], pen)
    used = [site.option for site in run.sites] + [site.today for site in run.sites]
    legend = [*colours, *format_entries([study], used, shape, pen)]
    return draw_maps(below, [before, after], legend, words(pen, below), columns=2)


def comparison_maps(
    below: Ground, comparison: Comparison, studies: Mapping[str, Study], names: Mapping[str, str], pen: Pen
) -> Figure:
    """Return one small map for each scenario, in the order of the comparison."""
    formats = dict.fromkeys(name for study in studies.values() for name in study.formats)
    shape = shapes(tuple(formats))
    panels = [
        plan_panel(run, shape, pen.text("map.scenario", name=names[run.scenario], outlets=len(labels.in_use(run))))
        for run in comparison.runs
    ]
    used = [option for run in comparison.runs for site in run.sites for option in (site.option, site.today)]
    legend = [
        *action_entries(comparison.runs, pen),
        *format_entries(list(studies.values()), used, shape, pen),
    ]
    return draw_maps(
        below, panels, legend, words(pen, below), columns=len(panels) if 2 <= len(panels) <= SMALL_MULTIPLES else 3
    )


def plan_panel(run: RunResult, shape: Mapping[str, str], title: str) -> Panel:
    """Return the map of a plan: outlets in use by action, crosses where one closes, small dots where nothing stands."""
    marks = [_mark(site, shape, ACTION_COLOURS[site.action]) for site in labels.in_use(run)]
    marks += [
        Mark(site.x, site.y, site.today, shape[site.today.format], ACTION_COLOURS["close"], closed=True)
        for site in run.sites
        if site.action == "close" and site.today is not None
    ]
    idle = tuple((site.x, site.y) for site in run.sites if site.action == "stay_closed")
    return Panel(title, tuple(marks), idle)


def words(pen: Pen, below: Ground) -> MapWords:
    """Return the words on a map."""
    text = pen.text
    vmax = float(demand_scale(below.demand).vmax or 0.0)
    most = f"{vmax:,.0f}" if vmax >= 10 else f"{vmax:.2g}"
    return MapWords(text("map.demand", most=most), text("map.north"), text("unit.m"), text("unit.km"))


def action_entries(runs: Sequence[RunResult], pen: Pen) -> list[Entry]:
    """Return the legend of the actions that occur."""
    present = {site.action for run in runs for site in run.sites}
    order: tuple[Action, ...] = ("keep", "resize", "convert", "open", "close")
    entries = [
        ("x" if action == "close" else "o", ACTION_COLOURS[action], pen.text(f"map_action.{action}"))
        for action in order
        if action in present
    ]
    if "stay_closed" in present:
        entries.append((".", "#9a9a9a", pen.text("map_action.stay_closed")))
    return entries


def format_entries(
    studies: Sequence[Study], used: Sequence[Option | None], shape: Mapping[str, str], pen: Pen
) -> list[Entry]:
    """Return the legend of the formats that occur."""
    present = {option.format for option in used if option is not None}
    entries = []
    for name, marker in shape.items():
        if name not in present:
            continue
        study = next(study for study in studies if name in study.formats)
        label = pen.label(labels.format_name(study, name, pen.text), name, 26)
        counters = "counter" in study.formats[name].levels
        entries.append((marker, INK, pen.text("map.counters_terminals", format=label) if counters else label))
    return entries


def _today(run: RunResult, shape: Mapping[str, str]) -> tuple[Mark, ...]:
    """Return the outlets that stand today."""
    return tuple(
        Mark(site.x, site.y, site.today, shape[site.today.format], ACTION_COLOURS["keep"])
        for site in run.sites
        if site.today is not None
    )


def _standing_today(run: RunResult) -> int:
    """Return the number of outlets today."""
    return sum(site.today is not None for site in run.sites)


def _mark(site: SiteResult, shape: Mapping[str, str], colour: str) -> Mark:
    """Return the mark of an outlet in use."""
    if site.option is None:
        raise ValueError(f"site {site.id!r} has no outlet to draw")
    return Mark(site.x, site.y, site.option, shape[site.option.format], colour)
