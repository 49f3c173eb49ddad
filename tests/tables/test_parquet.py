"""Columns into Parquet and back."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsim.tables.parquet import Numbers, Texts, read_parquet, write_parquet

WORDS = ("", "a", "site 1", "取现", "=1+1")
rows = st.lists(
    st.tuples(
        st.integers(-1, len(WORDS) - 1),
        st.integers(-(2**63), 2**63 - 1),
        st.one_of(st.just(float("nan")), st.floats(allow_nan=False, width=64)),
        st.booleans(),
    ),
    max_size=50,
)


@given(rows)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_columns_come_back_and_repeat_to_the_byte(tmp_path, drawn):
    code, whole, real, missing = (
        np.array([row[place] for row in drawn], dtype=kind) for place, kind in enumerate("qqd?")
    )
    columns = {
        "id": Texts(WORDS, code),
        "count": Numbers(whole, missing),
        "minute": Numbers(real),
        "all": Numbers(whole),
    }
    about = {"netsim": "1", "scenario": "小镇"}
    for name in ("a", "b"):
        write_parquet(tmp_path / name, columns, about)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    found, told = read_parquet(tmp_path / "a")
    assert told == about
    assert list(found) == list(columns)
    texts = found["id"]
    words = [texts.words[number] if number >= 0 else None for number in texts.code]
    assert words == [WORDS[number] if number >= 0 else None for number in code]
    np.testing.assert_array_equal(found["count"].missing, missing)
    np.testing.assert_array_equal(found["count"].values[~missing], whole[~missing])
    np.testing.assert_array_equal(found["minute"].values, real)
    np.testing.assert_array_equal(found["minute"].missing, np.isnan(real))
    np.testing.assert_array_equal(found["all"].values, whole)
