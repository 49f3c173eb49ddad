"""A log opened through its map file: the columns that are needed, and an account of those that are not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.files import PathError, refuse_url, sha256
from netsim.fit.map_file import MapFile
from netsim.fit.names import EMPTY, THE_TASK, Codes, TooManyTasksError, resource_codes, task_codes
from netsim.fit.personal import personal_columns
from netsim.fit.times import OffsetError, Stamps, read_stamps
from netsim.model.calendar import SLOT_MINUTES
from netsim.model.column_map import NEEDED, Columns
from netsim.model.ticket_log import USED, Account, LogSource, status
from netsim.scenario.messages import AT_KEY, suggest
from netsim.tables.texts import TextColumn, TextTable, read_texts
from netsim.units import typed

SOME = 3
"""Times of which none can be read that make a column useless; fewer may be slips."""
MIDNIGHTS = 0.9
"""Share of times at 00:00 above which a column is taken to hold dates."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenLog:
    """
    The needed columns of a log.

    Parameters
    ----------
    file
        The map file.
    table
        The columns as text.
    name, sha256
        Name of the log without folders, hash of its content.
    personal
        Columns that are personal.
    """

    file: MapFile
    table: TextTable
    name: str
    sha256: str
    personal: tuple[str, ...]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.table.lines)

    def column(self, key: str) -> TextColumn | None:
        """Return a column by its key in the map file; None where there is none, or it is personal."""
        name = getattr(self.file.map.columns, key)
        return None if name is None else self.table.columns.get(name)

    def needed(self, key: str) -> TextColumn:
        """Return a column that the form cannot do without."""
        column = self.column(key)
        if column is None:
            raise KeyError(key)
        return column

    def stamps(self, key: str) -> Stamps | None:
        """
        Return the times in a column, None where there is none.

        Raises
        ------
        BadInputError
            If nothing in it can be read as a time, or the times need a zone.
        """
        cells = self.column(key)
        if cells is None:
            return None
        try:
            found = read_stamps(cells, self.file.map.time, self.column("date"))
        except OffsetError as error:
            message = f"{error}; tell the outlet's time zone, as in 'time: {{zone: Asia/Shanghai}}'"
            raise self.refused(("columns", key), message) from None
        if found.filled.sum() >= SOME and not np.isfinite(found.minutes).any():
            example = "'2024-03-05 08:30:15'" if self.file.map.time.format is None else self.file.map.time.format
            message = f"no time in this column can be read as {example}; tell 'time: {{format: ...}}'"
            raise self.refused(("columns", key), message)
        known = found.minutes[np.isfinite(found.minutes)]
        if len(known) >= 20 and np.mean(known % 1440.0 == 0.0) > MIDNIGHTS:
            message = "nearly all times in this column are 00:00; does it hold days? Then map it as 'date'"
            raise self.refused(("columns", key), message)
        return found

    def tasks(self) -> tuple[tuple[str, ...], Codes]:
        """
        Return the task ids and each row's task.

        Raises
        ------
        BadInputError
            If the column of tasks cannot hold tasks.
        """
        cells = self.column("task")
        if cells is None:
            return (next(iter(self.file.map.tasks), THE_TASK),), np.zeros(len(self), dtype=np.int64)
        try:
            return task_codes(cells, self.file.map.tasks)
        except TooManyTasksError as error:
            message = f"the column {error}; name them in 'tasks: {{id: [names in the log]}}'"
            raise self.refused(("columns", "task"), message) from None

    def resources(self) -> tuple[Codes, Codes]:
        """Return each row's lane and resource; counters that nobody tells apart where the log has none."""
        cells = self.column("resource")
        if cells is None:
            return np.full(len(self), EMPTY, dtype=np.int64), np.full(len(self), EMPTY, dtype=np.int64)
        return resource_codes(cells, self.file.map.resources)

    def chosen(self) -> NDArray[np.int64]:
        """Return the status of each row after the map file's ``where``."""
        statuses = np.full(len(self), USED, dtype=np.int64)
        for column, names in self.file.map.where.items():
            statuses[~np.isin(self.table.columns[column].astype(str), names)] = status("not_chosen")
        return statuses

    def refused(self, location: tuple[str, ...], message: str) -> BadInputError:
        """Return the error of one fault at a place of the map file."""
        return BadInputError((self.file.fault(location, message),))

    def source(self, accounts: tuple[Account, ...], resolution: float) -> LogSource:
        """Return where the log came from, with the account of its rows."""
        read = set(self.table.columns)
        ignored = tuple(name for name in self.table.header if name and name not in {*read, *self.personal})
        return LogSource(
            name=self.name,
            sha256=self.sha256,
            encoding=self.table.encoding,
            form=self.file.map.form,
            zone=self.file.map.time.zone or "",
            personal=self.personal,
            ignored=ignored,
            accounts=accounts,
            resolution=resolution,
        )


