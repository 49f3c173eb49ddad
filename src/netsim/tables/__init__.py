"""Tables in and out: CSV, XLSX and Parquet, with ids kept as text and ragged rows refused."""

from netsim.tables.parquet import read_parquet, write_parquet
from netsim.tables.read import read_table

__all__ = ["read_parquet", "read_table", "write_parquet"]
