"""A mixed-integer linear program as arrays, and a builder that adds whole blocks at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Number = TypeVar("Number", bound=np.generic)
_NO_INDEX = np.zeros(0, dtype=np.int64)
_NO_VALUE = np.zeros(0, dtype=np.float64)
_NO_FLAG = np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class LinearProgram:
    """
    Minimise ``cost @ x + offset`` subject to ``row_lower <= A x <= row_upper`` and bounds on ``x``.

    Parameters
    ----------
    cost
        Objective, shape ``(columns,)``.
    starts, columns, values
        ``A`` by rows (CSR): row r holds the entries ``starts[r]`` to ``starts[r + 1]``.
    row_lower, row_upper
        Shape ``(rows,)``; ``-inf`` or ``inf`` where a row has no such side.
    lower, upper
        Bounds of the columns, shape ``(columns,)``.
    integer
        Whether a column must be whole, shape ``(columns,)``.
    offset
        Constant of the objective.
    column_names, row_names
        Names for people; empty where the builder was told to spare them.

    Raises
    ------
    ValueError
        If shapes do not agree.
    """

    cost: NDArray[np.float64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    offset: float = 0.0
    column_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the shapes; freeze the arrays."""
        count, rows = len(self.cost), len(self.row_lower)
        by_column = (self.lower, self.upper, self.integer)
        if any(array.shape != (count,) for array in by_column) or self.row_upper.shape != (rows,):
            raise ValueError("linear program: bounds and costs need one shape")
        if self.starts.shape != (rows + 1,) or self.columns.shape != self.values.shape:
            raise ValueError("linear program: the rows do not match their entries")
        if self.columns.size and not 0 <= self.columns.min() <= self.columns.max() < count:
            raise ValueError("linear program: an entry names a column that does not exist")
        for array in (*by_column, self.cost, self.starts, self.columns, self.values, self.row_lower, self.row_upper):
            array.flags.writeable = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.row_lower), len(self.cost)

    def activity(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``A x``, shape ``(rows,)``."""
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.starts))
        terms = self.values * x[self.columns]
        return np.bincount(rows, weights=terms, minlength=self.shape[0]).astype(np.float64)

    def objective(self, x: NDArray[np.float64]) -> float:
        """Return the value of the objective."""
        return float(self.cost @ x + self.offset)

    def violation(self, x: NDArray[np.float64]) -> float:
        """Return the largest amount by which ``x`` breaks a row, a bound or integrality."""
        activity = self.activity(x)
        parts = (
            self.row_lower - activity,
            activity - self.row_upper,
            self.lower - x,
            x - self.upper,
            np.abs(x - np.round(x))[self.integer],
        )
        return max((float(part.max()) for part in parts if part.size), default=0.0)


@dataclass(slots=True)
class ProgramBuilder:
    """
    Collect columns and rows in blocks and join them into a ``LinearProgram``.

    Parameters
    ----------
    named
        Whether columns and rows get names (for people; costs time on large programs).
    offset
        Constant of the objective; parts may add to it.

    Examples
    --------
    >>> builder = ProgramBuilder(named=True)
    >>> x = builder.add_columns("x", np.array([1.0, 2.0]), upper=4.0)
    >>> _ = builder.add_rows("enough", np.array([0, 0]), x, 1.0, lower=np.array([3.0]))
    >>> program = builder.build()
    >>> program.shape, program.column_names
    ((1, 2), ('x_0', 'x_1'))
    """

    named: bool = False
    offset: float = 0.0
    _cost: list[NDArray[np.float64]] = field(default_factory=list)
    _bounds: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]] = field(default_factory=list)
    _entries: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=list)
    _extra: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=list)
    _sides: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)
    _names: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    _count: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows so far."""
        return self._count[0], self._count[1]

    def add_columns(
        self,
        name: str,
        cost: NDArray[np.float64],
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: bool = False,
        labels: list[str] | None = None,
    ) -> NDArray[np.int64]:
        """
        Add a block of columns and return their positions, shape ``(n,)``.

        Parameters
        ----------
        name
            Name of the block.
        cost
            Objective, shape ``(n,)``.
        lower, upper
            Bounds, scalar or shape ``(n,)``.
        integer
            Whether the block is whole-numbered.
        labels
            Names within the block, length n; numbers where absent.
        """
        count = len(cost)
        first = self._count[0]
        self._count[0] += count
        self._cost.append(np.asarray(cost, dtype=np.float64))
        self._bounds.append((_spread(lower, count), _spread(upper, count), np.full(count, integer)))
        self._label(0, name, count, labels)
        return np.arange(first, first + count, dtype=np.int64)

    def add_rows(
        self,
        name: str,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        values: ArrayLike,
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        count: int | None = None,
        labels: list[str] | None = None,
    ) -> NDArray[np.int64]:
        """
        Add a block of rows given by its entries and return their positions.

        Parameters
        ----------
        name
            Name of the block.
        rows
            Row of each entry, counted from 0 within the block, shape ``(k,)``.
        columns, values
            Column and value of each entry; entries of one row and column add up.
        lower, upper
            Sides, scalar or shape ``(n,)``.
        count
            Number of rows; by default that of the sides, else the largest row named.
        labels
            Names within the block.
        """
        if count is None:
            sized = [np.size(side) for side in (lower, upper) if np.ndim(side) > 0]
            count = sized[0] if sized else int(rows.max(initial=-1)) + 1
        first = self._count[1]
        self._count[1] += count
        entries = (rows.astype(np.int64) + first, columns.astype(np.int64), _spread(values, len(rows)))
        self._entries.append(entries)
        self._sides.append((_spread(lower, count), _spread(upper, count)))
        self._label(1, name, count, labels)
        return np.arange(first, first + count, dtype=np.int64)

    def add_cost(self, columns: NDArray[np.int64], cost: ArrayLike) -> None:
        """Add to the cost of columns; a column that stands several times gets the sum."""
        self._extra.append((columns, _spread(cost, len(columns))))

    def build(self) -> LinearProgram:
        """Return the program with the entries of each row sorted by column."""
        columns_count, rows_count = self._count
        row = _join([entry[0] for entry in self._entries], _NO_INDEX)
        column = _join([entry[1] for entry in self._entries], _NO_INDEX)
        value = _join([entry[2] for entry in self._entries], _NO_VALUE)
        key = row * max(columns_count, 1) + column
        unique, entry = np.unique(key, return_inverse=True)
        summed = np.bincount(entry, weights=value, minlength=len(unique))
        kept = summed != 0.0
        row, column = np.divmod(unique[kept], max(columns_count, 1))
        starts = np.zeros(rows_count + 1, dtype=np.int64)
        np.cumsum(np.bincount(row, minlength=rows_count), out=starts[1:])
        cost = _join(self._cost, _NO_VALUE)
        for where, extra in self._extra:
            np.add.at(cost, where, extra)
        return LinearProgram(
            cost=cost,
            starts=starts,
            columns=column,
            values=summed[kept],
            row_lower=_join([side[0] for side in self._sides], _NO_VALUE),
            row_upper=_join([side[1] for side in self._sides], _NO_VALUE),
            lower=_join([bound[0] for bound in self._bounds], _NO_VALUE),
            upper=_join([bound[1] for bound in self._bounds], _NO_VALUE),
            integer=_join([bound[2] for bound in self._bounds], _NO_FLAG),
            offset=self.offset,
            column_names=tuple(self._names[0]),
            row_names=tuple(self._names[1]),
        )

    def _label(self, axis: int, name: str, count: int, labels: list[str] | None) -> None:
        if self.named:
            inner = labels if labels is not None else [str(index) for index in range(count)]
            self._names[axis].extend(f"{name}_{label}" for label in inner)


def _spread(value: ArrayLike, count: int) -> NDArray[np.float64]:
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))


def _join(parts: list[NDArray[Number]], empty: NDArray[Number]) -> NDArray[Number]:
    return np.concatenate(parts) if parts else empty.copy()
