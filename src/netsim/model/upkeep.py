"""How technicians look after machines."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.model.service_time import ServiceTime


@dataclass(frozen=True, slots=True)
class Tier:
    """
    One tier of technicians.

    Parameters
    ----------
    id
        Name of the tier.
    at
        Station or pool that does it.
    takes
        Time on the machine.
    solves
        Share of faults that are cleared here; the others go on to the next tier.
    response
        Mean minutes until work can begin, exponential: travel, parts.
    """

    id: str
    at: str
    takes: ServiceTime
    solves: float = 1.0
    response: float = 0.0


@dataclass(frozen=True, slots=True)
class UpkeepPolicy:
    """
    Machines that technicians look after.

    Parameters
    ----------
    mtbf
        Mean open minutes between the end of a repair and the next failure.
    shape
        Shape of the Weibull law of that time; 1 is exponential, above 1 machines wear out.
    tiers
        Technicians, in the order in which a fault goes to them; the last one clears all.
    every
        Open minutes after which a machine that has not failed is serviced; ``inf`` for never.
    service
        Tier by which it is serviced: where and how long; None for none.
    """

    mtbf: float
    shape: float
    tiers: tuple[Tier, ...]
    every: float = float("inf")
    service: Tier | None = None

    @property
    def mean_repair(self) -> float:
        """Mean minutes from a failure until it is mended, if no technician is ever busy."""
        reached, minutes = 1.0, 0.0
        for tier in self.tiers:
            minutes += reached * (tier.response + tier.takes.mean)
            reached *= 1.0 - tier.solves
        return minutes
