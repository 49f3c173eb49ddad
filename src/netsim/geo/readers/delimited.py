"""Delimited text with a place in every row."""

from __future__ import annotations

from pathlib import Path

from netsim.geo.layer_errors import LayerError
from netsim.geo.readers.catalogue import READERS, RawLayer, Request, refuse_layer
from netsim.geo.readers.place_table import placed
from netsim.tables.csv_rows import csv_rows
from netsim.tables.encodings import looks_chinese


def read_delimited(path: Path, request: Request) -> RawLayer:
    """Read a CSV, its cells as text, in UTF-8 or GB18030."""
    refuse_layer(request)
    rows = csv_rows(path, request.where)
    if rows.encoding == "gb18030":
        if not looks_chinese(cell for row in (rows.header, *rows.rows) for cell in row):
            raise LayerError(
                request.where,
                "the text is not UTF-8, and read as GB18030 it is no Chinese; save the file as UTF-8",
            )
        note = "the file is not UTF-8; read as GB18030"
        return RawLayer(placed(rows, request), encoding=rows.encoding, notes=(note,))
    return RawLayer(placed(rows, request), encoding=rows.encoding)


for _ending in (".csv", ".tsv", ".txt"):
    READERS.register(_ending)(read_delimited)
