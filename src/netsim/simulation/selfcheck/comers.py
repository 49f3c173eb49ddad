"""Who comes to the systems under test: Poisson streams, batches, and gaps of any length."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from netsim.simulation.alone import ArrivalPattern, draw_arrivals
from netsim.simulation.selfcheck.catalogue import Column, Source
from netsim.simulation.streams import Stream, Words, philox, uniforms
from netsim.simulation.visits import Arrivals, arrivals


def poisson(rate: float, minutes: float, shares: Sequence[float] = (1.0,)) -> Source:
    """
    Return a Poisson stream of constant rate.

    Parameters
    ----------
    rate
        Customers per minute.
    minutes
        Length of a day.
    shares
        Share of each class.
    """
    return poisson_by_piece([rate], minutes, shares)


def poisson_by_piece(rates: Sequence[float], minutes: float, shares: Sequence[float] = (1.0,)) -> Source:
    """
    Return a Poisson stream whose rate changes through the day.

    Parameters
    ----------
    rates
        Customers per minute in each piece of the day, positive.
    minutes
        Length of a piece.
    shares
        Share of each class.
    """
    pieces = len(rates)
    start, length = minutes * np.arange(pieces, dtype=np.float64), np.full(pieces, minutes, dtype=np.float64)
    pattern = ArrivalPattern(start, length, np.array(rates, dtype=np.float64), np.array(shares, dtype=np.float64))

    def draw(key: Words, replications: Sequence[int]) -> Arrivals:
        return draw_arrivals(pattern, key, replications)

    return draw


def poisson_batches(rate: float, minutes: float, upto: Column) -> Source:
    """
    Return batches that come as a Poisson stream; all of a batch come at the same minute.

    Parameters
    ----------
    rate
        Batches per minute.
    minutes
        Length of a day.
    upto
        Probability of a batch of at most 1, 2, 3, ... customers; the last is 1.
    """
    leaders = poisson(rate, minutes)

    def draw(key: Words, replications: Sequence[int]) -> Arrivals:
        first = leaders(key, replications)
        own = np.stack([first.comers["first_word"], first.comers["second_word"]], axis=1)
        size = 1 + np.searchsorted(upto, uniforms(own[:, 0]), side="right")
        batch = np.repeat(np.arange(len(size)), size)
        ends = np.concatenate([[0], np.cumsum(size)])
        place = np.arange(len(batch)) - ends[batch]
        words = philox(own[batch], (place.astype(np.uint64), 0, 0, int(Stream.CUSTOMER_WORDS)))[:, :2]
        return arrivals(first.comers["minute"][batch], np.zeros(len(batch), dtype=np.int64), words, ends[first.first])

    return draw


def even_gaps(low: float, high: float, minutes: float, kinds: int = 1) -> Source:
    """
    Return customers whose gaps are uniform between two bounds; each class is as likely as any other.

    Parameters
    ----------
    low, high
        Shortest and longest gap in minutes.
    minutes
        Length of a day.
    kinds
        Number of classes.
    """
    mean, deviation = (low + high) / 2.0, (high - low) / math.sqrt(12.0)
    most = math.ceil(minutes / mean + 8.0 * deviation / mean * math.sqrt(minutes / mean)) + 16

    def draw(key: Words, replications: Sequence[int]) -> Arrivals:
        number = np.arange(most, dtype=np.uint64)
        minute, kind, words, first = [], [], [], [0]
        for replication in replications:
            block = philox(np.broadcast_to(key, (most, 2)), (number, 0, replication, int(Stream.OUTLET_CUSTOMER)))
            at = np.cumsum(low + (high - low) * uniforms(block[:, 0]))
            came = int(np.searchsorted(at, minutes))
            minute.append(at[:came])
            kind.append((kinds * uniforms(block[:came, 1])).astype(np.int64))
            words.append(block[:came, 2:])
            first.append(first[-1] + came)
        return arrivals(np.concatenate(minute), np.concatenate(kind), np.concatenate(words), np.array(first))

    return draw
