"""Lines of public transport that people may take, and which of them are worth boarding together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WAIT_SHARE = 0.5
"""Mean wait over headway, where people arrive at random and vehicles evenly."""
BLOCK = 2_000_000
"""Pairs of calls that are looked at in one go, to bound the memory."""
GAIN_MINUTES = 1e-9
"""Lines that save less together are not told from one alone."""


@dataclass(frozen=True, slots=True)
class Waits:
    """
    How long people wait for a vehicle.

    Parameters
    ----------
    longest
        Longest wait, minutes.
    leave_out
        Whether nobody takes a line with a longer mean wait; else its wait counts as the longest.
    """

    longest: float
    leave_out: bool = False

    def minutes(self, rate: Floats) -> Floats:
        """
        Return the mean wait at rates in vehicles a minute, minutes.

        Examples
        --------
        >>> Waits(20.0).minutes(np.array([0.1, 0.01])).tolist()
        [5.0, 20.0]
        """
        return np.minimum(WAIT_SHARE / rate, self.longest)

    def usable(self, rate: Floats) -> Floats:
        """Return the rates, 0 where nobody takes the line."""
        return np.where(rate < WAIT_SHARE / self.longest, 0.0, rate) if self.leave_out else rate


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """
    Patterns of calls.

    Parameters
    ----------
    first
        The calls of pattern j are ``first[j]`` to ``first[j + 1]``, shape ``(p + 1,)``.
    stop
        Stop of each call, shape ``(k,)``.
    rate
        Vehicles a minute that people may board at the call, shape ``(k,)``.
    ride
        Minutes to the arrival at the next call, shape ``(k,)``.
    dwell
        Minutes that the vehicle stands at the call, shape ``(k,)``.
    alights
        Whether people may get off, shape ``(k,)``.
    metres
        Straight way to the next call (without meaning at the last), shape ``(k,)``.
    """

    first: Ints
    stop: Ints
    rate: Floats
    ride: Floats
    dwell: Floats
    alights: NDArray[np.bool_]
    metres: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.first, self.stop, self.rate, self.ride, self.dwell, self.alights, self.metres):
            array.flags.writeable = False

    def starts(self) -> NDArray[np.bool_]:
        """Return which calls are the first of their pattern, shape ``(k,)``."""
        marks = np.zeros(len(self.stop), dtype=bool)
        marks[self.first[:-1]] = True
        return marks

    def ends(self) -> NDArray[np.bool_]:
        """Return which calls are the last of their pattern, shape ``(k,)``."""
        marks = np.zeros(len(self.stop), dtype=bool)
        marks[self.first[1:] - 1] = True
        return marks

    def running(self) -> Lines:
        """Return the patterns that somebody can board."""
        sizes = np.diff(self.first)
        pattern = np.repeat(np.arange(len(sizes)), sizes)
        runs = np.bincount(pattern, weights=self.rate, minlength=len(sizes)) > 0.0
        rows = np.flatnonzero(runs[pattern])
        first = np.concatenate([[0], np.cumsum(sizes[runs])]).astype(np.int64)
        return Lines(
            first,
            self.stop[rows],
            self.rate[rows],
            self.ride[rows],
            self.dwell[rows],
            self.alights[rows],
            self.metres[rows],
        )

    @staticmethod
    def joined(parts: Sequence[Lines]) -> Lines:
        """Return the patterns of several records as one."""
        ends = np.cumsum([0, *(len(part.stop) for part in parts)])
        shifted = [part.first[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]
        return Lines(
            np.concatenate([np.zeros(1, dtype=np.int64), *shifted]),
            np.concatenate([np.zeros(0, dtype=np.int64), *(part.stop for part in parts)]),
            np.concatenate([np.zeros(0), *(part.rate for part in parts)]),
            np.concatenate([np.zeros(0), *(part.ride for part in parts)]),
            np.concatenate([np.zeros(0), *(part.dwell for part in parts)]),
            np.concatenate([np.zeros(0, dtype=bool), *(part.alights for part in parts)]),
            np.concatenate([np.zeros(0), *(part.metres for part in parts)]),
        )


def common_lines_arcs(lines: Lines, waits: Waits) -> tuple[Ints, Ints, Floats, Floats]:
    """
    Return the rides from stop to stop for which it pays to board whichever of several patterns comes first.

    Of the patterns from one stop to another, sorted by ride minutes ``t``, the first few are taken: as many as
    minimise ``wait(sum f) + sum(f t) / sum f``, with their vehicles a minute ``f``. No other choice of
    patterns is quicker.

    Parameters
    ----------
    lines
        Patterns.
    waits
        How long people wait.

    Returns
    -------
    tuple of numpy.ndarray
        Stop left and stop reached (each pair once), minutes with the wait, mean metres; shape ``(rides,)``.
        Pairs for which one pattern alone is as good are left out.

    References
    ----------
    C. Chriqui, P. Robillard, "Common bus lines", Transportation Science 9 (1975), 115-121.

    Examples
    --------
    Two lines with a headway of 12 minutes each and a ride of 10 minutes are one with a headway of 6.

    >>> twice = np.array([0, 1, 0, 1]), np.array([1 / 12, 0.0] * 2), np.array([10.0, 0.0] * 2)
    >>> more = np.zeros(4), np.ones(4, dtype=bool), np.array([500.0, 0.0] * 2)
    >>> common_lines_arcs(Lines(np.array([0, 2, 4]), *twice, *more), Waits(30.0))[2].tolist()
    [13.0]
    """
    blocks = [_worth(lines, rows, waits) for rows in _blocks(lines)]
    none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    tails, heads, minutes, metres = (np.concatenate(parts) for parts in zip(none, *blocks, strict=True))
    return tails, heads, minutes, metres


def _ahead(lines: Lines, rows: Ints) -> Ints:
    """Return how many calls come after some calls of their patterns."""
    return lines.first[np.searchsorted(lines.first, rows, side="right")] - 1 - rows


def _blocks(lines: Lines) -> Iterator[Ints]:
    """Yield the calls where people board, all of one stop together, in blocks of bounded work."""
    rows = np.flatnonzero(lines.rate > 0.0)
    rows = rows[np.argsort(lines.stop[rows], kind="stable")]
    work = np.cumsum(_ahead(lines, rows))
    turns = np.flatnonzero(np.diff(lines.stop[rows])) + 1
    begin = np.concatenate([[0], turns])
    # A stop belongs to the block in which its first pair falls.
    number = np.concatenate([[0], work[turns - 1]]) // BLOCK
    yield from np.split(rows, begin[1:][np.diff(number) > 0])


def _worth(lines: Lines, rows: Ints, waits: Waits) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the rides that start at some calls, as ``common_lines_arcs`` does."""
    start, end = _pairs(lines, rows)
    arrives = np.cumsum(np.concatenate([[0.0], lines.dwell[:-1] + lines.ride[:-1]]))
    covered = np.concatenate([[0.0], np.cumsum(lines.metres[:-1])])
    minutes = arrives[end] - arrives[start] - lines.dwell[start]
    pair = lines.stop[start] * (lines.stop.max(initial=0) + 1) + lines.stop[end]
    order = np.lexsort((minutes, start, pair))
    # A vehicle that calls twice at the stop reached is left at the first call.
    once = np.ones(len(order), dtype=bool)
    once[1:] = (np.diff(pair[order]) != 0) | (np.diff(start[order]) != 0)
    order = order[once]
    order = order[np.lexsort((minutes[order], pair[order]))]
    start, end, minutes, pair = start[order], end[order], minutes[order], pair[order]
    group = np.flatnonzero(np.diff(pair, prepend=-1))
    size = np.diff(group, append=len(pair))
    rate, metres = lines.rate[start], covered[end] - covered[start]
    best, mean = _together(group, size, rate, (minutes, metres), waits)
    alone = np.minimum.reduceat(waits.minutes(rate) + minutes, group) if len(group) else best
    gains = np.flatnonzero(best < alone - GAIN_MINUTES)
    at = group[gains]
    return lines.stop[start[at]], lines.stop[end[at]], best[gains], mean[gains]


