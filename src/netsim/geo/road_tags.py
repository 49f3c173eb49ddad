"""What the tags of roads say: speeds, classes and one-way rules, as OpenStreetMap writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netsim.geo.layer_errors import LayerError, counted
from netsim.geo.layers import number_column

KMH_PER_MPH = 1.609344
"""Of the international mile."""

CLASS_KMH = {
    "motorway": 90.0,
    "motorway_link": 45.0,
    "trunk": 85.0,
    "trunk_link": 40.0,
    "primary": 65.0,
    "primary_link": 30.0,
    "secondary": 55.0,
    "secondary_link": 25.0,
    "tertiary": 40.0,
    "tertiary_link": 20.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "living_street": 10.0,
    "service": 15.0,
}
"""
Speed of a car on a road of OpenStreetMap without a usable ``maxspeed``, km/h: the table ``speeds`` of OSRM's profile
for cars. A class that it does not know has no speed of its own.
"""

SPEED_COLUMNS = ("kmh", "speed_kph", "maxspeed")
"""Where the speed of a road is looked for, the first that is there; ``maxspeed`` as OpenStreetMap writes it."""
CLASS_COLUMNS = ("highway", "class")
"""Where the class of a road is looked for, the first that is there."""

_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", re.IGNORECASE)
_ONE_OF_MANY = re.compile(r"[;|,]")
_LIST_MARKS = str.maketrans("", "", "[]()'\"")
_FORWARD = {"yes", "true", "1"}
_BACKWARD = {"-1", "reverse"}
_BOTH = {"", "no", "false", "0", "reversible", "alternating"}
"""A road whose direction changes with the hour is open both ways: the hour is not known here."""


def parse_kmh(text: str) -> float:
    """
    Return the speed that a tag ``maxspeed`` states, NaN where it states no number.

    Of several speeds (``50;30``, or the list that OSMnx makes of merged edges) the lowest counts.

    Parameters
    ----------
    text
        For example ``50``, ``30 mph``, ``RU:urban`` or ``none``.

    References
    ----------
    OpenStreetMap wiki, Key:maxspeed: km/h unless a unit is written.

    Examples
    --------
    >>> parse_kmh("50"), round(parse_kmh("30 mph"), 1), parse_kmh("['60', '40']"), parse_kmh("RU:urban")
    (50.0, 48.3, 40.0, nan)
    """
    speeds = []
    for part in _several(text):
        found = _SPEED.fullmatch(part)
        if found is not None and float(found[1]) > 0.0:
            unit = found[2] or ""
            speeds.append(float(found[1]) * (KMH_PER_MPH if unit.lower() == "mph" else 1.0))
    return min(speeds, default=np.nan)


def first_class(text: str) -> str:
    """
    Return the class of a road; of several the first.

    Examples
    --------
    >>> first_class("residential"), first_class("['primary', 'primary_link']"), first_class("")
    ('residential', 'primary', '')
    """
    return next(iter(_several(text)), "")


def texts(values: Iterable[object]) -> list[str]:
    """
    Return values as text, empty where they are missing.

    Examples
    --------
    >>> texts(["a", None, float("nan"), 3])
    ['a', '', '', '3']
    """
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in values]  # noqa: PLR0124


def speeds_of(values: Sequence[str]) -> NDArray[np.float64]:
    """Return the speed that each text states, km/h, NaN where none, shape ``(n,)``."""
    known = {value: parse_kmh(value) for value in set(values)}
    return np.array([known[value] for value in values], dtype=np.float64)


def classes_of(values: Sequence[str]) -> NDArray[np.object_]:
    """Return the class that each text names, empty where none, shape ``(n,)``."""
    known = {value: first_class(value) for value in set(values)}
    return np.array([known[value] for value in values], dtype=object)


def class_speeds(classes: NDArray[np.object_]) -> NDArray[np.float64]:
    """
    Return the usual speed of a car on roads of some classes of OpenStreetMap, km/h, NaN where unknown, shape ``(n,)``.

    Parameters
    ----------
    classes
        Values of the tag ``highway``, shape ``(n,)``.

    References
    ----------
    OSRM, ``profiles/car.lua``, table ``speeds.highway``.

    Examples
    --------
    >>> class_speeds(np.array(["residential", "footway"], dtype=object)).tolist()
    [25.0, nan]
    """
    return np.array([CLASS_KMH.get(name, np.nan) for name in classes], dtype=np.float64)


def table_speeds(table: pd.DataFrame, where: str) -> NDArray[np.float64]:
    """
    Return the speed of each row, km/h, NaN where it is missing, shape ``(rows,)``.

    Parameters
    ----------
    table
        With at most one of ``kmh``, ``speed_kph`` (numbers) and ``maxspeed`` (as OpenStreetMap writes it) looked at, in
        this order.
    where
        How the table is called in messages.

    Raises
    ------
    LayerError
        If a speed is not positive.
    """
    name = next((column for column in SPEED_COLUMNS if column in table), None)
    if name is None:
        return np.full(len(table), np.nan)
    if name == "maxspeed":
        return speeds_of(texts(table[name]))
    kmh = number_column(table, name, where)
    wrong = ~np.isnan(kmh) & ~(np.isfinite(kmh) & (kmh > 0.0))
    if wrong.any():
        message = f"column {name!r}: {counted(wrong, 'speeds are not positive')}, {kmh[wrong][0]:g}"
        raise LayerError(where, f"{message}; leave a speed empty that is not known")
    return kmh


def table_classes(table: pd.DataFrame) -> NDArray[np.object_]:
    """Return the class of each row of a table by ``highway`` or ``class``, empty where missing, shape ``(rows,)``."""
    name = next((column for column in CLASS_COLUMNS if column in table), None)
    return classes_of([""] * len(table) if name is None else texts(table[name]))


def one_way(table: pd.DataFrame, where: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Return which rows run only onward and which only backward; all others run both ways.

    Parameters
    ----------
    table
        A column ``oneway`` with true and false, or with ``yes``, ``no`` and ``-1`` as OpenStreetMap writes them;
        missing is no.
    where
        How the table is called in messages.

    Raises
    ------
    LayerError
        If a value is another one.

    References
    ----------
    OpenStreetMap wiki, Key:oneway.
    """
    if "oneway" not in table:
        return np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    said = pd.Series([_plain_number(text) for text in texts(table["oneway"])])
    known = said.isin(_FORWARD | _BACKWARD | _BOTH).to_numpy(dtype=bool)
    if not known.all():
        message = f"column 'oneway' must hold true or false, or yes, no or -1; {counted(~known, 'values are others')}"
        raise LayerError(where, f"{message}: {said[~known].iloc[0]!r}")
    return said.isin(_FORWARD).to_numpy(dtype=bool), said.isin(_BACKWARD).to_numpy(dtype=bool)


