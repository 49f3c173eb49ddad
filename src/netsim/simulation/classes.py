"""The axis of customer classes at an outlet: task by task, group by group, and whether they have an appointment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.service import Task
from netsim.model.study import Study


def classes_of(study: Study) -> Iterator[tuple[Task, Behaviour, bool]]:
    """
    Yield task, behaviour and whether it is for those with an appointment of each class, in the order of the axis.

    Task by task, group by group; where some task takes appointments, walk-ins come before those who have one.
    """
    for task in study.tasks:
        for behaviour in study.groups.kinds:
            for kind in range(study.kinds):
                yield task, behaviour, kind == 1


def class_of(
    study: Study, task: NDArray[np.int64], segment: NDArray[np.int64], booked: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """
    Return the class of customers.

    Parameters
    ----------
    study
        The study.
    task, segment
        Positions on the study's axes, shape ``(n,)``.
    booked
        Whether they have an appointment, shape ``(n,)``.
    """
    return (task * len(study.groups) + study.groups.of(segment)) * study.kinds + booked * (study.kinds == 2)


def classes_of_task(study: Study, task: int) -> slice:
    """Return the classes of a task."""
    size = len(study.groups) * study.kinds
    return slice(task * size, (task + 1) * size)
