"""Tables in: CSV, XLSX and Parquet, with ids kept as text and ragged rows refused."""

from netsim.tables.read import read_table

__all__ = ["read_table"]
