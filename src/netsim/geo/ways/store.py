"""Hierarchies kept on disk, found by the content of the graph that they were built from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.geo.ways.catalogue import Arcs
from netsim.geo.ways.hierarchy import Hierarchy

Columns = dict[str, NDArray[Any]]

VERSION = 1
"""Version of the files; raised when a hierarchy is built otherwise."""
KEPT = 12
"""Hierarchies that are kept, the newest: a city takes some 15 MB."""


@dataclass(frozen=True, slots=True)
class HierarchyStore:
    """
    A folder of hierarchies; a damaged file is built anew, a folder that cannot be written to is no error.

    Parameters
    ----------
    folder
        Where they lie; None keeps nothing.
    kept
        How many are kept.
    """

    folder: Path | None
    kept: int = KEPT

    def has(self, arcs: Arcs) -> bool:
        """Whether the hierarchy of a graph lies here."""
        return self.folder is not None and self._path(arcs).is_file()

    def read(self, arcs: Arcs) -> Hierarchy | None:
        """Return the hierarchy of a graph, or None."""
        if self.folder is None:
            return None
        names = [field.name for field in fields(Hierarchy)]
        path = self._path(arcs)
        with contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                columns = {name: file[name] for name in names}
                digest = str(file["digest"])
            if digest == _digest(columns):
                path.touch()
                return Hierarchy(**columns)
        return None

    def write(self, arcs: Arcs, hierarchy: Hierarchy) -> None:
        """Keep the hierarchy of a graph; it appears whole or not at all."""
        if self.folder is None:
            return
        columns = {field.name: getattr(hierarchy, field.name) for field in fields(hierarchy)}
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            with os.fdopen(handle, "wb") as file:
                np.savez(file, digest=np.array(_digest(columns)), **columns)
            Path(name).replace(self._path(arcs))
            old = sorted(self.folder.glob("ways-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in old[self.kept :]:
                path.unlink()

    def _path(self, arcs: Arcs) -> Path:
        columns: Columns = {"first": arcs.first, "head": arcs.head, "cost": arcs.cost}
        if arcs.along is not None:
            columns["along"] = arcs.along
        return (self.folder or Path()) / f"ways-{_digest(columns)}.npz"


def default_store() -> HierarchyStore:
    """Return the user's store: beside the simulated capacities, see ``capacity.cache.default_cache``."""
    named = os.environ.get("NETSIM_CACHE")
    if named:
        return HierarchyStore(Path(named) / "ways")
    base = os.environ.get("XDG_CACHE_HOME")
    return HierarchyStore((Path(base) if base else Path.home() / ".cache") / "netsim" / "ways")


def _digest(columns: Columns) -> str:
    """Return a hash of arrays by name."""
    digest = hashlib.blake2b(str(VERSION).encode(), digest_size=16)
    for name, column in sorted(columns.items()):
        digest.update(f"{name} {column.dtype} {column.shape}".encode())
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()
