"""
Takes provenance out of a resolved tree: bare values for the records, every figure with its source.

A ``provenance`` mapping holds for all that stands below it; a figure written as
``{value: ..., source: ..., evidence: ...}`` has its own. A file that changes a figure of a file it
extends does not inherit the claim made for the old value: unless it says more, the figure becomes an
assumption, and its source tells that it was changed, and where.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, cast

from netsim.errors import Fault
from netsim.model.provenance import EVIDENCE, Evidence, Figure, Provenance, weakest
from netsim.scenario.positions import Node, plain
from netsim.scenario.shape import Items, Leaf, Record, Shape, Table, scenario_shape
from netsim.units import typed

LABELS = ("source", "evidence", "licence", "date")
"""Keys of a ``provenance`` mapping."""
_SECTIONS = frozenset(
    ("demand", "calendar", "profiles", "tasks", "lanes", "formats", "network", "rules", "economics", "staff")
)
_PLACES = ("geography.travel.", "geography.zones.points")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_LONGEST = 500
_BROKEN = Provenance("", "unverified")  # stands for one whose faults are told, so that its figures are not told too
_SHOWN_ITEMS = 8


@dataclass(frozen=True, slots=True)
class Cover:
    """A provenance, and the layer of the overlay in which it was written."""

    provenance: Provenance
    layer: int


@dataclass(slots=True)
class Bare:
    """
    What is left of a tree without its provenance, filled in one walk.

    Parameters
    ----------
    figures
        Every figure that needs a provenance and has one.
    files
        Nodes that name a file or folder, by path.
    covers
        The provenance written at each mapping, by path.
    faults
        Provenance that is broken or absent.
    lacking
        First figure without provenance, and how many, by the mapping that should carry it.
    """

    figures: list[Figure] = field(default_factory=list)
    files: dict[str, Node] = field(default_factory=dict)
    covers: dict[str, Provenance] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    lacking: dict[str, tuple[Node, str, int]] = field(default_factory=dict)


def take_out(root: Node) -> tuple[dict[str, Any], Bare]:
    """
    Return the bare values of a tree, and its figures, files and faults of provenance.

    Parameters
    ----------
    root
        The resolved tree; its value is a mapping.
    """
    bare = Bare()
    value = _walk(root, scenario_shape(), "", None, bare)
    for path, (node, first, count) in bare.lacking.items():
        others = f" and {count - 1} more" if count > 1 else ""
        message = (
            f"no provenance for the figure {first!r}{others}; expected here or above "
            f"'provenance: {{source: ..., evidence: {' | '.join(EVIDENCE)}}}'"
        )
        bare.faults.append(Fault(node.source.name, node.key_line, node.key_column, path, message))
    return cast("dict[str, Any]", value), bare


def _walk(node: Node, shape: Shape | None, path: str, cover: Cover | None, bare: Bare) -> Any:  # noqa: ANN401
    if isinstance(node.value, dict):
        if _is_figure(shape) and "value" in node.value:
            return _own_provenance(node, path, bare)
        return _mapping(node, shape, path, cover, bare)
    if isinstance(node.value, list):
        if isinstance(shape, Items) and shape.is_figure:
            _note(node, path, cover, bare)
        item = shape.item if isinstance(shape, Items) and not shape.is_figure else None
        return tuple(_walk(child, item, f"{path}[{index}]", cover, bare) for index, child in enumerate(node.value))
    if isinstance(shape, Leaf) and node.value is not None:
        if shape.kind == "figure":
            _note(node, path, cover, bare)
        elif shape.kind != "text":
            bare.files[path] = node
    return node.value


def _mapping(node: Node, shape: Shape | None, path: str, cover: Cover | None, bare: Bare) -> dict[str, Any]:
    written = node.value.get("provenance")
    if written is not None:
        own = _provenance(written, f"{path}.provenance" if path else "provenance", bare)
        if own is not None:
            bare.covers[path] = own
        cover = Cover(own or _BROKEN, written.source.layer)
    values = {}
    for key, child in node.value.items():
        if key == "provenance":
            continue
        below: Shape | None = None
        if isinstance(shape, Record):
            below = shape.fields.get(key)
        elif isinstance(shape, Table):
            below = shape.item
            if key.startswith("prov") and difflib.get_close_matches(key, ("provenance",), 1, 0.8):
                message = "no id was expected that is so near to 'provenance'; did you mean 'provenance'?"
                bare.faults.append(Fault(child.source.name, child.key_line, child.key_column, f"{path}.{key}", message))
        values[key] = _walk(child, below, f"{path}.{key}" if path else key, cover, bare)
    return values


def _is_figure(shape: Shape | None) -> bool:
    return (isinstance(shape, Leaf) and shape.kind == "figure") or (isinstance(shape, Items) and shape.is_figure)


def _own_provenance(node: Node, path: str, bare: Bare) -> Any:  # noqa: ANN401
    """Return the value of ``{value: ..., source: ..., evidence: ...}`` and take note of its figure."""
    value = node.value["value"]
    labels = {key: child for key, child in node.value.items() if key != "value"}
    own = _provenance(node._replace(value=labels), path, bare)
    _note(value, path, Cover(own or _BROKEN, value.source.layer), bare)
    return plain(value)


def _note(node: Node, path: str, cover: Cover | None, bare: Bare) -> None:
    """Take note of a figure, or of its lack of provenance."""
    if path.split(".", 1)[0] not in _SECTIONS and not path.startswith(_PLACES):
        return
    if cover is None:
        holder = ".".join(re.split(r"[.\[]", path)[:2])
        first, name, count = bare.lacking.get(holder, (node, path, 0))
        bare.lacking[holder] = (first, name, count + 1)
        return
    provenance = cover.provenance
    if node.source.layer > cover.layer:
        where = node.source.name if node.line == 0 else PurePath(node.source.name).name
        provenance = Provenance(
            f"{provenance.source}; changed by {where}",
            weakest((provenance.evidence, "assumption")),
        )
    bare.figures.append(Figure(path, _as_typed(node), provenance))


def _as_typed(node: Node) -> str:
    """Return a figure the way it was typed, long lists cut."""
    if isinstance(node.value, list):
        texts = [_as_typed(child) for child in node.value[:_SHOWN_ITEMS]]
        rest = len(node.value) - _SHOWN_ITEMS
        return f"[{', '.join(texts)}{f', ... {rest} more' if rest > 0 else ''}]"
    return node.text if not isinstance(node.value, dict) else "a mapping"


def _provenance(node: Node, path: str, bare: Bare) -> Provenance | None:
    """Return the provenance in a mapping, or None after its faults are told."""
    faults = list(_provenance_faults(node, path))
    bare.faults.extend(faults)
    if faults:
        return None
    labels: dict[str, str] = {key: child.text for key, child in node.value.items()}
    evidence = cast("Evidence", labels["evidence"])
    return Provenance(labels["source"], evidence, labels.get("licence", ""), labels.get("date", ""))


def _provenance_faults(node: Node, path: str) -> Iterator[Fault]:
    name = node.source.name
    if not isinstance(node.value, dict):
        message = f"expected a mapping such as {{source: ..., evidence: data}}, got {typed(node.value)}"
        yield Fault(name, node.line, node.column, path, message)
        return
    for key in ("source", "evidence"):
        if key not in node.value:
            message = f"the key {key!r} is missing; a provenance needs 'source' and 'evidence'"
            yield Fault(name, node.key_line, node.key_column, path, message)
    for key, child in node.value.items():
        if key not in LABELS:
            near = difflib.get_close_matches(key, LABELS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(LABELS)}"
            message = f"unknown key; {hint}"
            yield Fault(child.source.name, child.key_line, child.key_column, f"{path}.{key}", message)
        elif message := _label_fault(key, child):
            yield Fault(child.source.name, child.line, child.column, f"{path}.{key}", message)


def _label_fault(key: str, node: Node) -> str:
    """Return what is wrong with one entry of a provenance, or nothing."""
    text = node.text
    if not isinstance(node.value, str) and not (key == "date" and type(node.value) is int):
        # A year is a number to YAML and a date to everybody else.
        return f"expected text, got {typed(node.value)}"
    if not 0 < len(text.strip()) <= _LONGEST:
        return f"expected a text of 1 to {_LONGEST} characters"
    if key == "evidence" and text not in EVIDENCE:
        near = difflib.get_close_matches(text, EVIDENCE, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"expected {' | '.join(EVIDENCE)}, got {typed(text)}{hint}"
    if key == "date" and not _is_date(text):
        return f"expected a date such as 2024-02-28, 2024-02 or 2024, got {typed(text)}"
    return ""


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True
