"""How well measures have to be known, and other settings of a job: what is typed, and what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.errors import BadInputError
from netsim.experiment.measuring import goal_of, half_width
from netsim.experiment.settings import Settings, applied
from netsim.experiment.study import load_study
from netsim.model.precision import Measuring, PrecisionGoal
from netsim.units import UnitError
from tests.small import write_small
from tests.studies import tiny_study

PRECISION = """simulation:
  min_days: 10
  precision:
    wait_p90: {half_width: 0.1 min}
    share_in_time.counter: {half_width: 0.5%}
    cost_total: {relative: 1%}
    visits_per_day: {half_width: 3}
"""


def test_a_scenario_says_what_has_to_be_known_how_well(tmp_path):
    study, _ = load_study(write_small(tmp_path, "s.yaml", PRECISION))
    assert study.measuring == Measuring(
        min_days=10,
        goals=(
            PrecisionGoal("wait_p90", half_width=0.1),
            PrecisionGoal("share_in_time.counter", half_width=0.005),
            PrecisionGoal("cost_total", relative=0.01),
            PrecisionGoal("visits_per_day", half_width=3.0),
        ),
    )
    plain, _ = load_study(write_small(tmp_path, "plain.yaml"))
    assert plain.measuring == Measuring(min_days=20)


def test_a_variant_changes_one_goal_and_takes_another_away(tmp_path):
    write_small(tmp_path, "s.yaml", PRECISION)
    path = tmp_path / "variant.yaml"
    path.write_text("extends: s.yaml\nsimulation: {precision: {wait_p90: {half_width: 30 s}, cost_total: null}}\n")
    study, _ = load_study(path, sets=["simulation.precision.wait_mean.half_width=6 s"])
    goals = {goal.measure: goal.half_width for goal in study.measuring.goals}
    assert goals == {"wait_p90": 0.5, "share_in_time.counter": 0.005, "visits_per_day": 3.0, "wait_mean": 0.1}


def faults(tmp_path, extra):
    with pytest.raises(BadInputError) as error:
        load_study(write_small(tmp_path, "bad.yaml", extra))
    return [str(fault).removeprefix(f"{tmp_path}/") for fault in error.value.faults]


def test_all_that_is_wrong_with_a_precision_is_told_at_its_place(tmp_path):
    extra = (
        "simulation:\n  precision:\n    wait_p91: {half_width: 0.1 min}\n    wait_p90: {half_width: 0.1 km}\n"
        "    wait_mean: {half_width: 0.1}\n    share_in_time.window: {half_width: 1%}\n"
    )
    told = faults(tmp_path, extra)
    assert told[0].startswith("bad.yaml:4:5: simulation.precision.wait_p91: unknown measure 'wait_p91'; did you mean")
    assert told[1].startswith("bad.yaml:5:28: simulation.precision.wait_p90.half_width: '0.1 km' is a length; expected")
    assert told[2].startswith("bad.yaml:6:29: simulation.precision.wait_mean.half_width: the unit is missing")
    assert "bad.yaml:7:5: simulation.precision.share_in_time.window: unknown measure" in told[3]
    assert len(told) == 4


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("{}", "expected either 'half_width' or 'relative'"),
        ("{half_width: 0.1 min, relative: 1%}", "expected either 'half_width' or 'relative'"),
        ("{half_width: true}", "expected a half width such as '0.1 min' or '0.5%', got true"),
        ("{half_width: [1]}", "expected a half width such as '0.1 min' or '0.5%', got a list"),
        ("{relative: 0%}", "must be greater than 0"),
        ("{relative: 5 min}", "'5 min' is a time; expected a share"),
        ("{halfwidth: 0.1 min}", "did you mean 'half_width'?"),
        ("0.1 min", "expected a mapping"),
    ],
)
def test_a_goal_of_the_wrong_form_is_told(tmp_path, typed, message):
    told = faults(tmp_path, f"simulation: {{precision: {{wait_p90: {typed}}}}}\n")
    assert len(told) == 1
    assert message in told[0]
    assert told[0].startswith("bad.yaml:2:")


def test_more_least_days_than_most_days_are_refused(tmp_path):
    told = faults(tmp_path, "simulation: {min_days: 200}\n")
    assert "min_days (200 days) is more than max_days (160)" in told[0]


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("wait_p90=0.1 min", PrecisionGoal("wait_p90", half_width=0.1)),
        ("wait_p90 = 6s", PrecisionGoal("wait_p90", half_width=0.1)),
        ("share_in_time.terminal=0.5%", PrecisionGoal("share_in_time.terminal", half_width=0.005)),
        ("distance_mean=10 m", PrecisionGoal("distance_mean", half_width=10.0)),
        ("cost_total=20 k EUR/a", PrecisionGoal("cost_total", half_width=20_000.0)),
        ("cost_per_visit=0.05 EUR", PrecisionGoal("cost_per_visit", half_width=0.05)),
        ("cost_total=rel:1%", PrecisionGoal("cost_total", relative=0.01)),
        ("visits_per_day=5", PrecisionGoal("visits_per_day", half_width=5.0)),
    ],
)
def test_a_goal_in_one_text(text, goal):
    found = goal_of(text, tiny_study())
    assert (found.measure, found.relative) == (goal.measure, goal.relative)
    assert found.half_width == pytest.approx(goal.half_width) if goal.half_width else found.half_width is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wait_p90", "expected MEASURE=HALFWIDTH such as 'wait_p90=0.1 min'"),
        ("wait_p90=", "expected MEASURE=HALFWIDTH"),
        ("wait_p9=1 min", "did you mean 'wait_p90'?"),
        ("wait_p90=5%", "'5%' is a share; expected a time"),
        ("wait_p90=0 min", "a half width must be positive"),
        ("wait_p90=rel:0%", "a half width must be positive"),
        ("cost_total=5 USD/a", "expected the scenario's currency EUR"),
        ("visits_per_day=many", "expected a number of visits/d, for example '5', got 'many'"),
        ("visits_per_day=inf", "a half width must be positive"),
    ],
)
def test_what_is_wrong_with_a_goal_in_one_text(text, message):
    with pytest.raises(BadInputError, match="--until") as error:
        goal_of(text, tiny_study())
    assert message in str(error.value)


@given(st.floats(0.001, 1e6))
@settings(deadline=None)
def test_a_width_reads_back_in_its_unit(width):
    study = tiny_study()
    for unit, text in (("min", f"{width:.6f} min"), ("m", f"{width:.6f} m"), ("h/a", f"{width:.6f}")):
        if unit != "m" or width <= 1e6:
            assert half_width(text, unit, study) == pytest.approx(width, abs=1e-6)
    with pytest.raises(UnitError):
        half_width(-width, "h/a", study)


def test_settings_change_how_a_study_is_simulated():
    study = tiny_study(measuring=Measuring(min_days=30, goals=(PrecisionGoal("wait_mean", half_width=1.0),)))
    assert applied(study, Settings()) == study or applied(study, Settings()).measuring == study.measuring
    found = applied(study, Settings(runner="reference", workers=2, until=("wait_p90=rel:5%",), min_days=10))
    assert (found.runner, found.workers) == ("reference", 2)
    assert found.measuring == Measuring(min_days=10, goals=(PrecisionGoal("wait_p90", relative=0.05),))
    assert applied(study, Settings(days=7)).measuring.days == 7


@pytest.mark.parametrize(
    ("asked", "messages"),
    [
        (Settings(runner="kernl"), ["--runner: unknown runner 'kernl'; did you mean 'kernel'?"]),
        (Settings(workers=0), ["--workers: expected 1 or more, got 0"]),
        (Settings(days=1), ["--days: expected 2 days or more, got 1"]),
        (Settings(days=5, until=("wait_p90=1 min",)), ["give one of the two"]),
        (Settings(min_days=999), ["--min-days: 999 days are more than simulation.max_days (320)"]),
        (Settings(visit_log=("s0", "s9")), ["--visit-log: unknown site 's9'; known: s0, s1"]),
        (Settings(until=("wait_p90=1 min", "wait_p90=2 min")), ["wait_p90: named twice"]),
        (Settings(until=("a=1", "wait_p90=1"), workers=0), ["--workers", "unknown measure 'a'", "the unit is missing"]),
    ],
)
def test_all_that_is_wrong_with_settings_is_told_at_once(asked, messages):
    with pytest.raises(BadInputError) as error:
        applied(tiny_study(), asked)
    assert all(message in str(error.value) for message in messages)
    assert len(error.value.faults) == len(messages)
