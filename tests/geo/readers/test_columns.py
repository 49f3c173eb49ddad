from __future__ import annotations

import datetime as dt
import io
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError
from netsim.geo.readers.columns import TEXT, alike


def one(values, name: str = "value", dtype: object = None) -> pd.Series:
    frame = pd.DataFrame({name: pd.Series(values, dtype=dtype)})
    layer = gpd.GeoDataFrame(frame, geometry=shapely.points(np.zeros((len(frame), 2))), crs="EPSG:4326")
    return alike(layer, "layer", list)[0][name]


@pytest.mark.parametrize(
    ("values", "dtype", "wanted"),
    [
        (["1", "0", "-3"], object, np.array([1, 0, -3])),
        (["1", "", "-3"], object, np.array([1.0, math.nan, -3.0])),
        (["1", "NA", "0"], object, np.array([1.0, math.nan, 0.0])),
        (["1.0", "2.0"], object, np.array([1, 2])),
        (["1.5", "1e-05", ".5"], object, np.array([1.5, 1e-5, 0.5])),
        ([1, 2], "float32", np.array([1, 2])),
        ([1, 2], "uint8", np.array([1, 2])),
        ([1, None], "Int64", np.array([1.0, math.nan])),
        ([2**62, 1], "int64", np.array([2**62, 1])),
        ([1.5, math.inf], "float64", np.array([1.5, math.inf])),
        ([None, None], object, np.array([math.nan, math.nan])),
        (["", " "], object, np.array([math.nan, math.nan])),
        (["TRUE", "false"], object, np.array([True, False])),
        ([True, False], "boolean", np.array([True, False])),
    ],
)
def test_numbers_and_bools(values, dtype, wanted):
    column = one(values, dtype=dtype)
    assert column.dtype == wanted.dtype
    np.testing.assert_array_equal(column.to_numpy(), wanted)


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("tract", ["017", "18"], ["017", "18"]),
        ("phone_number", ["+49", "18"], ["+49", "18"]),
        ("note", ["NA", "x"], ["NA", "x"]),
        ("note", ["NA", "NA"], ["NA", "NA"]),
        ("note", [" a ", "Cafe\u0301"], ["a", "Caf\u00e9"]),
        ("zone_id", [7, 8], ["7", "8"]),
        ("zone_id", [7.0, math.nan], ["7", None]),
        ("代码", ["1", "2"], ["1", "2"]),
        ("card", ["110101199003070000", None], ["110101199003070000", None]),
        ("card", ["1101011990030700001", "1"], ["1101011990030700001", "1"]),
        ("open", [True, None], ["true", None]),
        ("day", [dt.date(2026, 1, 2), None], ["2026-01-02", None]),
        (
            "day",
            pd.to_datetime(["2026-01-02", "2026-01-02 03:04"], format="mixed"),
            ["2026-01-02", "2026-01-02T03:04:00"],
        ),
        ("tags", [{"a": "中"}, [1, 2]], ['{"a": "中"}', "[1, 2]"]),
    ],
)
def test_texts(name, values, wanted):
    column = one(list(values), name)
    assert column.dtype == TEXT
    assert [None if pd.isna(value) else value for value in column] == wanted


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53)), min_size=1
    )
)
def test_typed_numbers_and_the_same_written_out_are_alike(values):
    typed = pd.DataFrame({"value": pd.Series(values, dtype=float)})
    written = io.StringIO()
    typed.to_csv(written, index=False)
    text = written.getvalue().splitlines()[1:]
    cells = ["" if cell == '""' else cell for cell in text]
    pd.testing.assert_series_equal(one(cells, dtype=object), one(typed["value"].to_list(), dtype=float))


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.text(max_size=8), min_size=1, max_size=6))
def test_reading_twice_changes_nothing(values):
    once = one(values, dtype=object)
    pd.testing.assert_series_equal(one(once.to_list(), dtype=once.dtype), once)


def test_columns_of_one_name_are_refused_and_further_shapes_left_out():
    frame = gpd.GeoDataFrame({"a": [1], " a": [2]}, geometry=[shapely.Point(0, 0)], crs="EPSG:4326")
    with pytest.raises(LayerError, match="layer: the column 'a' stands twice; rename one of them"):
        alike(frame, "layer", list)
    more = gpd.GeoSeries([shapely.Point(1, 1)], crs="EPSG:4326")
    frame = gpd.GeoDataFrame({"id": ["a"], "centre": more, "bbox": [{"xmin": 0.0}]}, geometry=more, crs="EPSG:4326")
    read, notes = alike(frame, "layer", list)
    assert list(read.columns) == ["id", "geometry"]
    assert notes == tuple(f"column {name!r} holds further shapes and is left out" for name in ("centre", "bbox"))
