"""The axis of customer classes at an outlet: tasks and, within a task, the groups that behave alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.service import Task
from netsim.model.study import Study


def classes_of(study: Study) -> Iterator[tuple[Task, Behaviour]]:
    """Yield task and behaviour of each class in the order of the axis: task by task, group by group."""
    for task in study.tasks:
        for behaviour in study.groups.kinds:
            yield task, behaviour


def class_of(study: Study, task: NDArray[np.int64], segment: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Return the class of customers.

    Parameters
    ----------
    study
        The study.
    task, segment
        Positions on the study's axes, shape ``(n,)``.
    """
    return task * len(study.groups) + study.groups.of(segment)


def classes_of_task(study: Study, task: int) -> slice:
    """Return the classes of a task."""
    return slice(task * len(study.groups), (task + 1) * len(study.groups))
