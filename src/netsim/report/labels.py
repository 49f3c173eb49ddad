"""Names that a report prints: formats, options, measures, reasons."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from netsim.model.network import Action, Option, Site
from netsim.model.result import KpiDifference, KpiValue, RunResult, Sensitivity, SiteResult, Verdict
from netsim.model.service import Lane
from netsim.model.study import Study
from netsim.report.records import Kind
from netsim.text import NOTHING, Text

IN_USE: frozenset[Action] = frozenset({"keep", "resize", "convert", "open"})
CHANGED: tuple[Action, ...] = ("open", "close", "convert", "resize")
"""Actions that change something, in the order of the list for the board."""
FLAT_ID = re.compile(r"flat_[0-9.]+$")
OPTION_LABEL = re.compile(
    r"^(?P<format>[^\s/:]+)[\s/:]+(?:\(?(?P<pattern>[^\s/:()]+)\)?[\s/:]+)?(?P<c>\d+)\s*[+/]\s*(?P<t>\d+)$"
)


def format_name(study: Study, format_id: str, text: Text) -> str:
    """Return the display name of a format, its id where the study does not know it."""
    form = study.formats.get(format_id)
    return text.name(form.name, format_id) if form else format_id


def site_names(sites: Sequence[Site] | Sequence[SiteResult]) -> dict[str, str]:
    """Return the name of each site by its id; sites of one name are told apart by their ids."""
    count = Counter(site.name for site in sites)
    return {site.id: site.name if count[site.name] == 1 else f"{site.name} · {site.id}" for site in sites}


def servers_label(option: Option) -> str:
    """
    Return counters + terminals in short.

    Examples
    --------
    >>> servers_label(Option("branch", "standard", 4, 1))
    '4+1'
    """
    return f"{option.counters}+{option.terminals}"


def option_name(study: Study, option: Option | None, text: Text) -> str:
    """Return what stands at a site in words; the opening pattern only where the format has several."""
    if option is None:
        return NOTHING
    words = f"{format_name(study, option.format, text)} {servers_label(option)}"
    form = study.formats.get(option.format)
    if form is not None and len(form.patterns) > 1 and option.pattern:
        words += f" ({option.pattern})"
    return words


def alternative_name(study: Study, alternative: str, text: Text) -> str:
    """Return the nearest alternative of a decision in words."""
    if alternative == "closed":
        return text("alternative.closed")
    match = OPTION_LABEL.match(alternative)
    if match is None or match["format"] not in study.formats:
        return alternative
    return option_name(study, Option(match["format"], match["pattern"] or "", int(match["c"]), int(match["t"])), text)


def lane_name(lane: Lane, text: Text) -> str:
    """Return the name of a lane."""
    return text(f"lane.{lane}")


def place_name(study: Study, place: str, text: Text) -> str:
    """Return the name of a lane, of a station beside the lanes, of a pool or a remote channel."""
    named = _beside(study)
    return text.name(named[place], place) if place in named else text(f"lane.{place}")


def _beside(study: Study) -> dict[str, Mapping[str, str]]:
    """Return the names of all places but the lanes, and of remote channels."""
    return {
        **{kind.id: kind.name for kind in study.station_kinds},
        **{channel.id: channel.name for channel in study.remote},
    }


def kpi_name(name: str, text: Text, study: Study | None = None) -> str:
    """
    Return the display name of a measure.

    A name of the form ``measure.part`` takes the sentence of the measure and names the part: a
    lane, a coverage rule, a channel tag. A measure without a sentence is shown by its id.
    """
    if text.has(f"kpi.{name}"):
        return text(f"kpi.{name}")
    measure, _, part = re.sub(r"[:/\[]", ".", name.rstrip("]")).partition(".")
    if part and text.has(f"kpi.{measure}"):
        return text(f"kpi.{measure}") + text("reason.colon") + _part_name(part, text, study)
    return name.replace("_", " ")


def _part_name(part: str, text: Text, study: Study | None) -> str:
    """Return the name of the part that a measure is taken for."""
    for group in ("lane", "tag"):
        if text.has(f"{group}.{part}"):
            return text(f"{group}.{part}")
    if study is not None:
        rule = next((rule for rule in study.rules.coverage if rule.id == part), None)
        task = next((task for task in study.tasks if task.id == (rule.task if rule else part)), None)
        if rule is not None:
            name = text.name(task.name, rule.task) if task else rule.task
            return text("coverage.rule", task=name, minutes=rule.within)
        if task is not None:
            return text.name(task.name, part)
        if part in study.formats:
            return format_name(study, part, text)
        if part in study.channels:
            return text.name(study.channels[part].name, part)
        part = text.name(_beside(study)[part], part) if part in _beside(study) else part
    return part.replace("_", " ")


def kpi_kind(kpi: KpiValue | KpiDifference) -> Kind:
    """Return how the values of a measure are written, by its unit."""
    kinds: dict[str, Kind] = {
        "share": "percent",
        "min": "minutes",
        "money/a": "money",
        "money": "ratio",
        "outlets": "count",
        "h/a": "count",
        "m": "count",
        "visits/d": "count",
        "index": "ratio",
        "ratio": "ratio",
    }
    return kinds.get(kpi.unit, "number")


def unit_name(unit: str, text: Text) -> str:
    """Return a unit in the report's language; unknown units stay as they are."""
    key = f"unit.{unit.replace('/', '_per_')}"
    return text(key) if text.has(key) else unit.replace("_", " ")


