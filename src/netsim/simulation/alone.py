"""An outlet simulated alone: its own customers, any number of days, memory that hardly grows with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.draw import draw_comers
from netsim.simulation.kernel.stream import stream_days
from netsim.simulation.kernel.tables import COMER, FAULT, new_room, new_state, table
from netsim.simulation.outlet import OutletModel
from netsim.simulation.streams import Words, key_of
from netsim.simulation.totals import OutletTotals, empty_totals, flat, joined
from netsim.simulation.visits import NO_OUTAGES, Arrivals, Outages

BLOCK = 64
"""Days that are summed one by one; blocks are then added in order, however many workers there are."""
PIECE = np.dtype([("start", "f8"), ("rate", "f8"), ("upto", "f8")])
SHARE = np.dtype([("upto", "f8"), ("kind", "i8")])


@dataclass(frozen=True, slots=True, eq=False)
class ArrivalPattern:
    """
    Poisson arrivals at one outlet, constant on pieces of the day.

    Parameters
    ----------
    start, length
        Pieces in minutes of the service day, in order, not overlapping, shape ``(k,)``.
    per_minute
        Arrivals a minute of all classes together, shape ``(k,)``, positive.
    shares
        Share of each class in the arrivals, shape ``(classes,)`` or, by piece, ``(k, classes)``; sums to 1.

    Raises
    ------
    ValueError
        If shapes differ, pieces overlap, or a rate or share is out of range.
    """

    start: NDArray[np.float64]
    length: NDArray[np.float64]
    per_minute: NDArray[np.float64]
    shares: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check shapes and ranges."""
        if not self.start.shape == self.length.shape == self.per_minute.shape or self.start.ndim != 1:
            raise ValueError("arrival pattern: start, length and per_minute need one shape (k,)")
        if np.any(self.start[1:] < (self.start + self.length)[:-1] - 1e-9) or np.any(self.length <= 0):
            raise ValueError("arrival pattern: pieces must be in order, not overlap, and not be empty")
        if not np.all(np.isfinite(self.per_minute)) or np.any(self.per_minute <= 0):
            raise ValueError("arrival pattern: rates must be positive; leave out pieces without arrivals")
        if np.any(self.shares < 0) or not np.allclose(self.shares.sum(axis=-1), 1.0, atol=1e-9):
            raise ValueError("arrival pattern: shares of the classes must not be negative and sum to 1")

    def tables(self) -> tuple[Any, Any]:
        """Return the pieces and shares as the kernel takes them."""
        upto = list(accumulate((self.per_minute * self.length).tolist()))
        pieces = np.array(list(zip(self.start, self.per_minute, upto, strict=True)), dtype=PIECE)
        shares = np.broadcast_to(self.shares, (len(self.start), self.shares.shape[-1]))
        rows = []
        for mix in shares:
            sums = [*accumulate(mix.tolist()[:-1]), 1.0]
            rows += list(zip(sums, range(len(sums)), strict=True))
        return pieces, np.array(rows, dtype=SHARE)

    @property
    def expected(self) -> float:
        """Mean customers a day."""
        return float(self.per_minute @ self.length)


def draw_arrivals(pattern: ArrivalPattern, key: Words, replications: Sequence[int]) -> Arrivals:
    """
    Return the customers of an outlet on some days.

    Parameters
    ----------
    pattern
        When who comes.
    key
        Philox key of the outlet's customers, shape ``(2,)``.
    replications
        Numbers of the days.
    """
    pieces, shares = pattern.tables()
    size, parts = _customers(pattern), []
    for number in replications:
        while True:
            comers = table(size, COMER)
            last = draw_comers(pieces, shares, key[0], key[1], number, comers, 0)
            if last >= 0:
                break
            size *= 2
        parts.append(comers[:last])
    first = np.cumsum([0, *map(len, parts)])
    return Arrivals(np.concatenate([*parts, table(0, COMER)]), first)


def _customers(pattern: ArrivalPattern) -> int:
    """Return a number that a day seldom exceeds."""
    return int(pattern.expected + 8.0 * pattern.expected**0.5) + 16


