"""``fit_log`` from file to answer: simulated held-out days, the same bytes, nothing personal."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from scipy import stats

import netsim
from netsim.experiment.fit_answer import fit_answer
from netsim.experiment.fit_store import write_fit
from netsim.experiment.fitting import fit_log
from tests.fit import planted

DAYS = planted.days_of(49)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05, goes_on=0.1, to="advice"),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.weibull(25.0, 1.5),
    servers=5,
    day_cv=0.08,
)


def fit(folder, legs, **choices):
    return fit_log(*planted.write(folder, planted.wide_rows(legs, DAYS), planted.WIDE_MAP), **choices)


def test_waits_of_held_out_days_are_given_back_by_the_simulation(tmp_path):
    inside, days, observed, predicted = 0, 0, 0.0, 0.0
    for seed in range(2):
        result = fit(tmp_path, planted.play(HALL, DAYS, seed), hold_out="40%")
        assert result.validation.no_waits == ""
        for check in result.validation.waits:
            assert check.servers == pytest.approx(40.0, abs=4.0)
            inside += check.predicted.holds(check.observed)
            days += 1
            observed += check.observed
            predicted += check.predicted.value
    assert days == 28
    # intervals know chance and day factor, not that staff and laws are estimates
    assert inside >= stats.binom.ppf(1e-3, days, 0.88)
    assert observed == pytest.approx(predicted, rel=0.4)


def test_a_counter_less_on_held_out_days_is_no_surprise_but_a_slower_service_is(tmp_path):
    last = DAYS[-14:]
    fewer = planted.play(HALL, DAYS, 8, changed=dict.fromkeys(last, replace(HALL, servers=4)))
    checks = fit(tmp_path, fewer).validation
    assert "waits" not in {flag.check for flag in checks.flags}
    tasks = {**HALL.tasks, "cash": replace(HALL.tasks["cash"], service=planted.lognormal(6.0, 0.6))}
    slower = planted.play(HALL, DAYS, 8, changed=dict.fromkeys(last, replace(HALL, tasks=tasks)))
    flags = {flag.check for flag in fit(tmp_path, slower).validation.flags}
    assert {"waits", "service"} <= flags


@pytest.mark.parametrize(
    ("columns", "choices", "reason"),
    [
        (planted.WIDE_MAP.replace(", resource: window", ""), {}, "fit.no_waits.no_servers"),
        (planted.WIDE_MAP, {"hold_out": "0"}, "fit.no_waits.no_days"),
        (planted.WIDE_MAP.replace(", end: end", ""), {}, "fit.no_waits.no_services"),
    ],
)
def test_waits_that_cannot_be_tried_say_why(tmp_path, columns, choices, reason):
    table = planted.wide_rows(planted.play(HALL, DAYS[:21], 1), DAYS[:21])
    result = fit_log(*planted.write(tmp_path, table, columns), **choices)
    assert result.validation.no_waits == reason
    assert result.validation.waits == ()


def test_the_same_log_and_seed_give_the_same_bytes(tmp_path):
    table = planted.wide_rows(planted.play(HALL, DAYS[:14], 3), DAYS[:14])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        result = fit_log(*planted.write(tmp_path / name, table, planted.WIDE_MAP), seed=5)
        write_fit(result, tmp_path / name / "out")
    one, two = tmp_path / "one" / "out", tmp_path / "two" / "out"
    names = sorted(path.name for path in one.iterdir())
    assert {"result.json", "fragment.yaml", "report.html", "report.xlsx", "fit_week.png"} <= set(names)
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
        assert str(tmp_path).encode() not in (one / name).read_bytes()
    other = fit_log(tmp_path / "one" / "log.csv", tmp_path / "one" / "columns.yaml", seed=6)
    assert other.services[0].laws[0].ks_p != pytest.approx(-1)
    assert other.arrivals.per_day == result.arrivals.per_day
    assert other.validation.waits != result.validation.waits


def numbers(node):
    """Yield every number of an answer."""
    if isinstance(node, dict):
        for child in node.values():
            yield from numbers(child)
    elif isinstance(node, list):
        for child in node:
            yield from numbers(child)
    elif isinstance(node, float):
        yield node


def test_the_answer_is_json_without_holes(tmp_path):
    result = fit(tmp_path, planted.play(HALL, DAYS, 4)[:3000])
    answer = json.loads(json.dumps(fit_answer(result, {}, None, None), allow_nan=False))
    assert all(math.isfinite(value) for value in numbers(answer))
    assert answer["status"] in {"held", "shifted", "untried"}
    assert {"accounts", "arrivals", "services", "patience", "no_shows", "transfers", "validation"} <= set(answer)
    rows = answer["accounts"][0]
    assert rows["read"] == rows["used"] + rows["discarded"]
    assert len(answer["arrivals"]["half_hours"]) == 5 * 48


def test_the_verb_stands_on_the_face():
    assert netsim.fit_log is fit_log
