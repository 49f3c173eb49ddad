"""
The only door through which a file that a user names is opened.

A scenario reads below its project folder: the nearest folder at or above the scenario file that
holds ``netsim.toml``, ``pyproject.toml`` or ``.git``; where there is none, the folder of the scenario
file itself. Any other folder has to be named from outside, by ``--data-root NAME=DIR`` or by the
environment variable ``NETSIM_DATA`` (which defines the root of that name); a scenario then writes
``NAME:rest/of/path``. A scenario can never define a root.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self

PROJECT_MARKS = ("netsim.toml", "pyproject.toml", ".git")
"""A folder that holds one of these is a project folder."""
ENVIRONMENT_ROOT = "NETSIM_DATA"
"""Environment variable, and the name of the data root that it defines."""
TEXT_LIMIT = 2_000_000
"""Most bytes of a scenario file."""
DATA_LIMIT = 2_000_000_000
"""Most bytes of a data file."""

_ROOT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-_]*):")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1 << 20


class PathError(ValueError):
    """
    A path that may not or cannot be read; the message says why and what to write.

    Parameters
    ----------
    message
        What is wrong and the mend.
    line
        Line of the file that is meant, 0 for the whole file.
    column
        Column in that line, 0 for none.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Return the message."""
        return self.message


def project_folder(scenario: Path) -> Path:
    """
    Return the project folder of a scenario file: the nearest marked folder, else the file's own.

    Parameters
    ----------
    scenario
        The scenario file; it need not exist.
    """
    own = scenario.resolve().parent
    for folder in (own, *own.parents):
        if any((folder / mark).exists() for mark in PROJECT_MARKS):
            return folder
    return own


def parse_data_root(text: str) -> tuple[str, Path]:
    """
    Return name and folder of a ``NAME=DIR`` argument.

    Raises
    ------
    PathError
        If the form is another, the name is no plain word of two letters or more, or the folder does not exist.
    """
    name, equals, folder = text.partition("=")
    if not equals or len(name) < 2 or not _ROOT_NAME.fullmatch(name) or not folder:
        raise PathError(f"data root {text!r}: expected NAME=DIR, for example CITY=../data/city")
    path = Path(folder)
    if not path.is_dir():
        raise PathError(f"data root {name}: no such folder {folder!r}")
    return name, path


@dataclass(frozen=True, slots=True)
class DataRoots:
    """
    The folders that a scenario may read from.

    Parameters
    ----------
    project
        The project folder.
    named
        Further roots by name.
    """

    project: Path
    named: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the names; a root is compared by its real place."""
        object.__setattr__(self, "project", Path(os.path.realpath(self.project)))
        real = {name: Path(os.path.realpath(folder)) for name, folder in self.named.items()}
        object.__setattr__(self, "named", MappingProxyType(real))

    def __reduce__(self) -> tuple[type[Self], tuple[Path, dict[str, Path]]]:
        """Let the record cross a process border (a mapping proxy alone cannot)."""
        return type(self), (self.project, dict(self.named))

    @classmethod
    def for_scenario(
        cls, scenario: Path, named: Mapping[str, Path] | None = None, environ: Mapping[str, str] | None = None
    ) -> Self:
        """
        Return the roots of a scenario file.

        Parameters
        ----------
        scenario
            The scenario file.
        named
            Roots from ``--data-root``; they go before the environment.
        environ
            The environment; None takes the process's own.
        """
        folder = (os.environ if environ is None else environ).get(ENVIRONMENT_ROOT, "")
        roots = {ENVIRONMENT_ROOT: Path(folder)} if folder else {}
        return cls(project_folder(scenario), {**roots, **(named or {})})

    def resolve(self, text: str, base: Path, kind: Literal["file", "folder"] = "file", *, exists: bool = True) -> Path:
        """
        Return the real path of a file or folder that a scenario names.

        Parameters
        ----------
        text
            Path relative to ``base``, or ``NAME:rest/of/path`` below a named root.
        base
            Folder of the file in which the path stands.
        kind
            What has to be there.
        exists
            Whether it has to be there at all.

        Raises
        ------
        PathError
            If the path is absolute, a URL or device, leaves the project folder and the named roots
            (by ``..`` or by a link), does not exist, or is of another kind.
        """
        root, start, rest = self._start(text, base)
        path = Path(os.path.realpath(start / rest))
        if not path.is_relative_to(root):
            where = "the project folder" if root == self.project else "its data root"
            raise PathError(
                f"{text!r} lies outside {where}; a scenario reads below its project folder "
                f"(the one with {PROJECT_MARKS[0]}, {PROJECT_MARKS[1]} or {PROJECT_MARKS[2]}) "
                "or below a root given by --data-root NAME=DIR"
            )
        if exists:
            _demand_kind(text, Path(os.path.normpath(start / rest)), kind)
        return path

    def _start(self, text: str, base: Path) -> tuple[Path, Path, str]:
        """Return the root that the path has to stay below, the folder that it starts from, and the rest."""
        _refuse_strange(text)
        scheme = _SCHEME.match(text)
        if scheme is None:
            real = Path(os.path.realpath(base))
            root = next((folder for folder in self.named.values() if real.is_relative_to(folder)), self.project)
            return (self.project if real.is_relative_to(self.project) else root), real, text
        name, rest = scheme[1], text[scheme.end() :]
        if name in self.named:
            if not self.named[name].is_dir():
                raise PathError(f"the data root {name} is no folder: {str(self.named[name])!r}")
            return self.named[name], self.named[name], rest
        if len(name) == 1:
            raise PathError(f"{text!r} is an absolute path of a drive; name a file below the project folder")
        known = ", ".join(sorted(self.named)) or "none"
        near = difflib.get_close_matches(name, self.named, 1)
        mend = f"did you mean {near[0]!r}?" if near else f"give it by --data-root {name}=DIR"
        if name == ENVIRONMENT_ROOT:
            mend = f"set the environment variable {name} or give --data-root {name}=DIR"
        raise PathError(f"unknown data root {name!r} in {text!r} (known: {known}); {mend}")


