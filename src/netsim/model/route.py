"""The way of a task through an outlet: which steps are done where, and with what shares customers go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netsim.model.behaviour import PLAIN, Behaviour
from netsim.model.network import Format
from netsim.model.service import END, LANES, Task

DONE, NOWHERE = -1, -2
"""Targets of a leg: the visit is done; it goes on with a step that this outlet cannot do."""


@dataclass(frozen=True, slots=True)
class Leg:
    """
    A step as it is done at an outlet.

    Parameters
    ----------
    step
        Position in the blueprint.
    place
        Lane or station at which it is done.
    ways
        Shares of customers by the leg that they go on with: its position, ``DONE`` or ``NOWHERE``. They sum to 1.
    """

    step: int
    place: str
    ways: tuple[tuple[float, int], ...]


def legs(
    form: Format, task: Task, has: tuple[bool, bool] = (True, True), behaviour: Behaviour = PLAIN
) -> tuple[Leg, ...] | None:
    """
    Return the legs of a task at an outlet, in the order of the blueprint; None if its first step cannot be done there.

    Steps that the outlet cannot do are left out where they are not mandatory: whoever would have gone on with
    one goes on with what comes after it. Legs that nobody reaches are left out too. The one definition for
    simulation and optimizer.

    Parameters
    ----------
    form, task
        The format and the task.
    has
        Whether the outlet has a terminal and a counter.
    behaviour
        Whose visit it is.

    Raises
    ------
    ValueError
        If customers part after a first step that is left out: nobody knows where they would begin.
    """
    places = [form.place_of(task, step, has, behaviour) for step in task.steps]
    ways, start = _ways(task, [place is not None for place in places])
    if len(start) > 1:
        raise ValueError(f"task {task.id!r}: customers part after a first step that is left out here")
    first = next(iter(start))
    if first in {DONE, NOWHERE}:
        return None
    reached = {first}
    for position in range(first, len(task.steps)):
        if position in reached:
            reached |= set(ways[position]) - {DONE, NOWHERE}
    order = sorted(reached)
    return tuple(
        Leg(
            step,
            places[step] or "",
            tuple((share, goal if goal < 0 else order.index(goal)) for goal, share in ways[step].items()),
        )
        for step in order
    )


def _ways(task: Task, done: Sequence[bool]) -> tuple[list[dict[int, float]], dict[int, float]]:
    """Return, for each step and for the beginning, the shares of the steps done here that come next."""
    number = {step.id: position for position, step in enumerate(task.steps)}
    ways: list[dict[int, float]] = [{} for _ in task.steps]

    def resolved(step: int) -> dict[int, float]:
        """Return with what those go on who are to go on with ``step``."""
        if step == len(task.steps):
            return {DONE: 1.0}
        if done[step]:
            return {step: 1.0}
        return {NOWHERE: 1.0} if task.steps[step].mandatory else ways[step]

    for position in reversed(range(len(task.steps))):
        then = task.steps[position].then
        targets = [(len(task.steps) if to == END else number[to], share) for to, share in then]
        for target, share in targets or [(position + 1, 1.0)]:
            for goal, part in resolved(target).items():
                ways[position][goal] = ways[position].get(goal, 0.0) + share * part
    return ways, resolved(0)


def offers(form: Format, task: Task, has: tuple[bool, bool] = (True, True)) -> bool:
    """Whether an outlet of this format, with these lanes, does more of the task than send customers away."""
    found = legs(form, task, has)
    if found is None:
        return False
    return found[0].place in LANES or any(
        leg.place in LANES or any(goal == DONE for _, goal in leg.ways) for leg in found
    )
