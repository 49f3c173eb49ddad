"""
Values as people type them, with units: checked for their dimension and turned into the house units.

Inside the house a time is in minutes, a length in metres, a speed in metres per minute, a share in
``[0, 1]`` and money in the scenario's currency (per year, per hour or per minute as the name says).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_NUMBER = r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,15})?(?:[eE][-+]?[0-9]{1,2})?"
_VALUE = re.compile(rf"({_NUMBER})\s*(\S.*)?", re.DOTALL)
_COMMA = re.compile(r"[-+]?[0-9][0-9.]*,[0-9]")
_MONEY = re.compile(r"(k|M|bn|万|亿)?\s*([A-Z]{3})(?:/([ah]))?")
_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_LAST_MINUTE = 30 * 60
_SHOWN = 60

_TIMES: Final = {"s": Decimal(1) / 60, "min": Decimal(1), "h": Decimal(60), "d": Decimal(1440)}
_LENGTHS: Final = {"m": Decimal(1), "km": Decimal(1000)}
_SPEEDS: Final = {"m/min": Decimal(1), "m/s": Decimal(60), "km/h": Decimal(1000) / 60}
_YEARS: Final = {"a": Decimal(1)}
_SHARES: Final = {"%": Decimal("0.01")}
_TENS: Final = {
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "bn": Decimal(10**9),
    "万": Decimal(10**4),
    "亿": Decimal(10**8),
}
_KINDS: Final = {
    "a time": _TIMES,
    "a length": _LENGTHS,
    "a speed": _SPEEDS,
    "a number of years": _YEARS,
    "a share": _SHARES,
}
_MONEY_KINDS: Final = {"": "an amount of money", "a": "money per year", "h": "money per hour"}


class UnitError(ValueError):
    """A value without the unit that is expected there; the message names the unit and an example."""


def typed(value: object) -> str:
    """
    Return a value the way a person types it in a scenario, cut to a readable length.

    Examples
    --------
    >>> typed(True), typed("west"), typed(None), typed(3.5)
    ('true', "'west'", 'nothing', '3.5')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _kind_of(unit: str) -> str | None:
    """Return what a unit measures, or None if nothing here does."""
    for kind, factors in _KINDS.items():
        if unit in factors:
            return kind
    money_unit = _MONEY.fullmatch(unit)
    return _MONEY_KINDS[money_unit[3] or ""] if money_unit else None


def _expected(kind: str, example: str) -> str:
    return f"expected {kind} with its unit, for example '{example}'"


def _split(value: object, kind: str, example: str) -> tuple[Decimal, str]:
    """Return number and unit of a text; everything else is refused with the mend."""
    expected = _expected(kind, example)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise UnitError(f"the unit is missing; {expected}, got {typed(value)}")
    if not isinstance(value, str):
        raise UnitError(f"{expected}, got {typed(value)}")
    text = value.strip()
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        raise UnitError(f"full-width or special characters in {typed(value)}; write '{plain}'")
    if _COMMA.match(text):
        raise UnitError(f"a comma in the number of {typed(value)}; use a point for decimals and nothing for thousands")
    match = _VALUE.fullmatch(text)
    if not match:
        raise UnitError(f"{expected}, got {typed(value)}")
    if match[2] is None:
        raise UnitError(f"the unit is missing; {expected}, got {typed(value)}")
    return Decimal(match[1]), match[2]


def _wrong_unit(value: object, unit: str, kind: str, example: str, known: tuple[str, ...]) -> UnitError:
    other = _kind_of(unit)
    if other is not None and other != kind:
        return UnitError(f"{typed(value)} is {other}; {_expected(kind, example)}")
    units = f" (known: {', '.join(known)})" if known else ""
    return UnitError(f"unknown unit {typed(unit)} in {typed(value)}{units}; {_expected(kind, example)}")


def _convert(value: object, kind: str, example: str) -> float:
    """Return a value in the house unit of its kind."""
    number, unit = _split(value, kind, example)
    factors = _KINDS[kind]
    if unit not in factors:
        raise _wrong_unit(value, unit, kind, example, tuple(factors))
    return float(number * factors[unit])


def minutes(value: object) -> float:
    """
    Return a time in minutes.

    Parameters
    ----------
    value
        Text such as ``5 min``, ``2 h``, ``30 s`` or ``1 d``.

    Raises
    ------
    UnitError
        If the unit is missing, unknown or not one of time.

    Examples
    --------
    >>> minutes("2 h"), minutes("30 s")
    (120.0, 0.5)
    """
    return _convert(value, "a time", "5 min")


def metres(value: object) -> float:
    """
    Return a length in metres.

    Raises
    ------
    UnitError
        If the unit is missing, unknown or not one of length.

    Examples
    --------
    >>> metres("1.2 km")
    1200.0
    """
    return _convert(value, "a length", "300 m")


def metres_per_minute(value: object) -> float:
    """
    Return a speed in metres per minute.

    Raises
    ------
    UnitError
        If the unit is missing, unknown or not one of speed.

    Examples
    --------
    >>> metres_per_minute("4.8 km/h")
    80.0
    """
    return _convert(value, "a speed", "4.8 km/h")


