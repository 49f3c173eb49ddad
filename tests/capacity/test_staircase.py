"""Capacities by simulation: against the closed form, against laws, and through the cache."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netsim.capacity.cache import ContentCache
from netsim.capacity.requirement import half_hour_requirement, load_by_slot
from netsim.capacity.slots import arrivals_by_slot
from netsim.capacity.staircase import flat_capacities, planning_target, simulate_point, simulated_capacities, workload
from netsim.model.behaviour import Behaviour, Groups
from netsim.model.calendar import OpeningHours
from netsim.model.network import Option
from netsim.model.visiting import Appointments
from netsim.queueing.admissible import admissible_load, share_in_time
from netsim.simulation.lane import lane_days, lane_mix
from tests.studies import form, task, tiny_study

ALL_DAY = tuple([1 / 48] * 48)


def steady_study(**changes):
    """Return a study whose counter sees a constant rate around the clock and exponential-like services."""
    return tiny_study(
        tasks=(task("advice", counter=(6.0, 1.0), profile=ALL_DAY),),
        formats=(form("desk", {"counter": ("advice",)}, hours={"counter": "always"}, levels={"counter": (1, 2, 3)}),),
        hours={"always": [(0.0, 1440.0)]},
        patience={"terminal": 10.0, "counter": 30.0},
        **changes,
    )


def test_a_point_agrees_with_erlang_a_where_the_lane_is_almost_one():
    study = steady_study()
    desk = study.formats["desk"]
    point = simulate_point(study, desk, "standard", "counter", 3, 0, 0.8 * 3 * 1440)
    rate = 0.8 * 3 / 6.0
    assert point.share == pytest.approx(share_in_time(rate, 6.0, 3, 10.0, 30.0), abs=0.03)


def test_the_steady_capacity_is_near_the_admissible_load():
    study = steady_study()
    study = replace(study, simulation=replace(study.simulation, capacity_days=80))
    table = simulated_capacities(study, ContentCache(None))
    work = table.staircases["desk", "standard", "counter"].work[0]
    target = planning_target(study, "counter")
    closed = np.array([admissible_load(c, 6.0, 10.0, target, 30.0) * 1440 for c in (1, 2, 3)])
    assert np.all(np.diff(work) > 0)
    assert np.all(work < 1.1 * closed)
    assert np.all(work > 0.7 * closed)


def test_a_point_at_capacity_keeps_the_target_on_fresh_days():
    study = tiny_study()
    study = replace(study, simulation=replace(study.simulation, capacity_days=80))
    table = simulated_capacities(study, ContentCache(None))
    for (name, pattern, lane), stairs in table.staircases.items():
        for level, servers in enumerate(stairs.levels[:2]):
            days = lane_days(study, name, pattern, lane, servers, float(stairs.work[0, level]), 0, range(1000, 1150))
            promise = study.lanes[lane].promise.share
            share = days.in_time.sum() / days.arrivals.sum()
            spread = np.std(days.in_time - share * days.arrivals, ddof=1) / days.arrivals.mean() / np.sqrt(150)
            assert share + 3.3 * spread >= promise


def test_the_cache_gives_the_same_table_and_follows_content(tmp_path):
    study = tiny_study()
    study = replace(study, simulation=replace(study.simulation, capacity_days=20))
    first, second = ContentCache(tmp_path), ContentCache(tmp_path)
    cold = simulated_capacities(study, first)
    warm = simulated_capacities(study, second)
    assert (second.hits, second.misses) == (len(cold.staircases), 0)
    for key, stairs in cold.staircases.items():
        np.testing.assert_array_equal(stairs.work, warm.staircases[key].work)
    atm = study.formats["atm"]
    other_branch = replace(study, formats={**study.formats, "branch": replace(study.formats["branch"], speed=0.5)})
    assert workload(study, atm, "standard", "terminal") == workload(other_branch, atm, "standard", "terminal")
    slower = replace(study, seed=study.seed + 1)
    assert workload(study, atm, "standard", "terminal") != workload(slower, atm, "standard", "terminal")
    cash, *others = study.tasks
    for comers in (
        replace(study, groups=Groups((Behaviour(party=(0.7, 0.3)),))),
        replace(study, tasks=(replace(cash, door=15.0), *others)),
        replace(study, tasks=(replace(cash, appointments=Appointments(0.3, 15.0, no_show=0.1)), *others)),
    ):
        assert workload(study, atm, "standard", "terminal") != workload(comers, atm, "standard", "terminal")


def test_a_record_that_is_not_ours_is_worked_out_again(tmp_path):
    study = tiny_study()
    study = replace(study, simulation=replace(study.simulation, capacity_days=20))
    cache = ContentCache(tmp_path)
    before = simulated_capacities(study, cache)
    for path in tmp_path.glob("*.json"):
        path.write_text('[[{"search": [{"load": 1}]}]]')
    after = simulated_capacities(study, cache)
    for key, stairs in before.staircases.items():
        np.testing.assert_array_equal(stairs.work, after.staircases[key].work)


def test_the_curve_is_seen_on_both_sides_of_the_capacity():
    study = tiny_study()
    study = replace(study, simulation=replace(study.simulation, capacity_days=40))
    stairs = simulated_capacities(study, ContentCache(None)).staircases["branch", "standard", "counter"]
    for level, curve in enumerate(stairs.curves):
        assert curve.work[0] < 0.7 * stairs.work[0, level] < 1.5 * stairs.work[0, level] < curve.work[-1]
        assert curve.in_time[0] > 0.9 > curve.in_time[-1]


def test_flat_caps_are_what_they_say():
    study = tiny_study()
    table = flat_capacities(study, 0.85)
    np.testing.assert_allclose(table.work("branch", "standard", "counter", 3), [0.85 * 3 * 480])
    np.testing.assert_allclose(table.work("branch", "standard", "counter", 0), [0.0])
    assert table.source == "flat 0.85"


def test_slots_hold_all_arrivals_and_only_open_hours():
    study = tiny_study()
    mix = lane_mix(study, "branch", "standard", "counter", 0)
    shares = arrivals_by_slot(mix)
    assert shares.sum() == pytest.approx(1.0)
    assert np.all(shares[~study.hours["day"].open_slots()] == 0)


def test_opening_slots_reach_past_midnight():
    late = OpeningHours("late", ((1325.0, 1500.0),)).open_slots()
    assert np.flatnonzero(late).tolist() == [44, 45, 46, 47, 48, 49]


def test_offered_load_by_slot_adds_up_to_the_work():
    study = tiny_study()
    mix = lane_mix(study, "branch", "standard", "counter", 0)
    assert load_by_slot(mix, 600.0).sum() * 30.0 == pytest.approx(600.0, rel=0.03)


def test_the_requirement_keeps_the_target_with_no_more_than_full_staff():
    study = tiny_study()
    option = Option("branch", "standard", 4, 1)
    staff = half_hour_requirement(study, option, 900.0, 0)
    is_open = study.hours["day"].open_slots()
    assert np.all(staff[~is_open] == 0)
    assert np.all((staff[is_open] >= 1) & (staff[is_open] <= 4))
    assert staff.sum() < 4 * is_open.sum()
    days = lane_days(study, "branch", "standard", "counter", 4, 900.0, 0, range(2000, 2150), on_duty=staff)
    assert days.in_time.sum() / days.arrivals.sum() >= 0.9


def test_an_overloaded_outlet_gets_everybody_it_has():
    study = tiny_study()
    staff = half_hour_requirement(study, Option("branch", "standard", 2, 1), 5000.0, 0)
    np.testing.assert_array_equal(staff, 2 * study.hours["day"].open_slots())
