"""The catalogue of systems: known answers, days that have settled, customers that come as they should."""

from pathlib import Path

import numpy as np
import pytest

from netsim.queueing.admissible import admissible_load
from netsim.queueing.time_varying import time_varying_queue
from netsim.simulation.selfcheck import SYSTEMS, Case, Identity
from netsim.simulation.selfcheck.comers import even_gaps, poisson, poisson_batches
from netsim.simulation.selfcheck.outlets import settling, steady_day
from netsim.simulation.selfcheck.run import ERROR
from netsim.simulation.streams import key_of

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "selfcheck.md"
KEY = key_of(7, "comers")


@pytest.fixture(scope="module")
def systems():
    return {name: SYSTEMS[name]() for name in SYSTEMS}


def expected(systems, name, case):
    return next(item.expected for item in systems[name].cases if item.name == case)


def test_there_are_enough_cases_and_none_has_the_name_of_another(systems):
    names = [f"{name}: {case.name}" for name, system in systems.items() for case in system.cases]
    assert len(names) == len(set(names)) >= 20
    assert all(case.holds for system in systems.values() for case in system.cases)
    assert {type(case) for system in systems.values() for case in system.cases} == {Case, Identity}


@pytest.mark.parametrize(
    ("name", "case", "known"),
    [
        ("M/M/1", "mean wait", 3.2),
        ("M/M/2/3", "mean number", 0.762340),
        ("M/M/2/3", "rejected", 0.049360),
        ("M/M/2/3, waiting room", "rejected", 0.049360),
        ("cash machine", "mean wait", 1.611),
        ("two cash machines", "mean wait", 0.0671),
    ],
)
def test_public_answers(systems, name, case, known):
    """Gross et al., *Fundamentals of Queueing Theory*; the textbook's automatic teller machine."""
    assert expected(systems, name, case) == pytest.approx(known, abs=5e-6)


@pytest.mark.parametrize(("servers", "utilisation"), [(1, 0.577), (2, 0.762)])
def test_the_admissible_loads_are_those_of_the_promise(systems, servers, utilisation):
    assert admissible_load(servers, 4.0, 10.0, 0.8) / servers == pytest.approx(utilisation, abs=5e-4)
    assert expected(systems, f"M/M/{servers} at {utilisation:g}", "wait > 10") == pytest.approx(0.2, abs=1e-3)


@pytest.mark.parametrize(("servers", "rate", "service"), [(1, 1.0, 0.8), (3, 0.525, 4.0), (2, 0.762 / 2, 4.0)])
def test_the_empty_start_does_not_show(servers, rate, service):
    """By Kolmogorov's equations: the queue in the minutes that count is the stationary one."""
    day = steady_day(rate, settling(rate * service, servers, service))
    lengths = [day.start, day.end - day.start]
    found = time_varying_queue([rate] * 2, service, [servers] * 2, lengths, tolerance=1e-7).mean.queue[1]
    long = time_varying_queue([rate] * 2, service, [servers] * 2, [4 * day.start, 100.0], tolerance=1e-7).mean.queue[1]
    assert 0 <= 1.0 - found / long < 2e-5  # half widths are 1 % and more


def test_the_days_of_a_poisson_stream_are_poisson():
    days = 2000
    came = np.diff(poisson(0.5, 60.0)(KEY, range(days)).first)
    assert came.mean() == pytest.approx(30.0, abs=4 * np.sqrt(30 / days))
    assert came.var() == pytest.approx(30.0, rel=4 * np.sqrt(2 / days))


def test_batches_come_together_and_have_the_sizes_asked_for():
    upto = 1.0 - 0.5 ** np.arange(1.0, 60.0)
    customers = poisson_batches(0.5, 6000.0, upto)(KEY, range(3))
    assert customers.days == 3
    for first, last in zip(customers.first[:-1], customers.first[1:], strict=True):
        minute = customers.comers["minute"][first:last]
        assert np.all(np.diff(minute) >= 0)
        _, size = np.unique(minute, return_counts=True)
        assert size.mean() == pytest.approx(2.0, abs=4 * np.sqrt(2.0 / len(size)))
        assert np.mean(size == 1) == pytest.approx(0.5, abs=2 / np.sqrt(len(size)))
    words = np.stack([customers.comers["first_word"], customers.comers["second_word"]])
    assert len(np.unique(words, axis=1).T) == words.shape[1]


def test_even_gaps_are_even():
    customers = even_gaps(0.0, 5.0, 50_000.0, kinds=10)(KEY, [0, 5])
    again = even_gaps(0.0, 5.0, 50_000.0, kinds=10)(KEY, [5])
    second = customers.comers[customers.first[1] :]
    assert np.array_equal(second, again.comers)
    gaps = np.diff(second["minute"])
    assert 0.0 <= gaps.min() < 0.01
    assert 4.99 < gaps.max() < 5.0
    assert gaps.mean() == pytest.approx(2.5, abs=4 * 5 / np.sqrt(12 * len(gaps)))
    assert np.bincount(second["kind"]).min() > 0.9 * len(second) / 10
    assert second["minute"].max() < 50_000.0


def test_the_page_tells_every_system_and_the_level():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in SYSTEMS if f"`{name}`" not in text] == []
    assert f"{100 * ERROR:g} %" in text


def test_a_system_is_drawn_by_its_name():
    """Adding or renaming one leaves the customers of all others as they were."""
    source = poisson(1.0, 100.0)
    assert len(source(key_of(1, "selfcheck", "a"), [0]).comers) > 50
    one, other = (source(key_of(1, "selfcheck", name), [0]).comers["minute"] for name in ("a", "b"))
    assert not np.array_equal(one, other)
