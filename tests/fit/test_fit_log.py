"""A whole log: planted parameters come back, held-out days hold, and planted changes are flagged."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from netsim.errors import BadInputError
from netsim.fit.fit_log import fit_tickets
from netsim.fit.hold_out import split_days
from netsim.fit.read_log import read_log
from netsim.fit.waits import ratio_over_days, staff_on_duty
from tests.fit import planted

DAYS = planted.days_of(70)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.6, planted.lognormal(4.0, 0.6), no_show=0.05, goes_on=0.1, to="advice"),
        "advice": planted.Work(0.25, planted.gamma(9.0, 0.7)),
        "cards": planted.Work(0.145, planted.weibull(3.0, 2.0), no_show=0.02),
        "rare": planted.Work(0.005, planted.exponential(5.0)),
    },
    patience=planted.weibull(20.0, 1.5),
    servers=4,
    day_cv=0.1,
)
WIDER = stats.norm.ppf(1 - 2e-4) / stats.norm.ppf(0.975)
"""A correct 95 % interval, this much wider, misses once in 2,500."""


def close(value, truth):
    """Whether a truth lies in an interval that is widened to one miss in 2,500."""
    side = value.upper if truth >= value.value else value.lower
    return abs(math.log(truth / value.value)) <= WIDER * abs(math.log(side / value.value)) + 1e-9


def fit(folder, legs, days=DAYS, **choices):
    log, file = read_log(*planted.write(folder, planted.wide_rows(legs, days), planted.WIDE_MAP))
    return fit_tickets(log, file.map, **choices)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return fit(tmp_path_factory.mktemp("log"), planted.play(HALL, DAYS, seed=1))


def test_laws_of_all_tasks_are_recovered_and_chosen(result):
    laws = {item.task: item for item in result.services}
    assert {task: laws[task].chosen for task in ("cash", "advice", "cards")} == {
        "cash": "lognormal", "advice": "gamma", "cards": "weibull",
    }  # fmt: skip
    weibull_cv = math.sqrt(math.gamma(2) / math.gamma(1.5) ** 2 - 1)
    for task, mean, cv in (("cash", 4.0, 0.6), ("advice", 9.0, 0.7), ("cards", 3.0, weibull_cv)):
        law = laws[task].law
        assert close(law.mean, mean), (task, law.mean)
        assert close(law.cv, cv), (task, law.cv)
        assert laws[task].pooled == ""
        assert laws[task].counts.sum() <= laws[task].sample
        assert law.expected.sum() == pytest.approx(laws[task].counts.sum(), rel=0.03)


def test_arrivals_day_factor_mix_and_profile_are_recovered(result):
    per_day = sum(HALL.per_hour) / 2 * np.mean(HALL.weekday[:5])
    assert close(result.arrivals.per_day, per_day)
    assert close(result.arrivals.day_cv, 0.1)
    shares = {item.task: item for item in result.demand}
    assert sum(item.share.value for item in result.demand) == pytest.approx(1.0)
    for task, work in HALL.tasks.items():
        assert close(shares[task].share, work.share)
        assert shares[task].shares.sum() == pytest.approx(1.0)
    assert shares["rare"].pooled
    truth = np.array(HALL.per_hour) / sum(HALL.per_hour)
    assert np.abs(shares["cash"].shares - truth).max() < 0.01


def test_patience_no_shows_and_transfers_are_recovered(result):
    (patience,) = result.patience
    assert patience.law.law == "weibull"
    assert close(patience.law.mean, 20.0)
    assert close(patience.law.shape, 1.5)
    assert patience.naive < 10.0
    missed = {item.task: item for item in result.no_shows}
    assert close(missed["cash"].share, 0.05)
    assert close(missed["cards"].share, 0.02)
    assert missed["advice"].count == 0
    assert missed["advice"].share.upper < 0.003
    (onward,) = result.transfers
    assert (onward.task, onward.to_task) == ("cash", "advice")
    assert close(onward.share, 0.1)


def test_an_unchanged_world_is_not_flagged(result):
    trial = result.validation
    assert trial.rule == "fit.rule.last|days=10"
    assert (trial.fitted, trial.held_out) == (40, 10)
    assert trial.flags == ()
    assert trial.arrivals.inside >= stats.binom.ppf(5e-4, trial.arrivals.cells, 0.9)
    assert {check.task for check in trial.services} == {"cash", "advice", "cards"}
    for check in trial.services:
        assert check.p > 1e-3
        assert check.pit.sum() == check.size


def test_flags_come_by_chance_as_seldom_as_their_level_says(tmp_path):
    flagged = 0
    for seed in range(4):
        legs = planted.play(replace(HALL, level=0.5), DAYS[:28], seed=50 + seed)
        flagged += bool(fit(tmp_path, legs, DAYS[:28]).validation.flags)
    # four trials at 1 % or less each: of 4 logs more than this are flagged once in 1,000
    assert flagged <= stats.binom.ppf(1 - 1e-3, 4, 0.04)


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        (replace(HALL, level=1.35), "arrivals"),
        (replace(HALL, per_hour=HALL.per_hour[8:] + HALL.per_hour[:8]), "half_hours"),
        (replace(HALL, tasks={**HALL.tasks, "cash": planted.Work(0.6, planted.lognormal(5.5, 0.6))}), "service"),
    ],
)
def test_a_planted_change_is_flagged(tmp_path, changed, check):
    legs = planted.play(HALL, DAYS, seed=4, changed=dict.fromkeys(DAYS[-14:], changed))
    trial = fit(tmp_path, legs).validation
    assert check in {flag.check for flag in trial.flags}


def test_too_few_services_take_the_law_of_the_lane(tmp_path):
    days = DAYS[:7]
    result = fit(tmp_path, planted.play(HALL, days, seed=5), days)
    rare = next(item for item in result.services if item.task == "rare")
    assert rare.pooled == "lane"
    assert rare.size < 30 < rare.sample
    assert rare.sample == sum(item.size for item in result.services)
    assert any(words.startswith("fit.warning.pooled_lane|task=rare") for words in result.warnings)
    assert result.validation.rule == "fit.rule.few|days=5|least=10"
    assert result.validation.arrivals is None


def test_whole_minutes_are_no_obstacle(tmp_path):
    days = planted.days_of(42)
    hall = planted.Hall(tasks={"cash": planted.Work(1.0, planted.gamma(6.0, 0.6))}, servers=6)
    table = planted.wide_rows(planted.play(hall, days, seed=6), days)
    for column in ("arrive", "call", "end"):
        table[column] = table[column].str[:16]
    log, file = read_log(*planted.write(tmp_path, table, planted.WIDE_MAP))
    result = fit_tickets(log, file.map, hold_out="0")
    assert log.source.resolution == 1.0
    (service,) = result.services
    assert service.chosen == "gamma"
    assert service.law.mean.value == pytest.approx(6.0, rel=0.03)
    assert service.law.cv.value == pytest.approx(0.6, rel=0.05)
    assert "fit.warning.minutes" in result.warnings


def test_holidays_stand_apart(tmp_path):
    legs = planted.play(HALL, DAYS[:28], seed=7)
    table = planted.wide_rows(legs, DAYS[:28])
    holiday = DAYS[8]
    columns = planted.WIDE_MAP + f"holidays: ['{holiday}']\n"
    log, file = read_log(*planted.write(tmp_path, table, columns))
    result = fit_tickets(log, file.map, hold_out="0")
    assert result.arrivals.day_count.tolist() == [4, 3, 4, 4, 4, 0, 0]
    assert [day.date for day in result.days if day.role == "holiday"] == [holiday]


@pytest.mark.parametrize(
    ("wish", "held", "rule"),
    [
        (None, [8, 9], "fit.rule.last|days=2"),
        ("30%", [7, 8, 9], "fit.rule.last|days=3"),
        ("0.1", [9], "fit.rule.last|days=1"),
        ("every 3", [2, 5, 8], "fit.rule.every|step=3"),
        ("2024-05-02, 2024-05-04", [1, 3], "fit.rule.named|days=2"),
        ("0", [], "fit.rule.none"),
    ],
)
def test_days_are_held_out_as_wished(wish, held, rule):
    days = [dt.date(2024, 5, day) for day in range(1, 11)]
    split = split_days(days, wish)
    assert np.flatnonzero(split.held).tolist() == held
    assert split.rule == rule


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("soon", "expected a share such as 20%, 'every 5', or dates, got 'soon'"),
        ("2024-06-01", "2024-06-01 is no day of the log"),
        ("100%", "leaves no day of 10 to fit"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(wish, message):
    with pytest.raises(BadInputError, match=message):
        split_days([dt.date(2024, 5, day) for day in range(1, 11)], wish)


def test_staff_is_seen_as_planted(tmp_path):
    days = DAYS[:5]
    hall = planted.Hall(servers=3, level=1.1)
    log, _ = read_log(*planted.write(tmp_path, planted.wide_rows(planted.play(hall, days, 8), days), planted.WIDE_MAP))
    for day in range(5):
        staff = staff_on_duty(log.legs.take(log.legs.day == day))
        assert staff[0].sum() == 0
        np.testing.assert_allclose(staff[1, 20:33], 3.0, atol=0.15)


def test_a_ratio_over_days_by_hand():
    found = ratio_over_days([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    assert (found.value, found.lower, found.upper) == (2.0, 2.0, 2.0)
    assert ratio_over_days([2.0], [1.0]).upper == math.inf
