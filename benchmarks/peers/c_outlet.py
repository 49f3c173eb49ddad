"""
The workload in plain C: ``outlet.c``, compiled by the system's gcc when it is first used.

It takes customers, failures and random words as our kernel does, and gives the same rows bit for bit.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.workload import REFERENCE_OUTLET, TERMINAL, Outlet, lognormal_parameters

Rows = dict[str, NDArray[Any]]

COLUMNS = {
    "visit": np.int32,
    "station": np.int8,
    "arrive": np.float64,
    "call": np.float64,
    "end": np.float64,
    "outcome": np.int8,
}
"""Columns of the rows, in the order of the C function's arguments."""
_SOURCE = Path(__file__).with_name("outlet.c")
_FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")


def available() -> bool:
    """Return whether the C version can be compiled here."""
    return shutil.which("gcc") is not None


def simulate_day(
    minute: NDArray[np.float64],
    cls: NDArray[np.int64],
    words: NDArray[np.uint64],
    failure_minute: NDArray[np.float64],
    failure_repair: NDArray[np.float64],
) -> Rows:
    """
    Return the rows of one day, one each time a customer comes to a station, in order of joining.

    Parameters
    ----------
    minute
        When the customers come, shape ``(n,)``, never decreasing.
    cls
        Class and first station, shape ``(n,)``: ``2 * class`` at a terminal, ``2 * class + 1`` at the counter.
    words
        The customers' own words, shape ``(n, 2)``.
    failure_minute, failure_repair
        Failures of terminals and their repair times, shape ``(m,)``, minutes never decreasing.

    Returns
    -------
    Columns ``visit`` (position of the customer), ``station`` (0 terminal, 1 counter), ``arrive``, ``call``
    (NaN for never), ``end``, ``outcome`` (0 served, 1 abandoned, 2 unresolved, 3 sent away, 6 goes on to
    the counter, 7 balked).
    """
    offsets = np.array([[0, len(minute)], [0, len(failure_minute)]])
    rows = simulate_days(minute, cls, words, failure_minute, failure_repair, offsets[0], offsets[1])
    ends = rows.pop("row_offset")
    return {name: column[: ends[-1]].copy() for name, column in rows.items()}


def simulate_days(
    minute: NDArray[np.float64],
    cls: NDArray[np.int64],
    words: NDArray[np.uint64],
    failure_minute: NDArray[np.float64],
    failure_repair: NDArray[np.float64],
    customer_offset: NDArray[np.int64],
    failure_offset: NDArray[np.int64],
    rows: Rows | None = None,
) -> Rows:
    """
    Return the rows of many days, run in one call of C.

    Parameters
    ----------
    minute, cls, words, failure_minute, failure_repair
        As for one day, the days one after the other.
    customer_offset, failure_offset
        Where each day begins and the last ends, shape ``(days + 1,)``.
    rows
        Memory to write into, from ``room``; None takes new.

    Returns
    -------
    The columns of ``simulate_day`` at full length, and ``row_offset`` of shape ``(days + 1,)``: where the
    rows of each day begin and the last ends. Visits count from the first customer of their day.

    Raises
    ------
    ValueError
        If lengths do not fit together or a class is not in 0 .. 5.
    MemoryError
        If there is no memory.
    """
    customers, days = len(minute), len(customer_offset) - 1
    if rows is None:
        rows = room(customers, days)
    if cls.shape != (customers,) or words.shape != (customers, 2) or customer_offset[-1] != customers:
        raise ValueError(f"c_outlet: minutes, classes, words and offsets of {customers} customers do not fit together")
    if len(failure_minute) != len(failure_repair) or failure_offset[-1] != len(failure_minute):
        raise ValueError("c_outlet: minutes, repairs and offsets of the failures do not fit together")
    if len(failure_offset) != days + 1 or len(rows["row_offset"]) != days + 1 or len(rows["visit"]) < 2 * customers:
        raise ValueError(f"c_outlet: offsets or rows do not fit {days} days")
    if customers and not 0 <= cls.min() <= cls.max() < 6:
        raise ValueError(f"c_outlet: classes from {cls.min()} to {cls.max()}, expected 0 to 5")
    inputs = (customer_offset, minute, cls, words, failure_offset, failure_minute, failure_repair)
    if _library()(days, *inputs, rows["row_offset"], *(rows[name] for name in COLUMNS)) != 0:
        raise MemoryError("c_outlet: no memory for the day")
    return rows


def room(customers: int, days: int) -> Rows:
    """Return empty columns for ``simulate_days``, with room for all rows of these customers."""
    rows: Rows = {name: np.empty(2 * customers, dtype=kind) for name, kind in COLUMNS.items()}
    return {**rows, "row_offset": np.empty(days + 1, dtype=np.int64)}


@cache
def _library() -> Any:  # noqa: ANN401
    """Return the compiled C function ``outlet_days``."""
    gcc = shutil.which("gcc")
    if gcc is None:
        raise RuntimeError("c_outlet: there is no gcc; ask available() first")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "workload.h").write_text(_header(REFERENCE_OUTLET), encoding="utf-8")
        target = Path(folder) / "outlet.so"
        subprocess.run([gcc, *_FLAGS, f"-I{folder}", "-o", str(target), str(_SOURCE), "-lm"], check=True)
        function = ctypes.CDLL(str(target)).outlet_days
    kinds = (np.int64, np.float64, np.int64, np.uint64, np.int64, np.float64, np.float64, np.int64, *COLUMNS.values())
    function.argtypes = [ctypes.c_int64, *(np.ctypeslib.ndpointer(kind, flags="C_CONTIGUOUS") for kind in kinds)]
    function.restype = ctypes.c_int
    return function


def _header(outlet: Outlet) -> str:
    """Return the figures as C constants; hexadecimal floats keep every bit."""
    laws = [
        [lognormal_parameters(mean, station.service_cv) for mean in station.service_mean] for station in outlet.stations
    ]
    median = [[median for median, _ in law] for law in laws]
    patience = [station.patience_mean for station in outlet.stations]
    lines = [
        f"#define CLOSES {outlet.closes.hex()}",
        f"#define SHIFT {outlet.shift.hex()}",
        f"#define SHIFTS {len(outlet.staff)}",
        f"#define TERMINALS {outlet.stations[TERMINAL].servers}",
        f"#define BALK {outlet.balk.hex()}",
        f"static const int STAFF[] = {_braces(outlet.staff)};",
        f"static const int BALK_AT[] = {_braces([station.balk_at for station in outlet.stations])};",
        f"static const double MEDIAN[][3] = {{{', '.join(map(_braces, median))}}};",
        f"static const double SIGMA[] = {_braces([law[0][1] for law in laws])};",
        f"static const double PATIENCE[][3] = {{{', '.join(map(_braces, patience))}}};",
        f"static const double FAIL_OVER[] = {_braces(outlet.fail_over)};",
    ]
    return "\n".join([*lines, ""])


def _braces(numbers: Sequence[float]) -> str:
    """Return numbers as a C initialiser."""
    return "{" + ", ".join(number.hex() if isinstance(number, float) else str(number) for number in numbers) + "}"
