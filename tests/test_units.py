import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim import units

QUICK = settings(deadline=None, max_examples=100)
numbers = st.decimals(0, 10**9, places=4).map(lambda number: f"{number:f}")


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (units.minutes, "5 min", 5.0),
        (units.minutes, "2 h", 120.0),
        (units.minutes, "30 s", 0.5),
        (units.minutes, "1 d", 1440.0),
        (units.minutes, "0.07 h", 4.2),
        (units.minutes, "1e2min", 100.0),
        (units.metres, "300 m", 300.0),
        (units.metres, "1.2 km", 1200.0),
        (units.metres_per_minute, "4.8 km/h", 80.0),
        (units.metres_per_minute, "1.5 m/s", 90.0),
        (units.years, "10 a", 10.0),
        (units.share, "90%", 0.9),
        (units.share, "4.5 %", 0.045),
        (units.share, 0.9, 0.9),
        (units.share, 1, 1.0),
        (units.money, "4.2 M EUR", 4_200_000.0),
        (units.money, "4.2M EUR", 4_200_000.0),
        (units.money, "250 k EUR", 250_000.0),
        (units.money, "1.5 bn EUR", 1.5e9),
        (units.money, "420 万 CNY", 4_200_000.0),
        (units.money, "0.35 EUR", 0.35),
        (units.money_per_year, "14000 EUR/a", 14_000.0),
        (units.money_per_year, "4.2 M CNY/a", 4_200_000.0),
        (units.money_per_hour, "32 EUR/h", 32.0),
        (units.money_per_minute, "10 EUR/h", 10 / 60),
    ],
)
def test_known_values(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("10:00-16:30", (600, 990)),
        ("0:00-24:00", (0, 1440)),
        ("22:00 - 26:00", (1320, 1560)),
        ("08:15-30:00", (495, 1800)),
    ],
)
def test_known_windows(text, window):
    assert units.window(text) == window


@pytest.mark.parametrize(
    ("parse", "value", "fragments"),
    [
        (units.minutes, 5, ["unit is missing", "expected a time", "'5 min'", "got 5"]),
        (units.minutes, "5", ["unit is missing"]),
        (units.minutes, True, ["expected a time", "got true"]),
        (units.minutes, None, ["got nothing"]),
        (units.minutes, ["5 min"], ["got a list"]),
        (units.minutes, "", ["expected a time"]),
        (units.minutes, "min", ["expected a time"]),
        (units.minutes, "5 m", ["'5 m' is a length", "expected a time"]),
        (units.minutes, "5 EUR", ["is an amount of money"]),
        (units.minutes, "5 minutes", ["unknown unit 'minutes'", "s, min, h, d"]),
        (units.minutes, "\uff15 min", ["full-width", "write '5 min'"]),
        (units.minutes, "5\u3000min", ["full-width", "write '5 min'"]),
        (units.minutes, "4,5 min", ["comma", "point for decimals"]),
        (units.minutes, "1e999 min", ["expected a time"]),
        (units.minutes, "nan min", ["expected a time"]),
        (units.minutes, "5 min; drop", ["unknown unit"]),
        (units.metres, "5 min", ["is a time", "expected a length", "300 m"]),
        (units.metres_per_minute, "5", ["4.8 km/h"]),
        (units.years, "10 years", ["unknown unit 'years'", "10 a"]),
        (units.share, "90", ["unit is missing", "90%"]),
        (units.share, 90, ["between 0 and 1", "did you mean '90%'"]),
        (units.share, -0.1, ["between 0 and 1"]),
        (units.share, float("nan"), ["between 0 and 1", ".nan"]),
        (units.share, "101%", ["between 0% and 100%"]),
        (units.share, True, ["got true"]),
        (units.money, "5 euro", ["unknown unit 'euro'", "250000 EUR"]),
        (units.money, "1,200 EUR", ["comma"]),
        (units.money, "5 EUR/a", ["is money per year"]),
        (units.money_per_year, "5 EUR", ["is an amount of money", "14000 EUR/a"]),
        (units.money_per_year, "5 EUR/h", ["is money per hour"]),
        (units.money_per_hour, "5 EUR/a", ["is money per year", "10 EUR/h"]),
        (units.window, "16:00-10:00", ["closes before it opens"]),
        (units.window, "22:00-02:00", ["past midnight is written '22:00-26:00'"]),
        (units.window, "10:00-10:00", ["closes before it opens"]),
        (units.window, "10:00", ["10:00-16:30", "'10:00'"]),
        (units.window, 600, ["got 600"]),
        (units.window, "25:00-31:00", ["does not exist"]),
        (units.window, "10:60-12:00", ["does not exist"]),
        (units.window, "10\uff1a00\uff0d16\uff1a30", ["write '10:00-16:30'"]),
        (units.window, "10:00\u201316:30", ["write '10:00-16:30'"]),
    ],
)
def test_a_wrong_value_is_told_with_an_example(parse, value, fragments):
    with pytest.raises(units.UnitError) as caught:
        parse(value)
    assert all(fragment in str(caught.value) for fragment in fragments), str(caught.value)


@pytest.mark.parametrize("parse", [units.money, units.money_per_year, units.money_per_hour, units.money_per_minute])
def test_money_must_be_in_the_currency_of_the_scenario(parse):
    text = {"money": "5 CNY", "money_per_year": "5 CNY/a"}.get(parse.__name__, "5 CNY/h")
    assert parse(text, "CNY") == parse(text)
    with pytest.raises(units.UnitError, match=r"is in CNY; expected the scenario's currency EUR, as in '\d+ EUR"):
        parse(text, "EUR")


@QUICK
@given(numbers)
def test_what_is_typed_in_house_units_comes_back_unchanged(number):
    assert units.minutes(f"{number} min") == float(number)
    assert units.metres(f"{number} m") == float(number)
    assert units.years(f"{number} a") == float(number)
    assert units.money(f"{number} EUR", "EUR") == float(number)


@QUICK
@given(numbers)
def test_units_agree_with_each_other(number):
    assert units.minutes(f"{number} h") == pytest.approx(60 * units.minutes(f"{number} min"), rel=1e-15)
    assert units.metres(f"{number} km") == pytest.approx(1000 * units.metres(f"{number} m"), rel=1e-15)
    assert units.money(f"{number} M EUR") == pytest.approx(1e6 * units.money(f"{number} EUR"), rel=1e-15)
    assert units.money_per_minute(f"{number} EUR/h") == pytest.approx(
        units.money_per_hour(f"{number} EUR/h") / 60, rel=1e-15
    )


@QUICK
@given(st.integers(0, 1799), st.integers(1, 1800))
def test_a_window_comes_back_as_typed(start, length):
    end = min(start + length, 1800)
    assert units.window(f"{start // 60}:{start % 60:02d}-{end // 60}:{end % 60:02d}") == (start, end)


@QUICK
@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.integers())))
def test_whatever_is_typed_is_read_or_told(value):
    for parse in (
        units.minutes,
        units.metres,
        units.share,
        units.money,
        units.money_per_year,
        units.years,
        units.window,
    ):
        message = ""
        try:
            parse(value)
        except units.UnitError as error:
            message = str(error)
        assert len(message) < 400


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("inf"), ".inf"),
        (float("-inf"), "-.inf"),
        ({}, "a mapping"),
        ((), "a list"),
        ("x" * 99, "'" + "x" * 56 + "..."),
    ],
)
def test_a_value_is_shown_the_way_it_is_typed(value, text):
    assert units.typed(value) == text
