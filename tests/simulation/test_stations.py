"""What stands beside the lanes, simulated: receptions, printers, desks, back offices and teams."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from netsim.kpi import NetworkDays, visit_table
from netsim.kpi.process import hand_off_share, turnaround
from netsim.model.behaviour import Behaviour
from netsim.model.calendar import OpeningHours
from netsim.model.network import Option
from netsim.model.plan import CostBreakdown
from netsim.model.route import offers
from netsim.model.service_time import ServiceTime
from netsim.model.station import Worker
from netsim.model.visits import Outcome
from netsim.optimize.siting.visits import visit_effect
from netsim.optimize.staffing.roster import people_on_duty, roster
from netsim.simulation.lane import lane_days, lane_mix, work_per_visit
from netsim.simulation.network_day import measure_network, simulate_network
from netsim.simulation.units import outlet_model
from netsim.simulation.use import resource_use, step_use
from netsim.statistics.intervals import mean_interval
from tests.halls import ANNA, BEN, WRONG, hall_study, loan, with_business
from tests.model.test_route import blueprints
from tests.studies import everyone_to

HALL = Option("hall", "standard", 3, 2)
TERMINAL, COUNTER, RECEPTION, PRINTER, VIP, OFFICE = range(6)


def _log(study, days=10, option=HALL):
    return simulate_network(study, [option], everyone_to(study, 0), range(days))


def _holds(share, of, expected):
    """Whether a count of many trials fits a share: within four standard deviations."""
    return abs(share - of * expected) <= 4.0 * np.sqrt(of * expected * (1.0 - expected)) + 1.0


def test_customers_go_from_place_to_place_in_the_shares_of_the_blueprint():
    """Each loan is seen at the reception and the counter; a quarter gets a card, half is checked."""
    log = _log(hall_study())
    loans = log.take((log.task == 1) & (log.lane >= 0))
    count = {step: int(np.sum(loans.step == step)) for step in range(4)}
    assert [set(loans.lane[loans.step == step].tolist()) for step in range(4)] == [
        {RECEPTION},
        {COUNTER},
        {COUNTER},
        {OFFICE},
    ]
    done = int(np.sum((loans.step == 1) & ~np.isnan(loans.call)))
    assert count[0] >= count[1] > 200
    assert _holds(count[2], done, 0.25)
    assert _holds(count[3], done, 0.5)
    ends = loans.take(np.isin(loans.outcome, [Outcome.GOES_ON, Outcome.SERVED]))
    assert set(ends.outcome[ends.step >= 2].tolist()) == {Outcome.SERVED}


def test_a_share_of_the_customers_is_sent_to_the_wrong_queue_first():
    """A fifth turns up at the terminal, and all of them go on to the counter from there."""
    study = hall_study(tasks=(hall_study().tasks[0], loan(ask={"misrouted": WRONG})))
    log = _log(study)
    loans = log.take((log.task == 1) & (log.lane >= 0))
    greeted = int(np.sum(loans.lane == RECEPTION))
    astray = loans.take(loans.lane == TERMINAL)
    assert _holds(len(astray), greeted, 0.2)
    assert set(astray.step.tolist()) == {0}
    went_on = astray.take(astray.outcome == Outcome.GOES_ON)
    counter = {(int(r), int(v)) for r, v in zip(loans.replication, loans.visit, strict=True)}
    assert all((int(r), int(v)) in counter for r, v in zip(went_on.replication, went_on.visit, strict=True))
    assert np.median(astray.work[astray.outcome == Outcome.GOES_ON]) == pytest.approx(1.0)


def test_a_printer_is_in_use_while_cards_are_made_and_the_counter_waits_for_it():
    """Two clerks and one printer: its use is the time of the cards, and counters stand blocked at times."""
    study = hall_study(tasks=(hall_study().tasks[0], loan(talk={"then": (("card", 1.0),)})), loans=110.0)
    log, totals = measure_network(study, [HALL], everyone_to(study, 0), range(10))
    cards = log.take((log.task == 1) & (log.step == 2))
    found = {item.lane: item for item in resource_use(study, [HALL], totals)}
    minutes = 480.0 * 10
    assert found["printer"].utilisation == pytest.approx(cards.work.sum() / minutes)
    assert found["counter"].blocked > 0.0
    assert found["printer"].arrivals == 0.0


def test_papers_in_the_back_office_take_no_time_of_the_customer():
    """They count in the turnaround, not in the wait, and what passes between steps is the hand-off."""
    study = hall_study(tasks=(hall_study().tasks[0], loan(talk={"then": (("check", 1.0),), "hand_off": 7.0})))
    log = _log(study)
    visits = visit_table(log, tuple(range(10)), study.unseen)
    served = (visits.task == 1) & (visits.outcome == Outcome.SERVED)
    assert np.all(visits.turnaround[served] > visits.duration[served] + 7.0 - 1e-9)
    office = log.take(log.lane == OFFICE)
    by_visit = {(int(r), int(v)): w for r, v, w in zip(office.replication, office.visit, office.wait, strict=True)}
    for day, visit, whole, seen in zip(
        visits.day[served], visits.visit[served], visits.in_queues[served], visits.wait[served], strict=True
    ):
        assert whole == pytest.approx(seen + by_visit[int(day), int(visit)])
    cost = CostBreakdown(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    days = NetworkDays(study, (HALL,), cost, np.zeros((1, 1)), 0.0, tuple(range(10)), log, visits)
    between = hand_off_share(days, "all") * turnaround(days, "mean")
    loans = np.bincount(visits.day[served], minlength=10) / np.bincount(
        visits.day[visits.outcome == Outcome.SERVED], minlength=10
    )
    assert between == pytest.approx(7.0 * loans)


def test_a_desk_for_business_keeps_them_out_of_the_queue():
    """Their counter steps are done at the VIP desk, nobody else's."""
    study = with_business(hall_study(), Behaviour(desk="vip"))
    log = _log(study)
    at_desk = log.take(log.lane == VIP)
    assert len(at_desk) > 50
    assert set(at_desk.segment.tolist()) == {1}
    counter = log.take((log.lane == COUNTER) & (log.segment == 1))
    assert set(counter.task.tolist()) <= {0}  # those who failed at a terminal
    assert set(log.lane[(log.segment == 0) & (log.task == 1)].tolist()) >= {RECEPTION, COUNTER}


