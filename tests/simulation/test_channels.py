"""Pools, remote channels and customers who go on elsewhere: one event loop where outlets share something."""

from dataclasses import fields, replace

import numpy as np
import pytest

from netsim.kpi import KPIS, NetworkDays, visit_table
from netsim.kpi.process import completion, fall_back_visits, went_elsewhere
from netsim.model.channel import Pool, RemoteChannel, outlet_share
from netsim.model.network import Option
from netsim.model.plan import CostBreakdown
from netsim.model.service import Balking, Breakdowns, LanePolicy, Step
from netsim.model.service_time import ServiceTime
from netsim.model.station import NO_PROMISE, StationKind
from netsim.model.study import Study
from netsim.model.visiting import Leavers, RemoteStart
from netsim.model.visits import Outcome, VisitLog
from netsim.queueing.erlang import mean_wait
from netsim.simulation.lane import lane_days, work_per_visit
from netsim.simulation.network_day import measure_network, simulate_network
from netsim.simulation.units import Units
from netsim.simulation.use import resource_use, step_use
from netsim.statistics.intervals import mean_interval
from tests.studies import DAYTIME, everyone_to, form, task, tiny_study

DESK = Option("desk", "standard", 2, 0)
COUNTER = 1
REACH = np.array([[0.0, 8.0, 50.0], [8.0, 0.0, 9.0], [50.0, 9.0, 0.0]])


def pool(name, servers, hours="day", *, patience=float("inf"), **kind):
    """Return a pool of the network."""
    policy = LanePolicy(NO_PROMISE, patience, "finish_and_close_queue")
    return Pool(StationKind(name, {"en": name}, policy, **kind), servers, hours, 1000.0)


def app(**changes):
    """Return a channel that serves as many as come and settles 70 %."""
    return replace(
        RemoteChannel("app", {"en": "App"}, ServiceTime(4.0, 0.5), 0.7, (("outlet", 0.6),), after=45.0), **changes
    )


def network(*, sites=3, visits=50.0, steps=None, **changes) -> Study:
    """Return a study of one task at counters, a zone beside each site."""
    todo = changes.pop("todo", task("cash", counter=(6.0, 0.5), flexible=0.6))
    if steps:
        todo = replace(todo, steps=steps)
    desk = form("desk", {"counter": ("cash",)}, levels={"counter": (1, 2, 3)})
    desk = replace(desk, shared=tuple(item.kind.id for item in changes.get("pools", ())))
    return tiny_study(tasks=(todo,), formats=(desk,), visits=visits, zones=sites, sites=sites, **changes)


def log_of(study, options=None, days=6, **words) -> VisitLog:
    """Return the visits of a few days; every zone goes to the site beside it."""
    options = options or [DESK] * len(study.sites)
    shares = everyone_to(study, range(len(study.sites)))
    stand = np.array([option is not None for option in options])[shares.site]
    shares = type(shares)(*(getattr(shares, item.name)[stand] for item in fields(shares) if item.name != "by_segment"))
    return simulate_network(study, options, shares, range(days), **words)


def same(one: VisitLog, other: VisitLog) -> bool:
    """Whether two logs are equal to the bit."""
    return all(
        np.array_equal(getattr(one, item.name), getattr(other, item.name), equal_nan=True) for item in fields(VisitLog)
    )


HUB_STEPS = (
    Step("talk", counter=ServiceTime(6.0, 0.5)),
    Step("check", station="hub", takes=ServiceTime(5.0, 0.8), hand_off=0.0),
)


def test_outlets_that_share_nothing_are_units_of_their_own():
    """With a hub that all come to they are one; with a channel for as many as come they are not."""
    apart = network()
    assert Units(apart, [DESK] * 3).members == ((0,), (1,), (2,))
    hub = network(steps=HUB_STEPS, pools=(pool("hub", 2, customers_wait=False),))
    assert Units(hub, [DESK] * 3).members == ((0, 1, 2),)
    online = network(todo=replace(apart.tasks[0], remote=(RemoteStart("app", 0.4),)), remote=(app(),))
    assert Units(online, [DESK] * 3).members == ((-1,), (0,), (1,), (2,))
    near = network(todo=replace(apart.tasks[0], leavers=Leavers((("nearby", 1.0),))), between=REACH)
    assert Units(near, [DESK] * 3).members == ((0, 1, 2),)
    assert Units(near, [DESK, None, DESK]).members == ((0,), (2,))  # too far from each other


