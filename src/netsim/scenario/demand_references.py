"""Checks between records of demand: what grows and moves needs a year, and leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.scenario.messages import AT_KEY, Location
from netsim.scenario.tree import Doubt, Tree, items, unknown

TERMINAL = "terminal"
"""In ``migration.to``: self-service at the outlet."""


def years(tree: Tree) -> Iterator[Doubt]:
    """Say where people grow or move on, but no year is looked at."""
    demand = tree.table("demand")
    if "year" in demand:
        return
    mend = "the year is missing that it is looked at in; write 'demand.year', such as 2030"
    for layer, record in tree.records("demand", "layers"):
        if "growth" in record:
            yield ("demand", "layers", layer, "growth", AT_KEY), mend
    if tree.table("demand", "migration"):
        yield ("demand", "migration", AT_KEY), mend


def migration(tree: Tree) -> Iterator[Doubt]:
    """Check where customers move to, with what, and who they are."""
    channels, known = [TERMINAL, *tree.table("remote")], _segments(tree)
    for name, record in tree.records("demand", "migration"):
        here: Location = ("demand", "migration", name)
        yield from unknown((*here, "to"), record.get("to"), "remote channel", channels)
        for index, task in enumerate(items(record.get("tasks"))):
            yield from unknown((*here, "tasks", index), task, "task", tree.table("tasks"))
        for index, segment in enumerate(items(record.get("segments"))):
            yield from unknown((*here, "segments", index), segment, "segment", known)


def choice(tree: Tree) -> Iterator[Doubt]:
    """Check the segments and formats that a choice model names, and what competitors do."""
    known = _segments(tree)
    for segment in tree.table("demand", "choice", "segments"):
        yield from unknown(("demand", "choice", "segments", segment, AT_KEY), segment, "segment", known)
    for name in tree.table("demand", "choice", "formats"):
        yield from unknown(("demand", "choice", "formats", name, AT_KEY), name, "format", tree.format_ids)
    for kind in tree.table("network", "kinds"):
        rival = tree.table("network", "kinds", kind, "rival")
        for index, task in enumerate(items(rival.get("tasks"))):
            yield from unknown(("network", "kinds", kind, "rival", "tasks", index), task, "task", tree.table("tasks"))


def parts(tree: Tree) -> Iterator[Doubt]:
    """Check the tasks of the segments of a layer."""
    for layer, record in tree.records("demand", "layers"):
        for key in record.get("segments") or ():
            here: Location = ("demand", "layers", layer, "segments", key)
            for task in tree.table("demand", "layers", layer, "segments", key, "tasks"):
                yield from unknown((*here, "tasks", task, AT_KEY), task, "task", tree.table("tasks"))
            desk = tree.table("demand", "layers", layer, "segments", key, "behaviour").get("desk")
            yield from unknown((*here, "behaviour", "desk"), desk, "station", tree.table("stations"))


def _segments(tree: Tree) -> list[str]:
    """Return the names that segments go by: those of the layers, then those of their parts."""
    layers = tree.table("demand", "layers")
    return [
        *layers,
        *(f"{name}.{part}" for name in layers for part in tree.table("demand", "layers", name, "segments")),
    ]