def test_named_persons_work_their_hours_with_their_skills_and_speed():
    """Loans are for Anna alone; nobody is called while everybody who could is at lunch."""
    hall = replace(hall_study().formats["hall"], team="desk", levels={"terminal": (1, 2), "counter": (2,)})
    tasks = (
        replace(hall_study().tasks[0], steps=(replace(hall_study().tasks[0].steps[0], terminal=None, fail_over=0.0),)),
        loan(talk={"skills": ("loans",), "counter": ServiceTime(8.0, 0.0)}),
    )
    study = hall_study(formats=(hall,), tasks=tasks, teams={"desk": (ANNA, BEN)}, loans=15.0)
    option = Option("hall", "standard", 2, 1)
    log = _log(study, option=option)
    talks = log.take((log.step == 1) & (log.task == 1) & ~np.isnan(log.call))
    assert set(talks.server.tolist()) == {0}
    assert np.unique(np.round(talks.work, 9)).tolist() == [8.0 / 1.25]
    assert not np.any((talks.call > 720.0) & (talks.call < 750.0))
    cash = log.take((log.task == 0) & ~np.isnan(log.call) & (log.lane == COUNTER))
    assert set(cash.server.tolist()) == {0, 1}
    grouped = replace(study, tasks=(tasks[0], loan(talk={"skills": ("tellers",)})))
    served = _log(grouped, option=option)
    served = served.take((served.step == 1) & (served.task == 1) & ~np.isnan(served.call))
    assert set(served.server.tolist()) == {1}  # Ben is the only teller
    model = outlet_model(study, option)
    assert [person.id for person in model.stations[COUNTER].persons] == ["anna", "ben"]
    with pytest.raises(ValueError, match="has the skill"):
        outlet_model(replace(study, teams={"desk": (BEN, BEN)}), option)


def test_cross_training_never_makes_anybody_wait_longer_on_average():
    """Two specialists against two who can do both, on common customers: pooling wins."""
    hall = replace(hall_study().formats["hall"], team="desk", levels={"terminal": (1,), "counter": (2,)})
    day = ((480.0, 960.0),)
    tasks = (
        replace(
            hall_study().tasks[0],
            steps=(replace(hall_study().tasks[0].steps[0], terminal=None, fail_over=0.0, skills=("cash",)),),
        ),
        loan(talk={"skills": ("loans",), "then": (("end", 1.0),)}),
    )
    waits = []
    for skills in ((("cash",), ("loans",)), (("cash", "loans"), ("loans", "cash"))):
        team = tuple(Worker(name, "", own, 1.0, day) for name, own in zip("ab", skills, strict=True))
        study = hall_study(formats=(hall,), tasks=tasks, teams={"desk": team}, loans=30.0)
        log = _log(study, 30, Option("hall", "standard", 2, 1))
        rows = log.lane == COUNTER
        waits.append(np.bincount(log.replication[rows], log.wait[rows]) / np.bincount(log.replication[rows]))
    found = mean_interval(waits[0] - waits[1], 0.95)
    assert found.mean > found.half_width


def test_a_team_is_on_the_roster_with_its_own_hours():
    """Paid are the hours on duty; on duty in a half-hour is who works most of it."""
    hall = replace(hall_study(loans=1.0).formats["hall"], team="desk", levels={"terminal": (1,), "counter": (2,)})
    hall = replace(hall, costs=replace(hall.costs, staff_hour=30.0))
    study = hall_study(formats=(hall,), teams={"desk": (ANNA, BEN)})
    found = roster(study, [Option("hall", "standard", 2, 1)], np.zeros((1, 1, 60), dtype=np.int64))
    hours = (240 + 210 + 210 + 225) / 60.0
    assert found.paid_hours[0] == pytest.approx(hours * 250)
    assert found.cost[0] == pytest.approx(30.0 * hours * 250)
    present = people_on_duty((ANNA, BEN))
    assert present[16] == 2
    assert present[23] == 1  # 11:30: Ben has gone
    assert present[24] == 1  # 12:00 to 12:30: Ben is back from 12:15, Anna away
    assert found.on_duty[0, 0].tolist() == np.where(np.isin(np.arange(60), range(16, 32)), present, 0).tolist()


