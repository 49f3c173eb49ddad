"""How many days are enough: looks, goals, and what stopping does to intervals."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.precision import PrecisionGoal
from netsim.statistics.intervals import mean_interval
from netsim.statistics.stopping import StoppingRule


def rule(*goals, least=20, most=100, **more):
    return StoppingRule(tuple(goals), least, most, **more)


def test_looks_grow_by_half_and_end_at_the_limit():
    goal = PrecisionGoal("a", half_width=1.0)
    assert rule(goal, least=20, most=320).looks == (20, 30, 45, 68, 102, 153, 230, 320)
    assert rule(goal, least=2, most=6).looks == (2, 3, 5, 6)
    assert rule(goal, least=20, most=20).looks == (20,)
    assert rule(goal, least=20, most=100, block=16).looks == (32, 48, 80, 100)


@given(st.integers(2, 400), st.integers(0, 2000), st.integers(1, 40))
@settings(deadline=None)
def test_looks_increase_to_the_limit_whatever_the_numbers(least, more, block):
    looks = rule(PrecisionGoal("a", half_width=1.0), least=least, most=least + more, block=block).looks
    assert all(later > earlier for earlier, later in pairwise(looks))
    assert looks[-1] == least + more
    assert looks[0] >= least
    assert all(look % block == 0 for look in looks[:-1])


@pytest.mark.parametrize("values", [{}, {"half_width": 1.0, "relative": 0.1}, {"half_width": 0.0}, {"relative": -1.0}])
def test_a_goal_needs_one_positive_width(values):
    with pytest.raises(ValueError, match="one positive half width"):
        PrecisionGoal("a", **values)


@pytest.mark.parametrize(
    ("goals", "least", "most", "message"),
    [((), 20, 100, "at least one measure"), ((1,), 1, 100, "min_days 1"), ((1,), 30, 20, "max_days 20")],
)
def test_a_rule_without_sense_is_refused(goals, least, most, message):
    with pytest.raises(ValueError, match=message):
        StoppingRule(tuple(PrecisionGoal("a", half_width=1.0) for _ in goals), least, most)


def test_days_are_added_until_the_last_goal_is_reached():
    """A measure that varies between 0 and 1 has the half width t * 0.5 / sqrt(n), near 1 / sqrt(n)."""
    asked = []

    def days(first, last):
        asked.append((first, last))
        return {"swings": [day % 2 for day in range(first, last)], "stays": [3.0] * (last - first)}

    found = rule(PrecisionGoal("swings", half_width=0.16), PrecisionGoal("stays", relative=0.01)).run(days)
    assert asked == [(0, 20), (20, 30), (30, 45), (45, 68)][: len(asked)]
    assert found.days == found.looks[-1] == 45
    assert found.reached
    assert found.decided_by == "swings"
    swings, stays = found.goals
    assert swings.half_width == mean_interval([day % 2 for day in range(45)]).half_width <= swings.wanted == 0.16
    assert (stays.half_width, stays.wanted, stays.relative) == (0.0, pytest.approx(0.03), 0.01)


def test_the_limit_ends_it_and_tells_what_is_furthest():
    goals = (PrecisionGoal("near", half_width=0.05), PrecisionGoal("far", half_width=0.001))
    values = {"near": 0, "far": 0}
    found = rule(*goals, most=40).run(lambda first, last: {k: [d % 2 for d in range(first, last)] for k in values})
    assert (found.days, found.reached, found.decided_by) == (40, False, "far")
    assert [goal.reached for goal in found.goals] == [False, False]


def test_a_relative_goal_around_zero_is_never_reached_unless_nothing_varies():
    goal = PrecisionGoal("a", relative=0.5)
    around = rule(goal, most=30).run(lambda first, last: {"a": [(-1) ** day for day in range(first, last)]})
    assert (around.days, around.reached) == (30, False)
    nothing = rule(goal, most=30).run(lambda first, last: {"a": [0.0] * (last - first)})
    assert (nothing.days, nothing.reached) == (20, True)


@given(
    st.lists(st.floats(-100, 100), min_size=60, max_size=60),
    st.floats(0.01, 50.0),
    st.integers(2, 20),
)
@settings(deadline=None)
def test_it_stops_at_the_first_look_that_is_narrow_enough_or_at_the_limit(values, width, least):
    tried = rule(PrecisionGoal("a", half_width=width), least=least, most=60)
    found = tried.run(lambda first, last: {"a": values[first:last]})
    widths = [mean_interval(values[:look]).half_width for look in tried.looks]
    narrow = [look for look, half in zip(tried.looks, widths, strict=True) if half <= width]
    assert found.days == (narrow[0] if narrow else 60)
    assert found.reached == bool(narrow)
    assert found.looks == tried.looks[: len(found.looks)]
    goal = found.goals[0]
    assert goal.value == pytest.approx(np.mean(values[: found.days]), abs=1e-9)


def test_stopping_early_costs_little_confidence():
    """500 samples of days that lean to one side: intervals of 95 % still hold in 90 % of the cases or more."""
    rng = np.random.default_rng(5)
    held, days = 0, []
    for _ in range(500):
        values = rng.gamma(4.0, 0.25, 320)
        found = rule(PrecisionGoal("a", half_width=0.1), most=320).run(
            lambda first, last, values=values: {"a": values[first:last]}
        )
        goal = found.goals[0]
        held += abs(goal.value - 1.0) <= goal.half_width
        days.append(found.days)
    assert held >= 450
    assert 90 <= np.mean(days) <= 150
    assert not math.isclose(min(days), max(days))
