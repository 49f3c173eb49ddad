"""Tables in: CSV, XLSX and Parquet, with ids kept as text and ragged rows refused, or told where a log is read."""

from netsim.tables.read import read_table
from netsim.tables.texts import TextTable, read_texts

__all__ = ["TextTable", "read_table", "read_texts"]
