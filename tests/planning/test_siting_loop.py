"""The loop: it certifies what is sound, tightens what is not, and says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netsim.capacity.cache import ContentCache
from netsim.capacity.staircase import flat_capacities, simulated_capacities
from netsim.errors import InfeasibleError
from netsim.experiment.study import load_study
from netsim.planning.siting_loop import full_staff, required_staff, run_siting_loop
from tests.small import write_small


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_study(write_small(tmp_path_factory.mktemp("loop")))[0]


@pytest.fixture(scope="module")
def capacities(study):
    return simulated_capacities(study, ContentCache(None))


def test_simulated_capacities_lead_to_a_certified_network(study, capacities):
    found = run_siting_loop(study, capacities)
    assert found.certified
    assert found.certificate.holds
    assert found.rounds[-1].missed == found.rounds[-1].undecided == 0
    used = found.certificate.verdict == "kept"
    promise = np.array([study.lanes["terminal"].promise.share, study.lanes["counter"].promise.share])
    assert np.all(found.certificate.lower[used] >= np.broadcast_to(promise, used.shape)[used])
    assert found.cut == (len(found.rounds) > 1)


def test_the_roster_covers_the_requirement_with_no_more_cost_than_full_staff(study, capacities):
    found = run_siting_loop(study, capacities)
    assert np.all(found.staff.on_duty >= found.staff.required)
    options = [decision.option for decision in found.plan.decisions]
    assert np.all(found.staff.required <= full_staff(study, options))
    assert found.staff.cost.sum() <= found.plan.cost.staff * (1 + 1e-9)


def test_capacities_that_lie_are_found_out_and_tightened(study):
    lies = flat_capacities(study, 1.0)
    one = run_siting_loop(replace(study, planning=replace(study.planning, max_rounds=1)), lies)
    assert not one.certified
    assert one.rounds[0].missed > 0
    assert one.rounds[0].tightened
    more = run_siting_loop(replace(study, planning=replace(study.planning, max_rounds=12)), lies)
    assert len(more.rounds) > 1
    assert more.cut
    assert more.certified
    for key, stairs in more.capacities.staircases.items():
        assert np.all(stairs.work <= lies.staircases[key].work)
    assert any(np.any(s.work < lies.staircases[k].work) for k, s in more.capacities.staircases.items())


def test_later_rounds_without_a_plan_keep_the_last_one_and_do_not_certify_it(study):
    strict = replace(study, rules=replace(study.rules, served_share=0.99))
    capacities = flat_capacities(strict, 1.0)
    try:
        found = run_siting_loop(strict, capacities)
    except InfeasibleError:
        pytest.skip("the first round has no plan either")
    assert found.certified == (found.rounds[-1].missed == found.rounds[-1].undecided == 0)


def test_staff_that_missed_gets_a_larger_margin(study, capacities):
    plan = run_siting_loop(study, capacities).plan
    plain = required_staff(study, plan)
    keys = {
        (d.option.format, d.option.pattern, "counter", d.option.counters): 0.10
        for d in plan.decisions
        if d.option is not None and d.option.counters
    }
    assert required_staff(study, plan, keys).sum() > plain.sum()
