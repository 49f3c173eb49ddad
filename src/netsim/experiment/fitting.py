"""``fit``: from a log to parameters, tried on held-out days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netsim.experiment.held_out_waits import with_waits
from netsim.fit.fit_log import fit_looks, fit_tickets
from netsim.fit.read_log import read_log
from netsim.model.fit_result import FitResult
from netsim.model.ticket_log import TicketLog

Tell = Callable[[str, int, int], None]


def fit_log(
    log: str | Path,
    columns: str | Path,
    *,
    hold_out: str | None = None,
    seed: int = 1,
    progress: Tell | None = None,
) -> FitResult:
    """
    Return the parameters that a ticket log, or a log of looks at a hall, gives.

    Parameters
    ----------
    log
        CSV, XLSX or Parquet file.
    columns
        The map file: YAML that says which column is which.
    hold_out
        Days kept for the trial: a share (``20%``: the last days), ``every 5``, dates, or ``0`` for none.
        None: the last 20 %, if there are ten days or more.
    seed
        Of the bootstrap and of the simulated days; the same seed gives the same answer.
    progress
        Called with (label, done, total).

    Raises
    ------
    BadInputError
        With every fault of the map file, or what makes the log unreadable.
    """
    if progress is not None:
        progress("reading", 0, 1)
    clean, file = read_log(Path(log), Path(columns), log_name=str(log), map_name=str(columns))
    if isinstance(clean, TicketLog):
        result = fit_tickets(clean, file.map, hold_out=hold_out, seed=seed, tell=progress)
        return with_waits(result, clean, file.map.time.day_start, progress)
    return fit_looks(clean, file.map, hold_out=hold_out, seed=seed, tell=progress)
