"""Hierarchies kept on disk, found by the content of the graph that they were built from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from netsim.geo.ways.catalogue import Arcs
from netsim.geo.ways.hierarchy import Hierarchy

VERSION = 2
"""Version of the files; raised when a hierarchy is built or kept otherwise."""
KEPT = 12
"""Hierarchies that are kept, the newest: a city of 219,000 nodes takes 19 MB, 30 with a second measure."""
HEX = 32
"""Digits of the checksum of a file."""


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
        path = self._path(arcs)
        with contextlib.suppress(OSError):
            content = memoryview(path.read_bytes())
            if content[:HEX] == _checksum(content[HEX:]):
                with contextlib.suppress(OSError):
                    path.touch()  # the newest are kept
                with np.load(io.BytesIO(content[HEX:]), allow_pickle=False) as file:
                    return Hierarchy(**{field.name: file[field.name] for field in fields(Hierarchy)})
        return None

    def write(self, arcs: Arcs, hierarchy: Hierarchy) -> None:
        """Keep the hierarchy of a graph; it appears whole or not at all."""
        if self.folder is None:
            return
        stream = io.BytesIO()
        np.savez(stream, **{field.name: getattr(hierarchy, field.name) for field in fields(hierarchy)})
        content = stream.getbuffer()
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_checksum(content))
                    file.write(content)
                Path(name).replace(self._path(arcs))
            finally:
                Path(name).unlink(missing_ok=True)
            for path in sorted(self.folder.glob("ways-*.bin"), key=_age)[self.kept :]:
                path.unlink(missing_ok=True)

    def _path(self, arcs: Arcs) -> Path:
        """Return the file of a graph, named by the hash of its arrays."""
        digest = hashlib.blake2b(str(VERSION).encode(), digest_size=16)
        for column in (arcs.first, arcs.head, arcs.cost, arcs.along):
            if column is not None:
                digest.update(f"{column.dtype} {column.shape}".encode())
                digest.update(np.ascontiguousarray(column).data)
        return (self.folder or Path()) / f"ways-{digest.hexdigest()}.bin"


def default_store() -> HierarchyStore:
    """Return the user's store: beside the simulated capacities, see ``capacity.cache.default_cache``."""
    named = os.environ.get("NETSIM_CACHE")
    if named:
        return HierarchyStore(Path(named) / "ways")
    base = os.environ.get("XDG_CACHE_HOME")
    return HierarchyStore((Path(base) if base else Path.home() / ".cache") / "netsim" / "ways")


def _checksum(content: memoryview) -> bytes:
    """Return the hash of the content of a file that stands before it: damage and torn writes do not pass."""
    return hashlib.blake2b(content, digest_size=HEX // 2).hexdigest().encode()


def _age(path: Path) -> float:
    """Return a figure that is lower for newer files; of a file that another process took away the highest."""
    with contextlib.suppress(OSError):
        return -path.stat().st_mtime
    return float("inf")
