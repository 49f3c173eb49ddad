"""The compiled kernel; its source where numba is missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import most, run_days
from netsim.simulation.kernel.tables import DOWN, ROW, new_state, table
from netsim.simulation.outlet import OutletModel
from netsim.simulation.runners.catalogue import RUNNERS, check_classes
from netsim.simulation.visits import Arrivals, Failures, OutletDays


def simulate_compiled(model: OutletModel, arrivals: Arrivals, failures: Failures) -> OutletDays:
    """Return what happens at an outlet; see ``catalogue.Runner``."""
    check_classes(model, arrivals)
    outlet = tables_of(model)
    days, customers, faults = arrivals.days, most(arrivals.first), most(failures.first)
    rows = table(len(arrivals.comers) * 5 // 4 + 64, ROW)
    downs = table(len(failures.faults) + outlet.servers + 2, DOWN)
    row_first, down_first = np.zeros(days + 1, dtype=np.int64), np.zeros(days + 1, dtype=np.int64)
    agenda, day = customers + outlet.servers + 64, 0
    while True:
        day = run_days(
            tuple(outlet),
            arrivals.comers,
            arrivals.first,
            failures.faults,
            failures.first,
            tuple(new_state(outlet, customers, faults, agenda)),
            rows,
            downs,
            row_first,
            down_first,
            day,
        )
        if day == days:
            return OutletDays(rows[: row_first[-1]], row_first, downs[: down_first[-1]], down_first)
        rows, downs, agenda = _longer(rows), _longer(downs), 2 * agenda


def _longer(records: Any) -> Any:  # noqa: ANN401
    """Return the same table with twice the room."""
    return np.concatenate([records, np.zeros(len(records), dtype=records.dtype)])


RUNNERS.register("kernel")(simulate_compiled)
