"""The compiled kernel; its source where numba is missing."""

from __future__ import annotations

import numpy as np

from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import most, run_days
from netsim.simulation.kernel.tables import longer, new_room, new_state
from netsim.simulation.outlet import OutletModel
from netsim.simulation.runners.catalogue import RUNNERS, check_classes
from netsim.simulation.visits import Arrivals, Failures, OutletDays


def simulate_compiled(model: OutletModel, arrivals: Arrivals, failures: Failures) -> OutletDays:
    """Return what happens at an outlet; see ``catalogue.Runner``."""
    check_classes(model, arrivals)
    outlet = tables_of(model)
    days, customers, faults = arrivals.days, most(arrivals.first), most(failures.first)
    room = new_room(outlet, len(arrivals.comers) * 5 // 4, len(failures.faults))
    row_first, down_first, spell_first = (np.zeros(days + 1, dtype=np.int64) for _ in range(3))
    agenda, day = customers + 3 * len(outlet.persons) + 64, 0
    while True:
        day = run_days(
            tuple(outlet),
            arrivals.comers,
            arrivals.first,
            failures.faults,
            failures.first,
            tuple(new_state(outlet, customers, faults, agenda)),
            tuple(room),
            row_first,
            down_first,
            spell_first,
            day,
        )
        if day == days:
            return OutletDays(
                room.rows[: row_first[-1]],
                row_first,
                room.downs[: down_first[-1]],
                down_first,
                room.spells[: spell_first[-1]],
                spell_first,
            )
        room, agenda = longer(room), 2 * agenda


RUNNERS.register("kernel")(simulate_compiled)
