"""Values out of range, without unit, or that do not fit together."""

import pytest

from netsim.errors import BadInputError

# Each case: old text, new text, a text that stands where the fault must point to, fragments of the message.
EDITS = [
    pytest.param(
        "counters: 2",
        "counters: -2",
        "-2",
        ["counters: must be at least 0, got -2"],
        id="negative count",
    ),
    pytest.param(
        "homes: 500",
        "homes: -500",
        "-500",
        ["must be at least 0, got -500"],
        id="negative people",
    ),
    pytest.param(
        "patience: 30 min",
        "patience: -30 min",
        "-30",
        ["must be greater than 0, got -30 min"],
        id="negative time",
    ),
    pytest.param(
        "cv: 0.7",
        "cv: .nan",
        ".nan",
        ["finite"],
        id="nan",
    ),
    pytest.param(
        "x: 10",
        "x: .inf",
        ".inf",
        ["finite"],
        id="inf",
    ),
    pytest.param(
        "seed: 7",
        "seed: 9223372036854775808",
        "9223372036854775808",
        ["must be less than"],
        id="seed too large",
    ),
    pytest.param(
        "counters: 2",
        "counters: 2000000",
        "2000000",
        ["at most 100000"],
        id="above the cap",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}",
        None,
        ["expected 'days_per_year', or a 'year' that counts its days"],
        id="days of a type untold",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {days_per_year: 250}\n  year: {year: 2026, weekdays: {mon: weekday}}",
        None,
        ["'days_per_year' is counted from the 'year'; leave it out"],
        id="days told twice",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}\n  year: {year: 2026, weekdays: {mon: weekday, tue: workday}}",
        None,
        ["there is no day type 'workday'"],
        id="weekday of an unknown type",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}\n  year: {year: 2026, weekdays: {mon: weekday}, holidays: ['2026-02-30']}",
        None,
        ["'2026-02-30' is no date of the calendar"],
        id="a date that is none",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}\n  year: {year: 2026, weekdays: {mon: weekday}, pay_days: [15]}",
        None,
        ["'pay_days' and 'pay_day' go together"],
        id="pay days without a type",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}\n    feast: {}\n  year: {year: 2026, weekdays: {mon: weekday}}",
        None,
        ["no day of 2026 is of this type"],
        id="a type without a day",
    ),
    pytest.param(
        "weekday: {days_per_year: 250}",
        "weekday: {}\n  year: {year: 2026, weekdays: {mon: weekday}, holidays: ['2027-01-01']}",
        None,
        ["the holiday '2027-01-01' is not in 2026"],
        id="a holiday of another year",
    ),
    pytest.param(
        "counter: {mean: 10 min, cv: 0.7}",
        "counter: {mean: 10 min, cv: 0.7, law: exponential}",
        "{mean: 10 min",
        ["'cv' is not told of a law that is 'exponential'"],
        id="cv of an exponential law",
    ),
    pytest.param(
        "counter: {mean: 10 min, cv: 0.7}",
        "counter: {mean: 10 min}",
        "{mean: 10 min",
        ["expected 'cv' with the law 'lognormal'"],
        id="law without cv",
    ),
    pytest.param(
        "counter: {mean: 10 min, cv: 0.7}",
        "counter: {mean: 10 min, cv: 7, law: weibull}",
        "{mean: 10 min",
        ["the 'cv' of a weibull law must lie between 0.05 and 5"],
        id="Weibull law too wide",
    ),
    pytest.param(
        "patience: 30 min",
        "patience: 30 min\n    patience_law: weibull",
        "promise: {share: 90%, within: 10 min}",
        ["'patience_shape' goes with a 'patience_law' that is weibull"],
        id="Weibull patience without shape",
    ),
    pytest.param(
        "patience: 30 min",
        "announces: true",
        "promise: {share: 90%, within: 10 min}",
        ["'announces' and 'patience_law' need 'patience'"],
        id="announced wait without patience",
    ),
    pytest.param(
        "patience: 30 min",
        "patience: 30 min\n    balking: {queue: -1, share: 50%}",
        "-1",
        ["must be at least 0, got -1"],
        id="balking at a negative queue",
    ),
    pytest.param(
        "reach: 15 min",
        "reach: 15",
        "15\n",
        ["unit is missing", "for example '5 min'", "got 15"],
        id="missing unit",
    ),
    pytest.param(
        "reach: 15 min",
        'reach: "15"',
        '"15"',
        ["unit is missing"],
        id="quoted without unit",
    ),
    pytest.param(
        "reach: 15 min",
        "reach: 300 m",
        "300 m",
        ["'300 m' is a length; expected a time"],
        id="length for a time",
    ),
    pytest.param(
        "reach: 15 min",
        "reach: 15 mins",
        "15 mins",
        ["unknown unit 'mins'", "s, min, h"],
        id="unknown unit",
    ),
    pytest.param(
        "reach: 15 min",
        "reach: \uff11\uff15 min",
        "\uff11",
        ["full-width", "write '15 min'"],
        id="full-width digits",
    ),
    pytest.param(
        "reach: 15 min",
        "reach: 1,5 min",
        "1,5",
        ["comma", "point"],
        id="comma",
    ),
    pytest.param(
        "2 EUR",
        "2 CNY",
        "2 CNY",
        ["is in CNY; expected the scenario's currency", "EUR"],
        id="other currency",
    ),
    pytest.param(
        "2 EUR",
        "2 EUR/a",
        "2 EUR/a",
        ["is money per year; expected an amount of money"],
        id="money per year for money",
    ),
    pytest.param(
        "2 EUR",
        "2",
        "2\n    steps",
        ["unit is missing", "250000 EUR"],
        id="no currency",
    ),
    pytest.param(
        "currency: EUR",
        "currency: euro",
        "euro",
        ["ISO currency code such as EUR, got 'euro'"],
        id="bad currency",
    ),
    pytest.param(
        "flexible: 0.9",
        "flexible: 9",
        "9\n",
        ["between 0 and 1", "did you mean '9%'?"],
        id="share above 1",
    ),
    pytest.param(
        "flexible: 90%",
        "flexible: 190%",
        "190%",
        ["between 0% and 100%"],
        id="share above 100%",
    ),
    pytest.param(
        "{pay: 60%, ask: 40%}",
        "{pay: 60%, ask: 30%}",
        "{pay: 60%",
        ["demand.layers.homes.tasks", "sum to 90%; expected 100%"],
        id="mix",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"16:00-10:00"',
        '"16:00',
        ["calendar.hours.day[0]", "closes before it opens"],
        id="closing before opening",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"20:00-02:00"',
        '"20:00',
        ["past midnight is written '20:00-26:00'"],
        id="past midnight",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"10:00-16:75"',
        '"10:00-16',
        ["does not exist"],
        id="no such time",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"10:00-31:00"',
        '"10:00-31',
        ["30:00"],
        id="beyond 30:00",
    ),
    pytest.param(
        '"13:00-20:00"',
        '"11:00-20:00"',
        '["08:00',
        ["overlap"],
        id="overlapping windows",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"all day"',
        '"all day"',
        ["10:00-16:30", "'all day'"],
        id="no window",
    ),
    pytest.param(
        '"10:00-16:00"',
        '"10\uff1a00-16\uff1a00"',
        '"10\uff1a',
        ["write '10:00-16:00'"],
        id="full-width window",
    ),
    pytest.param(
        "shares: [0, 0,",
        "shares: [0,",
        "[0, 0, 0",
        ["expected at least 48 entries, got 47"],
        id="47 half-hours",
    ),
    pytest.param(
        "days_per_year: 250",
        "days_per_year: 400",
        "400",
        ["at most 366"],
        id="days of a year",
    ),
    pytest.param(
        "  zones:\n",
        "  zones:\n    hexes: 100 m\n",
        "hexes: 100",
        ["exactly one of 'hexes', 'h3', 'layer' and 'points'"],
        id="two kinds of zones",
    ),
    pytest.param(
        "mode: straight_line",
        "mode: walk",
        None,
        ["geography", "needs layers.roads"],
        id="roads to walk on",
    ),
    pytest.param(
        "length: 4 h",
        "length: 250 min",
        "250 min",
        ["whole half-hours, got 250 min"],
        id="shift of half an hour",
    ),
    pytest.param(
        "paid: 4 h",
        "paid: 5 h",
        "{length",
        ["5 h are paid in a shift of 4 h"],
        id="overpaid shift",
    ),
    pytest.param(
        "name: North",
        "name: " + "N" * 300,
        "N" * 300,
        ["at most 200 characters, got 300"],
        id="long name",
    ),
    pytest.param(
        "name: North",
        'name: ""',
        '""',
        ["at least 1 characters"],
        id="empty name",
    ),
    pytest.param(
        "id: s1",
        'id: "s\\n1"',
        '"s\\n1"',
        ["an id of 1 to 100 characters in one line"],
        id="id with a line",
    ),
    pytest.param(
        "    close: {",
        "    close now: {",
        "close now",
        ["rules.coverage.close now", "an id of letters, digits"],
        id="bad key",
    ),
]