def osm_one_way(ways: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Return which ways of OpenStreetMap cars may use only onward, and which only backward.

    Roundabouts and motorways are one-way unless they say otherwise; a value that nobody knows is none.

    Parameters
    ----------
    ways
        Tags as columns: ``oneway``, ``junction`` and ``highway``, where they are there.

    References
    ----------
    OpenStreetMap wiki, Key:oneway, "Implied oneway restriction".
    """
    blank = pd.Series("", index=ways.index)
    tag, junction, highway = (
        ways[name].fillna("").str.lower() if name in ways else blank for name in ("oneway", "junction", "highway")
    )
    implied = junction.isin(["roundabout", "circular"]) | highway.isin(["motorway", "motorway_link"])
    forward = tag.isin(_FORWARD) | (implied & (tag == ""))
    return forward.to_numpy(dtype=bool), tag.isin(_BACKWARD).to_numpy(dtype=bool)


def _several(text: str) -> list[str]:
    """Parts of a value that may be a list; ``50;30`` and ``['50', '30']`` alike."""
    parts = (part.strip() for part in _ONE_OF_MANY.split(text.translate(_LIST_MARKS)))
    return [part for part in parts if part]


def _plain_number(text: str) -> str:
    """Lower case; a whole number that a column of floats holds, without its ``.0``."""
    return text.strip().lower().removesuffix(".0")
