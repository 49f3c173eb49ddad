"""How a scenario is simulated, beside what it says itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netsim.errors import BadInputError, Fault
from netsim.experiment.measuring import goal_of
from netsim.model.precision import Measuring, PrecisionGoal
from netsim.model.study import Study
from netsim.scenario.messages import suggest
from netsim.simulation.runners import RUNNERS
from netsim.units import typed


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Settings of one job.

    Parameters
    ----------
    runner, workers
        Runner of the simulation, and threads that simulate outlets side by side; results depend on neither.
    days
        Days that measures are taken on; None as the scenario says.
    min_days
        Days of the first look at the precision; None as the scenario says.
    until
        ``MEASURE=HALFWIDTH`` each, in place of the scenario's ``simulation.precision``.
    visit_log
        Ids of the sites whose visits are written, empty for all; None for no log.
    """

    runner: str = "kernel"
    workers: int = 1
    days: int | None = None
    min_days: int | None = None
    until: tuple[str, ...] = ()
    visit_log: tuple[str, ...] | None = None


def applied(study: Study, settings: Settings) -> Study:
    """
    Return the study with the settings of a job.

    Raises
    ------
    BadInputError
        With everything in the settings that the study does not know.
    """
    faults: list[Fault] = []
    if settings.runner not in set(RUNNERS):
        faults.append(
            _fault("--runner", f"unknown runner {typed(settings.runner)}; {suggest(settings.runner, RUNNERS)}")
        )
    if settings.workers < 1:
        faults.append(_fault("--workers", f"expected 1 or more, got {settings.workers}"))
    known = [site.id for site in study.sites]
    faults += [
        _fault("--visit-log", f"unknown site {typed(site)}; {suggest(site, known)}")
        for site in settings.visit_log or ()
        if site not in known
    ]
    measuring = _measuring(study, settings, faults)
    if faults:
        raise BadInputError(tuple(faults))
    return replace(study, runner=settings.runner, workers=settings.workers, measuring=measuring)


def _measuring(study: Study, settings: Settings, faults: list[Fault]) -> Measuring:
    """Return how many days measures are taken on; what is wrong is added to the faults."""
    measuring, most = study.measuring, study.simulation.max_days
    goals = _goals(study, settings.until, faults)
    if settings.days is not None and settings.until:
        faults.append(_fault("--days", "a fixed number of days, and days until a precision: give one of the two"))
    for option, days, limit in (("--days", settings.days, None), ("--min-days", settings.min_days, most)):
        if days is not None and days < 2:
            faults.append(_fault(option, f"expected 2 days or more, got {days}"))
        elif days is not None and limit is not None and days > limit:
            faults.append(_fault(option, f"{days} days are more than simulation.max_days ({limit})"))
    return Measuring(
        days=settings.days,
        min_days=measuring.min_days if settings.min_days is None else settings.min_days,
        goals=goals or measuring.goals,
    )


def _goals(study: Study, until: Sequence[str], faults: list[Fault]) -> tuple[PrecisionGoal, ...]:
    """Return what the measures named have to reach, each once."""
    goals: dict[str, PrecisionGoal] = {}
    for text in until:
        try:
            goal = goal_of(text, study)
        except BadInputError as error:
            faults.extend(error.faults)
            continue
        if goal.measure in goals:
            faults.append(_fault("--until", f"{goal.measure}: named twice"))
        goals[goal.measure] = goal
    return tuple(goals.values())


def _fault(option: str, message: str) -> Fault:
    return Fault(option, 0, 0, "", message)
