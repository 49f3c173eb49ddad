"""Logs as text: only what was asked for, ragged rows told by their line."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from netsim.errors import BadInputError
from netsim.tables import read_texts

TABLE = pd.DataFrame({"id": ["007", "8", ""], "窗口": ["一", " 二 ", "NaN"], "name": ["A. Person", "x", "y"]})


def write(folder, name):
    path = folder / name
    if name.endswith("xlsx"):
        TABLE.to_excel(path, index=False)
    elif name.endswith("parquet"):
        TABLE.to_parquet(path, index=False)
    else:
        TABLE.to_csv(path, index=False, encoding="gb18030" if "gb" in name else "utf-8")
    return path


@pytest.mark.parametrize("name", ["a.csv", "gb.csv", "a.xlsx", "a.parquet"])
def test_every_format_gives_the_same_text(tmp_path, name):
    found = read_texts(write(tmp_path, name), lambda header: {"id", "窗口"} & set(header))
    assert found.header == ("id", "窗口", "name")
    assert set(found.columns) == {"id", "窗口"}
    assert found.columns["id"].tolist() == ["007", "8", ""]
    assert found.columns["窗口"].tolist() == ["一", "二", ""]
    assert found.encoding == {"a.csv": "utf-8", "gb.csv": "gb18030"}.get(name, "")


def test_typed_cells_of_parquet_become_text(tmp_path):
    path = tmp_path / "a.parquet"
    moment = dt.datetime(2024, 3, 4, 9, 30)  # noqa: DTZ001 - logs carry wall-clock times
    pd.DataFrame({"n": [1.0, np.nan], "t": [moment, None]}).to_parquet(path)
    found = read_texts(path, set)
    assert found.columns["n"].tolist() == ["1", ""]
    assert found.columns["t"].tolist() == ["2024-03-04 09:30:00", ""]


def test_a_ragged_row_is_left_out_and_told_by_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,2\n\n3\n"x\ny",5\n6,7,8\n', encoding="utf-8")
    found = read_texts(path, set)
    assert found.columns["b"].tolist() == ["2", "5"]
    assert found.lines.tolist() == [2, 6]
    assert found.ragged.tolist() == [4, 7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table is empty"),
        ("a,b\n", "there is a header and no row"),
        ("a,a\n1,2\n", "the column 'a' stands twice"),
        ('a,b\n"1,2\n', "no readable table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        read_texts(path, set, name="shown.csv")


def test_a_column_that_stands_twice_may_be_ignored(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,a,b,\n1,2,3,4\n", encoding="utf-8")
    assert read_texts(path, lambda _: {"b"}).columns["b"].tolist() == ["3"]
