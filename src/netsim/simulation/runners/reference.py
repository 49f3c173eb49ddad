"""The reference in SimPy: slow, and made to be read; see ``simulation.reference``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netsim.simulation.kernel.tables import DOWN, ROW, SPELL, as_array
from netsim.simulation.outlet import OutletModel
from netsim.simulation.reference.desk import Row
from netsim.simulation.reference.outlet import Outlet, Process
from netsim.simulation.runners.catalogue import RUNNERS, check_classes
from netsim.simulation.visits import Arrivals, Failures, OutletDays


def simulate_reference(
    model: OutletModel, arrivals: Arrivals, failures: Failures, processes: Sequence[Process] = ()
) -> OutletDays:
    """
    Return what happens at an outlet; see ``catalogue.Runner``.

    Parameters
    ----------
    model
        The outlet.
    arrivals, failures
        Who comes and what fails, day by day.
    processes
        Processes of your own that take part in every day.
    """
    check_classes(model, arrivals)
    rows: list[Row] = []
    downs: list[tuple[int, int, float, float]] = []
    spells: list[tuple[int, int, int, float, float]] = []
    first, down_first, spell_first = [0], [0], [0]
    for day in range(arrivals.days):
        outlet = Outlet(model, arrivals, failures, day)
        for process in processes:
            outlet.clock.process(process(outlet))
        outlet.run()
        book = outlet.book
        spells += [(row + first[-1], number, server, start, end) for row, number, server, start, end in book.spells]
        rows += book.rows
        downs += book.downs
        first.append(len(rows))
        down_first.append(len(downs))
        spell_first.append(len(spells))
    return OutletDays(
        as_array(rows, ROW),
        np.array(first),
        np.array(downs, dtype=DOWN),
        np.array(down_first),
        np.array(spells, dtype=SPELL),
        np.array(spell_first),
    )


RUNNERS.register("reference")(simulate_reference)
