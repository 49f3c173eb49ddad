"""The map file: read with positions, checked, all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from netsim.errors import BadInputError, Fault
from netsim.files import PathError, read_text, refuse_url
from netsim.model.column_map import ColumnMap, MapError, keys_at
from netsim.scenario.messages import AT_KEY, Location, at, record_faults, suggest
from netsim.scenario.positions import Node, Source, parse_yaml, plain
from netsim.units import typed

EXAMPLE = "a map file starts with 'netsim: 1' and names 'columns'"


@dataclass(frozen=True, slots=True, eq=False)
class MapFile:
    """
    A map file without faults of its own, with the place of each value.

    Parameters
    ----------
    map
        What it says.
    root
        The tree of the file.
    """

    map: ColumnMap
    root: Node

    def fault(self, location: Location, message: str) -> Fault:
        """Return a fault at a place of the map file."""
        return at(self.root, location, message)


def read_map(path: Path, name: str | None = None) -> MapFile:
    """
    Return a map file.

    Parameters
    ----------
    path
        The file.
    name
        How it is called in messages; None takes the path.

    Raises
    ------
    BadInputError
        With every fault of the file, each with line and column.
    """
    shown = name or str(path)
    root = _tree(path, shown)
    try:
        found = ColumnMap.model_validate(plain(root))
    except MapError as error:
        raise BadInputError(tuple(sorted(set(_record_faults(root, error))))) from None
    faults = tuple(at(root, location, message) for location, message in _doubts(found))
    if faults:
        raise BadInputError(tuple(sorted(faults)))
    return MapFile(found, root)


def _tree(path: Path, shown: str) -> Node:
    """Return the mapping that the file holds."""
    try:
        refuse_url(str(path))
        text = read_text(path)
    except PathError as error:
        raise BadInputError((Fault(shown, error.line, error.column, "", error.message),)) from None
    root, faults = parse_yaml(text, Source(shown, path.parent))
    if root is not None and not isinstance(root.value, dict):
        message = (
            f"the file is empty; {EXAMPLE}" if root.value is None else f"expected a mapping, got {typed(root.value)}"
        )
        faults.append(Fault(shown, root.line, root.column, "", message))
    if root is None and not faults:
        faults.append(Fault(shown, 1, 1, "", f"the file is empty; {EXAMPLE}"))
    if faults or root is None:
        raise BadInputError(tuple(sorted(set(faults))))
    return root


def _record_faults(root: Node, error: MapError) -> Iterator[Fault]:
    """Yield one fault for each thing that the record found wrong; keys are suggested from the map's own."""
    for item, fault in zip(error.errors(include_url=False), record_faults(root, error), strict=True):
        location: Location = tuple(item["loc"])
        known, key = keys_at(location[:-1]), str(location[-1]) if location else ""
        if item["type"] == "extra_forbidden":
            yield at(root, (*location, AT_KEY), f"unknown key; {suggest(key, known)}")
        elif item["type"] == "missing":
            yield at(root, location, f"the key is missing; expected: {known.get(key, '')}")
        elif item["type"] == "literal_error" and location[-1:] == (AT_KEY,):
            names = re.findall(r"'([^']*)'", str((item.get("ctx") or {}).get("expected", "")))
            yield at(root, location, f"unknown key; {suggest(str(location[-2]), names)}")
        else:
            yield fault


def _doubts(found: ColumnMap) -> Iterator[tuple[Location, str]]:
    """Yield what the record alone cannot see."""
    if found.missing_columns:
        wanted = ", ".join(found.missing_columns)
        yield ("columns", AT_KEY), f"a log of the form '{found.form}' needs the columns {wanted}"
    for key in ("zone", "written_in"):
        name = getattr(found.time, key)
        if name is not None and (message := _zone_fault(name)):
            yield ("time", key), message
    if found.time.written_in is not None and found.time.zone is None:
        yield ("time", "written_in", AT_KEY), "needs 'zone', the time zone of the outlet, too"
    names: tuple[tuple[str, Mapping[Any, Collection[str]]], ...] = (
        ("events", found.events),
        ("outcomes", found.outcomes),
        ("tasks", found.tasks),
        ("resources", found.resources),
    )
    for section, table in names:
        yield from _named_twice(section, table)


def _named_twice(section: str, table: Mapping[Any, Collection[str]]) -> Iterator[tuple[Location, str]]:
    owner: dict[str, str] = {}
    for key, names in table.items():
        for index, name in enumerate(names):
            if name in owner:
                yield (section, key, index), f"{typed(name)} already stands for {owner[name]!r}"
            owner.setdefault(name, str(key))


def _zone_fault(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = suggest(name, sorted(available_timezones()))
        mend = near if near.startswith("did") else "expected an IANA name such as Asia/Shanghai"
        return f"unknown time zone {typed(name)}; {mend}"
    return ""
