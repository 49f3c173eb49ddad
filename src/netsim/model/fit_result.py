"""What a fit of one log found, all together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from netsim.model.fit_arrivals import ArrivalFit, Day, SnapshotFit, TaskDemand, WaitFit
from netsim.model.fit_checks import Validation
from netsim.model.fit_laws import PatienceFit, ServiceFit, ShareFit
from netsim.model.ticket_log import LogSource


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """
    Parameters of one log.

    Parameters
    ----------
    source
        The log, and the account of its rows.
    seed
        Seed of the bootstrap and of the simulated days.
    confidence
        Level of the intervals.
    first_day, last_day
        Service days that the log spans.
    days
        Every day between them but those of weekdays that are always empty.
    arrivals
        Arrivals by weekday and half-hour.
    demand
        Tasks (or queues) of the demand.
    services, patience, no_shows, transfers
        What tickets tell; empty for snapshots.
    waits
        Waits as observed; None for snapshots.
    snapshots
        What looks tell; empty for tickets.
    validation
        The trial on held-out days.
    warnings
        Coded sentences: what a reader has to know.
    """

    source: LogSource
    seed: int
    confidence: float
    first_day: dt.date
    last_day: dt.date
    days: tuple[Day, ...]
    arrivals: ArrivalFit
    demand: tuple[TaskDemand, ...]
    services: tuple[ServiceFit, ...]
    patience: tuple[PatienceFit, ...]
    no_shows: tuple[ShareFit, ...]
    transfers: tuple[ShareFit, ...]
    waits: WaitFit | None
    snapshots: tuple[SnapshotFit, ...]
    validation: Validation
    warnings: tuple[str, ...]
