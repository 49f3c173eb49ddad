"""The folder that a run writes: refused when somebody else made it, replaced as a whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netsim.errors import BadInputError, Fault

MARK = ".netsim-out"
"""Name of the file by which a folder is known as one that netsim made."""


def check_out(out: Path) -> None:
    """
    Refuse a folder that netsim did not make.

    Raises
    ------
    BadInputError
        If ``out`` is a file, or a folder with content and without the mark.
    """
    if out.exists() and not out.is_dir():
        raise BadInputError((Fault(str(out), 0, 0, "--out", "is a file; name a folder"),))
    if out.is_dir() and not (out / MARK).is_file() and any(out.iterdir()):
        message = "the folder holds files that netsim did not write; name a new or empty folder"
        raise BadInputError((Fault(str(out), 0, 0, "--out", message),))


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """
    Yield a new folder that takes the place of ``out`` once everything in it is written.

    If the work fails, what stood at ``out`` still stands there.

    Raises
    ------
    BadInputError
        If ``out`` is not netsim's to replace.
    """
    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        yield fresh
        (fresh / MARK).write_text("netsim wrote this folder and may replace it\n", encoding="utf-8")
        fresh.chmod(0o755)
        if out.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
            out.rename(old / "out")
            fresh.rename(out)
            shutil.rmtree(old)
        else:
            fresh.rename(out)
    finally:
        if fresh.exists():
            shutil.rmtree(fresh)
