"""The axis of customer classes at an outlet: task by task, group by group, and how they come."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.service import Task
from netsim.model.study import Study

WALK_IN, BOOKED = 0, 1
"""Kinds of visits; where nobody books, and behind those who do, come the remote channels in their order."""


def kinds_of(study: Study) -> list[int]:
    """Return the kinds of visits that a group makes, in the order of the axis."""
    kinds = [WALK_IN, *([BOOKED] if study.takes_bookings else [])]
    return [*kinds, *range(2, 2 + study.kinds - len(kinds))]


def classes_of(study: Study) -> Iterator[tuple[Task, Behaviour, int]]:
    """
    Yield task, behaviour and kind of visit of each class, in the order of the axis.

    Task by task, group by group: walk-ins, those with an appointment where some task takes them, and those who turn
    to a remote channel first (kind 2 for the first channel, whether there are appointments or not).
    """
    for task in study.tasks:
        for behaviour in study.groups.kinds:
            for kind in kinds_of(study):
                yield task, behaviour, kind


def class_of(
    study: Study, task: NDArray[np.int64], segment: NDArray[np.int64], kind: NDArray[np.int64]
) -> NDArray[np.int64]:
    """
    Return the class of customers.

    Parameters
    ----------
    study
        The study.
    task, segment
        Positions on the study's axes, shape ``(n,)``.
    kind
        Kind of visit as in ``classes_of``, shape ``(n,)``.
    """
    place = np.where(kind > BOOKED, kind - 1 + study.takes_bookings, kind)
    return (task * len(study.groups) + study.groups.of(segment)) * study.kinds + place


def classes_of_task(study: Study, task: int) -> slice:
    """Return the classes of a task."""
    size = len(study.groups) * study.kinds
    return slice(task * size, (task + 1) * size)
