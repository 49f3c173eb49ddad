"""Sentences in two languages: same keys, same values, right numbers."""

from __future__ import annotations

import math
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.registry import UnknownPartError
from netsim.text import LANGUAGES, MINUS, NOTHING, Text, code_sentence, sentences

SOURCE = Path(__file__).parents[1] / "src" / "netsim"
SPECS = {"", "count", "number", "percent", "whole", "minutes", "money"}


def placeholders(sentence: str) -> list[tuple[str, str]]:
    return sorted((name, spec or "") for _, name, spec, _ in string.Formatter().parse(sentence) if name)


def test_every_key_stands_in_both_languages_with_the_same_values():
    english, chinese = sentences("en"), sentences("zh")
    assert set(english) == set(chinese)
    different = [key for key in english if placeholders(english[key]) != placeholders(chinese[key])]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_use_known_number_specs_only(language):
    specs = {spec for sentence in sentences(language).values() for _, spec in placeholders(sentence)}
    assert specs <= SPECS


def test_chinese_sentences_are_chinese():
    latin = re.compile(r"[A-Za-z]{4,}")
    allowed = {"netsim", "planning", "rounds", "margin", "Vehicle"}
    for key, sentence in sentences("zh").items():
        words = set(latin.findall(re.sub(r"\{[^}]*\}|(?:planning|simulation|demand|rules)(?:\.\w+)+", "", sentence)))
        assert words <= allowed, (key, words)


def test_every_key_that_the_code_names_exists():
    named = set()
    for path in [*SOURCE.glob("report/*.py"), *SOURCE.glob("report/templates/*.j2")]:
        named |= set(re.findall(r"text\(\s*\"([a-z_0-9.]+)\"", path.read_text("utf-8")))
    assert len(named) > 100
    assert sorted(key for key in named if key not in sentences("en") and not key.endswith(".")) == []


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownPartError, match=r"unknown text key 'action.kep'; did you mean 'action.keep'"):
        Text("en")("action.kep")


@pytest.mark.parametrize(
    ("language", "currency", "value", "written"),
    [
        ("en", "EUR", 4_795_000, "EUR 4.79 M"),
        ("en", "EUR", 631_000, "EUR 631 k"),
        ("en", "EUR", 85_300, "EUR 85.3 k"),
        ("en", "EUR", 9_500, "EUR 9,500"),
        ("en", "", 9_500, "9,500"),
        ("zh", "CNY", 4_795_000, "479.5 万元"),
        ("zh", "CNY", 320_000_000, "3.20 亿元"),
        ("zh", "CNY", 9_500, "9,500 元"),
        ("zh", "EUR", 4_795_000, "479.5 万 EUR"),
        ("zh", "EUR", 9_500, "9,500 EUR"),
        ("en", "EUR", math.nan, NOTHING),
        ("en", "EUR", -631_000, f"{MINUS}EUR 631 k"),
    ],
)
def test_money_known_answers(language, currency, value, written):
    assert Text(language, currency).money(value) == written


@pytest.mark.parametrize(
    ("share", "signed", "written"),
    [(0.9141, False, "91.4%"), (-0.021, True, f"{MINUS}2.1 points"), (math.nan, False, "\u2013")],
)
def test_shares(share, signed, written):
    assert Text("en").percent(share, signed=signed) == written


def test_minutes_and_clock():
    assert Text("zh").minutes(2.54) == "2.5 分钟"
    assert Text("en").clock(990) == "16:30"
    assert Text("en").clock(1800) == "30:00"


@settings(deadline=None, max_examples=60)
@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_written_number_reads_back(value, digits):
    written = Text("en").number(value, digits)
    assert float(written.replace(",", "").replace(MINUS, "-")) == pytest.approx(round(value, digits))
    assert written not in {f"{MINUS}0", f"{MINUS}0.0"}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=20), st.floats(-1e6, 1e6))
def test_a_coded_sentence_comes_back_with_its_values(name, visits):
    name = name.replace("\n", " ")
    coded = code_sentence("reason.receiver", outlet=name, visits=visits, used=0.5)
    words = Text("en").sentence(coded)
    assert words.startswith(name.replace("|", "/").split("=")[0])
    assert words.endswith("its fullest lane then at 50%)")


def test_what_is_not_a_coded_sentence_stays_as_it_is():
    assert Text("zh").sentence("a plain warning | with bars = and signs") == "a plain warning | with bars = and signs"
    assert Text("en").sentence("reason.receiver|outlet=X") == "reason.receiver|outlet=X"


def test_display_names_fall_back_to_any_language_and_then_to_the_id():
    assert Text("zh").name({"en": "Branch", "zh": "网点"}, "x") == "网点"
    assert Text("zh").name({"en": "Branch"}, "x") == "Branch"
    assert Text("zh").name({}, "x") == "x"
