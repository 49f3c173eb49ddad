"""Turns what the records found wrong into faults that say what is wrong, where, and the mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError

from netsim.errors import Fault
from netsim.scenario.positions import Node, full_width_hint, scalar
from netsim.scenario.shape import Record, shape_at
from netsim.units import typed

Location: TypeAlias = tuple[str | int, ...]
AT_KEY = "[key]"
"""Last step of a location that means the key and not the value behind it."""

_QUOTED = re.compile(r"'([^']*)'")
_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_FORMS = {
    "dict_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "tuple_type": "a list such as [a, b]",
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
}


def path_of(location: Location) -> str:
    """
    Return the dotted path of a location.

    Examples
    --------
    >>> path_of(("network", "sites", 0, "x"))
    'network.sites[0].x'
    """
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step != AT_KEY:
            path += f".{step}" if path else step
    return path


def find(root: Node, location: Location) -> tuple[Node, bool]:
    """
    Return the node at a location, or the nearest one above it, and whether it is the very one.

    The way leads through figures written as ``{value: ...}``.
    """
    node = root
    for step in location:
        if step == AT_KEY:
            break
        value = node.value
        if isinstance(value, dict) and step not in value and "value" in value:
            node = value["value"]
            value = node.value
        below = _child(value, step)
        if below is None:
            return node, False
        node = below
    return node, True


def _child(value: object, step: str | int) -> Node | None:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and step < len(value) else None


def at(root: Node, location: Location, message: str) -> Fault:
    """Return a fault at a value, at a key (last step ``AT_KEY``), or at what stands above a missing one."""
    node, exact = find(root, location)
    if exact and isinstance(node.value, dict) and "value" in node.value and location[-1:] != (AT_KEY,):
        node = node.value["value"]
    by_key = not exact or location[-1:] == (AT_KEY,)
    line, column = (node.key_line, node.key_column) if by_key else (node.line, node.column)
    return Fault(node.source.name, line, column, path_of(location), message)


def suggest(name: str, known: Iterable[str]) -> str:
    """
    Return the hint for an unknown name: the nearest known one, or the known ones.

    Examples
    --------
    >>> suggest("sede", ["seed", "plan"])
    "did you mean 'seed'?"
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, 1) or difflib.get_close_matches(name.lower(), names, 1, 0.7)
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known: {shown or 'none'}"


def record_faults(root: Node, error: ValidationError) -> list[Fault]:
    """Return one fault for each thing that the records found wrong."""
    faults = []
    for item in error.errors(include_url=False):
        location: Location = tuple(item["loc"])
        kind: str = item["type"]
        context: Mapping[str, Any] = item.get("ctx") or {}
        if kind == "extra_forbidden":
            faults.append(at(root, (*location, AT_KEY), _unknown_key(location)))
        elif kind == "missing":
            faults.append(at(root, location, _missing(location)))
        else:
            node, exact = find(root, location)
            text = node.text if exact and location[-1:] != (AT_KEY,) else ""
            message = _message(kind, item["input"], text, context, item["msg"])
            faults.append(at(root, location, message))
    return faults


def _unknown_key(location: Location) -> str:
    """Say what the key may have been meant for."""
    record = shape_at(location[:-1])
    known = [*record.fields, "provenance"] if isinstance(record, Record) else []
    if len(location) == 1:
        known.append("extends")
    return f"unknown key; {suggest(str(location[-1]), known)}"


def _missing(location: Location) -> str:
    record = shape_at(location[:-1])
    what = record.descriptions.get(str(location[-1]), "") if isinstance(record, Record) else ""
    return f"the key is missing; expected: {what.rstrip('.')}" if what else "the key is missing"


def _message(kind: str, value: object, text: str, context: Mapping[str, Any], message: str) -> str:
    """Return what is wrong with one value, what was expected, and what was perhaps meant."""
    got = f"got {text or typed(value)}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"must be {words} {context[name]:g}, {got}"
    if kind in _FORMS:
        return f"expected {_FORMS[kind]}, got {typed(value)}{_mend(kind, value)}"
    build = _SPECIAL.get(kind)
    return build(value, context) if build else f"{message}, got {typed(value)}"


def _mend(kind: str, value: object) -> str:
    """Return the mend of a value of the wrong form."""
    if kind == "string_type":
        return "; put it in quotes" if isinstance(value, (int, float)) else ""
    if not isinstance(value, str):
        return ""
    if kind in {"int_type", "float_type"}:
        if isinstance(_read(value), (int, float)):
            return "; take the quotes away"
        shorter = value.replace("_", "").lstrip("0")
        return f"; write {shorter}" if shorter != value and isinstance(_read(shorter), (int, float)) else ""
    return full_width_hint(value)


def _read(text: str) -> object:
    try:
        return scalar(text)
    except ValueError:
        return None


def _literal(value: object, context: Mapping[str, Any]) -> str:
    known = _QUOTED.findall(str(context.get("expected", ""))) or [str(context.get("expected", ""))]
    message = f"expected {' or '.join(known)}, got {typed(value)}"
    near = difflib.get_close_matches(value, known, 1) if isinstance(value, str) else []
    return f"{message}; did you mean {near[0]!r}?" if near else message


def _own_words(_value: object, context: Mapping[str, Any]) -> str:
    return str(context["error"])


def _pattern(value: object, context: Mapping[str, Any]) -> str:
    forms = {
        r"^\w[\w-]{0,63}$": "an id of letters, digits, '_' and '-' (at most 64)",
        r"^\S(.{0,98}\S)?$": "an id of 1 to 100 characters in one line, without spaces at its ends",
        r"^[A-Z]{3}$": "an ISO currency code such as EUR",
        r"^EPSG:[0-9]{4,6}$": "a projected CRS such as EPSG:3067",
        r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$": "a language code such as en or zh",
    }
    expected = forms.get(str(context.get("pattern")), f"a text like {context.get('pattern')}")
    return f"expected {expected}, got {typed(value)}"


def _too_long(value: object, context: Mapping[str, Any]) -> str:
    size = len(value) if isinstance(value, str) else context.get("actual_length")
    unit = "characters" if isinstance(value, str) else "entries"
    return f"expected at most {context['max_length']} {unit}, got {size}"


def _too_short(value: object, context: Mapping[str, Any]) -> str:
    unit = "characters" if isinstance(value, str) else "entries"
    size = len(value) if isinstance(value, (str, tuple, list, dict)) else context.get("actual_length", 0)
    return f"expected at least {context['min_length']} {unit}, got {size}"


_SPECIAL: dict[str, Callable[[object, Mapping[str, Any]], str]] = {
    "literal_error": _literal,
    "enum": _literal,
    "value_error": _own_words,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _too_long,
    "too_long": _too_long,
    "string_too_short": _too_short,
    "too_short": _too_short,
}
