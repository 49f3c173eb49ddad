import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsim.errors import BadInputError
from netsim.tables import read_table, xlsx_rows

HEXES = "id,name,people,jobs\n007,NA,12,3.5\n89a9,Nord,0,\nNA,=1+1,7,NA\n"


def write(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(path, **columns):
    with pytest.raises(BadInputError) as caught:
        read_table(path, name=path.name, **columns)
    assert caught.value.exit_code == 2
    return [str(fault) for fault in caught.value.faults]


def book(folder, rows, name="t.xlsx"):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / name)
    return folder / name


def check_hexes(table):
    assert list(table.columns) == ["id", "name", "people", "jobs"]
    assert table["id"].tolist() == ["007", "89a9", "NA"]
    assert table["name"].tolist() == ["NA", "Nord", "=1+1"]
    assert table["people"].dtype == np.int64
    assert table["people"].tolist() == [12, 0, 7]
    assert table["jobs"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    "content",
    [
        HEXES.encode(),
        b"\xef\xbb\xbf" + HEXES.encode(),
        HEXES.replace(",", ";").encode(),
        HEXES.replace(",", "\t").encode(),
        HEXES.replace(",", "|").encode(),
        HEXES.replace("\n", "\r\n").encode(),
        HEXES.rstrip("\n").encode(),
        (HEXES + "\n,,,\n").encode(),
        b'"id","name","people","jobs"\n"007","NA","12","3.5"\n"89a9","Nord","0",""\n"NA","=1+1","7","NA"\n',
    ],
    ids=["plain", "mark", "semicolon", "tab", "bar", "crlf", "no end", "blank rows", "quoted"],
)
def test_one_table_in_many_clothes_is_read_alike(content, tmp_path):
    check_hexes(read_table(write(tmp_path, content), text_columns=["id", "name"], number_columns=["people", "jobs"]))


def test_a_workbook_is_read_like_a_text_table(tmp_path):
    rows = [
        ["id", "name", "people", "jobs"],
        ["007", "NA", 12, 3.5],
        ["89a9", "Nord", 0, None],
        ["NA", "'=1+1", 7, "NA"],
    ]
    rows[3][1] = "x"
    table = read_table(book(tmp_path, rows), text_columns=["id", "name"], number_columns=["people", "jobs"])
    assert table["id"].tolist() == ["007", "89a9", "NA"]
    assert table["people"].tolist() == [12, 0, 7]
    assert table["jobs"].isna().tolist() == [False, True, True]


def test_a_parquet_file_is_read_with_ids_as_text(tmp_path):
    pd.DataFrame({"id": [1, 2], "people": [3.0, 4.5]}).to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet", text_columns=["id"], number_columns=["people"])
    assert table["id"].tolist() == ["1", "2"]
    assert table["people"].tolist() == [3.0, 4.5]
    assert "did you mean 'people'?" in faults(tmp_path / "t.parquet", number_columns=["poeple"])[0]
    assert "decimal numbers" in faults(tmp_path / "t.parquet", text_columns=["people"])[0]


def test_columns_that_are_not_named_are_numbers_only_if_all_their_cells_are(tmp_path):
    table = read_table(write(tmp_path, "a,b,c,d\n1,01,2.5,x\n2,02,,y\n"))
    assert table["a"].tolist() == [1, 2]
    assert table["b"].tolist() == ["01", "02"]
    assert table["c"].tolist()[0] == 2.5
    assert np.isnan(table["c"].tolist()[1])
    assert table["d"].tolist() == ["x", "y"]


def test_gb18030_is_read_and_named(tmp_path):
    table = read_table(write(tmp_path, "编号,名称\n1,网点\n".encode("gb18030")), text_columns=["编号"])
    assert table["名称"].tolist() == ["网点"]
    assert table.attrs["encoding"] == "gb18030"
    assert read_table(write(tmp_path, "a\n1\n")).attrs["encoding"] == "utf-8"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ["t.csv: the table is empty"]),
        (b"\n \n", ["t.csv: the table is empty"]),
        (b"a,b\n", ["t.csv: the table is empty: there is a header and no row"]),
        (
            b"a,b\n1,2,3\n4\n",
            ["t.csv:2:1: the row has 3 cells; the header has 2 columns", "t.csv:3:1: the row has 1 cells"],
        ),
        (b'a,b\n"x\ny",2\n1\n', ["t.csv:4:1: the row has 1 cells"]),
        (b"a,,a\n1,2,3\n", ["t.csv:1:2: the column has no name", "t.csv:1:3: a: the column 'a' stands twice"]),
        (b'a,b\n"1,2\n', ["t.csv:2:1: no readable table"]),
        (b"\xff\xfea\x00", ["t.csv:1:1: the file is UTF-16"]),
        (b"a\n\x00\n", ["t.csv: the file is binary"]),
        (b"a\nb\xff\n", ["t.csv:2:1: neither UTF-8 nor GB18030"]),
        (b"PK\x03\x04", ["t.csv: the file is a workbook"]),
    ],
)
def test_a_broken_table_is_told_with_its_lines(content, told, tmp_path):
    lines = faults(write(tmp_path, content))
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True)), lines


