"""A day of M(t)/M(t)/s(t): Kolmogorov's forward equations, exact but for a mass that is bounded and told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import pdtrc

Floats = NDArray[np.float64]

ARRIVALS = 32.0
"""Mean arrivals in one piece of an interval, at most: the states have to reach ahead for all who may come."""

EVENTS = 256.0
"""Mean events in one piece, at most: ``exp(-256)`` still is a normal number."""


@dataclass(frozen=True, slots=True, eq=False)
class QueueState:
    """
    Mean values of a queue at given minutes, or its time averages over given intervals.

    Parameters
    ----------
    number
        Mean number of customers inside, those in service included, shape ``(k,)``.
    queue
        Mean number of customers who wait, shape ``(k,)``.
    busy
        Mean number of busy servers, shape ``(k,)``.
    all_busy
        Probability that no server is free, shape ``(k,)``: within an interval of constant rate the share of
        arrivals that have to wait, or find no room.
    """

    number: Floats
    queue: Floats
    busy: Floats
    all_busy: Floats

    def __post_init__(self) -> None:
        """Close the arrays for writing."""
        for values in (self.number, self.queue, self.busy, self.all_busy):
            values.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class TimeVaryingQueue:
    """
    What the forward equations say of a day.

    Parameters
    ----------
    at
        State at the minutes asked for; at a change of servers the new number counts.
    mean
        Time averages over each interval.
    served, abandoned, rejected
        Mean number of customers who in each interval end their service, leave the queue, or find no room,
        shape ``(m,)``.
    final
        Probability of 0, 1, 2, ... customers inside at the end.
    lost
        Probability that the truncation left out: no probability is more than this too small, and none is
        too large.
    error
        The most by which truncation makes any mean number or any count of an interval too small.

    Raises
    ------
    ValueError
        If the final probabilities and the lost mass do not add up to 1.
    """

    at: QueueState
    mean: QueueState
    served: Floats
    abandoned: Floats
    rejected: Floats
    final: Floats
    lost: float
    error: float

    def __post_init__(self) -> None:
        """Check the balance of the probabilities and close the arrays for writing."""
        mass = float(self.final.sum()) + self.lost
        if not abs(mass - 1.0) <= 1e-9:
            raise ValueError(f"time_varying_queue: probabilities add up to {mass!r} instead of 1")
        for values in (self.served, self.abandoned, self.rejected, self.final):
            values.flags.writeable = False


class _Interval(NamedTuple):
    """Rates per minute, servers and minutes of one interval; ``rest`` are the mean arrivals from it to the end."""

    arriving: float
    serving: float
    leaving: float
    servers: int
    minutes: float
    rest: float


class _Piece(NamedTuple):
    """Rows of probabilities and what they lack: end of the piece, its integral, then one row a minute asked for."""

    rows: Floats
    lost: float
    error: float


def time_varying_queue(
    arrival_rates: ArrayLike,
    service_mean: ArrayLike,
    servers: ArrayLike,
    minutes: ArrayLike,
    *,
    patience: float = math.inf,
    room: int | None = None,
    start: ArrayLike = (1.0,),
    at: ArrayLike = (),
    tolerance: float = 1e-10,
) -> TimeVaryingQueue:
    """
    Return the transient values of M(t)/M(t)/s(t)+M with rates and servers that are constant by interval.

    Solves the forward equations by uniformization on a state space that moves with the distribution. Mass
    that leaves it is never put back, so all probabilities are lower bounds and ``lost`` is what they lack.
    When servers leave, a customer in excess goes back to the queue and resumes later (``preempt_resume``);
    a server who finishes the customer first is another model, with shorter queues.

    Parameters
    ----------
    arrival_rates
        Arrivals per minute in each interval, shape ``(m,)``, non-negative.
    service_mean
        Mean service minutes, one value or shape ``(m,)``, positive; exponential.
    servers
        Number of servers in each interval, shape ``(m,)``, 0 allowed.
    minutes
        Length of each interval, one value or shape ``(m,)``, positive.
    patience
        Mean minutes (exponential, positive) after which who still waits leaves the queue; ``inf`` for nobody.
    room
        Most customers inside, those in service included, at least the largest number of servers; None for
        no limit.
    start
        Probability of 0, 1, 2, ... customers inside at minute 0; by default nobody is.
    at
        Minutes asked for, shape ``(k,)``, from 0 to the end of the last interval.
    tolerance
        Largest error of a mean number that truncation may cause.

    Raises
    ------
    ValueError
        If shapes differ, a value is outside its range, or the tolerance is out of reach.

    References
    ----------
    A. Jensen, *Markoff chains as an aid in the study of Markoff processes*, Skand. Aktuarietidskr. 36 (1953)
    (uniformization); B. Munsky and M. Khammash, J. Chem. Phys. 124 (2006) (bound on the lost mass);
    L. V. Green, P. J. Kolesar and J. Soares, Operations Research 49 (2001) (use for staffing).

    Examples
    --------
    >>> day = time_varying_queue([0.5, 0.9, 0.4], 4.0, [2, 4, 2], 30.0, at=[30.0, 60.0, 90.0])
    >>> day.at.number.round(4).tolist(), day.mean.queue.round(4).tolist()
    ([4.2775, 6.5273, 5.4853], [1.3217, 2.3472, 4.1512])
    >>> day.error < 1e-10
    True
    """
    intervals = _intervals(arrival_rates, service_mean, servers, minutes, patience)
    shares = _start(start, room)
    _check_room(intervals, room, tolerance)
    asked = np.atleast_1d(np.asarray(at, dtype=float))
    edges = np.concatenate(([0.0], np.cumsum([interval.minutes for interval in intervals])))
    if asked.ndim != 1 or not ((asked >= 0) & (asked <= edges[-1] * (1 + 1e-12))).all():
        raise ValueError(f"time_varying_queue: minutes asked for must lie in 0 to {edges[-1]:g}, got {asked.tolist()}")
    home = np.minimum(np.searchsorted(edges, asked, side="right") - 1, len(intervals) - 1)
    states, areas = np.zeros((len(asked), 5)), np.zeros((len(intervals), 5))
    lost = error = 0.0
    for index, interval in enumerate(intervals):
        budget = tolerance * interval.minutes / edges[-1]
        mine = np.flatnonzero(home == index)
        shares, areas[index], states[mine], less, wrong = _advance(
            shares, interval, asked[mine] - edges[index], room, budget
        )
        lost, error = lost + less, error + wrong
    if error > tolerance:
        raise ValueError(f"time_varying_queue: a tolerance of {tolerance:g} is out of reach, {error:g} is not")
    length = np.diff(edges)
    per_minute = np.array([(interval.serving, interval.leaving, interval.arriving) for interval in intervals])
    return TimeVaryingQueue(
        at=QueueState(*states.T[:4].copy()),
        mean=QueueState(*(areas.T[:4] / length)),
        served=per_minute[:, 0] * areas[:, 2],
        abandoned=per_minute[:, 1] * areas[:, 1],
        rejected=per_minute[:, 2] * areas[:, 4],
        final=shares,
        lost=lost,
        error=error,
    )


def _advance(
    shares: Floats, interval: _Interval, asked: Floats, room: int | None, budget: float
) -> tuple[Floats, Floats, Floats, float, float]:
    """Return final shares, integrals of the measures, measures at the minutes asked for, lost mass and error."""
    area, states = np.zeros(5), np.zeros((len(asked), 5))
    lost = error = clock = 0.0
    left = interval.minutes
    pending = np.ones(len(asked), dtype=bool)
    while left > 0:
        top, length = _reach(len(shares) - 1, interval, left, room, budget / 3)
        share = budget / 3 * length / interval.minutes
        now = pending & ((asked < clock + length) | (length >= left))
        piece = _uniformize(shares, interval, (top, room), length, asked[now] - clock, share)
        values = piece.rows @ _measures(top + 1, interval.servers, room)
        area += values[1]
        states[now] = values[2:]
        pending &= ~now
        shares, trimmed, cost = _trim(piece.rows[0], interval.rest, share)
        lost += piece.lost + trimmed
        error += piece.error + cost
        clock += length
        left -= length
    return shares, area, states, lost, error


def _reach(highest: int, interval: _Interval, left: float, room: int | None, budget: float) -> tuple[int, float]:
    """
    Return the highest state to keep in the next piece, and the minutes that the piece lasts.

    Who comes beyond that state weighs at most the part of the budget that the minutes of the piece have: if
    the piece gets shorter, the tail of its arrivals shrinks faster than its part does.
    """
    length = min(left, ARRIVALS / interval.arriving) if interval.arriving > 0 else left
    arrivals = interval.arriving * length
    scale = highest + 2.0 * arrivals + 80.0 + interval.rest  # 2 a + 80 is more than the states added below
    ahead = _enough(arrivals, budget * length / interval.minutes / scale)
    top = highest + ahead if room is None else min(highest + ahead, room)
    pace = interval.arriving + interval.serving * min(interval.servers, top)
    pace += interval.leaving * max(top - interval.servers, 0)
    return top, min(length, EVENTS / pace) if pace > 0 else length


def _uniformize(
    shares: Floats, interval: _Interval, limits: tuple[int, int | None], length: float, asked: Floats, budget: float
) -> _Piece:
    """Advance the shares by ``length`` minutes on the states 0..top and one that gathers who goes beyond."""
    top, room = limits
    number = np.arange(top + 1)
    up = np.full(top + 1, interval.arriving)
    if top == room:
        up[top] = 0.0
    down = interval.serving * np.minimum(number, interval.servers)
    down += interval.leaving * np.maximum(number - interval.servers, 0)
    pace = max(float((up + down).max()), 1.0 / length)  # one event at least, or rates near 0 lose their digits
    stay = np.append(1.0 - (up + down) / pace, 1.0)
    up, down = up / pace, down[1:] / pace

    scale = top + 1.0 + interval.rest
    events = pace * length
    terms = _enough(events, budget / (scale + events)) + 2
    steps = np.zeros((terms, top + 2))
    steps[0, : len(shares)] = shares
    for step in range(1, terms):
        before, after = steps[step - 1], steps[step]
        np.multiply(before, stay, out=after)
        after[1:] += before[:-1] * up
        after[:top] += before[1:-1] * down
    rows = _weights(pace, length, asked, terms) @ steps
    beyond = float(rows[0, -1])
    missing = float(pdtrc(terms - 1, events) * shares.sum())
    more = float(pdtrc(terms - 2, events)) * events  # mean number of events in the paths with ``terms`` or more
    return _Piece(rows[:, :-1], beyond + missing, beyond * scale + missing * scale + more)


def _weights(pace: float, length: float, asked: Floats, terms: int) -> Floats:
    """Return what each number of events weighs in: the end of the piece, its integral, each minute asked for."""
    means = pace * np.concatenate(([length], np.clip(asked, 0.0, length)))
    factors = means[:, None] / np.maximum(np.arange(terms), 1)
    factors[:, 0] = np.exp(-means)
    weights = np.cumprod(factors, axis=1)
    more = float(pdtrc(terms - 1, means[0])) + np.append(np.cumsum(weights[0, :0:-1])[::-1], 0.0)
    result: Floats = np.vstack((weights[:1], more / pace, weights[1:]))
    return result


def _enough(mean: float, budget: float) -> int:
    """Return the least number that a Poisson variable exceeds with a probability of at most ``budget``."""
    counts = np.arange(int(mean + 12.0 * math.sqrt(mean) + 40.0))
    return int(np.count_nonzero(pdtrc(counts, mean) > budget))


def _trim(shares: Floats, rest: float, budget: float) -> tuple[Floats, float, float]:
    """Return the shares without the last states that together weigh at most the budget, their mass and weight."""
    mass = np.maximum(shares, 0.0)
    weight = np.cumsum((mass * (np.arange(len(mass)) + 1.0 + rest))[::-1])
    drop = min(int(np.searchsorted(weight, budget, side="right")), len(mass) - 1)
    kept = len(mass) - drop
    return mass[:kept].copy(), float(mass[kept:].sum()), float(weight[drop - 1]) if drop else 0.0


def _measures(states: int, servers: int, room: int | None) -> Floats:
    """Return number, queue, busy servers, no server free and no room by state, shape ``(states, 5)``."""
    number = np.arange(states, dtype=float)
    full = number == (states if room is None else room)
    return np.column_stack(
        (number, np.maximum(number - servers, 0), np.minimum(number, servers), number >= servers, full)
    )


def _intervals(
    arrival_rates: ArrayLike, service_mean: ArrayLike, servers: ArrayLike, minutes: ArrayLike, patience: float
) -> list[_Interval]:
    """Return the intervals after checking them."""
    rates = np.asarray(arrival_rates, dtype=float)
    if rates.ndim != 1 or rates.size == 0:
        raise ValueError(f"time_varying_queue: arrival rates of shape {rates.shape}; one value an interval is needed")
    columns = {"arrival rate": rates}
    for name, given in (("service mean", service_mean), ("servers", servers), ("minutes", minutes)):
        values = np.asarray(given, dtype=float)
        if values.shape not in {(), rates.shape}:
            raise ValueError(f"time_varying_queue: {name} of shape {values.shape} for {rates.size} intervals")
        columns[name] = np.broadcast_to(values, rates.shape)
    for name, values in columns.items():
        fine = np.isfinite(values) & ((values > 0) if name in {"service mean", "minutes"} else (values >= 0))
        fine &= (name != "servers") | (values == np.floor(values))
        if not fine.all():
            bad = int(np.argmin(fine))
            raise ValueError(f"time_varying_queue: {name} of interval {bad} is out of range, got {values[bad]:g}")
    if not patience > 0:
        raise ValueError(f"time_varying_queue: patience must be positive, got {patience:g}")
    _, means, counters, lengths = columns.values()
    rest = np.cumsum((rates * lengths)[::-1])[::-1]
    return [
        _Interval(rate, 1.0 / mean, 1.0 / patience, int(count), length, after)
        for rate, mean, count, length, after in zip(
            *(values.tolist() for values in (rates, means, counters, lengths, rest)), strict=True
        )
    ]


def _start(start: ArrayLike, room: int | None) -> Floats:
    """Return the first distribution after checking it."""
    shares = np.asarray(start, dtype=float)
    if shares.ndim != 1 or not (shares >= 0).all() or not abs(shares.sum() - 1.0) <= 1e-9:
        raise ValueError("time_varying_queue: start must be probabilities of 0, 1, 2, ... customers with the sum 1")
    if room is not None and len(shares) > room + 1:
        raise ValueError(
            f"time_varying_queue: start tells of {len(shares) - 1} customers, but there is room for {room}"
        )
    return shares


def _check_room(intervals: list[_Interval], room: int | None, tolerance: float) -> None:
    """Refuse a room that the servers do not fit in, and a tolerance that nothing can meet."""
    most = max(interval.servers for interval in intervals)
    if room is not None and room < max(most, 1):
        raise ValueError(f"time_varying_queue: room for {room} customers is less than {most} servers or less than 1")
    if not tolerance > 0:
        raise ValueError(f"time_varying_queue: tolerance must be positive, got {tolerance:g}")
