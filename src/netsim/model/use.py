"""Where customers' time goes: servers with their queue, and steps of tasks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """
    One lane or station of one outlet: what its servers do, and what its customers wait.

    Means over the measured days, day types weighted by their days a year. The four shares of server time
    sum to 1 but for overtime: minutes of work after closing or after the end of a shift count as use, not
    as time on duty. NaN stands where nobody is on duty or nobody comes.

    Parameters
    ----------
    site, lane
        Id of the site, and the lane or the id of the station beside it.
    servers
        Mean servers on duty while the lane is open.
    utilisation
        Share of the time on duty in which servers serve.
    down
        Share of it in which they are under repair.
    starved
        Share of it in which they neither serve nor are held up, for want of customers.
    blocked
        Share of it in which they are held by a customer who cannot go on yet.
    arrivals
        Customers a day.
    queue
        Mean number waiting while the lane is open.
    peak_slot, peak_queue
        Half-hour with the longest mean queue, and that queue; -1 and 0 where nobody ever waits. The mean is
        over the days on which the lane is open in the half-hour.
    wait_mean, wait_p90
        Minutes in the queue; the quantile within 1 %.
    waiting
        Minutes a day that all customers together wait.
    time_share
        Share of all minutes that customers of the outlet wait or are served; sums to 1 over its lanes and stations.
    wait_share
        Share of all minutes that they wait; sums to 1 over its lanes.
    bottleneck
        Whether it is the lane of the outlet with the largest share of the waiting time.
    """

    site: str
    lane: str
    servers: float
    utilisation: float
    down: float
    starved: float
    blocked: float
    arrivals: float
    queue: float
    peak_slot: int
    peak_queue: float
    wait_mean: float
    wait_p90: float
    waiting: float
    time_share: float
    wait_share: float
    bottleneck: bool


@dataclass(frozen=True, slots=True)
class StepUse:
    """
    One step of one task over the whole network.

    Means over the measured days, day types weighted by their days a year; NaN where nobody begins it.

    Parameters
    ----------
    task, step
        Ids.
    begun
        How often it is begun a day, repetitions included.
    wait_mean, wait_p90
        Minutes in the queue before it; the quantile within 1 %.
    service_mean
        Minutes of service of those who are called.
    time_share
        Share of the minutes that customers of the task wait or are served; sums to 1 over its steps.
    abandoned
        Share of those who begin it and leave before they are called: out of patience, turned round at a
        long queue, or sent away at closing.
    first_time_right
        Share of the customers called for it who get on without doing it again, elsewhere or anew.
    """

    task: str
    step: str
    begun: float
    wait_mean: float
    wait_p90: float
    service_mean: float
    time_share: float
    abandoned: float
    first_time_right: float
