"""Results of expensive simulations kept on disk, found by the content that they were worked out from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = 1
"""Version of the stored records; a new one never reads an old file."""


class ContentCache:
    """
    A folder of JSON records, each named by the sha256 of what it was worked out from.

    A record that cannot be read is worked out again; a folder that cannot be written to is no error.

    Parameters
    ----------
    folder
        Where records lie; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.hits = 0
        self.misses = 0

    @staticmethod
    def key(content: Mapping[str, Any]) -> str:
        """Return the sha256 of the canonical JSON of ``content``."""
        text = json.dumps({"record": VERSION, "of": content}, sort_keys=True, separators=(",", ":"), allow_nan=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def read(self, key: str) -> Any | None:  # noqa: ANN401
        """Return the record, or None."""
        record = None
        if self.folder is not None:
            with contextlib.suppress(OSError, ValueError):
                record = json.loads((self.folder / f"{key}.json").read_text("utf-8"))
        if record is None:
            self.misses += 1
        else:
            self.hits += 1
        return record

    def write(self, key: str, record: Any) -> None:  # noqa: ANN401
        """Keep a record; it appears whole or not at all."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(record, file)
            Path(name).replace(self.folder / f"{key}.json")


def default_cache() -> ContentCache:
    """Return the user's cache: ``$NETSIM_CACHE``, else ``$XDG_CACHE_HOME/netsim``, else ``~/.cache/netsim``."""
    named = os.environ.get("NETSIM_CACHE")
    if named:
        return ContentCache(Path(named))
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    return ContentCache(root / "netsim")
