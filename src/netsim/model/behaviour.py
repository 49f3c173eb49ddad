"""How customers of different people layers behave at an outlet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Behaviour:
    """
    What sets the customers of some people apart.

    Parameters
    ----------
    priority
        Level in every queue in place of the task's; None takes the task's.
    preempts
        Whether they interrupt services of a higher level; None takes what the task says.
    patience
        Factor on the mean patience of each queue.
    speed
        Their service times are divided by it.
    desk
        Station that takes their counter steps where the outlet has it (a VIP desk); None for none.
    party
        Shares of parties of 1, 2, ... customers who come together; empty where everybody comes alone.
    presence
        Share of these people who are there in each half-hour of the day, shape ``(48,)``: residents at night,
        the daytime population by day; empty for always.
    self_service
        Whether they do at a terminal what can be done there; else the counter takes them where it does the task.
    """

    priority: int | None = None
    preempts: bool | None = None
    patience: float = 1.0
    speed: float = 1.0
    desk: str | None = None
    party: tuple[float, ...] = ()
    presence: tuple[float, ...] = ()
    self_service: bool = True

    def present(self, profile: tuple[float, ...]) -> float:
        """Return the share of the visits of a profile, shape ``(48,)``, whose customers are there to wish them."""
        return float(np.dot(profile, self.presence)) if self.presence else 1.0

    def profile(self, profile: tuple[float, ...]) -> tuple[float, ...]:
        """
        Return a profile as these customers have it: cut down to when they are there, sums to 1.

        Examples
        --------
        >>> commuters = Behaviour(presence=(0.0,) * 24 + (1.0,) * 24)
        >>> sum(commuters.profile((1 / 48,) * 48)[:24]), round(commuters.profile((1 / 48,) * 48)[47], 6)
        (0.0, 0.041667)
        """
        total = self.present(profile)
        if not self.presence or total <= 0.0:
            return profile
        cut = np.asarray(profile) * np.asarray(self.presence)
        return tuple((cut / cut.sum()).tolist())

    @property
    def mean_party(self) -> float:
        """Mean number of customers who come together."""
        return sum(size * share for size, share in enumerate(self.party, 1)) if self.party else 1.0


PLAIN = Behaviour()
"""Of customers whom nothing sets apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """
    The segments of a study by how they behave: those that behave alike are one group.

    Parameters
    ----------
    kinds
        The behaviours, each once.
    names
        Ids of the segments of each group.
    of_segment
        Group of each segment, shape ``(segments,)``; empty where all are alike.
    share
        Share of each group in the visits of each task over a year, shape ``(tasks, groups)``; rows sum to 1.
        None where all are alike.
    """

    kinds: tuple[Behaviour, ...] = (PLAIN,)
    names: tuple[tuple[str, ...], ...] = ((),)
    of_segment: tuple[int, ...] = ()
    share: NDArray[np.float64] | None = field(default=None)

    def __post_init__(self) -> None:
        """Check that the parts agree; freeze the array."""
        if len(self.kinds) != len(self.names) or any(not 0 <= item < len(self.kinds) for item in self.of_segment):
            raise ValueError("groups: kinds, names and segments do not agree")
        if len(self.kinds) > 1 and (self.share is None or self.share.shape[1:] != (len(self.kinds),)):
            raise ValueError("groups: several groups need their shares of each task, shape (tasks, groups)")
        if self.share is not None:
            self.share.flags.writeable = False

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.kinds)

    def share_of(self, task: int, group: int) -> float:
        """Return the share of a group in the visits of a task."""
        return 1.0 if self.share is None else float(self.share[task, group])

    def of(self, segment: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the group of each segment position, shape of ``segment``."""
        if not self.of_segment:
            return np.zeros_like(segment)
        return np.asarray(self.of_segment, dtype=np.int64)[segment]
