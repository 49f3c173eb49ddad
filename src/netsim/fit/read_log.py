"""A log and its map file, read and cleaned."""

from __future__ import annotations

from pathlib import Path

from netsim.fit.map_file import MapFile, read_map
from netsim.fit.open_log import open_log
from netsim.fit.read_snapshots import read_snapshots
from netsim.fit.read_tickets import read_tickets
from netsim.model.ticket_log import SnapshotLog, TicketLog


def read_log(
    log: Path, map_file: Path, *, log_name: str | None = None, map_name: str | None = None
) -> tuple[TicketLog | SnapshotLog, MapFile]:
    """
    Return a clean log and its map file.

    Parameters
    ----------
    log
        CSV, XLSX or Parquet file.
    map_file
        YAML file that says which column is which.
    log_name, map_name
        How they are called in messages; None takes the paths.

    Raises
    ------
    BadInputError
        If either cannot be read, or the log is not what the map file says.
    """
    file = read_map(map_file, map_name)
    opened = open_log(log, file, log_name)
    read = read_snapshots if file.map.form == "snapshots" else read_tickets
    return read(opened), file
