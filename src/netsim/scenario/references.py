"""
Checks between records: ids that must exist, lanes that must match, tasks that somebody must serve.

They work on the bare tree and step over whatever the records have already found wrong, so that all
faults of a scenario can be told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from netsim.model.service import LANES
from netsim.scenario import channel_references, demand_references, station_references
from netsim.scenario.messages import AT_KEY, Location, path_of, suggest
from netsim.scenario.tree import Doubt, Tree, items, unknown
from netsim.units import UnitError, minutes, typed, window


def doubts(tree: Tree) -> Iterator[Doubt]:
    """Iterate over everything that does not fit together."""
    for check in _CHECKS:
        yield from check(tree)


def warnings(tree: Tree) -> Iterator[Doubt]:
    """Iterate over what is lawful but hardly meant."""
    longest = _longest_opening(tree)
    for shift, record in tree.records("staff", "shifts"):
        length = _minutes(record.get("length"))
        if longest is not None and length is not None and length > longest:
            message = (
                f"the shift of {length / 60:g} h is longer than any counter is open ({longest / 60:g} h): "
                "part of it is paid while the door is closed"
            )
            yield ("staff", "shifts", shift, "length"), message
    for layer in tree.table("demand", "layers"):
        if tree.table("demand", "scale").get(layer) == 0:
            yield ("demand", "scale", layer), "the layer is multiplied by 0: nobody of it comes"


def _demand(tree: Tree) -> Iterator[Doubt]:
    tasks, layers = tree.table("tasks"), tree.table("demand", "layers")
    by_points = bool(items(tree.table("geography", "zones").get("points")))
    cells = [key for key in ("hexes", "h3") if key in tree.table("geography", "zones")]
    outlined = "area" in tree.table("geography", "layers")
    counted = any(record.get("census") is not None for _, record in tree.records("demand", "layers"))
    if cells and not outlined and not counted:
        message = f"'{cells[0]}' needs layers.area, the outline that they are laid over, or a people layer's census"
        yield ("geography", "zones", cells[0]), message
    for layer, record in tree.records("demand", "layers"):
        here: Location = ("demand", "layers", layer)
        for task in tree.table("demand", "layers", layer, "tasks"):
            yield from unknown((*here, "tasks", task, AT_KEY), task, "task", tasks)
        spread = items(record.get("spread"))
        if by_points:
            for key in ("people", "spread"):
                if key in record:
                    yield (*here, key, AT_KEY), "the zones are points that carry their people; take this key away"
        elif not spread and record.get("census") is None:
            yield here, "'spread' or 'census' is missing: nothing says where these people are"
        yield from _spreaditems(here, spread, has_people="people" in record, by_hexes=bool(cells))
    for layer in tree.table("demand", "scale"):
        yield from unknown(("demand", "scale", layer, AT_KEY), layer, "demand layer", layers)


def _spreaditems(here: Location, spread: tuple[Any, ...], *, has_people: bool, by_hexes: bool) -> Iterator[Doubt]:
    for index, item in enumerate(spread):
        if not isinstance(item, dict):
            continue
        by = item.get("by")
        place: Location = (*here, "spread", index)
        if by == "column" and "column" not in item:
            yield place, "'by: column' needs 'column', the column of the zones"
        elif by == "column" and by_hexes:
            yield (*place, "by"), "'by: column' needs zones from a layer; hexagons have no columns"
        elif by != "column" and "layer" not in item:
            yield place, f"'by: {by}' needs 'layer', the map layer that it weighs"
        if by != "column" and not has_people:
            yield here, "'people' is missing; only a column of the zones tells how many there are"


def _points(tree: Tree) -> Iterator[Doubt]:
    layers = tree.table("demand", "layers")
    here: Location = ("geography", "zones", "points")
    yield from _twice(tree, here)
    for index, point in tree.entries("geography", "zones", "points"):
        people = point.get("people")
        for layer in people if isinstance(people, dict) else ():
            yield from unknown((*here, index, "people", layer, AT_KEY), layer, "demand layer", layers)


def _twice(tree: Tree, here: Location) -> Iterator[Doubt]:
    """Yield a doubt for each id that stands twice in a list."""
    first: dict[str, int] = {}
    for index, record in tree.entries(*map(str, here)):
        name = record.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            other = path_of((*here, first[name]))
            yield (*here, index, "id"), f"the id {typed(name)} stands twice (first at {other})"
        first.setdefault(name, index)


def _tasks(tree: Tree) -> Iterator[Doubt]:
    profiles = tree.table("profiles")
    for task, record in tree.records("tasks"):
        yield from unknown(("tasks", task, "profile"), record.get("profile"), "profile", profiles)


def _calendar(tree: Tree) -> Iterator[Doubt]:
    zone = tree.table("calendar").get("time_zone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            known = available_timezones()
            # A machine without a time-zone database cannot know better.
            if known:
                near = suggest(zone, sorted(known))
                mend = near if near.startswith("did") else "expected an IANA name such as Europe/Helsinki"
                yield ("calendar", "time_zone"), f"unknown time zone {typed(zone)}; {mend}"


def _formats(tree: Tree) -> Iterator[Doubt]:
    for name, record in tree.records("formats"):
        if name in tree.broken_formats:
            continue
        here: Location = ("formats", name)
        lanes = [lane for lane in LANES if lane in tree.table("formats", name, "tasks")]
        for part in ("levels", "channels"):
            if part in record:
                yield from _same_lanes((*here, part), record[part], lanes)
        yield from _patterns(tree, name, lanes)
        for lane in lanes:
            channel = tree.table("formats", name, "channels").get(lane)
            yield from unknown((*here, "channels", lane), channel, "channel", tree.table("channels"))
            if lane not in tree.table("lanes") and tree.table("lanes"):
                message = f"the format has a {lane} lane, but lanes.{lane} promises nothing; add it"
                yield (*here, "tasks", lane, AT_KEY), message
            yield from _lane_tasks(tree, name, lane)


def _same_lanes(here: Location, value: object, lanes: Collection[str]) -> Iterator[Doubt]:
    if not isinstance(value, dict):
        return
    for lane in lanes:
        if lane not in value:
            yield here, f"the lane {lane!r} has tasks, but nothing stands for it here"
    for lane in value:
        if lane in LANES and lane not in lanes:
            yield (*here, lane, AT_KEY), f"the lane {lane!r} has no tasks in this format"


def _patterns(tree: Tree, name: str, lanes: Collection[str]) -> Iterator[Doubt]:
    for pattern, hours in tree.records("formats", name, "patterns"):
        here: Location = ("formats", name, "patterns", pattern)
        yield from _same_lanes(here, hours, lanes)
        for lane, hours_id in hours.items():
            yield from unknown((*here, lane), hours_id, "opening hours", tree.table("calendar", "hours"))


def _lane_tasks(tree: Tree, name: str, lane: str) -> Iterator[Doubt]:
    """Check that the tasks of a lane exist and can be done there."""
    listed = tree.table("formats", name, "tasks")
    other = items(listed.get("counter" if lane == "terminal" else "terminal"))
    for index, task in enumerate(items(listed.get(lane))):
        here: Location = ("formats", name, "tasks", lane, index)
        yield from unknown(here, task, "task", tree.table("tasks"))
        steps = list(tree.records("tasks", str(task), "steps")) if isinstance(task, str) else []
        if steps and not any(lane in step for _, step in steps):
            yield here, f"the task {typed(task)} has no service time at a {lane}"
        elif task not in other:
            for step, record in steps:
                if lane not in record and "at" not in record:
                    yield here, f"step {step!r} of the task {typed(task)} cannot be done at a {lane}"
        elif lane == "counter":
            for step, record in steps:
                if "counter" not in record and "after_fail_over" not in record and _some(record.get("fail_over")):
                    message = f"step {step!r} of {typed(task)} fails over to the counter, but has no time there"
                    yield here, f"{message}; add 'after_fail_over'"


def _some(value: object) -> bool:
    """Whether a share was typed that is not 0."""
    return value not in (None, 0, 0.0, "0%")


def _served(tree: Tree) -> Iterator[Doubt]:
    if tree.broken_formats or not tree.table("formats"):
        return
    served = {
        task
        for name, _ in tree.records("formats")
        for tasks in tree.table("formats", name, "tasks").values()
        for task in items(tasks)
        if isinstance(task, str)
    }
    for task in tree.table("tasks"):
        if task not in served:
            yield ("tasks", task, AT_KEY), "no format does this task; list it under 'tasks' of a format"


def _network(tree: Tree) -> Iterator[Doubt]:
    kinds = tree.table("network", "kinds")
    for name, record in tree.records("network", "kinds"):
        yield from _place(tree, ("network", "kinds", name), record, record)
    yield from _twice(tree, ("network", "sites"))
    for index, site in tree.entries("network", "sites"):
        here: Location = ("network", "sites", index)
        kind = site.get("kind")
        yield from unknown((*here, "kind"), kind, "kind of place", kinds)
        of_kind = kinds.get(kind) if isinstance(kind, str) else None
        yield from _place(tree, here, site, {**(of_kind if isinstance(of_kind, dict) else {}), **site})
        if kind is None and "allowed" not in site:
            yield here, "the site has neither a 'kind' nor formats that are 'allowed'"
    seeds = tree.table("network", "seed_sites")
    for key, seeded in (("branches", "branch"), ("atms", "atm"), ("candidates", "candidate")):
        if _some(seeds.get(key)) and seeded not in kinds:
            yield ("network", "seed_sites", key), f"nothing stands for the kind {seeded!r} in network.kinds"
    if seeds and items(tree.table("geography", "zones").get("points")):
        yield ("network", "seed_sites"), "points typed into the scenario have no column to draw sites by"


def _place(tree: Tree, here: Location, typed_here: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Doubt]:
    """Check what may stand and what stands at a place; ``whole`` holds what its kind adds."""
    for index, name in enumerate(items(typed_here.get("allowed"))):
        yield from unknown((*here, "allowed", index), name, "format", tree.format_ids)
    today = typed_here.get("today")
    if not isinstance(today, dict):
        return
    name = today.get("format")
    place: Location = (*here, "today")
    yield from unknown((*place, "format"), name, "format", tree.format_ids)
    allowed = items(whole.get("allowed"))
    if not isinstance(name, str) or name not in tree.table("formats") or name in tree.broken_formats:
        return
    if allowed and name not in allowed:
        yield (*place, "format"), f"the format {typed(name)} stands here today, but is not 'allowed'"
    yield from unknown((*place, "pattern"), today.get("pattern"), "pattern", tree.table("formats", name, "patterns"))
    levels = tree.table("formats", name, "levels")
    for key, lane in (("counters", "counter"), ("terminals", "terminal")):
        servers, choices = today.get(key, 0), items(levels.get(lane))
        if type(servers) is not int or servers < 0:
            continue
        location = (*place, key) if key in today else place
        if lane not in levels and servers > 0:
            yield location, f"the format {typed(name)} has no {lane} lane, but {servers} {key} stand here"
        elif lane in levels and choices and servers not in choices:
            shown = ", ".join(map(str, choices))
            yield location, f"{servers} {key} are not among the levels of {typed(name)}: {shown}"


def _rules(tree: Tree) -> Iterator[Doubt]:
    for rule, record in tree.records("rules", "coverage"):
        here: Location = ("rules", "coverage", rule)
        yield from unknown((*here, "task"), record.get("task"), "task", tree.table("tasks"))
        for index, layer in enumerate(items(record.get("layers"))):
            yield from unknown((*here, "layers", index), layer, "demand layer", tree.table("demand", "layers"))


def _staff(tree: Tree) -> Iterator[Doubt]:
    if tree.table("staff", "shifts"):
        return
    for name, record in tree.records("formats"):
        costs = record.get("costs")
        if isinstance(costs, dict) and "staff_hour" in costs:
            message = "staff is paid by the hour, but staff.shifts names no shift"
            yield ("formats", name, "costs", "staff_hour"), message
            return


_CHECKS: tuple[Callable[[Tree], Iterator[Doubt]], ...] = (
    _calendar,
    _demand,
    _points,
    _tasks,
    _formats,
    _served,
    _network,
    _rules,
    _staff,
    station_references.steps,
    station_references.stations,
    station_references.upkeep,
    channel_references.channels,
    channel_references.lockers,
    demand_references.years,
    demand_references.migration,
    demand_references.parts,
    demand_references.choice,
)


def _longest_opening(tree: Tree) -> float | None:
    """Return the longest opening of any staffed counter from door to door in minutes, or None."""
    spans: list[float] = []
    for name, _ in tree.records("formats"):
        if "staff_hour" not in tree.table("formats", name, "costs"):
            continue
        for _, hours in tree.records("formats", name, "patterns"):
            key = hours.get("counter")
            windows = items(tree.table("calendar", "hours").get(key)) if isinstance(key, str) else ()
            try:
                ends = [window(item) for item in windows]
            except UnitError:
                continue
            if ends:
                spans.append(ends[-1][1] - ends[0][0])
    return max(spans, default=None)


def _minutes(value: object) -> float | None:
    try:
        return minutes(value)
    except UnitError:
        return None
