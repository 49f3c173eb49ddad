"""
The JSON schema of scenario files, for editors.

It is made from the records and then loosened to what a file may hold: a file that extends another one
gives only what it changes, ``null`` takes a key away, every mapping may carry ``provenance``, and every
figure may be written with its own source. What the schema lets pass is still checked when the
scenario is loaded.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

from netsim.model.provenance import EVIDENCE
from netsim.model.scenario import Scenario

Schema: TypeAlias = dict[str, Any]

_FIGURE = {"$ref": "#/$defs/Figure"}
_PROVENANCE = {"$ref": "#/$defs/Provenance"}
_WHOLE = frozenset(("PointZone", "SpreadItem", "SiteInput"))
"""Records that stand in lists: lists are replaced whole, so nothing of them can be left out."""
_NUMBERS = frozenset(("number", "integer"))


def json_schema() -> Schema:
    """Return the schema as plain data; a format file is its definition ``FormatInput``."""
    raw = Scenario.model_json_schema(by_alias=True)
    definitions: Schema = raw.pop("$defs")
    definitions = {name: _loosened(name, definitions[name]) for name in sorted(definitions)}
    definitions["Provenance"] = _labels({})
    definitions["Figure"] = _labels({"value": {"description": "The figure."}})
    root = _loosened("Scenario", raw)
    root["properties"] = {
        "extends": {"type": "string", "description": "Scenario file that this one changes."},
        **root["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "netsim scenario, version 1",
        **root,
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as it is written to disk."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def _labels(first: Schema) -> Schema:
    texts = {key: {"type": "string", "maxLength": 500} for key in ("source", "licence")}
    properties = {
        **first,
        "source": {**texts["source"], "description": "Who says so."},
        "evidence": {"enum": list(EVIDENCE), "description": "How far it can be trusted."},
        "licence": {**texts["licence"], "description": "Licence of the source."},
        "date": {"type": ["string", "integer"], "description": "Date or year that it holds for."},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [*first, "source", "evidence"],
        "additionalProperties": False,
    }


def _loosened(name: str, record: Schema) -> Schema:
    """Return the schema of a record as a file may hold it."""
    loose = {key: value for key, value in record.items() if key != "title"}
    if "properties" not in record:
        return loose
    whole = name in _WHOLE
    if not whole:
        loose.pop("required", None)
    loose["properties"] = {key: _value(item, null=not whole) for key, item in record["properties"].items()}
    loose["properties"]["provenance"] = _PROVENANCE
    return loose


def _value(item: Schema, *, null: bool) -> Schema:
    """Return the schema of one value: as it is, as a figure with its source, or null to take it away."""
    description = {"description": item["description"]} if "description" in item else {}
    choices = [_table(choice) for choice in _choices(item)]
    if any(_is_figure(choice) for choice in choices):
        choices.append(_FIGURE)
    if null:
        choices.append({"type": "null"})
    return {**description, **(choices[0] if len(choices) == 1 else {"anyOf": choices})}


def _choices(item: Schema) -> list[Schema]:
    """Return the alternatives of a value without null, in one list."""
    if "anyOf" in item:
        return [choice for inner in item["anyOf"] for choice in _choices(inner)]
    core = {key: value for key, value in item.items() if key not in {"title", "default", "description"}}
    return [] if core == {"type": "null"} else [core]


def _table(choice: Schema) -> Schema:
    """Loosen a mapping from ids to values: any part of it may be left to the file that is extended."""
    loose = {key: value for key, value in choice.items() if key != "minProperties"}
    entries = loose.pop("patternProperties", None)
    if entries is not None:
        loose["patternProperties"] = {
            pattern.replace("^", "^(?!provenance$)", 1): _value(value, null=True) for pattern, value in entries.items()
        }
        loose["additionalProperties"] = False
    elif isinstance(loose.get("additionalProperties"), dict):
        names = loose.pop("propertyNames")["enum"]
        value = _value(loose["additionalProperties"], null=True)
        loose["properties"] = dict.fromkeys(names, value)
        loose["additionalProperties"] = False
    else:
        return loose
    loose["properties"] = {**loose.get("properties", {}), "provenance": _PROVENANCE}
    return loose


def _is_figure(choice: Schema) -> bool:
    if choice.get("type") == "array":
        return _is_figure(choice.get("items", {})) or any(map(_is_figure, choice.get("prefixItems", ())))
    return choice.get("type") in _NUMBERS or "examples" in choice or any(map(_is_figure, choice.get("anyOf", ())))


def main(arguments: list[str]) -> None:
    """Write the schema to the file that is named, or to standard output."""
    if len(arguments) > 1:
        raise SystemExit("usage: python -m netsim.scenario.schema [FILE]")
    if not arguments:
        sys.stdout.buffer.write(schema_text().encode())
        return
    path = Path(arguments[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
