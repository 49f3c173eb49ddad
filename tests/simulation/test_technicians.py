"""Machines that technicians look after, from a study to the network day: tiers, pools, preventive services."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.network import Option
from netsim.model.service_time import ServiceTime
from netsim.model.upkeep import Tier, UpkeepPolicy
from netsim.queueing.finite_source import machine_repair
from netsim.simulation.lane import lane_days
from netsim.simulation.laws import exponential_law, fixed, weibull_law
from netsim.simulation.network_day import measure_network
from netsim.simulation.outlet import CustomerClass, Node, OutletModel, Upkeep
from netsim.simulation.runners import RUNNERS
from netsim.simulation.samplers import LawKind, residual
from netsim.simulation.stations import as_breakdowns
from netsim.simulation.streams import key_of
from netsim.simulation.use import resource_use
from netsim.simulation.visits import arrivals, no_failures, with_machines
from netsim.statistics.intervals import mean_interval
from tests.simulation.test_channels import pool
from tests.simulation.test_timelines import counter
from tests.studies import everyone_to, form, task, tiny_study

ATM = Option("atm", "standard", 0, 3)
HALF, FAST = ServiceTime(30.0, 1.0, "exponential"), ServiceTime(6.0, 0.0, "fixed")


def machines(policy, pools, *, sites=2, **changes):
    """Return a study of cash machines whose failures pools of technicians mend."""
    study = tiny_study(
        tasks=(task("cash", terminal=(1.0, 0.3)),),
        formats=(replace(form("atm", {"terminal": ("cash",)}), shared=tuple(item.kind.id for item in pools)),),
        visits=4.0,
        zones=sites,
        sites=sites,
        hours={"day": [(0.0, 1440.0)]},
        pools=tuple(pools),
        **changes,
    )
    return replace(study, lanes={**study.lanes, "terminal": replace(study.lanes["terminal"], upkeep=policy)})


def use_of(study, days=60):
    """Return the table of resources by (site, place)."""
    count = len(study.sites)
    _, totals = measure_network(study, [ATM] * count, everyone_to(study, range(count)), range(days))
    return {(item.site, item.lane): item for item in resource_use(study, [ATM] * count, totals)}, totals


def test_one_technician_for_all_outlets_is_the_machine_repair_model():
    """Six machines in two outlets, one technician: M/M/1//6, while the day is long against both times."""
    policy = UpkeepPolicy(120.0, 1.0, (Tier("field", "crew", HALF),))
    study = machines(policy, [replace(pool("crew", 1, on_system=False), hours="day")])
    found, totals = use_of(study, 200)
    known = machine_repair(6, 120.0, 30.0, 1)
    late = (np.arange(60) >= 12) & (np.arange(60) < 48)  # every machine begins the day in order
    down = [sum(sums.totals.down[0][late].sum() for (_, site), sums in totals.outlets.items())]
    share = down[0] / (200 * 6 * (1440.0 - 360.0))
    assert share == pytest.approx(known.mean_down / 6, rel=0.05)
    assert found["", "crew"].arrivals > 20
    assert found["", "crew"].utilisation == pytest.approx(known.throughput * 30.0, rel=0.08)


def test_tiers_clear_their_share_and_hand_on_the_rest():
    """Four in ten are cleared remotely; the others come to the field technicians after a while."""
    tiers = (Tier("remote", "desk", FAST, 0.4), Tier("field", "crew", HALF, 1.0, 45.0))
    policy = UpkeepPolicy(200.0, 1.0, tiers)
    study = machines(policy, [pool("desk", 5), pool("crew", 5)])
    found, _ = use_of(study, 80)
    faults, visits = found["", "desk"].arrivals * 80, found["", "crew"].arrivals * 80
    assert abs(visits - 0.6 * faults) < 5 * np.sqrt(0.24 * faults) + 0.05 * faults  # a few are under way at midnight
    assert policy.mean_repair == pytest.approx(6.0 + 0.6 * (45.0 + 30.0))


def test_an_outlet_has_the_failures_that_it_has_without_the_others():
    """Machines are keyed by outlet: a second one changes nothing as long as nobody waits for a technician."""
    policy = UpkeepPolicy(150.0, 1.0, (Tier("field", "crew", HALF),))
    alone, both = (machines(policy, [pool("crew", 50)], sites=sites) for sites in (1, 2))
    (_, one), (_, two) = use_of(alone, 5), use_of(both, 5)
    np.testing.assert_allclose(one.outlets[0, 0].totals.down, two.outlets[0, 0].totals.down)


def test_services_prevent_failures_of_machines_that_wear_out():
    """With a shape of 3, a service every half mean life leaves far fewer failures; without ageing it would not."""
    failing = []
    for every in (np.inf, 300.0):
        service = Tier("preventive", "check", FAST) if every < np.inf else None
        policy = UpkeepPolicy(600.0, 3.0, (Tier("field", "crew", HALF),), every, service)
        study = machines(policy, [pool("crew", 9), pool("check", 9)])
        found, _ = use_of(study, 80)
        failing.append(found["", "crew"].arrivals)
    assert failing[1] < 0.5 * failing[0]


def test_a_day_finds_machines_between_two_services():
    """Aged machines are due at a uniform minute of the interval, new ones only at its end."""
    mend = CustomerClass((Node(1, 0, fixed(1.0)),))
    first = []
    for aged in (True, False):
        kept = counter(1, upkeep=Upkeep(exponential_law(1e9), 1, 200.0, 1, aged=aged))
        model = OutletModel((kept, counter(1)), (CustomerClass((Node(0, 0, fixed(1.0)),)), mend))
        days = 400
        nobody = arrivals(
            np.empty(0), np.empty(0, dtype=np.int64), np.empty((0, 2), dtype=np.uint64), np.zeros(days + 1)
        )
        came = with_machines(model, nobody, key_of(3, "x"), range(days))
        found = RUNNERS["kernel"](model, came, no_failures(days))
        first.append(found.downs["start"][found.down_first[:-1]])
    aged = mean_interval(first[0], 0.999)
    assert abs(aged.mean - 100.0) <= aged.half_width
    assert set(first[1].tolist()) == {200.0}


def test_what_is_left_of_a_life():
    """The exponential forgets; of a worn Weibull the share that is right is still alive."""
    assert residual(LawKind.EXPONENTIAL, 50.0, 0.0, 0.3, 500.0) == residual(LawKind.EXPONENTIAL, 50.0, 0.0, 0.3, 0.0)
    law = weibull_law(100.0, 2.5)
    left = np.array([residual(law.kind, law.first, law.second, (k + 0.5) / 20_000, 80.0) for k in range(20_000)])
    alive = np.exp(-(((80.0 + 30.0) / law.first) ** 2.5)) / np.exp(-((80.0 / law.first) ** 2.5))
    assert np.mean(left > 30.0) == pytest.approx(alive, abs=2e-4)


def test_a_lane_alone_takes_the_mean_repair():
    """Capacity knows that machines fail: with failures the same load keeps the promise less often."""
    policy = UpkeepPolicy(100.0, 1.0, (Tier("field", "crew", HALF),))
    assert as_breakdowns(policy).mttr == 30.0
    study = machines(policy, [pool("crew", 1)])
    plain = replace(study, lanes={**study.lanes, "terminal": replace(study.lanes["terminal"], upkeep=None)})
    share = []
    for item in (plain, study):
        days = lane_days(item, "atm", "standard", "terminal", 1, 500.0, 0, range(40))
        share.append(days.in_time.sum() / days.arrivals.sum())
    assert share[1] < share[0] - 0.05