def difference_kind(kpi: KpiDifference) -> Kind:
    """Return how a difference of the measure is written."""
    kind = kpi_kind(kpi)
    return "points" if kind == "percent" else "change" if kind == "money" else "delta"


def sensitivity_name(item: Sensitivity, text: Text) -> str:
    """Return the display name of a plan made under another assumption."""
    if item.id == "simulated":
        return text("sensitivity.simulated")
    if is_flat(item):
        return text("sensitivity.flat", cap=f"{flat_cap(item):g}")
    return text.name(item.label, item.id.replace("_", " "))


def is_flat(item: Sensitivity) -> bool:
    """Whether the plan used a flat utilisation cap instead of simulated capacity."""
    return FLAT_ID.match(item.id) is not None


def flat_cap(item: Sensitivity) -> float:
    """Return the flat cap of a plan that was made with one."""
    return float(item.id.removeprefix("flat_"))


def main_plan(run: RunResult) -> Sensitivity | None:
    """Return the main plan simulated on the terms of the plans next to it, or None if that was not done."""
    return next((item for item in run.sensitivities if item.id == "simulated"), None)


def others(run: RunResult, *, flat: bool) -> tuple[Sensitivity, ...]:
    """Return the plans made with flat caps, or those made under another demand."""
    return tuple(item for item in run.sensitivities if item.id != "simulated" and is_flat(item) == flat)


def as_is(run: RunResult) -> bool:
    """Whether nothing was planned: the run simulates the network of today."""
    return run.optimality == "as_is"


def by_format(study: Study, options: Mapping[str, int], text: Text) -> str:
    """Return outlets by format in words."""
    words = [
        text("headline.count", count=count, name=format_name(study, key, text))
        for key, count in options.items()
        if count
    ]
    return text("reason.and").join(words) or NOTHING


def in_use(run: RunResult) -> tuple[SiteResult, ...]:
    """Return the outlets that stand under the plan."""
    return tuple(site for site in run.sites if site.option is not None and site.action in IN_USE)


def count_formats(run: RunResult, study: Study) -> dict[str, int]:
    """Return the number of outlets in use by format, in the study's order of formats."""
    found = dict.fromkeys(study.formats, 0)
    for site in in_use(run):
        if site.option is not None:
            found[site.option.format] = found.get(site.option.format, 0) + 1
    return found


def verdicts(run: RunResult) -> dict[Verdict, int]:
    """Return the number of lanes by verdict."""
    found: dict[Verdict, int] = {"kept": 0, "missed": 0, "undecided": 0, "no_promise": 0}
    for site in run.sites:
        for lane in site.lanes:
            found[lane.verdict] += 1
    return found


def site_verdict(site: SiteResult) -> Verdict:
    """Return the worst verdict over the lanes of an outlet."""
    order: tuple[Verdict, ...] = ("missed", "undecided", "kept")
    present = {lane.verdict for lane in site.lanes}
    return next((verdict for verdict in order if verdict in present), "no_promise")


def finite(value: float) -> float | None:
    """Return a number, or None where there is none to show."""
    return value if math.isfinite(value) else None


def assignment(study: Study) -> str:
    """Return how customers get to their outlet: ``choice``, or what the rules say."""
    return "choice" if study.choice is not None else study.rules.assignment
