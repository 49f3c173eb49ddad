"""Machines that fail and are mended, and the repairs that are written down."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, inlined, word
from netsim.simulation.kernel.desk import DOWNS
from netsim.simulation.kernel.random import UNIT, block
from netsim.simulation.kernel.service import BREAKS, plan
from netsim.simulation.kernel.shifts import after_open_minutes
from netsim.simulation.kernel.tables import Integers, Records
from netsim.simulation.samplers import residual

MACHINE = 6
"""``Stream.MACHINE`` as a plain number."""


@inlined
def add_down(downs: Records, counts: Integers, number: int, server: int, start: float, end: float) -> None:
    """Write down a repair."""
    down = downs[at(counts[DOWNS])]
    down.station, down.server, down.start, down.end = number, server, start, end
    counts[DOWNS] += 1


@inlined
def closing(station: Any, windows: Records, minute: float) -> float:
    """Return the last closing of a station, not before a minute."""
    if station.windows == 0:
        return minute
    closes: float = windows[at(station.window_first + station.windows - 1)].closes
    return max(closes, minute)


@inlined
def plan_failure(
    stations: Records, windows: Records, classes: Records, comer: Any, guest: Any, minutes: Any, keys: Integers,
    counts: Integers, who: int, now: float,
) -> None:  # fmt: skip
    """Plan when a machine fails next, or is due for service; ``left`` 1 marks a service."""
    station = stations[at(classes[at(comer.kind)].machine)]
    a, b, _, _ = block(comer.first_word, comer.second_word, word(guest.failures), word(0), word(0), word(MACHINE))
    age = (b >> 11) * UNIT * station.service_after if station.aged == 1 and guest.failures == 0 else 0.0
    up = residual(station.up_kind, station.up_first, station.up_second, (a >> 11) * UNIT, age)
    guest.left = 0.0
    if up > station.service_after - age:
        up, guest.left = station.service_after - age, 1.0
    breaks = after_open_minutes(station, windows, now, up)
    if breaks < math.inf:
        plan(minutes, keys, counts, breaks, BREAKS + who)
