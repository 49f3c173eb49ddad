"""Shift covers against brute force and CBC, and their laws."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.errors import BadInputError
from netsim.model.calendar import SLOTS, OpeningHours
from netsim.model.network import Option, ShiftType
from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.optimize.staffing.costs import constant_cover_cost, staff_costs
from netsim.optimize.staffing.cover import cover, possible_shifts
from netsim.optimize.staffing.roster import roster
from tests.studies import tiny_study

HOURS = OpeningHours("banking", ((600.0, 990.0),))
FULL, SIX, PART = ShiftType("full", 17, 8.0, (6, 10), 1), ShiftType("six", 12, 6.0), ShiftType("part", 8, 4.0)


def constant_requirement(hours, counters):
    return counters * hours.open_slots().astype(np.int64)


def required(values, first=20):
    need = np.zeros(SLOTS, dtype=np.int64)
    need[first : first + len(values)] = values
    return need


def test_one_counter_all_day_needs_six_and_a_half_hours_covered():
    found = cover(constant_requirement(HOURS, 1), (FULL, SIX, PART), HOURS)
    assert found.paid_hours == 8.0
    assert np.all(found.at_work[20:33] >= 1)


def test_by_brute_force_on_a_short_day():
    hours = OpeningHours("short", ((600.0, 750.0),))
    two, three = ShiftType("two", 2, 1.2), ShiftType("three", 3, 1.5)
    rng = np.random.default_rng(3)
    for _ in range(6):
        need = required(rng.integers(0, 3, 5))
        choices = possible_shifts((two, three), hours)
        work = np.array([choice.at_work() for choice in choices])
        paid = np.array([choice.type.paid_hours for choice in choices])
        useful = [k for k in range(len(choices)) if work[k, 20:25].any()]
        best = (
            min(
                float(paid[useful] @ np.array(counts))
                for counts in product(range(3), repeat=len(useful))
                if np.all(np.array(counts) @ work[useful] >= need)
            )
            if len(useful) <= 9
            else None
        )
        found = cover(need, (two, three), hours)
        assert np.all(found.at_work >= need)
        if best is not None:
            assert found.paid_hours == pytest.approx(best)


@given(st.lists(st.integers(0, 6), min_size=13, max_size=13))
@settings(deadline=None, max_examples=25)
def test_cover_agrees_with_cbc_and_covers(need):
    need = required(need)
    found = cover(need, (FULL, SIX, PART), HOURS)
    assert np.all(found.at_work >= need)
    assert found.paid_hours == pytest.approx(sum(s.people * s.type.paid_hours for s in found.shifts))
    choices = possible_shifts((FULL, SIX, PART), HOURS)
    work = np.array([choice.at_work() for choice in choices])
    builder = ProgramBuilder()
    people = builder.add_columns("x", np.array([c.type.paid_hours for c in choices]), integer=True)
    choice, row = np.nonzero(work)
    builder.add_rows("cover", row, people[choice], 1.0, lower=need.astype(float), count=SLOTS)
    assert SOLVERS["cbc"](builder.build(), Limits()).objective == pytest.approx(found.paid_hours)


@given(st.lists(st.integers(0, 5), min_size=13, max_size=13), st.integers(0, 12))
@settings(deadline=None, max_examples=25)
def test_more_need_never_costs_less(need, slot):
    more = list(need)
    more[slot] += 1
    assert (
        cover(required(more), (FULL, PART), HOURS).paid_hours >= cover(required(need), (FULL, PART), HOURS).paid_hours
    )


def test_a_break_takes_the_server_away():
    found = cover(constant_requirement(HOURS, 2), (FULL,), HOURS)
    assert np.all(found.at_work[20:33] >= 2)
    assert sum(shift.people for shift in found.shifts) >= 3


def test_a_shift_longer_than_the_day_may_be_used():
    short = OpeningHours("short", ((600.0, 720.0),))
    found = cover(constant_requirement(short, 1), (SIX,), short)
    assert found.paid_hours == 6.0


def test_what_no_shift_reaches_is_told():
    always_away = ShiftType("gap", 4, 2.0, (0, 0), 4)
    with pytest.raises(BadInputError, match="no shift can be at work at"):
        cover(required([1]), (always_away,), HOURS)


def test_nobody_is_needed_outside_the_opening_hours():
    assert cover(required([1], first=46), (PART,), HOURS).paid_hours == 0.0


@given(st.lists(st.integers(0, 6), min_size=13, max_size=13))
@settings(deadline=None, max_examples=25)
def test_shifts_stay_within_an_hour_of_the_opening_hours(need):
    for shift in cover(required(need), (FULL, SIX, PART), HOURS).shifts:
        assert shift.start >= 18
        assert shift.start + shift.type.slots <= 35


def test_ties_go_to_the_least_time_on_duty():
    short, long = ShiftType("short", 8, 4.0), ShiftType("long", 10, 4.0)
    found = cover(required([1] * 8), (long, short), HOURS)
    assert [shift.type.id for shift in found.shifts] == ["short"]


def test_a_roster_counts_nobody_beyond_the_counters_or_the_hours():
    study = tiny_study()
    need = np.zeros((1, 2, SLOTS), dtype=np.int64)
    need[0, 0, 20:23] = (2, 0, 2)
    plan = roster(study, (Option("branch", "standard", 2, 1), None), need)
    assert plan.on_duty.max() <= 2
    assert not plan.on_duty[0, 0, ~study.hours["day"].open_slots()].any()
    assert np.all(plan.on_duty >= need)
    with pytest.raises(ValueError, match="needs more staff than its 1 counters"):
        roster(study, (Option("branch", "standard", 1, 1), None), need)


def test_without_shift_types_the_half_hour_is_paid():
    found = cover(required([2, 3]), (), HOURS)
    assert (found.paid_hours, found.shifts) == (2.5, ())


def test_a_roster_pays_every_day_of_the_year_and_partners_nothing():
    study = tiny_study()
    branch = Option("branch", "standard", 2, 1)
    need = np.zeros((1, 2, SLOTS), dtype=np.int64)
    need[0, 0] = constant_requirement(study.hours["day"], 2)
    plan = roster(study, (branch, None), need)
    daily = cover(need[0, 0], study.shifts, study.hours["day"]).paid_hours
    assert plan.paid_hours.tolist() == [daily * 250, 0.0]
    assert plan.cost[0] == pytest.approx(daily * 250 * 30.0)
    assert plan.gap == 0.0
    assert {shift.site for shift in plan.shifts} == {"s0"}
    free = replace(study.formats["branch"], costs=replace(study.formats["branch"].costs, staff_hour=0.0))
    partner = replace(study, formats={**study.formats, "branch": free})
    by_fee = roster(partner, (branch, None), need)
    assert by_fee.cost.sum() == 0.0
    np.testing.assert_array_equal(by_fee.on_duty, need)


def test_the_level_cost_is_that_of_full_staff_all_day():
    study = tiny_study()
    costs = staff_costs(study)
    assert set(costs) == {("branch", "standard")}
    assert np.all(np.diff(costs["branch", "standard"]) > 0)
    two = cover(constant_requirement(study.hours["day"], 2), study.shifts, study.hours["day"]).paid_hours
    assert costs["branch", "standard"][1] == pytest.approx(two * 250 * 30.0)
    assert constant_cover_cost(study, "branch", "standard", 2) == pytest.approx(costs["branch", "standard"][1])
