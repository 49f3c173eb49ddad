"""
The scenario fragment: fitted figures as a scenario file writes them, each with its source.

It is laid over a scenario by giving it an ``extends`` line. Intervals and sizes stand in comments.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from netsim.model.column_map import WEEKDAYS
from netsim.model.fit_arrivals import Estimate, SnapshotFit, TaskDemand
from netsim.model.fit_laws import PatienceFit, PatienceLaw, ServiceFit, ShareFit
from netsim.model.fit_result import FitResult
from netsim.model.service import LANES

STEP = "serve"
"""Id of the step that services are written to."""
PROFILE = "log_{}"
"""Ids of the profiles."""
OF_ALL = "all"
WIDTH = 12
"""Numbers in one line of a list."""


def fragment_text(result: FitResult) -> str:
    """Return the scenario fragment of a fit as the text of a YAML file."""
    parts = [_head(result), _profiles(result), _tasks(result), _lanes(result), _demand(result)]
    return "\n".join(line for part in parts for line in part) + "\n"


def figure(value: float, digits: int = 4) -> str:
    """
    Return a number with so many digits that count, never with an exponent.

    Examples
    --------
    >>> figure(0.0012345), figure(123456.7), figure(5.0)
    ('0.001234', '123457', '5')
    """
    if value == 0:
        return "0"
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _head(result: FitResult) -> list[str]:
    source = result.source
    trial = result.validation
    span = f"{result.first_day} to {result.last_day}"
    lines = [
        f"# Fitted by `netsim fit` to the log {_plain(source.name)} (sha256 {source.sha256[:16]}...), {span}:",
        f"# {trial.fitted} days were fitted; {trial.held_out} others were held out, and nothing was fitted to them.",
        "# To use it, write `extends: <your scenario>.yaml` as the first line below these remarks.",
        "# Ranges in remarks are 95 % intervals.",
    ]
    if trial.flags:
        lines.append("# CAUTION: the held-out days do not fit these figures; see the report before using them.")
    return [*lines, "netsim: 1"]


def _plain(name: str) -> str:
    """Return a file name that can stand in a comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:100]


def _provenance(result: FitResult, what: str, evidence: str = "data") -> str:
    """Return the provenance of some figures in one line."""
    span = f"{result.first_day} to {result.last_day}"
    source = f"ticket log {_plain(result.source.name)}, {span}: {what}"
    return f'{{source: {json.dumps(source, ensure_ascii=False)}, evidence: {evidence}, date: "{result.last_day}"}}'


def _profiles(result: FitResult) -> list[str]:
    """Return the profiles: one for each task that has enough arrivals, and one of all."""
    lines = ["profiles: # share of a week's arrivals in each half-hour from 00:00"]
    told: set[str] = set()
    for item in result.demand:
        name = _profile_of(item)
        if name in told:
            continue
        told.add(name)
        count = sum(other.arrivals for other in result.demand) if item.pooled else item.arrivals
        lines.append(f"  {name}:")
        lines += _list("    shares: ", [figure(share) for share in item.shares.tolist()])
        lines.append(f"    provenance: {_provenance(result, f'{count} arrivals')}")
    return lines if told else []


def _profile_of(item: TaskDemand) -> str:
    return PROFILE.format(OF_ALL if item.pooled else item.task)


def _list(head: str, items: list[str]) -> list[str]:
    """Return a list in lines of a readable length."""
    rows = [", ".join(items[start : start + WIDTH]) for start in range(0, len(items), WIDTH)]
    pad = " " * (len(head) + 1)
    lines = [f"{head}[{rows[0]}", *(pad + row for row in rows[1:])]
    return [*(line + "," for line in lines[:-1]), lines[-1] + "]"]


def _tasks(result: FitResult) -> list[str]:
    """Return the tasks: profile, no-shows, service times."""
    lines = ["tasks:"]
    for item in result.demand:
        lines += [f"  {item.task}:", f"    profile: {_profile_of(item)}"]
        lines += _no_show(result, item.task)
        steps = [*_steps(result, item.task), *_looked(result, item.task)]
        if steps:
            lines += ["    steps:", f"      {STEP}:", *steps]
        lines.append(f"    provenance: {_provenance(result, f'{item.arrivals} arrivals')}")
    return lines if len(lines) > 1 else []


def _no_show(result: FitResult, task: str) -> Iterator[str]:
    own = [item for item in result.no_shows if item.task == task]
    of, count = sum(item.of for item in own), sum(item.count for item in own)
    if of:
        ends = ", ".join(f"{item.lane} {_percents(item.share)}" for item in own)
        hidden = "; some may have left unseen" if count else ""
        yield f"    # no-shows: {figure(100.0 * count / of)} %, {count} of {of} calls ({ends}){hidden}"


def _percents(share: Estimate) -> str:
    return f"{100 * share.lower:.2f}-{100 * share.upper:.2f} %"


def _steps(result: FitResult, task: str) -> Iterator[str]:
    """Yield the service times of a task in each lane, and what goes on."""
    for fit in result.services:
        if fit.task == task:
            yield from _service(result, fit)
    onward = [item for item in result.transfers if item.task == task]
    failed = [item for item in onward if (item.lane, item.to_lane) == (LANES[0], LANES[1])]
    if failed:
        count = sum(item.count for item in failed)
        yield f"        fail_over: {figure(100.0 * count / failed[0].of)}% # {count} of {failed[0].of} services"
    yield from (_onward(item) for item in onward if item not in failed)


def _onward(item: ShareFit) -> str:
    share = figure(100.0 * item.share.value)
    return f"        # {share} % of the services at the {item.lane} go on to {item.to_task} at the {item.to_lane}"


