"""Checks of what stands beside the lanes: stations, teams, skills, and the steps that need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netsim.model.service import END, LANES
from netsim.scenario.messages import AT_KEY, Location, suggest
from netsim.scenario.tree import Doubt, Tree, items, unknown
from netsim.units import typed


def stations(tree: Tree) -> Iterator[Doubt]:
    """Check the names of stations and teams, and where formats use them."""
    known = tree.table("stations")
    for name in known:
        if name in LANES:
            yield ("stations", name, AT_KEY), f"{typed(name)} is a lane; give the station another id"
    for layer, _ in tree.records("demand", "layers"):
        desk = tree.table("demand", "layers", layer, "behaviour").get("desk")
        yield from unknown(("demand", "layers", layer, "behaviour", "desk"), desk, "station", known)
    for name, record in tree.records("formats"):
        if name not in tree.broken_formats:
            yield from _format(tree, name, record)


def upkeep(tree: Tree) -> Iterator[Doubt]:
    """Check where technicians work who look after the servers of a lane or station."""
    pools = tree.table("pools")
    for table in ("lanes", "stations"):
        for name, _ in tree.records(table):
            here: Location = (table, name, "upkeep")
            places = [((*here, "tiers", tier), record) for tier, record in tree.records(*map(str, here), "tiers")]
            places.append(((*here, "preventive"), tree.table(table, name, "upkeep", "preventive")))
            for place, record in places:
                at = record.get("at")
                yield from unknown((*place, "at"), at, "station or pool", {**tree.table("stations"), **pools})
                if isinstance(at, str) and at in tree.table("stations"):
                    yield from _everywhere(tree, (*place, "at"), name, at)


def _everywhere(tree: Tree, here: Location, name: str, at: str) -> Iterator[Doubt]:
    """Check that every format whose servers are looked after has the station of the technicians."""
    for form, _ in tree.records("formats"):
        has = name in tree.table("formats", form, "levels") or name in tree.table("formats", form, "stations")
        if form not in tree.broken_formats and has and at not in tree.table("formats", form, "stations"):
            yield here, f"the format {typed(form)} has no station {typed(at)}; add it there, or make it a pool"


def _format(tree: Tree, name: str, record: Mapping[str, Any]) -> Iterator[Doubt]:
    here: Location = ("formats", name)
    for station, use in tree.table("formats", name, "stations").items():
        yield from unknown((*here, "stations", station, AT_KEY), station, "station", tree.table("stations"))
        if isinstance(use, dict):
            place = (*here, "stations", station)
            yield from unknown((*place, "hours"), use.get("hours"), "opening hours", tree.table("calendar", "hours"))
            yield from unknown((*place, "team"), use.get("team"), "team", tree.table("teams"))
    team = record.get("team")
    yield from unknown((*here, "team"), team, "team", tree.table("teams"))
    if isinstance(team, str) and team in tree.table("teams"):
        people, levels = len(tree.table("teams", team)), items(tree.table("formats", name, "levels").get("counter"))
        if "counter" not in tree.table("formats", name, "tasks"):
            yield (*here, "team"), "the format has no counter for the team to work at"
        elif levels and levels != (people,):
            shown = ", ".join(map(str, levels))
            message = f"the team has {people} persons, so the only level of the counter is {people}; got {shown}"
            yield (*here, "levels", "counter"), message
    for lane in LANES:
        for index, task in enumerate(items(tree.table("formats", name, "tasks").get(lane))):
            if isinstance(task, str):
                yield from _needs(tree, name, task, (*here, "tasks", lane, index))


def _needs(tree: Tree, name: str, task: str, here: Location) -> Iterator[Doubt]:
    """Check that a format has the stations and skills that a task needs."""
    own = tree.table("formats", name, "stations")
    for step, record in tree.records("tasks", task, "steps"):
        for key in ("at", "also"):
            station = record.get(key)
            shared = station in tree.table("pools")
            if (
                isinstance(station, str)
                and station not in own
                and not shared
                and record.get("mandatory", True) is not False
            ):
                message = f"step {step!r} of the task {typed(task)} needs the station {typed(station)}"
                yield here, f"{message}; add it to the format's 'stations', or say 'mandatory: false' in the step"
        place, asked = record.get("at", "counter"), items(record.get("skills"))
        team = _team_at(tree, name, place)
        people = list(tree.records("teams", team)) if isinstance(team, str) else []
        if asked and people and not any(set(asked) <= _able(who) for _, who in people):
            message = f"nobody of the team {typed(team)} can do step {step!r} of the task {typed(task)}"
            yield here, f"{message}: it asks for {', '.join(map(str, asked))}"


def _able(person: Mapping[str, Any]) -> set[object]:
    """Return skills and group of a person: all that a step may ask for."""
    return {*items(person.get("skills")), person.get("group")}


def _team_at(tree: Tree, name: str, place: object) -> object:
    if place in tree.table("pools"):
        return tree.table("pools", str(place)).get("team")
    if place == "counter":
        return tree.table("formats", name).get("team")
    return tree.table("formats", name, "stations", str(place)).get("team")


def steps(tree: Tree) -> Iterator[Doubt]:
    """Check the stations that steps name, and the steps with which customers go on."""
    known = {**tree.table("stations"), **tree.table("pools")}
    for task, _ in tree.records("tasks"):
        names = list(tree.table("tasks", task, "steps"))
        for number, (step, record) in enumerate(tree.table("tasks", task, "steps").items()):
            if not isinstance(record, dict):
                continue
            here: Location = ("tasks", task, "steps", step)
            yield from unknown((*here, "at"), record.get("at"), "station or pool", known)
            yield from unknown((*here, "also"), record.get("also"), "station or pool", known)
            wrong = record.get("misrouted")
            if isinstance(wrong, dict):
                goal = wrong.get("to")
                own = (*LANES, *tree.table("stations"))
                yield from unknown((*here, "misrouted", "to"), goal, "lane or station", own)
            yield from _onward(here, record, names, number)


def _onward(here: Location, record: Mapping[str, Any], names: list[str], number: int) -> Iterator[Doubt]:
    """Check the steps with which customers go on."""
    then = record.get("then")
    if not isinstance(then, dict):
        return
    later = [*names[number + 1 :], END]
    for goal in then:
        if goal not in later:
            if goal in names:
                message = f"{typed(goal)} does not come later; customers go on with a later step or {END!r}"
            else:
                message = f"unknown step {typed(goal)}; {suggest(str(goal), later)}"
            yield (*here, "then", goal, AT_KEY), message
    if number == 0 and record.get("mandatory") is False and len(then) > 1:
        yield (*here, "then"), "customers part after a first step that may be left out; make it mandatory"
