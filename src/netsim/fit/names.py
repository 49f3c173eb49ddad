"""Names in the log to codes: events, outcomes, tasks, resources."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.fit.personal import value_looks_personal
from netsim.model.column_map import EVENTS, EventName, OutcomeName
from netsim.model.service import Lane
from netsim.tables.texts import TextColumn

Codes = NDArray[np.int64]
EMPTY, UNKNOWN = -1, -2
"""Codes of an empty cell and of a name that means nothing here."""
MOST_TASKS = 60
"""Most tasks that are taken from a log whose map file names none: a column with more holds no tasks."""
LEAST_ROWS = 3
"""Rows that a name needs to be taken for a task when the map file names none."""
THE_TASK = "service"
"""Id of the only task where the log tells of none."""

EVENT_WORDS: Mapping[EventName, tuple[str, ...]] = {
    "arrive": ("arrive", "arrived", "arrival", "ticket", "issue", "issued", "取号", "到达", "出票"),
    "call": ("call", "called", "start", "叫号", "呼叫", "开始"),
    "transfer": ("transfer", "transferred", "转移", "转号", "转办"),
    "end": ("end", "ended", "finish", "finished", "complete", "completed", "结束", "办结", "完成"),
    "no_show": ("no_show", "no-show", "noshow", "no show", "过号", "弃号", "未到"),
    "leave": ("leave", "left", "abandon", "abandoned", "离开", "放弃"),
}
"""What events are called where the map file does not say."""
OUTCOME_WORDS: Mapping[OutcomeName, tuple[str, ...]] = {
    "served": ("served", "done", "complete", "completed", "finished", "已办理", "办结", "完成"),
    "no_show": ("no_show", "no-show", "noshow", "no show", "过号", "弃号", "未到"),
    "left": ("left", "leave", "abandon", "abandoned", "离开", "放弃"),
}
"""What outcomes are called where the map file does not say."""
OUTCOMES: tuple[OutcomeName, ...] = ("served", "no_show", "left")


class TooManyTasksError(ValueError):
    """A column that holds more different texts than there can be tasks."""

    def __init__(self, found: int) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        """Return how many there are, without a single one of them."""
        return f"holds {self.found:,} different texts; no more than {MOST_TASKS} are taken for tasks"


def event_codes(cells: TextColumn, names: Mapping[EventName, Sequence[str]]) -> Codes:
    """Return the position in ``EVENTS`` of each cell; names of the map file go before the usual words."""
    return _by_names(cells, [(*names.get(event, ()), *_usual(EVENT_WORDS[event], names)) for event in EVENTS])


def outcome_codes(cells: TextColumn, names: Mapping[OutcomeName, Sequence[str]]) -> Codes:
    """Return the position in ``OUTCOMES`` of each cell."""
    return _by_names(cells, [(*names.get(item, ()), *_usual(OUTCOME_WORDS[item], names)) for item in OUTCOMES])


def _usual(words: Sequence[str], names: Mapping[Any, Sequence[str]]) -> list[str]:
    """Return the usual words that the map file does not use for something else."""
    taken = {name.casefold() for listed in names.values() for name in listed}
    return [word for word in words if word not in taken]


def task_codes(cells: TextColumn, names: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], Codes]:
    """
    Return the task ids and the position of each cell's task among them.

    Parameters
    ----------
    cells
        The column.
    names
        Task ids and their names in the log. Empty: every name that stands in some rows is a task, its id
        made of its letters; what looks personal is none.

    Raises
    ------
    TooManyTasksError
        If no names are given and the column holds too many different texts.

    Examples
    --------
    >>> cells = np.array(["Cash in", "Cash in", "Cash in", "oops", "13912345678"], dtype=object)
    >>> ids, codes = task_codes(cells, {})
    >>> ids, codes.tolist()
    (('Cash_in',), [0, 0, 0, -2, -2])
    """
    if names:
        return tuple(names), _by_names(cells, list(names.values()))
    found, counts = np.unique(cells[cells != ""].astype(str), return_counts=True)
    ids: dict[str, str] = {}
    for name, count in zip(found.tolist(), counts.tolist(), strict=True):
        if count >= LEAST_ROWS and not value_looks_personal(name):
            ids[name] = _key(name, set(ids.values()))
    if len(ids) > MOST_TASKS:
        raise TooManyTasksError(len(found))
    return tuple(ids.values()), _by_names(cells, [(name,) for name in ids], patterns=False)


def resource_codes(cells: TextColumn, names: Mapping[Lane, Sequence[str]]) -> tuple[Codes, Codes]:
    """
    Return the lane (0 terminal, 1 counter) and the number of the resource in each cell.

    Parameters
    ----------
    cells
        The column.
    names
        Names in the log of each lane; empty: every resource is a counter.
    """
    known, numbers = np.unique(cells.astype(str), return_inverse=True)
    servers: Codes = np.where(cells == "", EMPTY, numbers.reshape(-1))
    if not names:
        return np.where(cells == "", EMPTY, 1), servers
    lanes = _by_names(known.astype(object), [names.get("terminal", ()), names.get("counter", ())])
    return lanes[numbers.reshape(-1)], servers


def _by_names(cells: TextColumn, names: Sequence[Sequence[str]], *, patterns: bool = True) -> Codes:
    """Return the position of the names that each cell belongs to; exact names go before patterns."""
    exact = {_folded(name): code for code, listed in reversed(list(enumerate(names))) for name in listed}
    matchers = [
        (re.compile(".*".join(map(re.escape, _folded(name).split("*")))), code)
        for code, listed in enumerate(names)
        for name in listed
        if patterns and "*" in name
    ]
    lookup: Callable[[str], int] = _remembered(lambda cell: _code(_folded(cell), exact, matchers))
    return np.array([lookup(cell) for cell in cells], dtype=np.int64)


def _remembered(function: Callable[[str], int]) -> Callable[[str], int]:
    known: dict[str, int] = {}

    def look(cell: str) -> int:
        if cell not in known:
            known[cell] = function(cell)
        return known[cell]

    return look


def _code(cell: str, exact: Mapping[str, int], matchers: Sequence[tuple[re.Pattern[str], int]]) -> int:
    if not cell:
        return EMPTY
    if cell in exact:
        return exact[cell]
    return next((code for pattern, code in matchers if pattern.fullmatch(cell)), UNKNOWN)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _key(name: str, taken: set[str]) -> str:
    """Return an id made of the letters of a name, told apart from those that are taken."""
    plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name)).strip("_")[:56] or "task"
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}_{number}", number + 1
    return key
