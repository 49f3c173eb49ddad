"""Known answers and laws of open Jackson networks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.queueing.erlang import UnstableQueueError, mean_wait
from netsim.queueing.networks import jackson_network


def test_three_facilities():
    """Hillier and Lieberman, ch. 17: throughput 5, 10, 7.5 an hour; 1, 4/3 and 3 inside; 2/3 h in all."""
    network = jackson_network([1, 4, 3], [[0, 0.6, 0.3], [0.1, 0, 0.3], [0.4, 0.4, 0]], [0.1] * 3, [1, 2, 1])
    assert network.throughput == pytest.approx([5.0, 10.0, 7.5])
    assert network.mean_number == pytest.approx([1.0, 4 / 3, 3.0])
    assert network.sojourn == pytest.approx(2 / 3)


def test_three_stations():
    """Ross, Introduction to Probability Models, ch. 8: 82/13 customers inside, 41/195 h in the network."""
    routing = [[0, 1 / 3, 1 / 3], [0, 0, 1], [0, 1 / 2, 0]]
    network = jackson_network([5, 10, 15], routing, [1 / 10, 1 / 50, 1 / 100], [1, 1, 1])
    assert network.mean_number.sum() == pytest.approx(82 / 13)
    assert network.sojourn == pytest.approx(41 / 195)


@given(load=st.floats(0.05, 0.95), mean=st.floats(0.2, 9.0), servers=st.integers(1, 6))
def test_one_station_is_mmc(load, mean, servers):
    """Without a second station it is M/M/c."""
    rate = load * servers / mean
    network = jackson_network([rate], [[0.0]], [mean], [servers])
    assert network.mean_wait[0] == pytest.approx(mean_wait(rate, mean, servers))
    assert network.sojourn == pytest.approx(mean_wait(rate, mean, servers) + mean)


def test_a_tandem_is_one_mmc_after_another():
    """Burke (1956): the departures of the first are a Poisson process of the same rate."""
    network = jackson_network([0.3, 0.0, 0.0], np.eye(3, k=1), [3.0, 8.0, 2.0], [1, 4, 1])
    waits = [mean_wait(0.3, mean, count) for mean, count in ((3.0, 1), (8.0, 4), (2.0, 1))]
    assert network.mean_wait == pytest.approx(waits)
    assert network.sojourn == pytest.approx(sum(waits) + 13.0)


def test_rework_makes_visits():
    """A quarter comes back: 4/3 visits each, every one at a station with the load of all visits."""
    network = jackson_network([0.3], [[0.25]], [2.0], [1])
    assert network.throughput[0] == pytest.approx(0.4)
    assert network.sojourn == pytest.approx(4 / 3 * (mean_wait(0.4, 2.0, 1) + 2.0))


@given(
    shares=st.lists(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4), min_size=4, max_size=4),
    external=st.lists(st.floats(0.01, 2.0), min_size=4, max_size=4),
)
@settings(deadline=None, max_examples=50)
def test_who_comes_in_goes_out(shares, external):
    """Flows balance at each station and over the network, and Little's law ties numbers to times."""
    routing = np.array(shares) / 4.5
    network = jackson_network(external, routing, [0.1] * 4, [50] * 4)
    assert external + network.throughput @ routing == pytest.approx(network.throughput)
    assert network.throughput @ (1 - routing.sum(axis=1)) == pytest.approx(sum(external))
    assert network.mean_number == pytest.approx(network.throughput * network.mean_time)
    assert network.sojourn * sum(external) == pytest.approx(network.mean_number.sum())


def test_a_station_that_nobody_visits():
    """It has no wait and nobody inside."""
    network = jackson_network([0.1, 0.0], np.zeros((2, 2)), [2.0, 2.0], [1, 1])
    assert network.throughput[1] == network.mean_number[1] == network.mean_wait[1] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        network.throughput[0] = 1.0


@pytest.mark.parametrize(
    ("external", "routing", "means", "servers", "message"),
    [
        ([0.1, 0.1], [[0.0]], [1.0], [1], "do not belong to one number of stations"),
        ([-0.1], [[0.0]], [1.0], [1], "external rates must be non-negative"),
        ([0.0], [[0.0]], [1.0], [1], "not all 0"),
        ([0.1], [[1.2]], [1.0], [1], "rows of at most 1"),
        ([0.1], [[0.0]], [0.0], [1], "service means must be positive"),
        ([0.1], [[0.0]], [1.0], [1.5], "whole numbers from 1 up"),
        ([0.1, 0, 0], [[0, 0.5, 0], [0, 0, 1], [0, 1, 0]], [1.0] * 3, [1] * 3, r"stations \[1, 2\] can never leave"),
    ],
)
def test_bad_networks_are_refused(external, routing, means, servers, message):
    """The text says what is wrong."""
    with pytest.raises(ValueError, match=message):
        jackson_network(external, routing, means, servers)


def test_an_overloaded_station_is_refused():
    """The load counts all visits."""
    with pytest.raises(UnstableQueueError, match=r"load 1\.2 erlangs on 1 servers"):
        jackson_network([0.3], [[0.5]], [2.0], [1])
