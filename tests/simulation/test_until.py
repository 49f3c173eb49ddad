"""An outlet alone, until what it is simulated for is known well enough."""

from dataclasses import fields

import numpy as np
import pytest

from netsim.model.precision import PrecisionGoal
from netsim.simulation.alone import ArrivalPattern, OutletJob, stream_outlet
from netsim.simulation.laws import exponential_law
from netsim.simulation.outlet import Change, CustomerClass, Node, OutletModel, Station
from netsim.simulation.totals import OutletTotals
from netsim.simulation.until import day_measures, simulate_until
from netsim.statistics.stopping import StoppingRule

HOURS = (480.0, 960.0)


def job(per_minute=0.8):
    """Return one station with two servers of one minute each."""
    station = Station(2, (HOURS,), (Change(480.0, 2, "opens"), Change(960.0, 2, "closes")), within=1.0)
    way = CustomerClass((Node(0, 0, exponential_law(1.0), exponential_law(5.0)),))
    pattern = ArrivalPattern(np.array([480.0]), np.array([480.0]), np.array([per_minute]), np.array([1.0]))
    return OutletJob("here", OutletModel((station,), (way,)), pattern)


def same(one, other):
    """Return whether two totals are equal to the bit."""
    return all(np.array_equal(getattr(one, item.name), getattr(other, item.name)) for item in fields(OutletTotals))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_totals_are_those_of_the_same_days(workers):
    rule = StoppingRule((PrecisionGoal("wait_mean.0", half_width=0.02),), 20, 200)
    totals, measurement = simulate_until(job(), 3, rule, workers=workers)
    assert 20 <= measurement.days < 200
    assert measurement.days % 16 == 0
    assert same(totals, stream_outlet(job(), 3, range(measurement.days)))


def test_the_limit_need_not_be_a_whole_block():
    rule = StoppingRule((PrecisionGoal("share_in_time.0", half_width=1e-6),), 20, 50)
    totals, measurement = simulate_until(job(), 3, rule)
    assert (measurement.days, measurement.reached) == (50, False)
    assert same(totals, stream_outlet(job(), 3, range(50)))


def test_measures_by_day_are_those_of_the_table_of_days():
    totals = stream_outlet(job(), 3, range(20))
    found = day_measures(totals)
    day = totals.days[:, 0]
    np.testing.assert_array_equal(found["arrivals.0"], day["arrivals"])
    np.testing.assert_array_equal(found["share_in_time.0"], day["in_time"] / day["arrivals"])
    np.testing.assert_array_equal(found["leavers.0"], (day["abandoned"] + day["balked"]) / day["arrivals"])
    np.testing.assert_array_equal(found["busy.0"], day["busy"])
    empty = day_measures(stream_outlet(job(1e-12), 3, range(4)))
    assert empty["wait_mean.0"].tolist() == [0.0] * 4


def test_an_unknown_measure_is_named_with_those_that_there_are():
    rule = StoppingRule((PrecisionGoal("wait_men.0", half_width=0.1),), 20, 50)
    with pytest.raises(ValueError, match=r"unknown measure 'wait_men.0' \(known: arrivals.0, wait_mean.0"):
        simulate_until(job(), 3, rule)
