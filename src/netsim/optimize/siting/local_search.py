"""Good plans fast: add, drop, convert and swap under nearest choice, always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.siting.evaluate import Evaluation, evaluate
from netsim.optimize.siting.neighbourhood import Neighbourhood, Penalties
from netsim.optimize.siting.problem import CLOSED, SitingProblem

Modes = NDArray[np.int64]
TENURE = 7
"""Moves for which a site that has just changed may not change again."""
ESCAPES = 4
"""Times the prices of broken rules are raised before the search gives up on a plan that breaks some."""
GAIN = 1e-9
"""Relative gain that counts as better."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """
    How much is searched; counted in moves, never in time.

    Parameters
    ----------
    rounds
        Most rounds of wandering and descending again; the search ends sooner where a round gains nothing.
    moves
        Moves of one walk.
    pairs
        Most first moves tried in one sweep over pairs of moves.
    passes
        Most sweeps over pairs of moves in one descent.
    """

    rounds: int = 3
    moves: int = 200
    pairs: int = 150
    passes: int = 8


def local_search(
    problem: SitingProblem, starts: Sequence[Modes] = (), limits: SearchLimits | None = None
) -> Evaluation:
    """
    Return the best plan found, with nearest choice and the cheapest servers that carry the load.

    Descends from today's network, from everything closed (which adds greedily) and from the given
    starts by single changes and pairs of changes, which contain every swap; wanders on from the best
    of them by tabu moves (the best change of a site that has not just changed, also where it makes the
    plan worse) and descends again. Broken rules are paid for, so that the way may lead through them. Nothing is
    drawn at random.

    Parameters
    ----------
    problem
        The problem.
    starts
        Plans to start from as well, each of shape ``(sites,)``.
    limits
        How much to search.

    Returns
    -------
    Evaluation
        The cheapest plan found that breaks no rule; if there is none, the one of the least penalised value.

    References
    ----------
    F. Glover, Tabu search - part I, ORSA Journal on Computing 1 (1989) 190-206.
    """
    limits = limits or SearchLimits()
    scale = evaluate(problem, problem.today).cost.total
    search = _Search(problem, Neighbourhood(problem, _prices(problem, scale)), limits)
    ends = [search.descend_pairs(search.descend(start)) for start in (*starts, problem.today, _least(problem))]
    best = min(ends, key=search.value)
    for _ in range(limits.rounds):
        end = search.descend_pairs(search.wander(best))
        if not _better(search.value(end), search.value(best)):
            break
        best = end
    for _ in range(ESCAPES):
        if search.known is not None:
            return evaluate(problem, search.descend_pairs(search.known))
        search.around.penalties = search.around.penalties.times(10.0)
        best = search.descend_pairs(search.descend(best))
    return evaluate(problem, best if search.known is None else search.known)


def _least(problem: SitingProblem) -> Modes:
    """Everything closed that may be closed, the rest as it is today."""
    closed = np.array([problem.modes.format[mode] == CLOSED for mode in problem.first[:-1]])
    return np.where(closed, problem.first[:-1], problem.today)


def _prices(problem: SitingProblem, scale: float) -> Penalties:
    """Prices in proportion to the money at stake: a point short costs 5 % of today's yearly cost."""
    work = float(np.einsum("dsi,s->d", problem.visits, problem.modes.work.sum(axis=2).max(axis=0)).max(initial=0.0))
    return Penalties(
        overloaded=0.02 * scale,
        overload=5.0 * scale / work if work > 0 else 0.0,
        share=5.0 * scale,
        budget=5.0,
        change=0.05 * scale,
    )


class _Search:
    """Moves over plans; remembers the cheapest plan met that breaks no rule."""

    def __init__(self, problem: SitingProblem, around: Neighbourhood, limits: SearchLimits) -> None:
        self.problem = problem
        self.around = around
        self.limits = limits
        self.known: Modes | None = None
        self._known_cost = float("inf")

    def value(self, modes: Modes) -> float:
        return self.around.value(modes)

    def descend(self, modes: Modes) -> Modes:
        """Take the best single change until none is better."""
        while True:
            values = self.around.values(modes)
            best = int(values.argmin())
            if not _better(values[best], values[modes[0]]):
                self._note(modes)
                return modes
            modes = self._with(modes, best)

    def wander(self, modes: Modes) -> Modes:
        """Follow tabu moves and return the best plan met on the way."""
        site = self.problem.modes.site
        best, best_value = None, np.inf
        known = self.value(modes)
        free_at = np.zeros(len(self.problem.sites), dtype=np.int64)
        for move in range(self.limits.moves):
            values = self.around.values(modes)
            values[modes] = np.inf
            allowed = (free_at[site] <= move) | (values < known - GAIN * abs(known))
            if not allowed.any() or not np.isfinite(values[allowed].min()):
                break
            chosen = int(np.where(allowed, values, np.inf).argmin())
            modes = self._with(modes, chosen)
            # The tenure swings, so that the walk does not run in a circle.
            free_at[site[chosen]] = move + 1 + TENURE + move % 5
            # Only what lies beyond the valley of the start counts as a place to descend from.
            if move >= TENURE and _better(values[chosen], best_value):
                best, best_value = modes, float(values[chosen])
            known = min(known, float(values[chosen]))
        return modes if best is None else self.descend(best)

    def descend_pairs(self, modes: Modes) -> Modes:
        """Take pairs of changes that together are better until none is."""
        for _ in range(self.limits.passes):
            better = self._better_pair(modes)
            if better is None:
                break
            modes = self.descend(better)
        self._note(modes)
        return modes

    def _better_pair(self, modes: Modes) -> Modes | None:
        values = self.around.values(modes)
        present = float(values[modes[0]])
        best, best_value = None, present
        site = self.problem.modes.site
        for first in np.argsort(values, kind="stable")[: self.limits.pairs + len(modes)]:
            if first == modes[site[first]]:
                continue
            half = self._with(modes, int(first))
            pair_values = self.around.values(half)
            second = int(pair_values.argmin())
            if _better(pair_values[second], best_value):
                best, best_value = self._with(half, second), float(pair_values[second])
        return best

    def _with(self, modes: Modes, mode: int) -> Modes:
        changed = modes.copy()
        changed[self.problem.modes.site[mode]] = mode
        return changed

    def _note(self, modes: Modes) -> None:
        found = evaluate(self.problem, modes)
        if found.cost.total < self._known_cost and found.feasible(self.problem):
            self.known, self._known_cost = modes, found.cost.total


def _better(value: float, than: float) -> bool:
    return value < than - GAIN * abs(than)
