"""A workbook with a place in every row of a sheet."""

from __future__ import annotations

from pathlib import Path

from netsim.geo.readers.catalogue import READERS, RawLayer, Request
from netsim.geo.readers.place_table import placed
from netsim.tables.xlsx_rows import xlsx_rows


def read_workbook(path: Path, request: Request) -> RawLayer:
    """Read a sheet, the first if none is named, with the same columns as a CSV."""
    return RawLayer(placed(xlsx_rows(path, request.where, request.layer), request))


READERS.register(".xlsx")(read_workbook)
