"""From what a person typed to how well measures have to be known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netsim.errors import BadInputError, Fault
from netsim.kpi import measures
from netsim.model.precision import Measuring, PrecisionGoal
from netsim.model.study import Study
from netsim.scenario.load import LoadedScenario
from netsim.scenario.messages import AT_KEY, Location, at, suggest
from netsim.units import UnitError, metres, minutes, money, money_per_year, share, typed

RELATIVE = "rel:"
"""Begin of a half width that is a share of the measure, where one text says it all."""


def measuring_of(loaded: LoadedScenario, study: Study) -> Measuring:
    """
    Return how many days the measures of a scenario are taken on.

    Parameters
    ----------
    loaded
        What was typed, with its places.
    study
        The same as a study, which tells the measures that there are.

    Raises
    ------
    BadInputError
        If a measure is unknown or a half width does not fit its unit.
    """
    typed_in = loaded.scenario.simulation
    known, faults, goals = measures(study), [], []
    for name, item in typed_in.precision.items():
        here: Location = ("simulation", "precision", name)
        if name not in known:
            faults.append(at(loaded.tree, (*here, AT_KEY), f"unknown measure {typed(name)}; {suggest(name, known)}"))
        elif item.half_width is None:
            goals.append(PrecisionGoal(name, relative=item.relative))
        else:
            try:
                goals.append(PrecisionGoal(name, half_width=half_width(item.half_width, known[name], study)))
            except UnitError as error:
                faults.append(at(loaded.tree, (*here, "half_width"), str(error)))
    if faults:
        raise BadInputError(tuple(sorted(faults)))
    return Measuring(min_days=typed_in.min_days or typed_in.block, goals=tuple(goals))


def goal_of(text: str, study: Study) -> PrecisionGoal:
    """
    Return the goal that one text names.

    Parameters
    ----------
    text
        ``wait_p90=0.1 min``, ``share_in_time.counter=0.5%`` or, relative, ``cost_total=rel:1%``.
    study
        The study, which tells the measures that there are.

    Raises
    ------
    BadInputError
        If the measure is unknown or the half width does not fit its unit.
    """
    name, equals, width = (part.strip() for part in text.partition("="))
    known = measures(study)
    try:
        if not equals or not width:
            raise UnitError(f"expected MEASURE=HALFWIDTH such as 'wait_p90=0.1 min', got {typed(text)}")  # noqa: TRY301
        if name not in known:
            raise UnitError(f"unknown measure {typed(name)}; {suggest(name, known)}")  # noqa: TRY301
        if width.startswith(RELATIVE):
            return PrecisionGoal(name, relative=_positive(share(width.removeprefix(RELATIVE).strip()), width))
        return PrecisionGoal(name, half_width=half_width(width, known[name], study))
    except UnitError as error:
        raise BadInputError((Fault("--until", 0, 0, name, str(error)),)) from error


def half_width(value: float | str, unit: str, study: Study) -> float:
    """
    Return a half width in the unit of its measure.

    Parameters
    ----------
    value
        As typed: with a unit where the scenario's language knows one, else a number.
    unit
        Of the measure, as in the catalogue.
    study
        The study, for its currency.

    Raises
    ------
    UnitError
        If the unit is missing or another one, or the half width is not positive.
    """
    currency = study.economics.currency
    readers: Mapping[str, Callable[[object], float]] = {
        "min": minutes,
        "m": metres,
        "share": share,
        "money/a": lambda typed_in: money_per_year(typed_in, currency),
        "money": lambda typed_in: money(typed_in, currency),
    }
    if unit in readers:
        return _positive(readers[unit](value), value)
    try:
        number = float(value)
    except ValueError:
        raise UnitError(f"expected a number of {unit}, for example '5', got {typed(value)}") from None
    return _positive(number, value)


def _positive(width: float, value: object) -> float:
    """Return a half width that can be reached; ``inf`` and NaN are none."""
    if not 0.0 < width < float("inf"):
        raise UnitError(f"a half width must be positive, got {typed(value)}")
    return width
