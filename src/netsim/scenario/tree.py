"""The bare tree of a scenario, as checks between records see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from netsim.scenario.messages import Location, suggest
from netsim.units import typed

Doubt: TypeAlias = tuple[Location, str]
"""A location and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Tree:
    """
    The bare tree of a scenario.

    Parameters
    ----------
    data
        The values.
    broken_formats
        Formats that could not be read: they are not named again.
    """

    data: Mapping[str, Any]
    broken_formats: frozenset[str]

    def table(self, *steps: str) -> Mapping[str, Any]:
        """Return the mapping at a path, empty where there is none."""
        value: Any = self.data
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def records(self, *steps: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Iterate over the entries of the table at a path that are mappings themselves."""
        for key, value in self.table(*steps).items():
            if isinstance(value, dict):
                yield key, value

    def entries(self, *steps: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Iterate over the entries of the list at a path that are mappings."""
        for index, value in enumerate(items(self.table(*steps[:-1]).get(steps[-1]))):
            if isinstance(value, dict):
                yield index, value

    @property
    def format_ids(self) -> Collection[str]:
        """Ids of formats that may be named."""
        return {**self.table("formats"), **dict.fromkeys(self.broken_formats)}


def items(value: object) -> tuple[Any, ...]:
    """Return a list of the tree, empty where there is none."""
    return value if isinstance(value, tuple) else ()


def unknown(location: Location, name: object, kind: str, known: Collection[str]) -> Iterator[Doubt]:
    """Yield a doubt if a name is a text that is not known."""
    if isinstance(name, str) and name not in known:
        yield location, f"unknown {kind} {typed(name)}; {suggest(name, known)}"
