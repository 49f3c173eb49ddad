import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.scenario.positions import Node, Source, full_width_hint, parse_yaml, plain, scalar

SOURCE = Source("x.yaml", Path())


def read(text):
    root, faults = parse_yaml(text, SOURCE)
    assert faults == []
    return root


# YAML 1.2.2, chapter 10.3.2 (core schema); a number with a leading zero is kept as text on purpose.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        ("0", 0), ("-19", -19), ("+3", 3), ("0o14", 12), ("0x1F", 31),
        ("0.5", 0.5), (".5", 0.5), ("-1.", -1.0), ("1e5", 100000.0), ("12.3e-02", 0.123), ("+.5", 0.5),
        (".inf", float("inf")), ("-.INF", float("-inf")), ("+.inf", float("inf")),
        *[(word, word) for word in (
            "NO", "no", "yes", "on", "Off", "y", "n", "010", "007", "12:30", "1:2:3", "2024-02-30", "1_000", "0b11",
            "1,200", "1.2.3", "+", "-", ".", "e5", "1e", "nUll", "tRUE", "5 min", "90%", "=1+1",
        )],
    ],
)  # fmt: skip
def test_core_schema(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_nan_is_a_number_and_long_numbers_are_refused():
    assert scalar(".nan") != scalar(".nan")
    with pytest.raises(ValueError, match="5001 characters"):
        scalar("1" + "0" * 5000)


def test_every_value_and_key_has_its_place():
    root = read("# note\na:\n  - 1\n  - {b: 'x', c: [2]}\nd: |\n  text\n")
    assert (root.line, root.column) == (2, 1)
    items = root.value["a"]
    assert (items.line, items.column, items.key_line, items.key_column) == (3, 3, 2, 1)
    inner = items.value[1].value
    assert (inner["b"].line, inner["b"].column, inner["b"].key_column) == (4, 9, 6)
    assert (inner["c"].value[0].line, inner["c"].value[0].column) == (4, 18)
    assert (root.value["d"].value, root.value["d"].line) == ("text\n", 5)


def test_columns_count_characters_and_line_ends_of_any_kind():
    root = read("小小: 1\r\nb: {小: 2}\r\n")
    assert (root.value["小小"].line, root.value["小小"].column) == (1, 5)
    assert (root.value["b"].value["小"].line, root.value["b"].value["小"].column) == (2, 8)


def test_numbers_keep_the_text_that_was_typed():
    assert read("a: 1.50").value["a"].text == "1.50"


def test_ids_are_composed_characters():
    decomposed = unicodedata.normalize("NFD", "é")
    root = read(f"{decomposed}: 1\n")
    assert list(root.value) == ["é"]
    _, faults = parse_yaml(f"{decomposed}: 1\né: 2\n", SOURCE)
    assert "given twice (first at line 1)" in faults[0].message


def test_several_faults_of_form_are_told_at_once():
    _, faults = parse_yaml("a: 1\na: 2\nb: !x 3\nc: &q 4\nd: *q\n*q : 7\n<<: {}\n? {e: 1}\n: 5\nf: 6\n", SOURCE)
    assert [(fault.line, fault.column) for fault in faults] == [(2, 1), (3, 4), (5, 4), (6, 1), (7, 1), (8, 3)]


def test_what_follows_a_refused_key_keeps_its_place():
    root, _ = parse_yaml("? [x]\n: 1\n? {y: 1}\n: [2]\n<<: 3\ng: 4\n", SOURCE)
    assert plain(root) == {"g": 4}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: 1", ""),
        ("a\uff1a1", "':'"),
        ("[1\uff0c2]", "','"),
        ("“a”", "'\"'"),
        ("a\u3000b", "a plain space"),
        ("a\u00a0b", "a plain space"),
    ],
)
def test_chinese_punctuation_is_named(text, hint):
    assert hint in full_width_hint(text)
    assert bool(full_width_hint(text)) == bool(hint)


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(alphabet="abc é小_", min_size=1, max_size=5), inner, max_size=4),
    ),
    max_leaves=20,
)


def tuples(value):
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): tuples(item) for key, item in value.items()}
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


def nodes(node):
    yield node
    children = (
        node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    )
    for child in children:
        yield from nodes(child)


@settings(deadline=None, max_examples=100)
@given(values)
def test_json_is_read_as_it_was_written_and_every_place_is_real(value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    root = read(text)
    assert plain(root) == tuples(value)
    lines = text.split("\n")
    for node in nodes(root):
        assert isinstance(node, Node)
        found = lines[node.line - 1][node.column - 1 :]
        assert found.startswith(node.text or ("{", "[", '"'))
