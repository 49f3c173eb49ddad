"""People layers that behave differently: classes, capacity of a lane, and what is kept of them."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.behaviour import Behaviour, Groups
from netsim.model.network import Option
from netsim.model.study import Study
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.lane import lane_days, lane_mix, work_per_visit
from netsim.simulation.network_day import measure_network, simulate_network
from netsim.simulation.use import step_use
from netsim.statistics.intervals import mean_interval
from tests.studies import everyone_to, tiny_study

BRANCH = Option("branch", "standard", 1, 2)


def _study(*kinds: Behaviour, share: float = 0.5) -> Study:
    """Return a study of two segments, ``young`` and ``old``, that bring shares of every task."""
    visits = np.array([1.0 - share, share])[:, None, None] * np.array([60.0, 22.0])[:, None]
    study = tiny_study(segments=("young", "old"), visits=visits)
    if len(set(kinds)) == 1:
        return replace(study, groups=Groups(kinds[:1]))
    groups = Groups(kinds, (("young",), ("old",)), (0, 1), np.tile([1.0 - share, share], (2, 1)))
    return replace(study, groups=groups)


def _log(study: Study, days: int = 20) -> VisitLog:
    return simulate_network(study, [BRANCH, None], everyone_to(study, 0), range(days))


def _wait(log: VisitLog, segment: int) -> np.ndarray:
    """Return the mean wait at the counter of a segment by day."""
    rows = log.take((log.lane == 1) & (log.segment == segment))
    return np.bincount(rows.replication, rows.wait) / np.bincount(rows.replication)


def test_the_same_behaviour_twice_changes_nothing():
    """Two groups that behave alike leave every visit as it is with one group."""
    one, two = (_log(_study(*kinds)) for kinds in ([Behaviour()], [Behaviour(), Behaviour(speed=1.0, patience=1.0)]))
    alike = Groups((Behaviour(), Behaviour()), (("young",), ("old",)), (0, 1), np.full((2, 2), 0.5))
    other = _log(replace(_study(Behaviour()), groups=alike))
    for log in (two, other):
        for name in ("visit", "arrive", "call", "end", "outcome"):
            np.testing.assert_array_equal(getattr(log, name), getattr(one, name))


def test_a_group_with_priority_waits_less_and_the_other_more():
    """Customers of a lower level overtake: their wait falls significantly, that of the others rises."""
    plain = _log(_study(Behaviour(priority=1)))
    ranked = _log(_study(Behaviour(priority=1), Behaviour(priority=0)))
    for segment, sign in ((1, -1.0), (0, 1.0)):
        found = mean_interval(sign * (_wait(ranked, segment) - _wait(plain, segment)), 0.95)
        assert found.mean > found.half_width


def test_patience_and_speed_are_those_of_the_group():
    """With infinite factors apart, service minutes scale exactly; people with less patience leave more."""
    plain = _log(_study(Behaviour()))
    slow = _log(_study(Behaviour(), Behaviour(speed=0.5, patience=0.2)))
    first = {(int(d), int(v)): w for d, v, w in zip(plain.replication, plain.visit, plain.work, strict=True) if w > 0}
    both = [
        (w, first[int(d), int(v)], int(s))
        for d, v, w, s in zip(slow.replication, slow.visit, slow.work, slow.segment, strict=True)
        if w > 0 and (int(d), int(v)) in first
    ]
    # a visit may have two rows: compare those whose only or last service is the same step
    ratios = {segment: np.median([a / b for a, b, s in both if s == segment]) for segment in (0, 1)}
    assert ratios == {0: pytest.approx(1.0), 1: pytest.approx(2.0)}
    left = [np.mean(slow.outcome[slow.segment == segment] == Outcome.ABANDONED) for segment in (0, 1)]
    assert left[1] > 2.0 * left[0]


def test_work_of_a_lane_is_the_mean_over_groups():
    """Half the visits at half the speed bring one and a half times the work."""
    plain = work_per_visit(_study(Behaviour()), "branch", "standard")
    slow = work_per_visit(_study(Behaviour(), Behaviour(speed=0.5)), "branch", "standard")
    assert slow == pytest.approx(1.5 * plain)
    mix = lane_mix(_study(Behaviour(), Behaviour(speed=0.5), share=0.25), "branch", "standard", "counter")
    assert [item.group for item in mix.classes] == [0, 1, 0, 1]
    assert mix.share[1] / mix.share[0] == pytest.approx(1 / 3)


def test_a_lane_alone_serves_groups_as_the_outlet_does():
    """At the same work, a lane with an impatient group loses more than one without it."""
    calm, hasty = _study(Behaviour()), _study(Behaviour(), Behaviour(patience=0.1))
    left = [
        lane_days(study, "branch", "standard", "counter", 1, 480.0, 0, range(40)).left.sum() for study in (calm, hasty)
    ]
    assert left[1] > 1.3 * left[0]


def test_steps_are_summed_over_groups():
    """The table of steps counts the customers of all groups of a task."""
    study = _study(Behaviour(priority=1), Behaviour(priority=0))
    log, totals = measure_network(study, [BRANCH, None], everyone_to(study, 0), range(5))
    found = step_use(study, totals, log)
    begun = [np.sum((log.task == task) & (log.lane >= 0)) / 5 for task in (0, 1)]
    assert [item.begun for item in found] == pytest.approx(begun)


def test_shares_are_needed_where_there_are_several_groups():
    """Groups without shares, or of shapes that do not agree, are refused."""
    with pytest.raises(ValueError, match="shares"):
        Groups((Behaviour(), Behaviour(priority=1)), (("a",), ("b",)), (0, 1))
    with pytest.raises(ValueError, match="do not agree"):
        Groups((Behaviour(),), ((),), (1,))