@dataclass(frozen=True, slots=True, eq=False)
class OutletJob:
    """
    An outlet to simulate alone.

    Parameters
    ----------
    id
        Immutable id, by which its random numbers are found.
    model
        The outlet.
    pattern
        When who comes.
    outages
        When it stands still; None for never.
    """

    id: str
    model: OutletModel
    pattern: ArrivalPattern
    outages: Outages | None = None

    def __post_init__(self) -> None:
        """Check that the outlet serves everybody who comes."""
        shares, classes = np.atleast_2d(self.pattern.shares), self.model.classes
        if shares.shape[1] != len(classes):
            raise ValueError(f"outlet {self.id!r}: shares of {shares.shape[1]} classes for an outlet of {len(classes)}")
        wrong = [number for number, item in enumerate(classes) if item is None and shares[:, number].any()]
        if wrong:
            raise ValueError(f"outlet {self.id!r}: customers come for classes {wrong} that it does not serve")


def keys_of_job(job: OutletJob, seed: int) -> tuple[Words, Words]:
    """Return the keys of an outlet's customers and of its breakdowns."""
    return key_of(seed, "outlet", job.id), key_of(seed, "outlet", job.id, "breakdowns")


def stream_outlet(job: OutletJob, seed: int, replications: Sequence[int], *, workers: int = 1) -> OutletTotals:
    """
    Return the totals of an outlet over some days.

    Parameters
    ----------
    job
        The outlet.
    seed
        Seed of the study.
    replications
        Numbers of the days.
    workers
        Threads; results do not depend on their number, to the bit.
    """
    return next(stream_outlets([job], seed, replications, workers=workers))


def stream_outlets(
    jobs: Sequence[OutletJob], seed: int, replications: Sequence[int], *, workers: int = 1
) -> Iterator[OutletTotals]:
    """
    Yield the totals of each outlet over some days, in order.

    Parameters
    ----------
    jobs
        The outlets.
    seed
        Seed of the study.
    replications
        Numbers of the days, the same for every outlet.
    workers
        Threads; results do not depend on their number, to the bit.
    """
    numbers = np.asarray(replications, dtype=np.int64)
    blocks = [numbers[first : first + BLOCK] for first in range(0, max(len(numbers), 1), BLOCK)]

    def one(block: tuple[OutletJob, NDArray[np.int64]]) -> OutletTotals:
        return _stream_block(block[0], seed, block[1])

    work = [(job, block) for job in jobs for block in blocks]
    if workers == 1:
        done: Iterator[OutletTotals] = map(one, work)
        yield from _by_outlet(done, len(jobs), len(blocks))
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _by_outlet(pool.map(one, work), len(jobs), len(blocks))


def _by_outlet(done: Iterator[OutletTotals], outlets: int, blocks: int) -> Iterator[OutletTotals]:
    for _ in range(outlets):
        yield joined(islice(done, blocks))


def _stream_block(job: OutletJob, seed: int, replications: NDArray[np.int64]) -> OutletTotals:
    """Return the totals of some days, summed one by one."""
    outlet, source = tables_of(job.model), job.pattern.tables()
    totals = empty_totals(len(outlet.classes), outlet.steps, len(outlet.stations), len(replications))
    customers, breakdowns = keys_of_job(job, seed)
    system = NO_OUTAGES if job.outages is None else job.outages.fields()
    keys = (*customers, *breakdowns, *(breakdowns if job.outages is None else job.outages.key))
    size, day = _customers(job.pattern) + len(outlet.persons), 0
    while True:
        memory = tuple(new_state(outlet, size, size // 4 + 16, size + 3 * len(outlet.persons) + 64))
        inputs, room = (table(size, COMER), table(size // 4 + 16, FAULT)), tuple(new_room(outlet, 2 * size, size // 4))
        day = stream_days(tuple(outlet), source, system, keys, replications, inputs, room, memory, flat(totals), day)
        if day == len(replications):
            return totals
        size *= 2
