"""Checks of channels without an outlet and of what outlets share: names that must exist, and stations that work."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.model.channel import AGAIN, NEARBY, OUTLET
from netsim.model.service import LANES
from netsim.scenario.messages import AT_KEY, Location
from netsim.scenario.tree import Doubt, Tree, items, unknown
from netsim.units import typed


def channels(tree: Tree) -> Iterator[Doubt]:
    """Check pools, remote channels, and the tasks whose customers come to them."""
    yield from _pools(tree)
    remote = tree.table("remote")
    stations = {*LANES, *tree.table("stations"), *tree.table("pools"), OUTLET, AGAIN, NEARBY}
    for name, record in tree.records("remote"):
        if name in stations:
            yield ("remote", name, AT_KEY), f"{typed(name)} stands for something else; give the channel another id"
        yield from unknown(("remote", name, "pool"), record.get("pool"), "pool", tree.table("pools"))
        yield from _turns(tree, name, "otherwise", (*remote, OUTLET))
        yield from _turns(tree, name, "leavers", (*remote, OUTLET, AGAIN))
    for task, _ in tree.records("tasks"):
        for to in tree.table("tasks", task, "remote"):
            yield from unknown(("tasks", task, "remote", to, AT_KEY), to, "remote channel", remote)
        for to in tree.table("tasks", task, "leavers", "to"):
            place: Location = ("tasks", task, "leavers", "to", to, AT_KEY)
            yield from unknown(place, to, "channel", (*remote, NEARBY, AGAIN))


def lockers(tree: Tree) -> Iterator[Doubt]:
    """Check that parcels and cells fit together."""
    sizes = tree.table("parcels", "sizes")
    task = tree.table("parcels").get("task")
    yield from unknown(("parcels", "task"), task, "task", tree.table("tasks"))
    some = False
    for form, record in tree.records("formats"):
        cells = tree.table("formats", form, "cells")
        some = some or bool(cells)
        for size in cells:
            if not tree.table("parcels"):
                yield (
                    ("formats", form, "cells"),
                    "the format has cells, but no 'parcels' say what lies in them",
                )
                break
            yield from unknown(("formats", form, "cells", size, AT_KEY), size, "size of parcels", sizes)
        tasks = record.get("tasks")
        does = [item for lane in LANES for item in items(tasks.get(lane) if isinstance(tasks, dict) else None)]
        if cells and isinstance(task, str) and form not in tree.broken_formats and task not in does:
            yield ("formats", form, "cells"), f"the format has cells, but does not do {typed(task)} ('parcels.task')"
    if tree.table("parcels") and tree.table("formats") and not tree.broken_formats and not some:
        yield ("parcels", "task"), "no format has 'cells' for these parcels"


def _pools(tree: Tree) -> Iterator[Doubt]:
    for name, record in tree.records("pools"):
        if name in (*LANES, *tree.table("stations")):
            yield ("pools", name, AT_KEY), f"{typed(name)} is the id of a lane or station; give the pool another one"
        hours = tree.table("calendar", "hours")
        yield from unknown(("pools", name, "hours"), record.get("hours"), "opening hours", hours)
        yield from unknown(("pools", name, "team"), record.get("team"), "team", tree.table("teams"))


def _turns(tree: Tree, name: str, key: str, known: tuple[str, ...]) -> Iterator[Doubt]:
    """Check where those turn for whom a channel was not the end."""
    for to in tree.table("remote", name, key):
        place: Location = ("remote", name, key, to, AT_KEY)
        if to == name:
            yield place, f"a channel does not send customers to itself; say {AGAIN!r} in 'leavers'"
        else:
            yield from unknown(place, to, "channel", known)