def refuse_url(text: str) -> None:
    """
    Raise if what should be a local file is a URL.

    Raises
    ------
    PathError
        If the text starts with a scheme and a slash (``Path`` makes ``https:/x`` of ``https://x``).
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:/", text):
        raise PathError(f"{text!r} is a URL; netsim reads local files only, put the data into the project folder")


def _refuse_strange(text: str) -> None:
    """Refuse everything that some library may take for more than a plain relative path."""
    if not text or text != text.strip():
        raise PathError(f"{text!r} is no path; expected a relative path such as 'data/sites.parquet'")
    if len(text) > 1000 or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise PathError("the path holds control characters or is longer than 1,000 characters")
    refuse_url(text)
    if text.lower().startswith(("/vsi", "vsi", "<", "/dev/")) or text.lower().endswith(".vrt"):
        raise PathError(f"{text!r} is a virtual or device path; name a plain file")
    if "\\" in text:
        raise PathError(f"{text!r} holds a backslash; write '/' between folders")
    if text.startswith(("/", "~")):
        raise PathError(
            f"{text!r} is an absolute path; write it relative to this file, "
            "or below a root given by --data-root NAME=DIR"
        )


def _demand_kind(text: str, path: Path, kind: Literal["file", "folder"]) -> None:
    """Raise if nothing, or something of another kind, stands at the path."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        raise PathError(f"no such {kind} {text!r}{_nearest(path)}") from None
    if path.name not in ("", "..") and path.name not in (item.name for item in path.parent.iterdir()):
        raise PathError(f"no such {kind} {text!r}{_nearest(path)}")
    if kind == "folder" and not stat.S_ISDIR(mode):
        raise PathError(f"{text!r} is no folder")
    if kind == "file" and stat.S_ISDIR(mode):
        raise PathError(f"{text!r} is a folder; expected a file")
    if kind == "file" and not stat.S_ISREG(mode):
        raise PathError(f"{text!r} is a device or a pipe; expected a file")


def _nearest(path: Path) -> str:
    """Return a hint: the first folder that is missing, or the file in the folder with the nearest name."""
    missing = path
    while not missing.parent.is_dir() and missing.parent != missing:
        missing = missing.parent
    try:
        names = [item.name for item in missing.parent.iterdir()]
    except OSError:
        return ""
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(missing.name.lower(), by_lower, 1)
    if near:
        return f"; did you mean {by_lower[near[0]]!r}?"
    return "" if missing == path else f"; the folder {missing.name!r} does not exist"


def read_bytes(path: Path, limit: int = DATA_LIMIT) -> bytes:
    """
    Return the content of a plain file.

    Parameters
    ----------
    path
        A path that ``DataRoots.resolve`` gave, or that a person named on the command line.
    limit
        Most bytes.

    Raises
    ------
    PathError
        If there is no such file, it is a folder, device or pipe, may not be read, or is too large.
    """
    text = path.name
    _demand_kind(text, path, "file")
    try:
        # A pipe that replaces the file in between must not hold the program up.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise PathError(f"{text!r} is a device or a pipe; expected a file")
            content = stream.read(limit + 1)
    except OSError as error:
        raise PathError(f"{text!r} cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise PathError(f"{text!r} is larger than {limit:,} bytes")
    return content


def read_text(path: Path, limit: int = TEXT_LIMIT) -> str:
    """
    Return the text of a UTF-8 file, a byte-order mark taken away.

    Raises
    ------
    PathError
        As ``read_bytes``; also if the content is UTF-16, holds a NUL or is not UTF-8 (with the line).
    """
    content = read_bytes(path, limit)
    if content.startswith(_MARKS):
        raise PathError("the file is UTF-16; save it as UTF-8", 1, 1)
    if b"\0" in content:
        raise PathError("the file holds a NUL byte; it is binary or UTF-16, save it as UTF-8", *_place(content, b"\0"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise PathError(f"not UTF-8 (byte 0x{content[error.start]:02x}); save it as UTF-8", line, column) from None


def _place(content: bytes, mark: bytes) -> tuple[int, int]:
    start = content.index(mark)
    return content.count(b"\n", 0, start) + 1, start - content.rfind(b"\n", 0, start)


def sha256(path: Path) -> str:
    """
    Return the SHA-256 of a file's content as hex digits, read in pieces.

    Raises
    ------
    PathError
        If there is no such plain file or it cannot be read.
    """
    _demand_kind(path.name, path, "file")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
    except OSError as error:
        raise PathError(f"{path.name!r} cannot be read: {error.strerror}") from None
    return digest.hexdigest()