def test_use_of_a_team_counts_its_minutes_on_duty():
    """Staffed minutes are those of the persons within the opening hours."""
    hall = replace(hall_study().formats["hall"], team="desk", levels={"terminal": (1,), "counter": (2,)})
    study = hall_study(formats=(hall,), teams={"desk": (ANNA, BEN)}, loans=5.0)
    option = Option("hall", "standard", 2, 1)
    log, totals = measure_network(study, [option], everyone_to(study, 0), range(5))
    counter = next(item for item in resource_use(study, [option], totals) if item.lane == "counter")
    assert counter.servers == pytest.approx((240 + 210 + 210 + 225) / 480.0)
    work = log.work[log.lane == COUNTER].sum() / 5.0
    assert counter.utilisation == pytest.approx(work / 885.0, rel=0.03)  # overtime counts as use


@given(blueprints())
@settings(max_examples=60, deadline=None)
def test_optimizer_and_lanes_see_the_same_work(task):
    """Branches, stations, optional steps: the work of a wished visit is that of the simulated lanes."""
    hours = {"counter": "day", "terminal": "street"}
    hall = replace(hall_study().formats["hall"], tasks={"terminal": ("loan",), "counter": ("loan",)})
    hall = replace(hall, patterns=(replace(hall.patterns[0], hours=hours),))
    assume(offers(hall, task))
    study = hall_study(formats=(hall,), tasks=(task,), visits=10.0)
    study = with_business(study, Behaviour(desk="vip", speed=0.5), share=0.25)
    places = {name: study.doors_at(hall, "standard", name) for name in (*hall.levels, *hall.stations)}
    work = np.zeros(2)
    for share, behaviour in zip((0.75, 0.25), study.groups.kinds, strict=True):
        work += share * np.array(visit_effect(task, hall, places, behaviour).work)
    np.testing.assert_allclose(work, work_per_visit(study, "hall", "standard")[0], rtol=1e-9, atol=1e-9)


def test_work_of_a_hall_by_hand():
    """Ten loans an hour bring 8 + 3/4 minutes each to the counter; a fifth brings a minute to the terminal."""
    study = hall_study(tasks=(hall_study().tasks[0], loan(ask={"misrouted": WRONG})))
    assert work_per_visit(study, "hall", "standard")[1] == pytest.approx([0.2 * 1.0, 8.0 + 0.25 * 3.0])
    mix = lane_mix(study, "hall", "standard", "terminal")
    assert [(item.task, item.origin) for item in mix.classes] == [(0, "step"), (1, "misrouted")]


def test_the_capacity_of_a_counter_knows_its_printer():
    """A second server that is slow to come by makes the lane lose customers in time."""
    free = hall_study(tasks=(hall_study().tasks[0], loan(talk={"then": (("card", 1.0),)}, card={"also": None})))
    shared = hall_study(tasks=(hall_study().tasks[0], loan(talk={"then": (("card", 1.0),)})))
    late = []
    for study in (free, shared):
        days = lane_days(study, "hall", "standard", "counter", 4, 4 * 400.0, 0, range(30))
        late.append(days.in_time / days.arrivals)
    found = mean_interval(late[0] - late[1], 0.95)
    assert found.mean > found.half_width


def test_steps_at_stations_stand_in_the_table_of_steps():
    """The time of all steps sums to 1, back office included."""
    study = hall_study()
    log, totals = measure_network(study, [HALL], everyone_to(study, 0), range(5))
    found = [item for item in step_use(study, totals, log) if item.task == "loan"]
    assert [item.step for item in found] == ["ask", "talk", "card", "check"]
    assert sum(item.time_share for item in found) == pytest.approx(1.0)


def test_papers_wait_for_a_back_office_that_opens_later():
    """None is called before noon, none is refused, and the first are taken up at noon."""
    hall = hall_study().formats["hall"]
    uses = {**hall.stations, "office": replace(hall.stations["office"], hours="noon")}
    late = replace(hall, stations=uses)
    study = hall_study(
        formats=(late,),
        tasks=(hall_study().tasks[0], loan(talk={"then": (("check", 1.0),)})),
        hours={"noon": [(720.0, 1080.0)]},
    )
    assert study.hours_at(HALL, "office") == OpeningHours("noon", ((720.0, 1080.0),))
    log = _log(study, days=3)
    office = log.take(log.lane == OFFICE)
    assert np.min(office.arrive) < 700.0
    assert np.min(office.call) == 720.0
    assert set(office.outcome.tolist()) == {Outcome.SERVED}
