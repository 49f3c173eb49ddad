"""Messages in English and Chinese: sentences by key, numbers, money, minutes."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from netsim.registry import UnknownPartError

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Languages that every key is written in."""
NOTHING = "\u2013"
"""Stands where there is no number."""
MINUS = "\u2212"


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """
    Return every sentence of a language by its dotted key.

    Parameters
    ----------
    language
        ``en`` or ``zh``.

    Examples
    --------
    >>> sentences("en")["action.close"]
    'close'
    """
    tree = yaml.safe_load(files("netsim").joinpath("texts", f"{language}.yaml").read_text("utf-8"))
    return dict(_flat(tree, ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """Return ``(dotted key, sentence)`` of a nested mapping."""
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            found += _flat(value, f"{path}.")
        else:
            found.append((path, str(value)))
    return found


def code_sentence(key: str, **values: object) -> str:
    """
    Return a sentence as a key with its values: what a record carries so that any language can say it.

    ``Text.sentence`` turns it into words. Values must not hold ``|``, which is replaced by ``/``.

    Examples
    --------
    >>> code_sentence("reason.near", outlet="Main street", minutes=2.5)
    'reason.near|outlet=Main street|minutes=2.5'
    """
    parts = [f"{name}={value}".replace("|", "/") for name, value in values.items()]
    return "|".join([key, *parts])


class Text(string.Formatter):
    """
    Sentences and numbers in one language.

    Call it with a key and named values. In a sentence ``{name:spec}`` formats a number; the specs
    are ``count``, ``number`` (one decimal unless it is 0), ``percent``, ``whole`` (percent without decimals),
    ``minutes`` and ``money``.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    currency
        ISO code of the money in the sentences.

    Raises
    ------
    UnknownPartError
        On a call with a key that no sentence has.

    Examples
    --------
    >>> Text("en")("action.keep")
    'keep'
    >>> Text("en", "EUR").money(4_797_000), Text("zh", "CNY").money(4_797_000)
    ('EUR 4.80 M', '479.7 万元')
    """

    def __init__(self, language: Language, currency: str = "") -> None:
        self.language: Language = language
        self.currency = currency
        self._sentences = sentences(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence with its values filled in."""
        if key not in self._sentences:
            raise UnknownPartError("text key", key, tuple(self._sentences))
        return self.vformat(self._sentences[key], (), values)

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value of a sentence in words; numbers by the specs of the class."""
        if not format_spec:
            return str(value)
        number = float(str(value))
        writers = {
            "count": self.number(number),
            "number": self.number(number, 0 if number == round(number) else 1),
            "percent": self.percent(number).replace(".0%", "%"),
            "whole": self.percent(number, 0),
            "minutes": self.minutes(number),
            "money": self.money(number),
        }
        return writers[format_spec]

    def has(self, key: str) -> bool:
        """Whether a sentence has this key."""
        return key in self._sentences

    def sentence(self, coded: str) -> str:
        """
        Return the words of a coded sentence; anything else comes back as it is.

        Examples
        --------
        >>> Text("en").sentence("plain words = plain words")
        'plain words = plain words'
        """
        key, *parts = coded.split("|")
        if not self.has(key):
            return coded
        values = dict(part.partition("=")[::2] for part in parts)
        try:
            return self(key, **values)
        except (KeyError, ValueError):
            return coded

    def name(self, names: Mapping[str, str], fallback: str = "") -> str:
        """Return a display name in this language, else in any language, else the fallback."""
        return names.get(self.language) or next((name for name in names.values() if name), fallback)

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """
        Return a number with thousands separators.

        Examples
        --------
        >>> Text("en").number(1234.5, 1), Text("en").number(3, signed=True)
        ('1,234.5', '+3')
        """
        if math.isnan(value):
            return NOTHING
        if math.isinf(value):
            return "∞" if value > 0 else f"{MINUS}∞"
        rounded = round(value, digits) + 0.0
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return f"{sign}{abs(rounded):,.{digits}f}"

    def percent(self, share: float, digits: int = 1, *, signed: bool = False) -> str:
        """Return a share as a percentage; a signed one is a difference in percentage points."""
        written = self.number(100.0 * share, digits, signed=signed)
        if written == NOTHING:
            return written
        return f"{written} {self('unit.points')}" if signed else f"{written}%"

    def minutes(self, value: float, digits: int = 1, *, signed: bool = False) -> str:
        """Return minutes with their unit."""
        written = self.number(value, digits, signed=signed)
        return written if written == NOTHING else f"{written} {self('unit.min')}"

    @staticmethod
    def clock(minute: float) -> str:
        """
        Return a minute of the service day as ``HH:MM``; hours past midnight go on counting.

        Examples
        --------
        >>> Text("en").clock(1530)
        '25:30'
        """
        whole = round(minute)
        return f"{whole // 60:02d}:{whole % 60:02d}"

    def money(self, value: float, *, signed: bool = False) -> str:
        """
        Return money in the size that people speak of: M and k in English, 亿 and 万 in Chinese.

        Examples
        --------
        >>> Text("en", "EUR").money(85_300), Text("zh", "EUR").money(85_300), Text("zh", "CNY").money(3.2e8)
        ('EUR 85.3 k', '8.5 万 EUR', '3.20 亿元')
        """
        if not math.isfinite(value):
            return self.number(value)
        steps: tuple[tuple[float, str, int], ...] = ((1e6, " M", 2), (1e5, " k", 0), (1e4, " k", 1))
        divisors = {" M": 1e6, " k": 1e3}
        if self.language == "zh":
            steps = ((1e8, " 亿", 2), (1e4, " 万", 1))
            divisors = {" 亿": 1e8, " 万": 1e4}
        suffix, digits = next(((name, digits) for least, name, digits in steps if abs(value) >= least), ("", 0))
        written = self.number(abs(value) / divisors.get(suffix, 1.0), digits)
        sign = "" if float(written.replace(",", "")) == 0 else MINUS if value < 0 else "+" if signed else ""
        if self.language == "zh":
            return f"{sign}{written}{suffix or ' '}{self._chinese_currency(bool(suffix))}".rstrip()
        return f"{sign}{self.currency} {written}{suffix}" if self.currency else f"{sign}{written}{suffix}"

    def money_unit(self) -> tuple[str, float]:
        """
        Return the unit of money in tables and what to divide by.

        Examples
        --------
        >>> Text("en", "EUR").money_unit(), Text("zh", "CNY").money_unit()
        (('k EUR', 1000.0), ('万元', 10000.0))
        """
        if self.language == "zh":
            return f"万{self._chinese_currency(attached=True)}", 1e4
        return f"k {self.currency}".rstrip(), 1e3

    def _chinese_currency(self, attached: bool) -> str:
        """Return how the currency follows a Chinese number."""
        if self.currency == "CNY":
            return "元"
        return f" {self.currency}" if attached and self.currency else self.currency
