"""Known answers and laws of M/G/1 with classes of priority."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from netsim.queueing.erlang import UnstableQueueError, mm1_mean_wait
from netsim.queueing.general import pollaczek_khinchine
from netsim.queueing.priority import preemptive_times, priority_waits

HOSPITAL = ([0.2, 0.6, 1.2], [1 / 3] * 3, [1.0] * 3)
"""County Hospital: critical, serious and stable cases an hour, one doctor with a mean of 20 min."""

classes = st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.5, 9.0), st.floats(0.0, 2.0)), min_size=1, max_size=5)


def stable(drawn, load=0.85):
    """Rates, means and cvs of the drawn classes, scaled to a load."""
    rates, means, cvs = (np.array(column) for column in zip(*drawn, strict=True))
    return rates * load / (rates @ means), means, cvs


def test_known_answers_without_interruption():
    """Hillier and Lieberman, Introduction to Operations Research, ch. 17: .238 h, .325 h, and 10/11 h by hand."""
    assert priority_waits(*HOSPITAL) == pytest.approx([0.238, 0.325, 10 / 11], abs=5e-4)


def test_known_answers_with_interruption():
    """The same hospital: delays of .024 h, .154 h, and 34/33 h by hand, on top of the service of 1/3 h."""
    assert preemptive_times(*HOSPITAL) - 1 / 3 == pytest.approx([0.024, 0.154, 34 / 33], abs=5e-4)


@given(load=st.floats(0.05, 0.95), mean=st.floats(0.2, 9.0), cv=st.floats(0.0, 3.0))
def test_one_class_is_pollaczek_khinchine(load, mean, cv):
    """Nobody goes first where all are equal."""
    wait = pollaczek_khinchine(load / mean, mean, cv)
    assert priority_waits([load / mean], [mean], [cv])[0] == pytest.approx(wait)
    assert preemptive_times([load / mean], [mean], [cv])[0] == pytest.approx(wait + mean)


@given(drawn=classes, mean=st.floats(0.5, 9.0), cv=st.floats(0.0, 2.0))
@settings(deadline=None, max_examples=50)
def test_classes_of_one_service_time_average_to_pollaczek_khinchine(drawn, mean, cv):
    """Priority moves the wait between classes; the mean over all customers stays."""
    rates = np.array([rate for rate, _, _ in drawn])
    rates *= 0.8 / (rates.sum() * mean)
    waits = priority_waits(rates, np.full(len(rates), mean), np.full(len(rates), cv))
    assert rates @ waits / rates.sum() == pytest.approx(pollaczek_khinchine(rates.sum(), mean, cv))


@given(drawn=classes)
@settings(deadline=None, max_examples=50)
def test_conservation_law(drawn):
    """Kleinrock (1965): the waits weighed by loads add up to ``rho R / (1 - rho)``, whoever goes first."""
    rates, means, cvs = stable(drawn)
    left = float(rates @ (means**2 * (1 + cvs**2))) / 2
    assert rates * means @ priority_waits(rates, means, cvs) == pytest.approx(0.85 * left / 0.15)
    turned = priority_waits(rates[::-1], means[::-1], cvs[::-1])[::-1]
    assert rates * means @ turned == pytest.approx(0.85 * left / 0.15)


@given(drawn=classes)
@settings(deadline=None, max_examples=50)
def test_interruption_helps_the_first_and_hurts_the_last(drawn):
    """Class 0 sees itself alone; the last class stays as long as without interruption or longer."""
    rates, means, cvs = stable(drawn)
    times, waits = preemptive_times(rates, means, cvs), priority_waits(rates, means, cvs)
    assert times[0] == pytest.approx(pollaczek_khinchine(rates[0], means[0], cvs[0]) + means[0])
    assert times[-1] >= waits[-1] + means[-1] - 1e-9
    assert (np.diff(waits) >= 0).all()


def test_interruption_of_exponential_services_of_one_mean_keeps_the_number_inside():
    """M/M/1 has no memory: all classes together are one M/M/1."""
    rates = np.array([0.05, 0.08, 0.06])
    times = preemptive_times(rates, [4.0] * 3, [1.0] * 3)
    assert rates @ times == pytest.approx(rates.sum() * (mm1_mean_wait(rates.sum(), 4.0) + 4.0))


def test_interruption_against_balance_equations():
    """Two classes of M/M/1 with different means, the chain solved state by state."""
    rates, means = (0.1, 0.05), (2.0, 5.0)
    size = (24, 60)

    def index(first, second):
        return first * size[1] + second

    balance = lil_matrix((size[0] * size[1],) * 2)
    for first in range(size[0]):
        for second in range(size[1]):
            here = index(first, second)
            ways = []
            if first + 1 < size[0]:
                ways.append((rates[0], index(first + 1, second)))
            if second + 1 < size[1]:
                ways.append((rates[1], index(first, second + 1)))
            if first:
                ways.append((1 / means[0], index(first - 1, second)))
            elif second:
                ways.append((1 / means[1], index(first, second - 1)))
            for rate, there in ways:
                balance[there, here] += rate
                balance[here, here] -= rate
    balance[0, :] = 1.0
    right = np.zeros(size[0] * size[1])
    right[0] = 1.0
    shares = spsolve(balance.tocsc(), right).reshape(size)
    number = shares.sum(axis=1) @ np.arange(size[0]), shares.sum(axis=0) @ np.arange(size[1])
    assert preemptive_times(rates, means, [1.0, 1.0]) == pytest.approx(np.array(number) / rates, rel=1e-7)


@pytest.mark.parametrize("form", [priority_waits, preemptive_times])
def test_bad_classes_are_refused(form):
    """Shapes, signs and the load."""
    with pytest.raises(ValueError, match="one value a class"):
        form([0.1, 0.1], [1.0], [1.0])
    with pytest.raises(ValueError, match=r"arrival rate of class 1 is out of range, got -0\.1"):
        form([0.1, -0.1], [1.0, 1.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="service mean of class 0 is out of range, got 0"):
        form([0.1], [0.0], [1.0])
    with pytest.raises(ValueError, match="service cv of class 0"):
        form([0.1], [1.0], [float("nan")])
    with pytest.raises(UnstableQueueError, match=r"unstable queue: load 1\.2"):
        form([0.1, 0.2], [4.0, 4.0], [1.0, 1.0])
