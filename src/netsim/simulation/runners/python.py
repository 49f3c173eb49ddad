"""The kernel's source as ordinary Python: the witness that compiling changed nothing."""

from __future__ import annotations

from functools import cache

import numpy as np

from netsim.jit import plain
from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import most, run_days
from netsim.simulation.kernel.tables import DOWN, ROW, SPELL, as_array, as_lists, new_room, new_state, table
from netsim.simulation.outlet import OutletModel
from netsim.simulation.runners.catalogue import RUNNERS, check_classes
from netsim.simulation.visits import Arrivals, Failures, OutletDays

_plain = cache(plain)


def simulate_plain(model: OutletModel, arrivals: Arrivals, failures: Failures) -> OutletDays:
    """Return what happens at an outlet; see ``catalogue.Runner``."""
    check_classes(model, arrivals)
    outlet = tables_of(model)
    days, customers, faults = arrivals.days, most(arrivals.first), most(failures.first)
    comers, failing = as_lists(arrivals.comers), as_lists(failures.faults)
    room = as_lists(new_room(outlet, len(comers) * 5 // 4, len(failing)))
    row_first, down_first, spell_first = ([0] * (days + 1) for _ in range(3))
    agenda, day = customers + 3 * len(outlet.persons) + 64, 0
    while True:
        day = _plain(run_days)(
            tuple(as_lists(outlet)),
            comers,
            arrivals.first.tolist(),
            failing,
            failures.first.tolist(),
            tuple(as_lists(new_state(outlet, customers, faults, agenda))),
            tuple(room),
            row_first,
            down_first,
            spell_first,
            day,
        )
        if day == days:
            return OutletDays(
                as_array(room.rows[: row_first[-1]], ROW),
                np.array(row_first),
                as_array(room.downs[: down_first[-1]], DOWN),
                np.array(down_first),
                as_array(room.spells[: spell_first[-1]], SPELL),
                np.array(spell_first),
            )
        agenda *= 2
        for records, kind in zip(room, (ROW, DOWN, SPELL), strict=True):
            records.extend(as_lists(table(len(records), kind)))


RUNNERS.register("python")(simulate_plain)
