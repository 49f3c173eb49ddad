"""Field types of the scenario: values with units, names, file names and lists of windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetJsonSchemaHandler, StringConstraints, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from netsim import units

Parse: TypeAlias = Callable[[object, str | None], object]


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    Marks a field that is typed with a unit and held in the house unit.

    Parameters
    ----------
    parse
        Turns what was typed (and the scenario's currency, if known) into the house unit.
    example
        What a person types, shown by editors.
    gt, ge, le
        Bounds in the house unit.
    number
        Whether a bare number may be typed too.
    """

    parse: Parse
    example: str
    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    number: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """Return the validator: parse, then check the bounds."""
        bounded = core_schema.float_schema(strict=True, allow_inf_nan=False, gt=self.gt, ge=self.ge, le=self.le)
        return core_schema.with_info_before_validator_function(self._convert, bounded)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return what an editor may offer."""
        text = {"type": "string", "examples": [self.example]}
        return {"anyOf": [{"type": "number"}, text]} if self.number else text

    def _convert(self, value: object, info: ValidationInfo) -> object:
        currency = (info.context or {}).get("currency")
        return self.parse(value, currency)


@dataclass(frozen=True, slots=True)
class WindowText:
    """Marks a field that is typed as ``10:00-16:30`` and held as (opening, closing) in minutes."""

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """Return the validator."""
        return core_schema.no_info_plain_validator_function(
            units.window, serialization=core_schema.plain_serializer_function_ser_schema(list)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the form of the text."""
        return {"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$", "examples": ["10:00-16:30"]}


@dataclass(frozen=True, slots=True)
class FileName:
    """
    Marks a field that names a file or folder.

    Parameters
    ----------
    folder
        Whether it names the folder of the geographical layers.
    """

    folder: bool = False


def _plain(parse: Callable[[object], object]) -> Parse:
    def convert(value: object, _currency: str | None) -> object:
        return parse(value)

    return convert


_YEAR = 366.0 * 1440.0

Minutes = Annotated[float, Quantity(_plain(units.minutes), "5 min", gt=0, le=_YEAR)]
"""A time, typed ``5 min``, ``2 h`` or ``30 s``; in minutes, positive."""
Metres = Annotated[float, Quantity(_plain(units.metres), "300 m", gt=0, le=1e6)]
"""A length, typed ``300 m`` or ``1.2 km``; in metres, positive."""
MetresPerMinute = Annotated[float, Quantity(_plain(units.metres_per_minute), "4.8 km/h", gt=0, le=5000)]
"""A speed, typed ``4.8 km/h``; in metres per minute, positive."""
Years = Annotated[float, Quantity(_plain(units.years), "10 a", gt=0, le=200)]
"""A number of years, typed ``10 a``."""
Share = Annotated[float, Quantity(_plain(units.share), "90%", ge=0, le=1, number=True)]
"""A share, typed ``90%`` or ``0.9``; between 0 and 1."""
Money = Annotated[float, Quantity(units.money, "250000 EUR", ge=0, le=1e15)]
"""An amount, typed ``4.2 M EUR`` in the scenario's currency."""
MoneyPerYear = Annotated[float, Quantity(units.money_per_year, "14000 EUR/a", ge=0, le=1e15)]
"""Money per year, typed ``14000 EUR/a``."""
MoneyPerHour = Annotated[float, Quantity(units.money_per_hour, "32 EUR/h", ge=0, le=1e9)]
"""Money per hour, typed ``32 EUR/h``."""
MoneyPerMinute = Annotated[float, Quantity(units.money_per_minute, "10 EUR/h", ge=0, le=1e9)]
"""Money per hour as typed (``10 EUR/h``), held per minute."""
Window = Annotated[tuple[float, float], WindowText()]
"""Opening and closing, typed ``10:00-16:30``; minutes after midnight, up to 1800."""

LayerFile = Annotated[str, FileName(), StringConstraints(min_length=1, max_length=1000)]
"""A data file in ``geography.folder``, or ``NAME:path`` below a data root."""
DataCrs = Annotated[str, StringConstraints(pattern=r"^(EPSG:[0-9]{4,6}|GCJ02|BD09)$")]
"""CRS of a data file that states none, or the datum of coordinates from Chinese maps."""
LayerFolder = Annotated[str, FileName(folder=True), StringConstraints(min_length=1, max_length=1000)]
"""The folder of the data files, relative to the scenario file, or ``NAME:path``."""
Key = Annotated[str, StringConstraints(pattern=r"^\w[\w-]{0,63}$")]
"""An id that is a key of the scenario: letters, digits, ``_`` and ``-``."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A text that people read; at most 200 characters."""
Id = Annotated[str, StringConstraints(pattern=r"^\S(.{0,98}\S)?$")]
"""An id in a list or table: 1-100 characters in one line, without spaces at its ends."""
Count = Annotated[int, Field(ge=0, le=100_000)]
"""A number of things."""
People = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]
"""A number of people."""
