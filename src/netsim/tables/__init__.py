"""Tables in and out: CSV, XLSX, Parquet; ids kept as text, ragged rows refused, or told where a log is read."""

from netsim.tables.parquet import read_parquet, write_parquet
from netsim.tables.read import read_table
from netsim.tables.texts import TextTable, read_texts

__all__ = ["TextTable", "read_parquet", "read_table", "read_texts", "write_parquet"]