def test_a_unit_of_outlets_that_never_meet_gives_each_the_day_it_has_alone():
    """A hub that nobody needs couples all outlets; every row stays as it was, failures and staff included."""
    study = network(breakdowns=None)
    lanes = {**study.lanes, "counter": replace(study.lanes["counter"], breakdowns=Breakdowns(200.0, 20.0, 0.5))}
    study = replace(study, lanes=lanes)
    done = replace(HUB_STEPS[0], then=(("check", 0.0), ("end", 1.0)))
    coupled = replace(network(steps=(done, HUB_STEPS[1]), pools=(pool("hub", 1, customers_wait=False),)), lanes=lanes)
    assert len(Units(coupled, [DESK] * 3).members) == 1
    one, other = log_of(study), log_of(coupled)
    for name in ("visit", "site", "server", "arrive", "call", "end", "outcome"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("runner", ["reference", "python"])
def test_runners_threads_and_parts_agree_on_coupled_days(runner):
    """The whole network in one loop: the same rows by every runner, totals by parts as at once."""
    leave = Leavers((("nearby", 0.5), ("again", 0.2), ("hotline", 0.3)), 30.0)
    todo = replace(task("cash", counter=(6.0, 0.5)), leavers=leave, remote=(RemoteStart("app", 0.3),))
    remote = (
        app(otherwise=(("hotline", 0.5), ("outlet", 0.4))),
        RemoteChannel("hotline", {}, ServiceTime(5.0, 0.6), 0.8, (("outlet", 0.5),), (("again", 0.4),), 20.0, "agents"),
    )
    study = network(
        todo=todo, visits=90.0, remote=remote, pools=(pool("agents", 1, patience=6.0),), between=REACH,
        patience={"terminal": 10.0, "counter": 6.0},
    )  # fmt: skip
    first = log_of(study, days=2)
    assert {Outcome.ABANDONED, Outcome.RETURNS, Outcome.GOES_ON} & set(first.outcome.tolist())
    assert same(first, log_of(replace(study, runner=runner), days=2))
    assert same(first, log_of(replace(study, workers=2), days=2))
    shares = everyone_to(study, range(3))
    _, whole = measure_network(study, [DESK] * 3, shares, range(4))
    _, half = measure_network(study, [DESK] * 3, shares, range(2))
    _, both = measure_network(study, [DESK] * 3, shares, range(2, 4), onto=half)
    for key, sums in whole.outlets.items():
        np.testing.assert_array_equal(sums.totals.queue, both.outlets[key].totals.queue)
        np.testing.assert_array_equal(sums.totals.counts, both.outlets[key].totals.counts)
    for key, sums in whole.shared.items():
        np.testing.assert_array_equal(sums.totals.busy, both.shared[key].totals.busy)


def test_a_hub_serves_the_papers_of_all_outlets_in_the_order_in_which_they_come():
    """One server, three outlets: services do not overlap, first come first served, and no paper waits beside it."""
    study = network(steps=HUB_STEPS, pools=(pool("hub", 1, customers_wait=False),), visits=25.0)
    log = log_of(study, days=2)
    hub = log.take((log.lane == study.places.index("hub")) & (log.replication == 0))
    assert set(hub.site.tolist()) == {0, 1, 2}
    order = np.argsort(hub.call)
    assert np.all(hub.end[order][:-1] <= hub.call[order][1:] + 1e-9)
    assert np.all(np.diff(hub.arrive[order]) >= 0)
    found = {
        item.lane: item
        for item in resource_use(
            study, [DESK] * 3, measure_network(study, [DESK] * 3, everyone_to(study, range(3)), range(2))[1]
        )
    }
    assert found["hub"].site == ""
    everything = log.lane == study.places.index("hub")
    assert found["hub"].arrivals == pytest.approx(everything.sum() / 2)


def test_who_leaves_goes_to_the_nearest_outlet_and_takes_the_time_of_the_way():
    """From the first desk (nobody waits there) customers are at the second eight minutes later."""
    todo = replace(task("cash", counter=(30.0, 0.2)), leavers=Leavers((("nearby", 1.0),)))
    study = network(todo=todo, between=REACH, visits=np.array([60.0, 0.0, 0.0]))
    lanes = {**study.lanes, "counter": replace(study.lanes["counter"], balking=Balking(0, 1.0))}
    log = log_of(replace(study, lanes=lanes), days=3)
    turned = log.take((log.site == 0) & (log.outcome == Outcome.BALKED) & (log.end < 960.0 - 8.0))
    there = log.take(log.site == 1)
    assert len(turned) == len(there) > 30
    left = {(int(r), int(v)): t for r, v, t in zip(turned.replication, turned.visit, turned.end, strict=True)}
    for row in range(len(there)):
        assert there.arrive[row] == pytest.approx(left[int(there.replication[row]), int(there.visit[row])] + 8.0)
    assert set(log.site.tolist()) == {0, 1}  # nobody goes on to a third outlet


def test_a_call_centre_waits_as_erlang_c_says():
    """Poisson calls all day, exponential talks: the mean wait of M/M/c; those without an outlet call too."""
    talk = RemoteChannel("hotline", {}, ServiceTime(5.0, 1.0, "exponential"), 1.0, pool="agents")
    flat = tuple(1 / 48 for _ in range(48))
    todo = replace(task("cash", counter=(6.0, 0.5), profile=flat), remote=(RemoteStart("hotline", 1.0),))
    study = network(
        todo=todo, visits=300.0, remote=(talk,), pools=(pool("agents", 4, "always"),),
        hours={"always": [(0.0, 1440.0)]},
    )  # fmt: skip
    log = log_of(study, [DESK, None, DESK], days=60)
    calls = log.take((log.arrive > 240.0) & (log.lane >= 0))
    assert set(calls.site.tolist()) == {-1, 0, 2}
    waits = np.bincount(calls.replication, calls.wait) / np.bincount(calls.replication)
    found = mean_interval(waits, 0.999)
    assert abs(found.mean - mean_wait(900.0 / 1440.0, 5.0, 4)) <= found.half_width


def _days(study, log, days):
    cost = CostBreakdown(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    visits = visit_table(log, tuple(range(days)), study.unseen, study.outlet_steps)
    return NetworkDays(study, (DESK,) * 3, cost, np.zeros((1, 3)), 0.0, tuple(range(days)), log, visits)


def test_an_app_settles_its_share_and_sends_the_rest_to_outlets():
    """Measures against what was asked for; walking counts only those who come in person."""
    todo = replace(task("cash", counter=(3.0, 0.5)), remote=(RemoteStart("app", 0.4, 0.8),))
    study = network(todo=todo, remote=(app(per_contact=0.5),), visits=60.0)
    log = log_of(study, days=20)
    contacts = log.take(log.step == study.outlet_steps)
    every = len(np.unique(np.stack([log.replication, log.visit]), axis=1).T)
    assert abs(len(contacts) - 0.4 * every) < 4 * np.sqrt(0.24 * every)
    assert np.all(contacts.wait == 0.0)
    days = _days(study, log, 20)
    found = mean_interval(completion(days, "app"), 0.999)
    assert abs(found.mean - 0.8) <= found.half_width
    fell = mean_interval(fall_back_visits(days, "all"), 0.999)
    assert abs(fell.mean - 0.2 * 0.6) <= fell.half_width + 0.01  # a few find the outlet closed
    assert np.all(went_elsewhere(days, "all") >= 0.0)
    visits, settled = outlet_share(todo.remote, study.remote)
    assert (visits, settled) == (pytest.approx(0.6 + 0.4 * 0.2 * 0.6), pytest.approx(0.32))
    plain = network(todo=task("cash", counter=(3.0, 0.5)))
    np.testing.assert_allclose(
        work_per_visit(study, "desk", "standard"), visits * work_per_visit(plain, "desk", "standard")
    )
    steps = step_use(study, measure_network(study, [DESK] * 3, everyone_to(study, range(3)), range(20))[1], log)
    assert [item.step for item in steps] == ["serve", "app"]
    assert steps[1].begun == pytest.approx(len(contacts) / 20)
    assert {"completion", "fall_back_visits", "went_elsewhere"} <= set(KPIS)


def test_two_plans_meet_the_same_customers_in_every_channel():
    """Who turns to the app does so whatever stands where."""
    todo = replace(task("cash", counter=(3.0, 0.5)), remote=(RemoteStart("app", 0.4),))
    study = network(todo=todo, remote=(app(),))
    one, two = log_of(study), log_of(study, [DESK, None, DESK])
    contacts = [set(log.visit[log.step == study.outlet_steps].tolist()) for log in (one, two)]
    assert contacts[0] == contacts[1]


def test_shares_of_visits_through_a_chain_of_channels():
    """App, then smart service, then hotline: by hand."""
    bot = RemoteChannel("bot", {}, ServiceTime(2.0, 0.0), 0.5, (("hotline", 1.0),))
    line = RemoteChannel("hotline", {}, ServiceTime(2.0, 0.0), 0.9, (("outlet", 0.5),), pool="agents")
    chain = (app(otherwise=(("bot", 1.0),)), bot, line)
    visits, settled = outlet_share((RemoteStart("app", 0.6),), chain)
    assert visits == pytest.approx(0.4 + 0.6 * 0.3 * 0.5 * 0.1 * 0.5)
    assert settled == pytest.approx(0.6 * (0.7 + 0.3 * (0.5 + 0.5 * 0.9)))
    assert outlet_share((), chain) == (1.0, 0.0)
    assert sum(DAYTIME) == pytest.approx(1.0)


def test_time_away_is_no_time_at_the_outlet():
    """Who comes back an hour later was not there for that hour: the visit lasts its waits and services alone."""
    todo = replace(task("cash", counter=(6.0, 0.5)), leavers=Leavers((("again", 1.0),), 60.0))
    study = network(todo=todo, visits=150.0, patience={"terminal": 1.0, "counter": 3.0})
    log = log_of(study, days=4)
    visits = visit_table(log, tuple(range(4)), study.unseen, study.outlet_steps)
    moved = visits.moves > 0
    assert moved.sum() > 30
    np.testing.assert_allclose(visits.duration[moved], (visits.in_queues + visits.in_service)[moved], atol=1e-9)
    np.testing.assert_allclose(
        visits.turnaround[moved], (visits.in_queues + visits.in_service + visits.away)[moved], atol=1e-9
    )
    assert visits.away[moved].mean() > 20.0


def test_a_video_teller_holds_the_terminal_until_a_remote_agent_is_free():
    """One agent for three outlets: services of the pool never overlap, and terminals stand blocked meanwhile."""
    video = Step("serve", terminal=ServiceTime(6.0, 0.4), also="agents")
    desk = replace(
        form("desk", {"terminal": ("cash",)}, levels={"terminal": (1, 2, 3)}, hours={"terminal": "day"}),
        shared=("agents",),
    )
    study = tiny_study(
        tasks=(replace(task("cash", terminal=(6.0, 0.4)), steps=(video,)),), formats=(desk,), visits=20.0, zones=3,
        sites=3, pools=(pool("agents", 1),), patience={"terminal": 30.0, "counter": 30.0},
    )  # fmt: skip
    option = Option("desk", "standard", 0, 2)
    assert Units(study, [option] * 3).members == ((0, 1, 2),)
    shares = everyone_to(study, range(3))
    log, totals = measure_network(study, [option] * 3, shares, range(4))
    found = {(item.site, item.lane): item for item in resource_use(study, [option] * 3, totals)}
    assert found["s0", "terminal"].blocked > 0.02
    assert found["", "agents"].utilisation == pytest.approx(log.work.sum() / (4 * 480.0))
    today = log.take((log.work > 0) & (log.replication == 0))
    order = np.argsort(today.end)
    assert np.all((today.end - today.work)[order][1:] >= today.end[order][:-1] - 1e-9)  # one agent, one after the other
    one = lane_days(study, "desk", "standard", "terminal", 2, 200.0, 0, range(5))
    assert one.arrivals.sum() > 0