def _service(result: FitResult, fit: ServiceFit) -> Iterator[str]:
    """Yield the service time of a task in one lane."""
    law = fit.law
    mean, cv = (law.mean, law.cv) if law is not None else (fit.mean, Estimate(fit.cv, math.nan, math.nan))
    if not math.isfinite(mean.value) or not math.isfinite(cv.value):
        return
    note = f"# n = {fit.sample}, mean {_range(mean)} min"
    note += f", cv {_range(cv)}" if law is not None and law.law != "exponential" else ""
    # an exponential time has no cv of its own: null takes away what a scenario below may have
    spread = "null" if fit.chosen == "exponential" else figure(cv.value)
    head = f"mean: {figure(mean.value)} min, cv: {spread}, law: {fit.chosen}"
    label = ""
    if fit.pooled:
        over = f"services of the lane {fit.lane}" if fit.pooled == "lane" else "all services"
        label = _provenance(result, f"{fit.size} services only; taken over {over}", "assumption")
        label = f", provenance: {label}"
    if law is not None:
        yield f"        {fit.lane}: {{{head}{label}}} {note}"
        return
    head = head.replace(f"law: {fit.chosen}", "law: lognormal")
    yield f"        {fit.lane}: {{{head}{label}}} {note}; no law fits, mean and cv are right"
    rows = _list("", [figure(value) for value in fit.quantiles.tolist()])
    yield from (f"        # {row}" for row in ("its quantiles at 0, 1, ..., 100 %, minutes:", *rows))


def _range(value: Estimate) -> str:
    return f"{figure(value.lower)}-{figure(value.upper)}"


def _looked(result: FitResult, queue: str) -> Iterator[str]:
    """Yield what looks at the hall tell of the minutes of a call."""
    for look in result.snapshots:
        if look.queue == queue and math.isfinite(look.service.value):
            yield f"        counter: {{mean: {figure(look.service.value)} min}} {_bounds(look)}"


def _bounds(look: SnapshotFit) -> str:
    return (
        f"# counter minutes a call while people wait: {_range(look.service)}, certainly {figure(look.least)}-"
        f"{figure(look.most)}; law and cv cannot be told from looks"
    )


def _lanes(result: FitResult) -> list[str]:
    """Return the patience of each lane."""
    lines = []
    for fit in result.patience:
        law = fit.law
        if law is None:
            least = f"; the mean is above {figure(fit.at_least)} min" if math.isfinite(fit.at_least) else ""
            if math.isfinite(fit.if_no_shows_left):
                least += f"; about {figure(fit.if_no_shows_left)} min if all {fit.no_shows} no-shows had left unseen"
            lines.append(f"  # {fit.lane}: {fit.left} of {fit.called + fit.left} left: no patience can be told{least}")
            continue
        lines += [
            f"  {fit.lane}:",
            f"    patience: {figure(law.mean.value)} min {_seen(fit, law)}",
            *_patience_law(law),
            f"    provenance: {_provenance(result, f'{fit.left} left, {fit.called} called (censored)')}",
        ]
    if not lines:
        return []
    if all(line.startswith("  #") for line in lines):
        return ["# lanes:", *(line.replace("  # ", "#   ", 1) for line in lines)]
    return ["lanes:", *lines]


def _seen(fit: PatienceFit, law: PatienceLaw) -> str:
    return f"# {_range(law.mean)}; {100 * fit.seen:.0f} % of it seen{_hidden(fit)}"


def _patience_law(law: PatienceLaw) -> list[str]:
    """Return the keys of the law; null takes away the shape that a scenario below may have."""
    shape = figure(law.shape.value) if law.law == "weibull" else "null"
    return [f"    patience_law: {law.law}", f"    patience_shape: {shape}"]


def _hidden(fit: PatienceFit) -> str:
    if not math.isfinite(fit.if_no_shows_left) or not fit.laws:
        return ""
    means = f"{figure(fit.laws[0].mean.value)} -> {figure(fit.if_no_shows_left)}"
    return f"; exponential mean {means} min if all {fit.no_shows} no-shows had left unseen"


def _demand(result: FitResult) -> list[str]:
    """Return the visits a day, by weekday and task, and how much days differ."""
    arrivals = result.arrivals
    if not math.isfinite(arrivals.per_day.value):
        return []
    lines = [
        "demand:",
        f"  day_factor_cv: {figure(arrivals.day_cv.value)} # {_range_or_open(arrivals.day_cv)}",
        f"  # at this outlet: visits a day {figure(arrivals.per_day.value)} ({_range(arrivals.per_day)}), by weekday",
    ]
    for name, value, days in zip(WEEKDAYS, arrivals.by_weekday, arrivals.day_count.tolist(), strict=True):
        if days and math.isfinite(value.value):
            lines.append(f"  #   {name}: {figure(value.value)} ({_range(value)}, {days} days)")
    lines += [
        f"  # by task: {', '.join(_mix(result))}",
        f"  provenance: {_provenance(result, f'{arrivals.counts.sum():.0f} arrivals')}",
    ]
    return lines


def _range_or_open(value: Estimate) -> str:
    upper = figure(value.upper) if math.isfinite(value.upper) else "?"
    return f"{figure(value.lower)}-{upper}"


def _mix(result: FitResult) -> list[str]:
    """Return the shares of the tasks in hundredths of a percent that sum to 100 % (largest remainders)."""
    exact = [item.arrivals for item in result.demand]
    total = sum(exact)
    parts = [10_000 * count // total for count in exact]
    rest = sorted(range(len(exact)), key=lambda place: (-(10_000 * exact[place] % total), place))
    for place in rest[: 10_000 - sum(parts)]:
        parts[place] += 1
    return [f"{item.task}: {part / 100:g}%" for item, part in zip(result.demand, parts, strict=True)]
