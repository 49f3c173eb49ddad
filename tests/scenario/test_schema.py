import json
import re
from pathlib import Path

import pytest

from netsim.files import DataRoots
from netsim.scenario.overlay import read_overlay, read_tree
from netsim.scenario.positions import Source, plain
from netsim.scenario.schema import json_schema, main, schema_text

ROOT = Path(__file__).parents[2]
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float)}


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, int) if name == "integer" else isinstance(value, TYPES[name])


def problems(value, schema, root, path="$"):  # noqa: C901 - one keyword after the other
    """Yield what a JSON-schema validator would find: the keywords that the schema uses, and no others."""
    if "$ref" in schema:
        yield from problems(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, path)
    if "anyOf" in schema and all(any(True for _ in problems(value, one, root, path)) for one in schema["anyOf"]):
        yield f"{path}: no alternative fits {value!r}"
    names = schema.get("type", [])
    if names and not any(is_type(value, name) for name in ([names] if isinstance(names, str) else names)):
        yield f"{path}: {value!r} is no {names}"
        return
    if ("const" in schema and value != schema["const"]) or ("enum" in schema and value not in schema["enum"]):
        yield f"{path}: {value!r} is no choice"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{path}: {value!r} does not match"
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: {value} is out of bounds"
    if isinstance(value, (str, list)):
        kind = "Length" if isinstance(value, str) else "Items"
        if not schema.get(f"min{kind}", 0) <= len(value) <= schema.get(f"max{kind}", 10**9):
            yield f"{path}: the length {len(value)} is out of bounds"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), root, f"{path}[{index}]")
    if isinstance(value, dict):
        yield from key_problems(value, schema, root, path)


def key_problems(value, schema, root, path):
    yield from (f"{path}: {key} is missing" for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        below = [schema["properties"][key]] if key in schema.get("properties", {}) else []
        below += [one for pattern, one in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        if not below and schema.get("additionalProperties") is False:
            yield f"{path}: unknown key {key}"
        for one in below:
            yield from problems(item, one, root, f"{path}.{key}")


def as_json(value):
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, tuple) else value


def file_tree(path):
    """Return one file as it stands, what it extends left alone."""
    return as_json(plain(read_tree(path, Source(path.name, path.parent))))


def test_the_published_schema_is_up_to_date():
    published = ROOT / "docs" / "schema" / "scenario.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), "run make schema"


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_fit_the_schema(path):
    schema = json_schema()
    assert list(problems(file_tree(path), schema, schema)) == []
    whole = read_overlay(path, path.name, DataRoots.for_scenario(path)).root
    assert list(problems(as_json(plain(whole)), schema, schema)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios" / "formats").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_formats_fit_their_definition(path):
    schema = json_schema()
    assert list(problems(file_tree(path), schema["$defs"]["FormatInput"], schema)) == []


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"seed": 3}, True),
        ({"sede": 3}, False),
        ({"seed": "3"}, False),
        ({"rules": {"reach": "5 min"}}, True),
        ({"rules": {"reach": {"value": "5 min", "source": "a", "evidence": "data"}}}, True),
        ({"rules": {"reach": {"value": "5 min"}}}, False),
        ({"rules": {"reach": 5}}, False),
        ({"rules": {"budget": None}}, True),
        ({"rules": {"provenance": {"source": "a", "evidence": "data"}}}, True),
        ({"rules": {"provenance": {"source": "a", "evidence": "dat"}}}, False),
        ({"formats": {"atm": None, "branch": {"levels": {"counter": [1]}}}}, True),
        ({"tasks": {"provenance": {"source": "a", "evidence": "data"}, "pay": {"flexible": 0.5}}}, True),
        ({"network": {"sites": [{"id": "a"}]}}, False),
        ({"plan": "optimize"}, False),
    ],
)
def test_an_editor_sees_what_is_wrong_and_nothing_else(value, fits):
    schema = json_schema()
    assert (not list(problems(value, schema, schema))) == fits


def test_every_key_tells_an_editor_what_it_is_for():
    root = json_schema()
    described = {f"#/$defs/{name}" for name, definition in root["$defs"].items() if definition.get("description")}
    for name, definition in {**root["$defs"], "Scenario": root}.items():
        for key, item in definition.get("properties", {}).items():
            told = "description" in item or any(one.get("$ref") in described for one in item.get("anyOf", ()))
            assert key == "provenance" or told, f"{name}.{key}"


def test_the_schema_is_written_where_it_is_asked_for(tmp_path, capfdbinary):
    main([str(tmp_path / "new" / "schema.json")])
    assert json.loads((tmp_path / "new" / "schema.json").read_text(encoding="utf-8")) == json_schema()
    main([])
    assert capfdbinary.readouterr().out == schema_text().encode()