@pytest.mark.parametrize(("old", "new", "points_to", "fragments"), EDITS)
def test_the_fault_is_told_with_its_place_and_the_mend(old, new, points_to, fragments, tell):
    tell(old, new, points_to, fragments)


def test_three_planted_faults_are_told_at_once(tiny, faults):
    text = (
        tiny.replace("seed: 7", "sede: 7").replace("counters: 2", "counters: -2").replace("  kiosk: {}", "  kiosq: {}")
    )
    told = faults(text)
    line = {name: text[: text.index(name)].count("\n") + 1 for name in ("sede", "counters: -2", "kiosq")}
    assert f"tiny.yaml:{line['sede']}:1: sede: unknown key; did you mean 'seed'?" in told
    assert (
        f"tiny.yaml:{line['counters: -2']}:46: network.kinds.branch.today.counters: must be at least 0, got -2" in told
    )
    assert any(
        fault.startswith(f"tiny.yaml:{line['kiosq']}:3: formats.kiosq: unknown format 'kiosq'")
        and fault.endswith("did you mean 'kiosk'?")
        for fault in told
    )
    assert [int(fault.split(":")[1]) for fault in told] == sorted(int(fault.split(":")[1]) for fault in told)


def test_the_first_twenty_of_many_faults_are_shown(tiny, load):
    sites = "".join(f"    - {{id: t{i}, kind: branch, x: west, y: 0}}\n" for i in range(60))
    with pytest.raises(BadInputError) as caught:
        load(tiny.replace("rules:\n", f"{sites}rules:\n"))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "60 faults"
