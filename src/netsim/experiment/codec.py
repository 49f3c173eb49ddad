"""Records to plain JSON values and back, by their type hints: how a finished run is kept without pickles."""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

Record = TypeVar("Record")


def to_plain(value: Any) -> Any:  # noqa: ANN401, PLR0911
    """
    Return a record as JSON values: arrays as nested lists, bytes as base64, NaN and infinities as text.

    Raises
    ------
    TypeError
        If something in it is no record, array, mapping, tuple or plain value.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": [to_plain(item) for item in value.ravel().tolist()]}
    if isinstance(value, Mapping):
        return [[to_plain(key), to_plain(item)] for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"cannot keep a {type(value).__name__}")


def from_plain(kind: type[Record], plain: Any) -> Record:  # noqa: ANN401
    """
    Return the record behind JSON values.

    Parameters
    ----------
    kind
        The dataclass that was kept.
    plain
        What ``to_plain`` gave.

    Raises
    ------
    ValueError
        If the values do not fit the record.
    """
    try:
        return _read(kind, plain)  # type: ignore[no-any-return]
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"not a kept {kind.__name__}: {error}") from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, plain: Any) -> Any:  # noqa: ANN401, PLR0911
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        hints = _hints(hint)  # type: ignore[arg-type]
        return hint(**{name: _read(hints[name], item) for name, item in plain.items()})  # type: ignore[operator]
    if origin is np.ndarray:
        (scalar,) = get_args(args[1])
        values = [_read(float, item) if scalar is np.float64 else item for item in plain["values"]]
        return np.array(values, dtype=scalar).reshape(plain["shape"])
    if origin is tuple:
        if args[-1] is Ellipsis:
            return tuple(_read(args[0], item) for item in plain)
        return tuple(_read(part, item) for part, item in zip(args, plain, strict=True))
    if origin in (Mapping, dict):
        return {_read(args[0], key): _read(args[1], item) for key, item in plain}
    if origin in (Union, types.UnionType):
        return None if plain is None else _read(next(part for part in args if part is not type(None)), plain)
    if origin is Literal:
        return plain
    if hint is bytes:
        return base64.b64decode(plain)
    if hint is float:
        return float(plain)
    return plain
