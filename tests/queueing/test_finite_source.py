"""Known answers and laws of the machine repair model."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.queueing.erlang import mean_wait
from netsim.queueing.finite_source import machine_repair

machines, crews = st.integers(1, 40), st.integers(1, 12)
minutes = st.floats(0.5, 500.0)


def test_six_machines():
    """Anderson, Sweeney and Williams, Introduction to Management Science, ch. 11, Kolkmeyer (hours)."""
    repair = machine_repair(6, up_mean=20.0, repair_mean=2.0, technicians=1)
    assert repair.mean_down == pytest.approx(0.8451, abs=5e-5)
    assert repair.mean_wait == pytest.approx(1.279, abs=5e-4)
    assert repair.throughput * repair.mean_wait == pytest.approx(0.3297, abs=5e-5)


@given(up=minutes, repair=minutes, count=machines)
def test_a_technician_for_each_machine(up, repair, count):
    """Machines are independent then: up for ``up / (up + repair)`` of the time."""
    found = machine_repair(count, up, repair, count + 1)
    assert found.availability == pytest.approx(up / (up + repair))
    assert found.mean_wait == 0.0


@given(up=minutes, repair=minutes, count=machines, crew=crews)
def test_cycle_of_a_machine(up, repair, count, crew):
    """Each machine runs, waits and is mended in turn: ``N / throughput`` is the sum of the three (Little)."""
    found = machine_repair(count, up, repair, crew)
    assert count / found.throughput == pytest.approx(up + found.mean_wait + repair)
    assert found.mean_down == pytest.approx(found.throughput * (found.mean_wait + repair))
    assert found.availability == pytest.approx(1 - found.mean_down / count, abs=1e-9)
    assert found.throughput * repair <= min(crew, count) * (1 + 1e-12)


@given(up=minutes, repair=minutes, count=machines, crew=crews)
def test_one_more_technician_never_hurts(up, repair, count, crew):
    """The wait falls, the availability rises."""
    fewer, more = (machine_repair(count, up, repair, technicians) for technicians in (crew, crew + 1))
    assert more.mean_wait <= fewer.mean_wait + 1e-9
    assert more.availability >= fewer.availability - 1e-12


def test_many_sturdy_machines_are_mmc():
    """Very many machines that rarely fail break down as a Poisson process."""
    found = machine_repair(200_000, up_mean=200_000 / 0.4, repair_mean=4.0, technicians=2)
    assert found.mean_wait == pytest.approx(mean_wait(0.4, 4.0, 2), rel=1e-3)


def test_many_frail_machines_keep_all_technicians_busy():
    """Weights of the states do not overflow."""
    found = machine_repair(5_000, up_mean=1.0, repair_mean=10.0, technicians=3)
    assert found.throughput == pytest.approx(0.3)
    assert found.mean_down == pytest.approx(5_000 - 0.3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0, 1.0, 1.0, 1), "machines 0 >= 1"),
        ((2, 1.0, 1.0, 0), "technicians 0 >= 1"),
        ((2, 0.0, 1.0, 1), "minutes up 0"),
        ((2, 1.0, math.inf, 1), "of a repair inf"),
    ],
)
def test_bad_values_are_refused(values, message):
    """The text names the value."""
    with pytest.raises(ValueError, match=message):
        machine_repair(*values)
