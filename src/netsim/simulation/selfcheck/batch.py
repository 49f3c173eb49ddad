"""Several customers at the same minute: M[X]/M/1."""

from __future__ import annotations

from functools import partial

import numpy as np

from netsim.queueing.batch import batch_mean_wait, fixed_batch, geometric_batch
from netsim.simulation.laws import exponential_law
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, Column, System
from netsim.simulation.selfcheck.comers import poisson_batches
from netsim.simulation.selfcheck.measures import per_arrival, wait
from netsim.simulation.selfcheck.outlets import one_queue, settling, station, steady_day


def batches(rate: float, service: float, moments: tuple[float, float], upto: Column, days: int) -> System:
    """
    Return M[X]/M/1.

    Parameters
    ----------
    rate, service
        Batches per minute and mean service minutes of a customer.
    moments
        Mean and second moment of the size of a batch.
    upto
        Probability of a batch of at most 1, 2, 3, ... customers.
    days
        Days of the suite.
    """
    mean, second = moments
    stretch = second / mean  # a customer's own batch: work arrives in lumps and takes longer to even out
    day = steady_day(rate * mean, stretch * settling(rate * mean * service, 1, service))
    return System(
        one_queue(station(1, day), exponential_law(service)),
        poisson_batches(rate, day.minutes, upto),
        days,
        day.start,
        day.end,
        (
            Case(
                "mean wait",
                "minutes in the queue, behind others of the own batch as well",
                batch_mean_wait(rate, mean, second, service),
                per_arrival(wait),
            ),
        ),
    )


SYSTEMS.register("M[3]/M/1")(partial(batches, 0.1, 2.0, fixed_batch(3), np.array([0.0, 0.0, 1.0]), 600))
SYSTEMS.register("M[geometric]/M/1")(
    partial(batches, 0.1, 3.0, geometric_batch(2.0), 1.0 - 0.5 ** np.arange(1.0, 60.0), 600)
)
