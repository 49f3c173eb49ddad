"""The form of the scenario records: which keys a mapping may have, and which leaves are figures or files."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from netsim.model.quantities import FileName, Quantity, WindowText
from netsim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: a figure (anything that is a number in the end), a file, or a text."""

    kind: Literal["figure", "file", "folder", "text"]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one shape."""

    item: Shape

    @property
    def is_figure(self) -> bool:
        """Whether the list is one figure: a profile, the levels of a lane."""
        return self.item == Leaf("figure")


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from ids to one shape."""

    item: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """
    A mapping with known keys.

    Parameters
    ----------
    fields
        Shape of each key, in the order of the record.
    descriptions
        What each key is for.
    """

    fields: Mapping[str, Shape]
    descriptions: Mapping[str, str]


Shape: TypeAlias = Leaf | Items | Table | Record


@cache
def scenario_shape() -> Record:
    """Return the shape of a whole scenario."""
    shape = _of(Scenario)
    if not isinstance(shape, Record):
        raise TypeError("a scenario must be a record")
    return shape


def _of(annotation: Any) -> Shape:  # noqa: ANN401
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _marked(arguments[1:]) or _of(arguments[0])
    if origin in (Union, types.UnionType):
        return _of(next(item for item in arguments if item is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation)
    if origin is tuple:
        return Items(_of(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Table(_of(arguments[1]))
    return Leaf("figure" if annotation in (int, float) else "text")


@cache
def _record(model: type[BaseModel]) -> Record:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return Record(
        {key: _marked(field.metadata) or _of(field.annotation) for key, field in fields.items()},
        {key: field.description or "" for key, field in fields.items()},
    )


def _marked(metadata: Any) -> Leaf | None:  # noqa: ANN401
    for mark in metadata:
        if isinstance(mark, (Quantity, WindowText)):
            return Leaf("figure")
        if isinstance(mark, FileName):
            return Leaf("folder" if mark.folder else "file")
    return None


def shape_at(location: tuple[str | int, ...]) -> Shape | None:
    """
    Return the shape of the value at a location, or None where the scenario has no such place.

    Examples
    --------
    >>> shape_at(("network", "sites", 0, "x"))
    Leaf(kind='figure')
    """
    shape: Shape | None = scenario_shape()
    for step in location:
        if isinstance(shape, Record) and isinstance(step, str):
            shape = shape.fields.get(step)
        elif (isinstance(shape, Table) and isinstance(step, str)) or (isinstance(shape, Items) and step != ""):
            shape = shape.item
        else:
            return None
    return shape
