"""A queue before every server: newcomers choose, and change over when another queue is shorter."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.network import Option
from netsim.model.service import LANES
from netsim.simulation.lane import lane_days
from netsim.simulation.lines import line_of
from netsim.simulation.network_day import measure_network, simulate_network
from netsim.simulation.outlet import Change
from netsim.simulation.units import Units, outlet_model
from netsim.simulation.use import resource_use
from netsim.statistics.intervals import mean_interval
from tests.halls import ANNA, BEN, hall_study
from tests.simulation.hall import station
from tests.studies import everyone_to, tiny_study

BRANCH = Option("branch", "standard", 3, 2)
COUNTER = 1


def _each(study, jockey=2):
    lanes = {**study.lanes, "counter": replace(study.lanes["counter"], queue_each=True, jockey=jockey)}
    return replace(study, lanes=lanes)


def test_each_server_of_a_line_has_a_door_of_its_own():
    """Server 1 opens at once, server 2 when a second one comes; both close when the staff goes."""
    one, two = line_of(station([(480.0, 600.0)], {16: 1, 17: 2, 18: 2, 19: 1}), 0, 3)
    assert one.changes == (Change(480.0, 1, "opens"), Change(600.0, 1, "closes"))
    assert two.changes == (Change(510.0, 1, "opens"), Change(570.0, 1, "closes"))
    assert (one.line, two.line, one.jockey, one.servers) == (0, 0, 3, 1)


def test_persons_of_a_line_open_and_close_in_their_own_hours():
    """Anna's queue is closed over her lunch."""
    hall = replace(hall_study().formats["hall"], team="desk", levels={"terminal": (1,), "counter": (2,)})
    study = _each(hall_study(formats=(hall,), teams={"desk": (ANNA, BEN)}))
    model = outlet_model(study, Option("hall", "standard", 2, 1))
    anna = model.stations[COUNTER]
    assert anna.windows == ((480.0, 720.0), (750.0, 960.0))
    assert [person.id for person in anna.persons] == ["anna"]
    assert model.stations[-1].persons[0].id == "ben"


def test_places_and_servers_of_a_line_are_told_apart_in_the_log():
    """Three queues are one lane with servers 0, 1 and 2; all are used; rows count the same in log and totals."""
    study = _each(tiny_study(visits=np.array([60.0, 45.0])[:, None]))
    unit = Units(study, [BRANCH, None]).build(0, None, 0)
    assert unit.place.tolist() == [0, 1, 1, 1]
    assert unit.server.tolist() == [0, 0, 1, 2]
    log, totals = measure_network(study, [BRANCH, None], everyone_to(study, 0), range(4))
    assert set(log.lane.tolist()) <= {-1, 0, 1}
    assert set(log.server[log.lane == COUNTER].tolist()) >= {0, 1, 2}
    found = next(item for item in resource_use(study, [BRANCH, None], totals) if item.lane == LANES[COUNTER])
    rows = log.lane == COUNTER
    assert found.arrivals == pytest.approx(rows.sum() / 4)
    assert found.waiting == pytest.approx(log.wait[rows].sum() / 4)
    assert found.servers == pytest.approx(3.0)
    parts = [measure_network(study, [BRANCH, None], everyone_to(study, 0), [0, 1])[1]]
    parts.append(measure_network(study, [BRANCH, None], everyone_to(study, 0), [2, 3], onto=parts[0])[1])
    np.testing.assert_array_equal(parts[1].outlets[0, 0].totals.queue, totals.outlets[0, 0].totals.queue)


def test_one_queue_waits_less_than_queues_of_their_own():
    """Pooling: with jockeying the difference shrinks, without (a large threshold) it is widest."""
    study = tiny_study(visits=np.array([30.0, 60.0])[:, None])
    waits = []
    for item in (study, _each(study, 1), _each(study, 1000)):
        log = simulate_network(item, [BRANCH, None], everyone_to(item, 0), range(120))
        rows = log.lane == COUNTER
        waits.append(np.bincount(log.replication[rows], log.wait[rows]) / np.bincount(log.replication[rows]))
    one, jockeys, apart = waits
    for less, more in ((one, apart), (jockeys, apart)):
        found = mean_interval(more - less, 0.95)
        assert found.mean > found.half_width


def test_the_capacity_of_a_lane_knows_its_queues():
    """The same work keeps the promise less often where every server has a queue."""
    study = tiny_study()
    share = []
    for item in (study, _each(study, 1000)):
        days = lane_days(item, "branch", "standard", "counter", 4, 4 * 380.0, 0, range(40))
        share.append(days.in_time / days.arrivals)
    found = mean_interval(share[0] - share[1], 0.95)
    assert found.mean > found.half_width
