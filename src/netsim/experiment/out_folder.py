"""The folder that a run writes: refused when somebody else made it, replaced as a whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netsim.errors import BadInputError, Fault

MARK = ".netsim-out"
"""Name of the file that lists what netsim wrote into a folder: nothing else may be replaced."""


def check_out(out: Path) -> None:
    """
    Refuse a folder that netsim did not make, or that somebody has put files of their own into.

    Raises
    ------
    BadInputError
        If ``out`` is a file, or a folder with anything that its mark does not list.
    """
    if out.exists() and not out.is_dir():
        raise BadInputError((Fault(str(out), 0, 0, "--out", "is a file; name a folder"),))
    if not out.is_dir():
        return
    mark = out / MARK
    own = set(mark.read_text(encoding="utf-8").splitlines()) if mark.is_file() else set()
    others = sorted(path.name for path in out.iterdir() if path.name not in own)
    if others:
        message = (
            f"the folder holds files that netsim did not write ({', '.join(others[:3])}); name a new or empty folder"
        )
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
        names = sorted({MARK, *(path.name for path in fresh.iterdir())})
        (fresh / MARK).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
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
