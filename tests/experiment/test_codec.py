"""Records survive the way to JSON and back; anything else is refused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from netsim.experiment.codec import from_plain, to_plain
from netsim.model.network import Option, Site
from netsim.model.provenance import Provenance
from netsim.model.result import KpiValue


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Every kind of field that a record may have."""

    table: NDArray[np.float64]
    counts: NDArray[np.int64]
    pairs: tuple[tuple[str, float], ...]
    raw: bytes
    maybe: Option | None


def test_site_round_trip():
    site = Site(
        "a",
        "Bank <1>",
        "branch",
        1.5,
        2.5,
        Option("branch", "standard", 4, 1),
        ("branch",),
        "Brand",
        False,
        Provenance("osm", "data"),
    )
    assert from_plain(Site, json.loads(json.dumps(to_plain(site)))) == site


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=12),
    st.lists(st.integers(-(2**62), 2**62), max_size=5),
    st.binary(max_size=20),
    st.lists(st.tuples(st.text(max_size=5), st.floats(allow_nan=False)), max_size=3),
)
@settings(deadline=None, max_examples=60)
def test_arrays_and_bytes_round_trip(values, counts, raw, pairs):
    before = Mixed(np.array(values).reshape(len(values), 1), np.array(counts, dtype=np.int64), tuple(pairs), raw, None)
    after = from_plain(Mixed, json.loads(json.dumps(to_plain(before), allow_nan=False)))
    np.testing.assert_array_equal(after.table, before.table)
    np.testing.assert_array_equal(after.counts, before.counts)
    assert after.table.shape == before.table.shape
    assert (after.pairs, after.raw, after.maybe) == (before.pairs, before.raw, None)


def test_nan_of_a_plain_field_survives():
    value = KpiValue("k", "min", "lower", math.nan, math.inf, None, None)
    read = from_plain(KpiValue, to_plain(value))
    assert math.isnan(read.value)
    assert read.half_width == math.inf


def test_what_is_no_record_is_refused():
    with pytest.raises(TypeError, match="cannot keep a set"):
        to_plain({1, 2})


def test_values_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match="not a kept Option"):
        from_plain(Option, {"format": "branch", "colour": "red"})
