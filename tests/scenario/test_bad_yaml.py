"""YAML that must not be read as if it were meant."""

import pytest

# Each case: old text, new text, a text that stands where the fault must point to, fragments of the message.
EDITS = [
    pytest.param(
        "  zones:\n    points:",
        "  zones:\n\tpoints:",
        "\tpoints",
        ["tab", "spaces"],
        id="tab",
    ),
    pytest.param(
        "en: Pay}",
        'en: "Pay}',
        '"Pay',
        ["quote is opened here and never closed"],
        id="unclosed quote",
    ),
    pytest.param(
        "seed: 7",
        "seed: 7: 8",
        ": 8",
        ["no YAML"],
        id="second colon",
    ),
    pytest.param(
        "seed: 7",
        "seed: 7\nseed: 8",
        "seed: 8",
        ["'seed' is given twice", "first at line 3"],
        id="duplicate key",
    ),
    pytest.param(
        "profile: flat\n    flexible: 90%",
        "profile: flat\n    profile: flat\n    flexible: 90%",
        "profile: flat\n    flexible: 90%",
        ["tasks.pay.profile", "'profile' is given twice (first at line 31)"],
        id="duplicate deep key",
    ),
    pytest.param(
        "seed: 7",
        "seed: &a 7\nnote: {en: *a}",
        "*a",
        ["aliases (*a) are not allowed", "extends"],
        id="alias",
    ),
    pytest.param(
        "  pay:\n    name",
        "  pay:\n    <<: {}\n    name",
        "<<",
        ["merge keys", "extends"],
        id="merge key",
    ),
    pytest.param(
        "seed: 7",
        "seed: !!python/name:os.system 7",
        "!!python",
        ["tags", "not allowed"],
        id="custom tag",
    ),
    pytest.param(
        "seed: 7",
        "seed: !x 7",
        "!x",
        ["tags ('!x')"],
        id="own tag",
    ),
    pytest.param(
        "seed: 7",
        "seed: 7\n---\nseed: 8",
        "---",
        ["second document"],
        id="several documents",
    ),
    pytest.param(
        "seed: 7",
        "seed: 7\n? [a]\n: 1",
        "[a]",
        ["key must be a plain word"],
        id="list as key",
    ),
    pytest.param(
        "seed: 7",
        'seed: 7\n"": 1',
        '"": 1',
        ["key is empty"],
        id="empty key",
    ),
    pytest.param(
        "seed: 7",
        "seed: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "[[[[[[]",
        ["nested deeper than 40"],
        id="deep nesting",
    ),
    pytest.param(
        "en: Pay",
        "en: Pa\u202ey",
        "\u202e",
        ["invisible", "U+202E"],
        id="bidi",
    ),
    pytest.param(
        "profile: flat\n    flexible: 90%",
        "profile: fl\u200bat\n    flexible: 90%",
        "\u200b",
        ["U+200B"],
        id="zero width",
    ),
    pytest.param(
        "en: Pay",
        'en: "Pa\\u202ey"',
        '"Pa',
        ["tasks.pay.name.en", "U+202E"],
        id="escaped bidi",
    ),
    pytest.param(
        "en: Pay",
        "en: Pa\u0007y",
        "\u0007",
        ["U+0007"],
        id="control character",
    ),
    pytest.param(
        "seed: 7",
        "seed: \ufeff7",
        "\ufeff",
        ["U+FEFF"],
        id="byte-order mark inside",
    ),
    pytest.param(
        "seed: 7",
        "seed: @7",
        "@7",
        ["cannot start with '@'", "quotes"],
        id="at sign",
    ),
    pytest.param(
        "seed: 7",
        "seed: 999999999999999999999999999999999999999999999999999999999999",
        "999999999999999999999999999999999999999999999999999999999999",
        ["number of 60 characters"],
        id="long number",
    ),
    pytest.param(
        "layers: [homes]",
        "layers: \uff3bhomes\uff3d",
        "\uff3bhomes",
        ["expected a list", "YAML needs '['"],
        id="full-width bracket",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), EDITS)
def test_the_fault_is_told_with_its_place_and_the_mend(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments)


# Each case: the whole file, fragments of the one fault.
FILES = [
    pytest.param(
        b"",
        ["tiny.yaml:1:1: the file is empty"],
        id="empty",
    ),
    pytest.param(
        b"# nothing\n",
        ["the file is empty"],
        id="only a comment",
    ),
    pytest.param(
        b"- a\n- b\n",
        ["tiny.yaml:1:1: expected a mapping (key: value) at the top of the file, got a list"],
        id="list at the top",
    ),
    pytest.param(
        b"hello",
        ["expected a mapping", "'hello'"],
        id="text at the top",
    ),
    pytest.param(
        b"seed\xef\xbc\x9a 3\n",
        ["YAML needs ':'"],
        id="Chinese colon",
    ),
    pytest.param(
        b"netsim: 1\nseed\xef\xbc\x9a 3\nplan: as_is\n",
        ["tiny.yaml:2:1: ", "'\uff1a' (U+FF1A), YAML needs ':'"],
        id="Chinese colon among lines",
    ),
    pytest.param(
        b"\xff\xfen\x00e\x00t\x00s\x00i\x00m\x00:\x00 \x001\x00\n\x00",
        ["tiny.yaml:1:1: the file is UTF-16; save it as UTF-8"],
        id="UTF-16",
    ),
    pytest.param(
        b"netsim: 1\nseed: \x00\n",
        ["tiny.yaml:2:7: the file holds a NUL byte"],
        id="NUL",
    ),
    pytest.param(
        b"netsim: 1\nname: {en: Caf\xe9}\n",
        ["tiny.yaml:2:15: not UTF-8 (byte 0xe9)"],
        id="Latin-1",
    ),
    pytest.param(
        b"#" * 2_000_001,
        ["larger than 2,000,000 bytes"],
        id="too large",
    ),
    pytest.param(
        b"a: " + b"[" * 900_000,
        ["nested deeper than 40 levels"],
        id="a bomb of brackets",
    ),
    pytest.param(
        b"a: [1, 2\nb: 3\n",
        ["tiny.yaml:2:2", "the bracket opened in line 1 is not closed"],
        id="an unclosed list",
    ),
    pytest.param(
        b"{{ scenario }}",
        ["plain word"],
        id="a template",
    ),
]


@pytest.mark.parametrize(("content", "fragments"), FILES)
def test_a_file_that_is_no_scenario_is_told_in_one_line(content, fragments, faults):
    told = faults(content)
    assert len(told) == 1
    assert all(fragment in told[0] for fragment in fragments), told


def test_yaml_1_1_traps_stay_text(tiny, load):
    text = tiny.replace("name: North", "name: NO").replace("id: s2", "id: 007").replace("en: Ask", "en: 12:30")
    scenario = load(text).scenario
    assert scenario.network.sites[1].name == "NO"
    assert scenario.network.sites[1].id == "007"
    assert scenario.tasks["ask"].name["en"] == "12:30"


def test_a_number_may_be_written_with_an_exponent(tiny, load):
    assert load(tiny.replace("x: 500", "x: 1e5")).scenario.network.sites[1].x == 100000.0
