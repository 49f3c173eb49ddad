"""Known answers and laws of M[X]/M/1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.queueing.batch import batch_mean_wait, fixed_batch, geometric_batch
from netsim.queueing.erlang import UnstableQueueError, mm1_mean_wait


def test_defects_in_ones_and_twos():
    """Gross and Harris, Fundamentals of Queueing Theory, ex. 3.1: one defect 1/h, two 2/h, 10 min each: L = 7."""
    wait = batch_mean_wait(3 / 60, 5 / 3, 3.0, service_mean=10.0)
    assert 5 / 60 * (wait + 10.0) == pytest.approx(7.0)


def test_carloads():
    """Ross, Introduction to Probability Models, ch. 8: 4 cars an hour with 1, 2 or 3 people, 3 min each."""
    assert batch_mean_wait(4 / 60, 2.0, 4.5, service_mean=3.0) == pytest.approx(5.125)


@given(load=st.floats(0.01, 0.95), mean=st.floats(0.2, 9.0))
def test_batches_of_one_are_mm1(load, mean):
    """Both helpers give M/M/1 at size 1."""
    for size in (fixed_batch(1), geometric_batch(1.0)):
        assert batch_mean_wait(load / mean, *size, mean) == pytest.approx(mm1_mean_wait(load / mean, mean))


@given(load=st.floats(0.01, 0.95), mean=st.floats(0.2, 9.0), size=st.floats(1.0, 12.0))
def test_geometric_batches_make_mm1_stretched(load, mean, size):
    """The number inside is then geometric, given that anybody is: the wait and service are ``size`` M/M/1's."""
    wait = batch_mean_wait(load / mean / size, *geometric_batch(size), mean)
    assert wait + mean == pytest.approx(size * mean / (1 - load))


@given(load=st.floats(0.01, 0.9), size=st.integers(1, 6), more=st.floats(0.0, 9.0))
def test_bigger_or_more_uneven_batches_wait_longer(load, size, more):
    """At one load of customers."""
    mean, second = fixed_batch(size)
    even = batch_mean_wait(load / mean, mean, second, 1.0)
    assert batch_mean_wait(load / mean, mean, second + more, 1.0) >= even
    assert batch_mean_wait(load / (mean + 1), *fixed_batch(size + 1), 1.0) >= even


@given(load=st.floats(0.1, 0.7), size=st.integers(1, 5))
@settings(deadline=None, max_examples=15)
def test_against_balance_equations(load, size):
    """The chain of the number inside, solved as a matrix."""
    states = 250
    balance = np.zeros((states, states))
    for number in range(states):
        if number + size < states:
            balance[number + size, number] += load / size
            balance[number, number] -= load / size
        if number:
            balance[number - 1, number] += 1.0
            balance[number, number] -= 1.0
    balance[0] = 1.0
    shares = np.linalg.solve(balance, np.eye(states)[0])
    number = shares @ np.arange(states)
    assert batch_mean_wait(load / size, *fixed_batch(size), 1.0) + 1.0 == pytest.approx(number / load, rel=1e-6)


def test_bad_batches_are_refused():
    """Moments that no size has, and loads that nobody carries."""
    with pytest.raises(ValueError, match=r"mean 0\.5 of at least 1"):
        batch_mean_wait(0.1, 0.5, 1.0, 1.0)
    with pytest.raises(ValueError, match="second moment 3 of at least its square"):
        batch_mean_wait(0.1, 2.0, 3.0, 1.0)
    with pytest.raises(UnstableQueueError, match="load 1 erlangs"):
        batch_mean_wait(0.25, 2.0, 4.0, 2.0)
    for helper in (fixed_batch, geometric_batch):
        with pytest.raises(ValueError, match="at least 1 is needed, got 0"):
            helper(0)