def test_columns_that_are_missing_are_told_with_the_nearest_name(tmp_path):
    path = write(tmp_path, HEXES)
    assert faults(path, text_columns=["ID"], number_columns=["poeple"]) == [
        "t.csv:1:1: ID: the column is missing; there are id, name, people, jobs",
        "t.csv:1:1: poeple: the column is missing; did you mean 'people'?",
    ]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [("west", "'west'"), ("1.200,5", "use a point"), ('"1,200"', "use a point"), ("007", "'007'"), ("inf", "'inf'")],
)
def test_a_cell_that_is_no_number_is_told_with_its_line(cell, hint, tmp_path):
    (told,) = faults(write(tmp_path, f"id;people\na;1\nb;{cell}\n"), number_columns=["people"])
    assert told.startswith("t.csv:3:2: people: expected a number, got ")
    assert hint in told


def test_a_missing_file_is_told(tmp_path):
    assert "no such file" in faults(tmp_path / "gone.csv")[0]
    assert "no such file" in faults(tmp_path / "gone.parquet")[0]
    (tmp_path / "bad.parquet").write_bytes(b"PAR1nonsense")
    assert "no readable Parquet file" in faults(tmp_path / "bad.parquet")[0]
    assert "is a folder" in faults(tmp_path)[0]


def test_a_formula_without_a_stored_value_is_told(tmp_path):
    path = book(tmp_path, [["id", "people"], ["a", 1], ["b", "=1+1"]])
    assert faults(path)[0].startswith("t.xlsx:3:2: the formula '=1+1' has no stored value")


def test_ragged_and_dated_rows_of_a_workbook(tmp_path):
    table = read_table(book(tmp_path, [["id", "day", "open"], ["a", dt.date(2024, 2, 1), True], ["b", None, False]]))
    assert table["day"].tolist() == ["2024-02-01", ""]
    assert table["open"].tolist() == ["true", "false"]
    assert "the row has 3 cells" in faults(book(tmp_path, [["a", "b"], [1, 2, 3]]))[0]
    assert "is empty" in faults(book(tmp_path, []))[0]


def test_workbooks_that_could_do_harm_are_refused(tmp_path, monkeypatch):
    assert "password" in faults(write(tmp_path, b"\xd0\xcf\x11\xe0rest", "t.xlsx"))[0]
    assert "no .xlsx archive" in faults(write(tmp_path, b"hello", "u.xlsx"))[0]
    path = book(tmp_path, [["a"], [1]], "m.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in faults(path)[0]
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", b"0" * 101_000_000)
    assert "unpacks to 101,000,000 bytes" in faults(tmp_path / "z.xlsx")[0]
    with zipfile.ZipFile(tmp_path / "e.xlsx", "w") as archive:
        archive.writestr("x", b"")
    assert "no readable workbook" in faults(tmp_path / "e.xlsx")[0]
    monkeypatch.setattr(xlsx_rows, "CELLS", 3)
    assert "more than 3 cells" in faults(book(tmp_path, [["a", "b"], [1, 2]], "c.xlsx"))[0]


cells = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(cells, st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False)), min_size=1
    )
)
def test_what_pandas_writes_comes_back(tmp_path, rows):
    frame = pd.DataFrame(rows, columns=["id", "count", "size"])
    frame.to_csv(tmp_path / "t.csv", index=False)
    table = read_table(tmp_path / "t.csv", text_columns=["id"], number_columns=["count", "size"])
    assert table["id"].tolist() == frame["id"].tolist()
    assert table["count"].tolist() == frame["count"].tolist()
    assert [float(size) for size in table["size"]] == frame["size"].tolist()


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=80), st.sampled_from(["t.csv", "t.xlsx", "t.parquet"]))
def test_any_bytes_are_read_or_told(tmp_path, content, name):
    try:
        table = read_table(write(tmp_path, content, name))
    except BadInputError:
        return
    assert len(table) > 0
