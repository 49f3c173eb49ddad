"""How many days measures are taken on: a fixed number, or until named measures are known well enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrecisionGoal:
    """
    How well one measure has to be known; one of the two widths is given.

    Parameters
    ----------
    measure
        Name of the measure, for example ``wait_p90`` or ``share_in_time.counter``.
    half_width
        Largest half width of its confidence interval, in the unit of the measure, positive.
    relative
        Largest half width as a share of the measure's mean, positive.

    Raises
    ------
    ValueError
        If none or both are given, or the one is not positive.
    """

    measure: str
    half_width: float | None = None
    relative: float | None = None

    def __post_init__(self) -> None:
        """Check that one positive width is given."""
        given = [width for width in (self.half_width, self.relative) if width is not None]
        if len(given) != 1 or not given[0] > 0:
            raise ValueError(f"{self.measure}: one positive half width is needed, absolute or relative, got {given}")

    def wanted(self, mean: float) -> float:
        """Return the largest half width at this mean of the measure, in its unit."""
        return self.half_width if self.half_width is not None else (self.relative or 0.0) * abs(mean)


@dataclass(frozen=True, slots=True)
class Measuring:
    """
    How many days a network is measured on.

    Parameters
    ----------
    days
        A fixed number, whatever the goals; None for ``simulation.compare_days``, or for the goals.
    min_days
        Days of the first look where there are goals.
    goals
        What has to be known how well; empty for a fixed number of days.
    """

    days: int | None = None
    min_days: int = 20
    goals: tuple[PrecisionGoal, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalReached:
    """
    What was known of one measure when no further day was added.

    Parameters
    ----------
    measure
        Its name.
    value, half_width
        Mean over days and half width of its interval, in the unit of the measure.
    wanted
        Largest half width asked for, in the unit of the measure.
    relative
        The same as a share of the mean where it was asked for so, else None.
    reached
        Whether it is known that well.
    """

    measure: str
    value: float
    half_width: float
    wanted: float
    relative: float | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Measurement:
    """
    How many days measures were taken on, and why no more.

    Parameters
    ----------
    days
        Days, each simulated for every day type.
    looks
        Numbers of days at which the goals were looked at; the last is ``days``.
    goals
        What was asked for and found, at the last look; empty for a fixed number of days.
    decided_by
        The measure that was last to be known well enough, or is furthest from it; empty without goals.
    """

    days: int
    looks: tuple[int, ...]
    goals: tuple[GoalReached, ...] = ()
    decided_by: str = ""

    @property
    def reached(self) -> bool:
        """Whether every measure is known as well as was asked for."""
        return all(goal.reached for goal in self.goals)
