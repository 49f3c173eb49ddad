"""What one visit asks of an outlet: hand-worked figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netsim.model.calendar import OpeningHours
from netsim.model.network import Format, FormatCosts, OpeningPattern
from netsim.model.route import offers
from netsim.model.service import Step, Task
from netsim.model.service_time import ServiceTime
from netsim.optimize.siting.visits import calendar_windows, visit_effect
from netsim.simulation.lane import work_per_visit
from tests.studies import PEAKED, form, tiny_study

FLAT = tuple([1 / 48] * 48)
HOURS = {
    "terminal": OpeningHours("t", ((480.0, 1200.0),)),
    "counter": OpeningHours("c", ((600.0, 960.0),)),
}


def make_format(terminal=("a",), counter=("a",), speed=1.0):
    tasks = {"terminal": terminal, "counter": counter}
    tasks = {lane: names for lane, names in tasks.items() if names is not None}
    pattern = OpeningPattern("standard", dict.fromkeys(tasks, "x"))
    levels = dict.fromkeys(tasks, (1,))
    return Format("f", {}, "own", tasks, levels, (pattern,), {}, FormatCosts(0.0), speed)


def make_task(*steps, flexible=0.5):
    return Task(
        "a", {}, steps or (Step("one", ServiceTime(2.0, 0.5), ServiceTime(5.0, 0.5), 0.1),), FLAT, flexible, 1.0
    )


def test_windows_past_midnight_fold_into_the_day():
    assert calendar_windows(OpeningHours("late", ((1200.0, 1800.0),))) == ((0.0, 360.0), (1200.0, 1440.0))


def test_a_part_of_a_half_hour_counts_in_part():
    hours = {lane: OpeningHours("x", ((10.0, 25.0),)) for lane in HOURS}
    assert visit_effect(make_task(flexible=0.0), make_format(), hours).captured == pytest.approx(15 / 1440)


def test_terminal_first_and_those_who_fail_while_the_counter_is_open_go_on():
    effect = visit_effect(make_task(), make_format(speed=0.8), HOURS)
    captured = 0.5 + 0.5 * 0.5  # open 12 of 24 hours, half of the others come anyway
    assert effect.captured == pytest.approx(captured)
    assert effect.work[0] == pytest.approx(captured * 2.0 / 0.8)
    assert effect.work[1] == pytest.approx(captured * 0.1 * 0.5 * 5.0 / 0.8)  # the counter is open 6 of the 12 hours
    assert effect.served == pytest.approx(captured * (1 - 0.1 * 0.5))


def test_after_fail_over_has_its_own_time():
    step = Step("one", ServiceTime(2.0, 0.5), ServiceTime(5.0, 0.5), 0.1, ServiceTime(8.0, 0.5))
    assert visit_effect(make_task(step), make_format(), HOURS).work[1] == pytest.approx(0.75 * 0.05 * 8.0)


@pytest.mark.parametrize("counter", [None, ("b",)])
def test_a_counter_that_does_not_do_the_task_takes_nobody(counter):
    effect = visit_effect(make_task(), make_format(counter=counter), HOURS)
    assert effect.work[1] == 0.0
    assert effect.served == pytest.approx(0.75 * 0.9)


def test_a_step_for_the_counter_only_goes_there_also_from_the_terminal():
    steps = (Step("ask", ServiceTime(1.0, 0.5)), Step("sign", None, ServiceTime(4.0, 0.5)))
    effect = visit_effect(make_task(*steps), make_format(counter=("b",)), HOURS)
    assert effect.work == pytest.approx((0.75, 0.75 * 0.5 * 4.0))
    assert effect.served == pytest.approx(0.75 * 0.5)


def test_the_counter_alone_does_the_task_in_its_own_hours():
    effect = visit_effect(make_task(), make_format(terminal=None), HOURS)
    captured = 0.25 + 0.75 * 0.5
    assert effect.work == pytest.approx((0.0, captured * 5.0))
    assert effect.served == pytest.approx(captured)


def test_a_profile_that_never_meets_the_hours_captures_nobody():
    morning = tuple([1.0] + [0.0] * 47)
    task = Task("a", {}, make_task().steps, morning, 0.9, 1.0)
    assert visit_effect(task, make_format(), HOURS).captured == 0.0


def test_a_format_that_does_not_do_the_task_is_told():
    with pytest.raises(ValueError, match="format 'f' does not do the task 'a'"):
        visit_effect(make_task(), make_format(terminal=("b",), counter=("b",)), HOURS)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 20), st.integers(1, 27))
@settings(deadline=None, max_examples=60)
def test_nobody_is_served_who_does_not_come(flexible, fail, start, length):
    step = Step("one", ServiceTime(2.0, 0.5), ServiceTime(5.0, 0.5), fail)
    hours = {**HOURS, "counter": OpeningHours("c", ((30.0 * start, 30.0 * (start + length)),))}
    effect = visit_effect(make_task(step, flexible=flexible), make_format(), hours)
    assert 0.0 <= effect.served <= effect.captured + 1e-12
    assert effect.captured <= 1.0 + 1e-12


TIMES = st.one_of(st.none(), st.floats(0.5, 20.0).map(lambda mean: ServiceTime(mean, 0.5)))
STEPS = st.lists(
    st.builds(lambda t, c, f, a: (t, c, f if t else 0.0, a if t else None), TIMES, TIMES, st.floats(0, 0.9), TIMES),
    min_size=1,
    max_size=3,
)
SPANS = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda span: (30.0 * span[0], 30.0 * sum(span)))


REPEATS = st.tuples(st.sampled_from([0.0, 0.2]), st.sampled_from([0.0, 0.3]))


@given(STEPS, st.floats(0, 1), SPANS, SPANS, st.sampled_from([(True, True), (True, False), (False, True)]), REPEATS)
@settings(deadline=None, max_examples=150)
def test_optimizer_and_simulation_see_the_same_work(steps, flexible, terminal, counter, does, repeats):
    """Random blueprints, hours and lanes: the work of a wished visit is that of the simulated lanes."""
    again = {"rework": repeats[0], "incomplete": repeats[1], "returns_after": 60.0}
    blueprint = tuple(Step(f"s{k}", t, c, f, a, **again) for k, (t, c, f, a) in enumerate(steps) if t or c)
    assume(blueprint)
    todo = Task("a", {}, blueprint, PEAKED, flexible, 1.0)
    lanes = {"terminal": ("a",) if does[0] else (), "counter": ("a",) if does[1] else ()}
    chosen = form("f", lanes, hours={"terminal": "early", "counter": "late"})
    assume(offers(chosen, todo))
    study = tiny_study(tasks=(todo,), formats=(chosen,), visits=10.0, hours={"early": [terminal], "late": [counter]})
    effect = visit_effect(todo, chosen, {"terminal": study.hours["early"], "counter": study.hours["late"]})
    np.testing.assert_allclose(effect.work, work_per_visit(study, "f", "standard")[0], rtol=1e-9, atol=1e-9)
