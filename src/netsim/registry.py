"""Catalogues of interchangeable parts: one name, one part, told in one place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Part = TypeVar("Part")


class UnknownPartError(KeyError):
    """A name that no part is registered under."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def __str__(self) -> str:
        """Return what was asked for, the nearest name and all names."""
        near = difflib.get_close_matches(self.name, self.known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"unknown {self.kind} {self.name!r}{hint} (known: {', '.join(self.known)})"


class Registry(Generic[Part]):
    """
    Parts of one kind by name, in the order of registration.

    Examples
    --------
    >>> shapes: Registry[int] = Registry("shape")
    >>> shapes.register("square")(4)
    4
    >>> shapes["square"]
    4
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._parts: dict[str, Part] = {}

    def register(self, name: str) -> Callable[[Part], Part]:
        """
        Return a decorator (or function) that files a part under ``name``.

        Raises
        ------
        ValueError
            If the name is taken.
        """

        def file(part: Part) -> Part:
            if name in self._parts:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._parts[name] = part
            return part

        return file

    def __getitem__(self, name: str) -> Part:
        """Return the part; an unknown name raises ``UnknownPartError``."""
        if name not in self._parts:
            raise UnknownPartError(self.kind, name, tuple(self._parts))
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._parts)

    def __len__(self) -> int:
        """Number of parts."""
        return len(self._parts)
