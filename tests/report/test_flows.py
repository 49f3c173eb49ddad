"""Who goes where under two plans: a case counted by hand, and laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.plan import Shares
from netsim.report.flows import daily_visits, moved_visits, way_change
from tests.report import samples


def plan_with(shares: Shares):
    return replace(samples.run().plan, shares=shares)


def everybody_to(site: int, zones: list[int]) -> Shares:
    tasks = len(samples.study().tasks)
    task, zone = np.meshgrid(np.arange(tasks), np.array(zones), indexing="ij")
    count = task.size
    return Shares(task.ravel(), zone.ravel(), np.full(count, site), np.ones(count))


def test_two_zones_counted_by_hand():
    study = samples.study()
    visits = daily_visits(study).sum(axis=0)
    before, after = plan_with(everybody_to(0, [3, 4])), plan_with(everybody_to(1, [4, 5]))
    moved = moved_visits(study, before, after)
    assert moved[0, 1] == pytest.approx(visits[4])
    assert moved.sum() == pytest.approx(visits[4])
    change = way_change(study, before, after)
    assert change.newly_unserved == pytest.approx(visits[3])
    assert change.newly_served == pytest.approx(visits[5])
    extra = study.travel.minutes[4, 1] - study.travel.minutes[4, 0]
    for limit, longer in change.longer:
        assert longer == pytest.approx(visits[4] if extra > limit else 0.0)


@settings(deadline=None, max_examples=15)
@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_nobody_is_lost_on_the_way(close, other):
    study = samples.study()
    before, after = samples.run(close).plan, samples.run(other).plan
    moved, back = moved_visits(study, before, after), moved_visits(study, after, before)
    assert np.allclose(moved, back.T)
    change, reverse = way_change(study, before, after), way_change(study, after, before)
    assert moved.sum() + change.newly_unserved <= change.wished + 1e-6
    assert change.shorter == pytest.approx(reverse.longer[0][1])
    assert change.newly_served == pytest.approx(reverse.newly_unserved)
    assert [visits for _, visits in change.longer] == sorted((v for _, v in change.longer), reverse=True)


def test_a_plan_against_itself_changes_nothing():
    study, plan = samples.study(), samples.run().plan
    change = way_change(study, plan, plan)
    assert (change.shorter, change.newly_served, change.newly_unserved) == (0, 0, 0)
    assert {visits for _, visits in change.longer} == {0.0}
