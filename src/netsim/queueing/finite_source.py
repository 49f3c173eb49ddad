"""A few machines that break down and the technicians who mend them: M/M/c//N."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MachineRepair:
    """
    Stationary values of the machine repair model.

    Parameters
    ----------
    availability
        Share of time that a machine is up.
    mean_down
        Mean number of machines that are down, waiting or under repair.
    mean_wait
        Mean minutes from a breakdown until a technician starts.
    throughput
        Repairs per minute.
    """

    availability: float
    mean_down: float
    mean_wait: float
    throughput: float


def machine_repair(machines: int, up_mean: float, repair_mean: float, technicians: int) -> MachineRepair:
    """
    Return the stationary values of ``machines`` machines that ``technicians`` technicians mend (M/M/c//N).

    The shares of the states hold for exponential times; with a technician for every machine they hold for
    any times with the same means.

    Parameters
    ----------
    machines
        Number of machines, at least 1.
    up_mean, repair_mean
        Mean minutes from a repair to the next breakdown, and of a repair; both positive.
    technicians
        Number of technicians, at least 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    References
    ----------
    C. Palm (1947), *The distribution of repairmen in servicing automatic machines*; Gross, Shortle,
    Thompson and Harris, *Fundamentals of Queueing Theory* (2008), sec. 2.8 (finite-source queues).

    Examples
    --------
    >>> repair = machine_repair(machines=6, up_mean=1200.0, repair_mean=120.0, technicians=1)
    >>> round(repair.mean_down, 4), round(repair.mean_wait, 1)
    (0.8451, 76.7)
    """
    if machines < 1 or technicians < 1:
        raise ValueError(f"machine_repair: machines {machines} >= 1 and technicians {technicians} >= 1 are needed")
    if not (0 < up_mean < math.inf and 0 < repair_mean < math.inf):
        raise ValueError(
            f"machine_repair: minutes up {up_mean:g} and of a repair {repair_mean:g} must be positive and finite"
        )
    ratio = repair_mean / up_mean
    weights = [1.0]
    for down in range(1, machines + 1):
        weights.append(weights[-1] * ratio * (machines - down + 1) / min(down, technicians))
        if weights[-1] > 1e200:  # keeps many machines from overflowing
            weights = [weight * 1e-200 for weight in weights]
    total = math.fsum(weights)
    mean_down = math.fsum(down * weight for down, weight in enumerate(weights)) / total
    waiting = math.fsum((down - technicians) * weights[down] for down in range(technicians, machines + 1)) / total
    mean_up = math.fsum((machines - down) * weight for down, weight in enumerate(weights)) / total
    throughput = mean_up / up_mean
    return MachineRepair(mean_up / machines, mean_down, waiting / throughput, throughput)
