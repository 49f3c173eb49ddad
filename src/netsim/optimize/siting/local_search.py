"""Good plans fast: add, drop, convert and swap under nearest choice, always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.siting.evaluate import Evaluation, evaluate
from netsim.optimize.siting.neighbourhood import Neighbourhood, Penalties
from netsim.optimize.siting.problem import CLOSED, SitingProblem

Modes = NDArray[np.int64]
KICK = (6, 12)
"""Least and most sites that are changed at random before a new descent."""
PATIENCE = 0.007
"""A local optimum worse than the best by less than this share is gone on from."""
ESCAPES = 4
"""Times the prices of broken rules are raised before the search gives up on a plan that breaks some."""
GAIN = 1e-9
"""Relative gain that counts as better."""
LARGE = 1_000_000
"""Numbers in the table of one look around from which on many changes are made at a look, and nothing is kicked."""
AT_ONCE = 64
"""Most changes that are made together."""
LOOKS = 120
"""Most looks around from one start in a large problem."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """
    How much is searched; counted in moves, never in time.

    Parameters
    ----------
    kicks
        Descents from plans with some sites changed at random.
    passes
        Most sweeps over pairs of changes in the last descent.
    """

    kicks: int = 120
    passes: int = 8


def local_search(
    problem: SitingProblem, starts: Sequence[Modes] = (), limits: SearchLimits | None = None
) -> Evaluation:
    """
    Return the best plan found, with nearest choice and the cheapest servers that carry the load.

    Descends by single changes from today's network, from everything closed (which adds greedily) and
    from the given starts; then again and again from plans with some sites changed at random (iterated
    local search); at last over pairs of changes, which contain every swap. Broken rules are paid for,
    so that the way may lead through them. The random numbers are a fixed stream: equal input gives an
    equal plan.

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

    A large problem (``is_large``) takes many changes at each look, as long as they do not spoil each other, and ends
    at the first plan that no single change makes better.

    References
    ----------
    H. R. Lourenco, O. C. Martin and T. Stutzle, Iterated local search, in Handbook of Metaheuristics
    (2003) 320-353.
    """
    limits = limits or SearchLimits()
    scale = evaluate(problem, problem.today).cost.total
    search = _Search(problem, Neighbourhood(problem, _prices(problem, scale)))
    if is_large(problem):
        return _search_large(search, starts)
    ends = [search.descend(start) for start in (*starts, problem.today, _least(problem))]
    best = min(ends, key=search.value)
    best = search.kick(best, limits.kicks)
    for _ in range(ESCAPES):
        if search.known is not None:
            search.descend_pairs(search.known, limits.passes)
            break
        search.around.penalties = search.around.penalties.times(10.0)
        best = search.descend_pairs(search.descend(best), limits.passes)
    return evaluate(problem, best if search.known is None else search.known)


def is_large(problem: SitingProblem) -> bool:
    """Whether one look around a plan is too dear to take one change after the other."""
    return len(problem.modes) * len(problem.sites) * len(problem.days) * len(problem.tasks) > LARGE


def _search_large(search: _Search, starts: Sequence[Modes]) -> Evaluation:
    """Descend by many changes at once; from the given plans if there are any, else from today's network."""
    problem = search.problem
    # A look around an empty network is the dearest of all: everybody would go to any outlet that opens.
    ends = [search.descend_many(start) for start in (starts or (problem.today,))]
    best = min(ends, key=search.value)
    for _ in range(ESCAPES):
        if search.known is not None:
            break
        search.around.penalties = search.around.penalties.times(10.0)
        best = search.descend_many(best)
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

    def __init__(self, problem: SitingProblem, around: Neighbourhood) -> None:
        self.problem = problem
        self.around = around
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

    def descend_many(self, modes: Modes) -> Modes:
        """
        Take the best changes of many sites together until no single one is better.

        Changes next to each other spoil each other's gain: where they do, half as many are taken.
        """
        size = AT_ONCE
        values = self.around.values(modes)
        for _ in range(LOOKS):
            present = float(values[modes[0]])
            order = self._best_of_sites(values, present)[:size]
            if not len(order):
                break
            hoped = present - float(np.sum(present - values[order]))
            changed = modes.copy()
            changed[self.problem.modes.site[order]] = order
            found = self.around.values(changed)
            reached = float(found[changed[0]])
            if len(order) > 1 and reached > present - 0.5 * (present - hoped):
                size = max(len(order) // 2, 1)
                if not _better(reached, present):
                    continue
            modes, values = changed, found
            size = min(2 * size, AT_ONCE) if reached <= present - 0.8 * (present - hoped) else size
        self._note(modes)
        return modes

    def _best_of_sites(self, values: NDArray[np.float64], present: float) -> NDArray[np.int64]:
        """Return the best mode of each site that it makes better, the best site first."""
        first = self.problem.first
        best = np.array([low + int(values[low:high].argmin()) for low, high in pairwise(first)], dtype=np.int64)
        better = best[values[best] < present - GAIN * abs(present)]
        return better[np.argsort(values[better], kind="stable")]

    def kick(self, modes: Modes, times: int) -> Modes:
        """Descend from random changes of a good plan, many times; return the best plan met."""
        stream = np.random.Generator(np.random.Philox(key=0))
        first, count = self.problem.first[:-1], np.diff(self.problem.first)
        sites = len(count)
        best, best_value = modes, self.value(modes)
        present = modes
        for _ in range(times):
            changed = present.copy()
            size = min(int(stream.integers(KICK[0], KICK[1] + 1)), sites)
            for site in stream.permutation(sites)[:size]:
                changed[site] = first[site] + int(stream.integers(count[site]))
            end = self.descend(changed)
            value = self.value(end)
            if value < best_value + PATIENCE * abs(best_value):
                present = end
            if _better(value, best_value):
                best, best_value = end, value
        return best

    def descend_pairs(self, modes: Modes, passes: int) -> Modes:
        """Take pairs of changes that together are better until none is."""
        for _ in range(passes):
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
        for first in np.argsort(values, kind="stable"):
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
