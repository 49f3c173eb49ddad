"""Parties, people waiting at the door, and appointments."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.model.behaviour import Behaviour, Groups
from netsim.model.calendar import OpeningHours
from netsim.model.channel import RemoteChannel
from netsim.model.network import Option
from netsim.model.service import Step
from netsim.model.service_time import ServiceTime
from netsim.model.visiting import Appointments, RemoteStart
from netsim.model.visits import Outcome
from netsim.optimize.siting.visits import visit_effect
from netsim.queueing.batch import batch_mean_wait
from netsim.simulation.bookings import booked_minutes, places_of
from netsim.simulation.customers import draw_customers
from netsim.simulation.lane import lane_days, lane_mix, work_per_visit
from netsim.simulation.network_arrivals import ARRIVES, arrivals_of
from netsim.simulation.network_day import simulate_network
from netsim.simulation.profiles import captured, wished_at_the_door
from netsim.statistics.intervals import mean_interval
from tests.studies import DAYTIME, everyone_to, form, task, tiny_study

BRANCH = Option("branch", "standard", 2, 2)
PARTY = (0.5, 0.3, 0.2)


def _parties(study, party=PARTY):
    return replace(study, groups=Groups((Behaviour(party=party),)))


def test_parties_keep_the_mean_and_spread_the_counts():
    """Mean visits stay; counts vary as the second moment of the size over its mean says."""
    study = tiny_study(zones=1, sites=1, visits=np.array([60.0, 0.0])[:, None])
    days = 400
    customers = draw_customers(_parties(study), range(days))
    counts = np.bincount(customers.replication, minlength=days).astype(float)
    found = mean_interval(counts, 0.999)
    assert abs(found.mean - 60.0) <= found.half_width
    sizes = np.arange(1, 4)
    index = (np.array(PARTY) @ sizes**2) / (np.array(PARTY) @ sizes)
    assert counts.var(ddof=1) / 60.0 == pytest.approx(index, rel=0.25)
    alone = np.bincount(draw_customers(study, range(days)).replication, minlength=days)
    assert alone.var(ddof=1) / 60.0 == pytest.approx(1.0, rel=0.25)


def test_members_of_a_party_share_the_minute_but_not_the_dice():
    """Same wish and choice, other words and keys; nobody is changed by somebody who joins."""
    study = tiny_study()
    customers = draw_customers(_parties(study), range(3))
    assert len(np.unique(customers.key)) == len(customers.key)
    same = {}
    for number, wish in enumerate(zip(customers.replication, customers.wished, customers.zone, strict=True)):
        same.setdefault(wish, []).append(number)
    sizes = np.array([len(rows) for rows in same.values()])
    assert set(sizes.tolist()) == {1, 2, 3}
    for rows in same.values():
        for column in (customers.choice, customers.flexible, customers.again, customers.task):
            assert len(set(column[rows].tolist())) == 1
    smaller = draw_customers(_parties(study, (0.6, 0.4)), range(3))
    shared = np.isin(smaller.key, customers.key).mean()
    assert shared > 0.8  # the first of every party that is drawn in both


def test_parties_make_a_lane_lose_customers_in_time():
    """The same work in batches keeps the promise less often."""
    share = []
    for study in (tiny_study(), _parties(tiny_study(), (0.0, 0.0, 0.0, 1.0))):
        days = lane_days(study, "branch", "standard", "counter", 2, 700.0, 0, range(60))
        came = mean_interval(days.arrivals.astype(float), 0.999)
        mix = lane_mix(study, "branch", "standard", "counter")
        assert abs(came.mean - mix.arrivals(700.0)) <= came.half_width
        share.append(days.in_time / np.maximum(days.arrivals, 1))
    found = mean_interval(share[0] - share[1], 0.95)
    assert found.mean > found.half_width


LUNCH = OpeningHours("lunch", ((600.0, 720.0), (780.0, 900.0)))


def test_mass_at_the_door_by_hand():
    """Flat from 8 to 20: twenty minutes before 10:00 and before 13:00 are 20/720 of the wishes each."""
    door = wished_at_the_door(DAYTIME, LUNCH, 20.0)
    assert door.start.tolist() == [600.0, 780.0]
    assert door.mass == pytest.approx([20 / 720, 20 / 720])
    inside = 240 / 720
    assert captured(DAYTIME, 0.5, LUNCH, 20.0).total == pytest.approx(inside + 40 / 720 + 0.5 * (1 - inside - 40 / 720))
    assert captured(DAYTIME, 0.0, LUNCH, 1000.0).total == pytest.approx(inside + 120 / 720 + 60 / 720)
    assert captured(DAYTIME, 1.0, LUNCH, 20.0).total == pytest.approx(1.0)


def _door_study(**changes):
    tasks = (replace(task("cash", counter=(4.0, 0.5), flexible=0.0), door=30.0, **changes),)
    desk = form("desk", {"counter": ("cash",)}, hours={"counter": "lunch"})
    return tiny_study(tasks=tasks, formats=(desk,), visits=80.0, hours={"lunch": LUNCH.windows}, zones=1, sites=1)


def test_those_who_are_early_come_in_as_the_doors_open():
    """They arrive at the opening, wait from then on, and are as many as wished so shortly before."""
    study = _door_study()
    desk = Option("desk", "standard", 1, 0)
    customers = draw_customers(study, range(40))
    where = arrivals_of(study, everyone_to(study, 0), [desk], customers)
    for opening in (600.0, 780.0):
        early = (customers.wished >= opening - 30.0) & (customers.wished < opening)
        assert early.sum() > 50
        assert set(where.minute[early].tolist()) == {opening}
        assert set(where.lost[early].tolist()) == {ARRIVES}
    other = (where.lost == Outcome.CLOSED) & (customers.wished < 570.0)
    assert other.sum() == (customers.wished < 570.0).sum()
    log = simulate_network(study, [desk], everyone_to(study, 0), range(40))
    at_once = log.take((log.arrive == 600.0) & (log.lane == 1))
    assert np.min(at_once.wait) == 0.0
    assert np.max(at_once.wait) > 5.0


@given(
    st.floats(0.0, 300.0),
    st.floats(0.0, 1.0),
    st.sampled_from([None, (0.3, 0.1), (1.0, 0.0)]),
    st.lists(st.integers(16, 46), min_size=2, max_size=4, unique=True),
)
@settings(max_examples=80, deadline=None)
def test_optimizer_and_lane_see_the_same_work(door, flexible, booking, edges):
    """Waiting outside, appointments and closed hours: one number for the planner and the simulated lane."""
    edges = sorted(edges)[: len(edges) // 2 * 2]
    windows = tuple((30.0 * a, 30.0 * b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    offer = None if booking is None else Appointments(booking[0], 20.0, no_show=booking[1])
    todo = replace(task("cash", counter=(4.0, 0.5), flexible=flexible), door=door, appointments=offer)
    desk = form("desk", {"counter": ("cash",)}, hours={"counter": "own"})
    study = tiny_study(tasks=(todo,), formats=(desk,), visits=5.0, hours={"own": windows})
    effect = visit_effect(todo, desk, {"counter": study.hours["own"]})
    work = work_per_visit(study, "desk", "standard")[0]
    assert effect.work[1] == pytest.approx(work[1], rel=1e-6, abs=1e-9)
    missed = 0.0 if booking is None else booking[0] * booking[1]
    assert effect.served <= effect.captured + missed + 1e-9 <= 1.0 + 1e-6


@given(
    st.lists(st.tuples(st.floats(0.0, 1439.0), st.integers(0, 2)), max_size=60),
    st.integers(1, 3),
    st.sampled_from([10.0, 25.0, 60.0]),
)
@settings(max_examples=100, deadline=None)
def test_no_place_is_given_twice_and_the_nearest_free_one_is_taken(wishes, places, every):
    """Whatever is wished: never overbooked; who gets none finds the diary full; the first of all gets the nearest."""
    wished = np.array([minute for minute, _ in wishes])
    diary = np.array([number for _, number in wishes], dtype=np.int64)
    starts = places_of(LUNCH, every)
    given_ = booked_minutes(wished, diary, starts, places)
    for number in range(3):
        mine = given_[diary == number]
        minutes, count = np.unique(mine[~np.isnan(mine)], return_counts=True)
        assert set(minutes.tolist()) <= set(starts.tolist())
        assert np.all(count <= places)
        if np.isnan(mine).any():
            assert np.sum(~np.isnan(mine)) == places * len(starts)
        if len(mine):
            assert abs(mine[0] - wished[diary == number][0]) == pytest.approx(
                np.min(np.abs(starts - wished[diary == number][0]))
            )


def test_places_end_before_the_doors_close():
    """Two hours hold four half-hour appointments, and two of 50 minutes."""
    assert places_of(LUNCH, 30.0).tolist() == [600.0, 630.0, 660.0, 690.0, 780.0, 810.0, 840.0, 870.0]
    assert places_of(LUNCH, 50.0).tolist() == [600.0, 650.0, 780.0, 830.0]


def _booking_study(**offer):
    words = {"share": 0.4, "every": 15.0, "places": 2, "no_show": 0.15, "late_share": 0.3, "late_mean": 6.0, **offer}
    advice = replace(task("advice", counter=(8.0, 0.5), flexible=0.5), appointments=Appointments(**words), priority=1)
    desk = form("desk", {"counter": ("advice",)})
    return tiny_study(tasks=(advice,), formats=(desk,), visits=14.0, zones=3, sites=2)


DESK = Option("desk", "standard", 1, 0)


def test_appointments_no_shows_and_lateness_have_their_shares():
    """Within four standard deviations of what was asked for; who is late comes later than booked."""
    study = _booking_study(places=50)
    customers = draw_customers(study, range(100))
    where = arrivals_of(study, everyone_to(study, 0), [DESK, None], customers)
    count = len(customers)
    booked = int(where.booked.sum())
    assert abs(booked - 0.4 * count) < 4 * np.sqrt(0.24 * count)
    missing = int(np.sum(where.lost[where.booked] == Outcome.NO_SHOW))
    assert abs(missing - 0.15 * booked) < 4 * np.sqrt(0.1275 * booked)
    came = where.booked & (where.lost == ARRIVES)
    after = where.minute[came] % 15.0
    in_time = int(np.sum(after == 0.0))
    assert abs(in_time - 0.7 * came.sum()) < 4 * np.sqrt(0.21 * came.sum())
    assert not np.any(where.booked & np.isin(where.lost, [Outcome.CLOSED]))


def test_the_same_customers_book_in_every_plan_and_none_without_appointments():
    """Two plans meet the same wishes to book; without appointments arrivals are as they ever were."""
    study = _booking_study(places=50)
    customers = draw_customers(study, range(10))
    one, two = (arrivals_of(study, everyone_to(study, site), [DESK, DESK], customers) for site in (0, 1))
    np.testing.assert_array_equal(one.booked, two.booked)
    plain = replace(study, tasks=(replace(study.tasks[0], appointments=None),))
    before = arrivals_of(plain, everyone_to(plain, 0), [DESK, DESK], draw_customers(plain, range(10)))
    walk_ins = ~one.booked
    np.testing.assert_array_equal(before.minute[walk_ins], one.minute[walk_ins])
    np.testing.assert_array_equal(before.lost[walk_ins], one.lost[walk_ins])


def test_those_with_an_appointment_wait_less_where_they_go_first():
    """At a level of their own; no-shows leave a row of their own and never reach a queue."""
    study = _booking_study(priority=0)
    log = simulate_network(study, [DESK, None], everyone_to(study, 0), range(30))
    here = log.take(log.lane == 1)
    waits = [here.wait[here.booked == kind].mean() for kind in (False, True)]
    assert waits[1] < 0.7 * waits[0]
    gone = log.take(log.outcome == Outcome.NO_SHOW)
    assert len(gone) > 20
    assert set(gone.lane.tolist()) == {-1}
    assert gone.booked.all()
    mix = lane_mix(study, "desk", "standard", "counter")
    assert [item.booked for item in mix.classes] == [False, True]


def test_a_full_diary_makes_walk_ins():
    """One place an hour: the others come as if they had not asked."""
    study = _booking_study(every=60.0, places=1, share=1.0, no_show=0.0)
    customers = draw_customers(study, range(5))
    where = arrivals_of(study, everyone_to(study, 0), [DESK, None], customers)
    for day in range(5):
        assert np.sum(where.booked[customers.replication == day]) == 8
    assert np.any(~where.booked & (where.lost == ARRIVES))


def test_who_turns_to_a_remote_channel_first_takes_no_place():
    """The diary is as full as without the channel, and nobody of the channel is in it."""
    study = _booking_study(every=60.0, places=1, share=1.0, no_show=0.0)
    app = RemoteChannel("app", {"en": "App"}, ServiceTime(4.0, 0.5), 0.7, (("outlet", 0.6),), after=45.0)
    study = replace(study, tasks=(replace(study.tasks[0], remote=(RemoteStart("app", 0.5),)),), remote=(app,))
    customers = draw_customers(study, range(5))
    where = arrivals_of(study, everyone_to(study, 0), [DESK, None], customers)
    for day in range(5):
        here = customers.replication == day
        assert np.sum(here & (where.kind == 0)) > 0
        assert np.sum(where.booked & here) == 8
    online = where.kind > 1
    assert abs(online.sum() - 0.5 * len(customers)) < 4 * np.sqrt(0.25 * len(customers))
    np.testing.assert_array_equal(where.minute[online], customers.wished[online])


def test_who_is_late_beyond_the_closing_finds_the_door_closed():
    """The engine sends them away at the minute they come; nobody with an appointment is lost before."""
    study = _booking_study(late_share=1.0, late_mean=60.0, no_show=0.0)
    customers = draw_customers(study, range(30))
    where = arrivals_of(study, everyone_to(study, 0), [DESK, None], customers)
    late = where.booked & (where.minute >= 960.0)
    assert late.sum() > 20
    log = simulate_network(study, [DESK, None], everyone_to(study, 0), range(30), customers=customers)
    rows = log.take(log.booked & (log.arrive >= 960.0))
    assert len(rows) == late.sum()
    assert set(rows.outcome.tolist()) == {Outcome.SENT_AWAY}


def test_parties_of_some_leave_the_others_as_they_are():
    """Customers of a layer that comes alone are the same to the bit, whatever other layers do."""
    visits = np.full((1, 2, 2, 1), 20.0)
    study = tiny_study(segments=("some", "others"), visits=visits, zones=3)
    half = np.full((2, 2), 0.5)
    plain = draw_customers(study, range(3))
    kinds = (Behaviour(party=PARTY), Behaviour())
    mixed = draw_customers(replace(study, groups=Groups(kinds, (("some",), ("others",)), (0, 1), half)), range(3))
    before, after = plain.segment == 1, mixed.segment == 1
    for column in ("key", "wished", "choice", "flexible", "again", "stream"):
        np.testing.assert_array_equal(getattr(plain, column)[before], getattr(mixed, column)[after])


def test_parties_wait_as_m_x_m_1_says():
    """A network day of one counter and exponential services, at constant rate all day long."""
    cash = task("cash", profile=(1 / 48,) * 48, flexible=0.0)
    cash = replace(cash, steps=(Step("serve", counter=ServiceTime(4.0, 1.0, "exponential")),))
    desk = form("desk", {"counter": ("cash",)}, hours={"counter": "always"})
    rate, days = 0.125, 500
    study = _parties(
        tiny_study(
            tasks=(cash,),
            formats=(desk,),
            visits=rate * 1440.0,
            hours={"always": [(0.0, 1440.0)]},
            zones=1,
            sites=1,
            patience={"counter": math.inf, "terminal": math.inf},
        )
    )
    log = simulate_network(study, [DESK], everyone_to(study, 0), range(days))
    settled = log.take((log.lane == 1) & (log.arrive >= 300.0) & (log.arrive < 1200.0))
    sizes = np.arange(1, 4)
    mean, second = float(np.array(PARTY) @ sizes), float(np.array(PARTY) @ sizes**2)
    expected = batch_mean_wait(rate / mean, mean, second, 4.0)
    # minutes waited beyond what the formula gives as many customers: mean zero day by day, a ratio without its bias
    beyond = np.bincount(settled.replication, settled.wait - expected, minlength=days)
    found = mean_interval(beyond, 0.999)
    assert abs(found.mean) <= found.half_width < 0.2 * expected * rate * 900.0