def open_log(path: Path, file: MapFile, name: str | None = None) -> OpenLog:
    """
    Return the needed columns of a log.

    Parameters
    ----------
    path
        The log.
    file
        Its map file.
    name
        How the log is called in messages; None takes the path.

    Raises
    ------
    BadInputError
        If the log cannot be read, a mapped column is missing, or one that is needed is personal.
    """
    shown = name or str(path)
    try:
        refuse_url(str(path))
        digest = sha256(path)
    except PathError as error:
        raise BadInputError((Fault(shown, error.line, error.column, "", error.message),)) from None
    personal: tuple[str, ...] = ()

    def choose(header: tuple[str, ...]) -> set[str]:
        nonlocal personal
        personal = personal_columns(header, file.map.personal)
        faults = tuple(sorted(_column_faults(file, header, personal)))
        if faults:
            raise BadInputError(faults)
        return _mapped(file) - set(personal)

    table = read_texts(path, choose, name=shown)
    return OpenLog(file, table, path.name, digest, personal)


def _mapped(file: MapFile) -> set[str]:
    named = {getattr(file.map.columns, key) for key in Columns.model_fields}
    return {name for name in named if name is not None} | set(file.map.where)


def _column_faults(file: MapFile, header: tuple[str, ...], personal: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what is wrong with the columns that the map file names."""
    offered = [name for name in header if name and name not in personal]
    for key in Columns.model_fields:
        name = getattr(file.map.columns, key)
        if name is not None and name not in header:
            message = f"the log has no column {typed(name)}; {suggest(name, offered)}"
            yield file.fault(("columns", key), message)
        elif name in personal and key in NEEDED[file.map.form]:
            message = f"the column {typed(name)} looks personal and is never read; map another, such as a ticket number"
            yield file.fault(("columns", key), message)
    for name in file.map.where:
        if name not in header:
            yield file.fault(("where", name, AT_KEY), f"the log has no column {typed(name)}; {suggest(name, offered)}")
        elif name in personal:
            message = f"the column {typed(name)} looks personal and is never read; choose rows by another"
            yield file.fault(("where", name, AT_KEY), message)


def open_hours(file: MapFile) -> NDArray[np.float64]:
    """Return the hours open in each half-hour of each weekday, shape ``(7, 48)``; 0.5 where hours are not known."""
    hours = np.full((7, 48), SLOT_MINUTES / 60.0)
    starts = SLOT_MINUTES * np.arange(60)
    for weekday in range(7):
        windows = file.map.open_windows(weekday)
        if windows is None:
            continue
        minutes = np.zeros(60)
        for opens, closes in windows:
            minutes += np.clip(np.minimum(closes, starts + SLOT_MINUTES) - np.maximum(opens, starts), 0.0, SLOT_MINUTES)
        minutes[:12] += minutes[48:]  # the small hours after midnight belong to this service day
        hours[weekday] = np.minimum(minutes[:48], SLOT_MINUTES) / 60.0
    return hours


def is_open(file: MapFile, weekday: int, minute: float) -> bool:
    """
    Whether an outlet is open; always where its hours are not known.

    Parameters
    ----------
    weekday
        Weekday of the service day.
    minute
        Minute of the service day.
    """
    windows = file.map.open_windows(weekday)
    return windows is None or any(opens <= minute < closes for opens, closes in windows)
