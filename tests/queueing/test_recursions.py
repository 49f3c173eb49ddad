"""Known answers and laws of the waits customer by customer."""

import heapq
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.queueing.erlang import mean_wait
from netsim.queueing.recursions import kiefer_wolfowitz, lindley

ARRIVE = list(itertools.accumulate([0.4, 1.2, 0.5, 1.7, 0.2, 1.6]))
SERVICE = [2.0, 0.7, 0.2, 1.1, 3.7, 0.6]

days = st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 9.0)), min_size=1, max_size=60)


def path(drawn):
    gaps, service = (np.array(column) for column in zip(*drawn, strict=True))
    return np.cumsum(gaps), service


def by_event(arrive, service, servers):
    """Waits by a heap of the minutes at which servers get free: another way to the same numbers."""
    free = [0.0] * servers
    waits = []
    for minute, minutes in zip(arrive, service, strict=True):
        begin = max(minute, heapq.heappop(free))
        waits.append(begin - minute)
        heapq.heappush(free, begin + minutes)
    return waits


def test_six_customers_by_hand():
    """Law, Simulation Modeling and Analysis, sec. 1.4: delays 0, .8, 1.0, 0, .9 and 3.0 with a mean of .95."""
    waits = lindley(ARRIVE, SERVICE)
    assert waits == pytest.approx([0.0, 0.8, 1.0, 0.0, 0.9, 3.0])
    assert waits.mean() == pytest.approx(0.95)


def test_two_servers_by_hand():
    """The same customers: the third finds both busy until 2.3, the sixth finds one free."""
    assert kiefer_wolfowitz(ARRIVE, SERVICE, 2) == pytest.approx([0.0, 0.0, 0.2, 0.0, 0.0, 0.0])


@given(drawn=days)
@settings(deadline=None)
def test_one_server_is_lindley(drawn):
    """To the last bit."""
    assert kiefer_wolfowitz(*path(drawn), 1).tolist() == lindley(*path(drawn)).tolist()


@given(drawn=days, servers=st.integers(1, 5))
@settings(deadline=None)
def test_matches_the_minutes_at_which_servers_get_free(drawn, servers):
    """Work and times are two views of one path."""
    assert kiefer_wolfowitz(*path(drawn), servers) == pytest.approx(by_event(*path(drawn), servers), abs=1e-10)


@given(drawn=days, servers=st.integers(1, 5), longer=st.floats(0.0, 3.0))
@settings(deadline=None)
def test_more_servers_or_less_work_never_wait_longer(drawn, servers, longer):
    """Holds for every customer of every path."""
    arrive, service = path(drawn)
    waits = kiefer_wolfowitz(arrive, service, servers)
    assert (kiefer_wolfowitz(arrive, service, servers + 1) <= waits + 1e-10).all()
    assert (kiefer_wolfowitz(arrive, service + longer, servers) >= waits - 1e-10).all()


def test_a_server_for_each_customer():
    """Nobody waits."""
    assert kiefer_wolfowitz([0.0] * 5, [3.0] * 5, 5).tolist() == [0.0] * 5
    assert lindley([0.0] * 3, [3.0] * 3).tolist() == [0.0, 3.0, 6.0]
    assert lindley([], []).tolist() == []


def test_long_path_of_mm2_waits_as_erlang_says():
    """Means of 20 paths give an interval that holds the mean wait of M/M/2."""
    rng = np.random.default_rng(7)
    means = [
        kiefer_wolfowitz(np.cumsum(rng.exponential(2.5, 6000)), rng.exponential(3.5, 6000), 2)[500:].mean()
        for _ in range(20)
    ]
    half = 3.9 * np.std(means, ddof=1) / np.sqrt(20)  # 99.9 % of Student's t with 19 degrees
    assert abs(np.mean(means) - mean_wait(0.4, 3.5, 2)) < half


def test_bad_paths_are_refused():
    """The text names the customer."""
    with pytest.raises(ValueError, match=r"lindley: \(2,\) arrivals and \(1,\) services"):
        lindley([0.0, 1.0], [1.0])
    with pytest.raises(ValueError, match=r"customer 2 comes at 0\.5"):
        lindley([0.0, 1.0, 0.5], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="service minutes of customer 1 must not be negative, got -1"):
        kiefer_wolfowitz([0.0, 1.0], [1.0, -1.0], 2)
    with pytest.raises(ValueError, match="0 servers; at least one"):
        kiefer_wolfowitz([0.0], [1.0], 0)