def _pairs(lines: Lines, rows: Ints) -> tuple[Ints, Ints]:
    """Return every call where people board with every later call at another stop where they get off."""
    ahead = _ahead(lines, rows)
    start = np.repeat(rows, ahead)
    end = start + 1 + np.arange(len(start)) - np.repeat(np.cumsum(ahead) - ahead, ahead)
    fits = lines.alights[end] & (lines.stop[start] != lines.stop[end])
    return start[fits], end[fits]


def _together(
    group: Ints, size: Ints, rate: Floats, measures: tuple[Floats, Floats], waits: Waits
) -> tuple[Floats, Floats]:
    """Return the least minutes by the first few lines of each group, and the mean metres on those."""
    minutes, metres = measures
    best, mean = np.full(len(group), np.inf), np.zeros(len(group))
    total, timed, moved = np.zeros(len(group)), np.zeros(len(group)), np.zeros(len(group))
    for rank in range(int(size.max(initial=0))):
        here = np.flatnonzero(size > rank)
        row = group[here] + rank
        total[here] += rate[row]
        timed[here] += rate[row] * minutes[row]
        moved[here] += rate[row] * metres[row]
        cost = waits.minutes(total[here]) + timed[here] / total[here]
        less = cost < best[here]
        best[here[less]] = cost[less]
        mean[here[less]] = moved[here[less]] / total[here[less]]
    return best, mean
