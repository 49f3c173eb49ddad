"""Small OpenStreetMap extracts made by hand, after the PBF format as the OpenStreetMap wiki describes it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Ways = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]
"""Way id -> its nodes and tags."""

DEGREE = 10_000_000
"""Coordinates are whole numbers of 100 nanodegrees."""


def extract(nodes: Mapping[int, tuple[float, float]], ways: Ways) -> bytes:
    """Return an extract with nodes (id -> lon, lat) and ways."""
    words = ["", *sorted({word for _, tags in ways.values() for pair in tags.items() for word in pair})]
    table = b"".join(_bytes(1, word.encode()) for word in words)
    ids = sorted(nodes)
    dense = _bytes(1, _deltas(ids))
    for field, axis in ((8, 1), (9, 0)):
        dense += _bytes(field, _deltas([round(nodes[node][axis] * DEGREE) for node in ids]))
    groups = _bytes(2, _bytes(2, dense))
    rows = b""
    for way, (refs, tags) in ways.items():
        keys = _bytes(2, b"".join(_varint(words.index(key)) for key in tags))
        values = _bytes(3, b"".join(_varint(words.index(value)) for value in tags.values()))
        rows += _bytes(3, _varint(1 << 3) + _varint(way) + keys + values + _bytes(8, _deltas(refs)))
    groups += _bytes(2, rows) if rows else b""
    header = b"".join(_bytes(4, name) for name in (b"OsmSchema-V0.6", b"DenseNodes"))
    return _blob(b"OSMHeader", header) + _blob(b"OSMData", _bytes(1, table) + groups)


def _blob(kind: bytes, content: bytes) -> bytes:
    packed = _varint(2 << 3) + _varint(len(content)) + _bytes(3, zlib.compress(content))
    head = _bytes(1, kind) + _varint(3 << 3) + _varint(len(packed))
    return struct.pack(">I", len(head)) + head + packed


def _bytes(field: int, content: bytes) -> bytes:
    """Return a field that holds bytes."""
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _deltas(numbers: Iterable[int]) -> bytes:
    """Return numbers as packed differences, the sign in the last bit."""
    steps = (after - before for before, after in pairwise([0, *numbers]))
    return b"".join(_varint(step << 1 if step >= 0 else (-step << 1) - 1) for step in steps)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