def years(value: object) -> float:
    """
    Return a number of years.

    Raises
    ------
    UnitError
        If the unit is not ``a``.

    Examples
    --------
    >>> years("10 a")
    10.0
    """
    return _convert(value, "a number of years", "10 a")


def share(value: object) -> float:
    """
    Return a share between 0 and 1.

    Parameters
    ----------
    value
        Text such as ``90%``, or a number between 0 and 1.

    Raises
    ------
    UnitError
        If it is neither, or lies outside 0 and 1.

    Examples
    --------
    >>> share("90%"), share(0.9)
    (0.9, 0.9)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if 0 <= number <= 1:
            return number
        mend = f"; did you mean '{value}%'?" if 1 < number <= 100 else ""
        raise UnitError(f"a share must be between 0 and 1 (or 0% and 100%), got {typed(value)}{mend}")
    result = _convert(value, "a share", "90%")
    if not 0 <= result <= 1:
        raise UnitError(f"a share must be between 0% and 100%, got {typed(value)}")
    return result


def _money(value: object, currency: str | None, per: str) -> Decimal:
    kind = _MONEY_KINDS[per]
    suffix = f"/{per}" if per else ""
    amount = {"": "250000", "a": "14000", "h": "10"}[per]
    example = f"{amount} {currency or 'EUR'}{suffix}"
    number, unit = _split(value, kind, example)
    match = _MONEY.fullmatch(unit)
    if not match or (match[3] or "") != per:
        raise _wrong_unit(value, unit, kind, example, ())
    if currency is not None and match[2] != currency:
        raise UnitError(
            f"{typed(value)} is in {match[2]}; expected the scenario's currency {currency}, as in '{example}'"
        )
    return number * _TENS[match[1] or ""]


def money(value: object, currency: str | None = None) -> float:
    """
    Return an amount of money.

    Parameters
    ----------
    value
        Text such as ``250000 EUR``, ``4.2 M EUR``, ``250 k EUR`` or ``420 万 CNY``.
    currency
        ISO code that the value must carry; None takes any.

    Raises
    ------
    UnitError
        If the unit is missing, per year or hour, or of another currency.

    Examples
    --------
    >>> money("4.2 M EUR", "EUR")
    4200000.0
    """
    return float(_money(value, currency, ""))


def money_per_year(value: object, currency: str | None = None) -> float:
    """
    Return money per year, typed as ``14000 EUR/a`` or ``4.2 M CNY/a``.

    Raises
    ------
    UnitError
        If the unit is missing, not per year, or of another currency.

    Examples
    --------
    >>> money_per_year("4.2 M CNY/a", "CNY")
    4200000.0
    """
    return float(_money(value, currency, "a"))


def money_per_hour(value: object, currency: str | None = None) -> float:
    """
    Return money per hour, typed as ``32 EUR/h``.

    Raises
    ------
    UnitError
        If the unit is missing, not per hour, or of another currency.

    Examples
    --------
    >>> money_per_hour("32 EUR/h")
    32.0
    """
    return float(_money(value, currency, "h"))


def money_per_minute(value: object, currency: str | None = None) -> float:
    """
    Return money per minute of a value typed per hour (``10 EUR/h``).

    Raises
    ------
    UnitError
        If the unit is missing, not per hour, or of another currency.

    Examples
    --------
    >>> money_per_minute("12 EUR/h")
    0.2
    """
    return float(_money(value, currency, "h") / 60)


def window(value: object) -> tuple[float, float]:
    """
    Return opening and closing in minutes after midnight.

    Parameters
    ----------
    value
        Text such as ``10:00-16:30``; an outlet open past midnight closes at up to ``30:00``.

    Raises
    ------
    UnitError
        If the text is no such window, a time does not exist, or closing is not after opening.

    Examples
    --------
    >>> window("10:00-16:30"), window("22:00-26:00")
    ((600.0, 990.0), (1320.0, 1560.0))
    """
    expected = "expected opening and closing such as '10:00-16:30'"
    if not isinstance(value, str):
        raise UnitError(f"{expected}, got {typed(value)}")
    text = value.replace(" ", "")
    match = _WINDOW.fullmatch(text)
    if not match:
        plain = re.sub("[\u2010-\u2015~]", "-", unicodedata.normalize("NFKC", text))
        mend = f"; write '{plain}'" if _WINDOW.fullmatch(plain) else ""
        raise UnitError(f"{expected}, got {typed(value)}{mend}")
    hour, minute, end_hour, end_minute = (int(group) for group in match.groups())
    start, end = 60 * hour + minute, 60 * end_hour + end_minute
    if minute > 59 or end_minute > 59 or end > _LAST_MINUTE:
        raise UnitError(f"{typed(value)} holds a time that does not exist; hours go to 30:00 and minutes to 59")
    if end <= start:
        past = f"{end_hour + 24}:{end_minute:02d}"
        mend = f"; past midnight is written '{hour:02d}:{minute:02d}-{past}'" if end + 1440 <= _LAST_MINUTE else ""
        raise UnitError(f"{typed(value)} closes before it opens{mend}")
    return float(start), float(end)
