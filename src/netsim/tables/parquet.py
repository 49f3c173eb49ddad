"""Columns into a Parquet file and back: ids as dictionaries of text, the same bytes for the same columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROWS_IN_A_GROUP = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """
    A column of texts that come from few words.

    Parameters
    ----------
    words
        The words; each stands once.
    code
        Position of each row's word, -1 for none, shape ``(n,)``.
    """

    words: tuple[str, ...]
    code: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """
    A column of numbers.

    Parameters
    ----------
    values
        Shape ``(n,)``; NaN stands for none in a column of floats.
    missing
        Which rows have none, shape ``(n,)``; None takes the NaN.
    """

    values: NDArray[np.int64] | NDArray[np.float64]
    missing: NDArray[np.bool_] | None = None


def write_parquet(path: Path, columns: Mapping[str, Texts | Numbers], about: Mapping[str, str]) -> None:
    """
    Write columns of one length.

    Parameters
    ----------
    path
        The file, overwritten.
    columns
        By name, in order.
    about
        What the file's metadata tells: by key, in order.
    """
    import pyarrow as pa  # noqa: PLC0415  # heavy
    import pyarrow.parquet as pq  # noqa: PLC0415

    arrays = []
    for column in columns.values():
        if isinstance(column, Texts):
            code = pa.array(column.code.astype(np.int32), mask=column.code < 0)
            arrays.append(pa.DictionaryArray.from_arrays(code, pa.array(column.words, pa.string())))
            continue
        missing = np.isnan(column.values) if column.missing is None else column.missing
        arrays.append(pa.array(column.values, mask=missing))
    schema = pa.schema([pa.field(name, array.type) for name, array in zip(columns, arrays, strict=True)])
    table = pa.Table.from_arrays(arrays, schema=schema.with_metadata(dict(about)))
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS_IN_A_GROUP)


def read_parquet(path: Path) -> tuple[dict[str, Texts | Numbers], dict[str, str]]:
    """
    Return the columns and the metadata of a file that ``write_parquet`` wrote.

    Parameters
    ----------
    path
        The file.
    """
    import pyarrow as pa  # noqa: PLC0415  # heavy
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pq.read_table(path)
    columns: dict[str, Texts | Numbers] = {}
    for name in table.column_names:
        array = table.column(name).combine_chunks()
        missing = np.asarray(array.is_null())
        if pa.types.is_dictionary(array.type):
            code = np.asarray(array.indices.fill_null(-1)).astype(np.int64)
            columns[name] = Texts(tuple(array.dictionary.to_pylist()), code)
        elif pa.types.is_floating(array.type):
            columns[name] = Numbers(np.asarray(array.fill_null(float("nan"))), missing)
        else:
            columns[name] = Numbers(np.asarray(array.fill_null(-1)).astype(np.int64), missing)
    about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return columns, about
