"""The tables of a GTFS feed out of a zip archive or a folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from netsim.files import PathError, read_bytes
from netsim.geo.gtfs_tables import GtfsTable, read_csv
from netsim.geo.layers import LayerError

ARCHIVE_LIMIT = 500_000_000
"""Most bytes of an archive."""
UNPACKED_LIMIT = 2_000_000_000
"""Most bytes of one table, unpacked: an archive that swells is refused before it is read."""


@dataclass(frozen=True, slots=True)
class FeedFiles:
    """
    The tables of a feed, read one by one when they are asked for.

    Parameters
    ----------
    where
        The feed as the user named it.
    names
        Where each table stands in the archive or folder, by its name.
    read
        Gives the bytes of a table by where it stands.
    """

    where: str
    names: Mapping[str, str]
    read: Callable[[str], bytes]

    def table(self, name: str, needed: Sequence[str], wished: Sequence[str] = ()) -> GtfsTable | None:
        """
        Return a table, None if the feed has none of that name.

        Parameters
        ----------
        name
            File name, for example ``stops.txt``.
        needed, wished
            Columns that it must have and may have; others are not read.

        Raises
        ------
        LayerError
            If it is no comma-separated UTF-8 text, a row is ragged, or a column that it must have is missing.
        """
        if name not in self.names:
            return None
        return read_csv(self.read(self.names[name]), f"{self.where}/{name}", needed, wished)

    def needed(self, name: str, needed: Sequence[str], wished: Sequence[str] = ()) -> GtfsTable:
        """
        Return a table that the feed must have, as ``table`` does.

        Raises
        ------
        LayerError
            Also if there is none.
        """
        found = self.table(name, needed, wished)
        if found is None:
            known = ", ".join(sorted(self.names)) or "no tables"
            raise LayerError(self.where, f"{name} is missing, so it is no GTFS feed (it has {known})")
        return found


def open_feed(path: Path) -> FeedFiles:
    """
    Open a feed: a zip archive or a folder, the tables in it at the top or (in an archive) together in one folder.

    Parameters
    ----------
    path
        The archive or folder.

    Raises
    ------
    LayerError
        If it cannot be read, is no archive, or is too large.
    """
    where = str(path)
    if path.is_dir():
        inside = {item.name: item.name for item in sorted(path.iterdir()) if item.suffix == ".txt"}
        return FeedFiles(where, inside, lambda name: _from_folder(path, name))
    try:
        archive = zipfile.ZipFile(io.BytesIO(read_bytes(path, ARCHIVE_LIMIT)))
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    except (zipfile.BadZipFile, ValueError, OSError) as fault:
        message = f"no readable zip archive ({fault}); a feed is a .zip or a folder of .txt tables"
        raise LayerError(where, message) from fault
    listed = [PurePosixPath(name) for name in archive.namelist() if name.endswith(".txt")]
    listed = [name for name in listed if "__MACOSX" not in name.parts]
    folders = [name.parent for name in listed if name.name == "stops.txt"]
    top = min(folders, key=lambda folder: len(folder.parts), default=PurePosixPath())
    names = {name.name: str(name) for name in listed if name.parent == top}
    return FeedFiles(where, names, lambda name: _from_archive(archive, name, where))


def _from_folder(path: Path, name: str) -> bytes:
    """Return the bytes of a table in a folder; a link that leads out of the folder is not followed."""
    where = f"{path}/{name}"
    if not (path / name).resolve().is_relative_to(path.resolve()):
        raise LayerError(where, "the file is a link that leads out of the folder; put the file itself there")
    try:
        return read_bytes(path / name, UNPACKED_LIMIT)
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault


def _from_archive(archive: zipfile.ZipFile, name: str, where: str) -> bytes:
    """Return the bytes of a table in an archive, unless they would be too many."""
    where = f"{where}/{PurePosixPath(name).name}"
    size = archive.getinfo(name).file_size
    if size > UNPACKED_LIMIT:
        raise LayerError(where, f"the table unpacks to {size:,} bytes; no more than {UNPACKED_LIMIT:,} are read")
    try:
        return archive.read(name)  # never more than the size that the archive states
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, zlib.error) as fault:
        message = f"the table cannot be unpacked ({fault}); pack the feed anew, without a password"
        raise LayerError(where, message) from fault
