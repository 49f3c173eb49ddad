"""Known answers and laws of the closed forms."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm, poisson

from netsim.queueing.admissible import admissible_load, servers_needed, share_in_time
from netsim.queueing.erlang import (
    UnstableQueueError,
    erlang_b,
    erlang_c,
    finite_room,
    mean_wait,
    mm1_mean_wait,
    wait_exceeds,
)
from netsim.queueing.general import limited_mean, offered_load, pollaczek_khinchine
from netsim.queueing.impatience import erlang_a

loads = st.floats(0.01, 60.0)
counters = st.integers(1, 40)


@pytest.mark.parametrize(("load", "servers", "blocked"), [(2.0, 3, 4 / 19), (1.0, 1, 1 / 2), (10.0, 10, 0.214582)])
def test_erlang_b_known_answers(load, servers, blocked):
    """Erlang's own tables."""
    assert erlang_b(load, servers) == pytest.approx(blocked, abs=1e-6)


@given(load=loads, servers=counters)
@settings(deadline=None, max_examples=60)
def test_one_more_server_never_blocks_more(load, servers):
    """Blocking and waiting fall with every server, and waiting is never rarer than blocking."""
    assert erlang_b(load, servers + 1) <= erlang_b(load, servers)
    assert erlang_c(load, servers + 1) <= erlang_c(load, servers)
    assert erlang_b(load, servers) <= erlang_c(load, servers) <= 1.0


def test_mean_wait_known_answers():
    """M/M/1 with rate 1 and mean service .8 waits 3.2; two of the forms agree."""
    assert mm1_mean_wait(1.0, 0.8) == pytest.approx(3.2)
    assert mean_wait(1.0, 0.8, 1) == pytest.approx(3.2)
    assert pollaczek_khinchine(1.0, 0.8, 1.0) == pytest.approx(3.2)


@given(load=st.floats(0.1, 8.0), servers=st.integers(1, 12))
@settings(deadline=None, max_examples=40)
def test_wait_tail_integrates_to_the_mean(load, servers):
    """The integral of P(W > t) is the mean wait."""
    if load >= servers * 0.97:
        return
    grid = np.linspace(0.0, 60.0 / (servers - load), 4001)
    tail = [wait_exceeds(load, 1.0, servers, t) for t in grid]
    assert np.trapezoid(tail, grid) == pytest.approx(mean_wait(load, 1.0, servers), rel=1e-3)


def test_finite_room_known_answer():
    """M/M/2/3 with rate 3 and service rate 4; without a waiting place it is Erlang B."""
    queue = finite_room(3.0, 0.25, 2, 3)
    assert queue.mean_number == pytest.approx(0.762340, abs=1e-6)
    assert queue.rejected == pytest.approx(0.049360, abs=1e-6)
    assert finite_room(2.0, 1.0, 3, 3).rejected == pytest.approx(erlang_b(2.0, 3))
    assert finite_room(2.0, 1.0, 3, 400).mean_wait == pytest.approx(mean_wait(2.0, 1.0, 3))


def test_erlang_a_with_equal_rates_is_poisson():
    """When patience and service have one mean, the number inside is that of M/M/inf."""
    load, servers = 5.0, 4
    queue = erlang_a(load / 3.0, 3.0, servers, 3.0, within=2.0)
    number = poisson(load)
    assert queue.waits == pytest.approx(number.sf(servers - 1), abs=1e-12)
    mean_queue = sum((n - servers) * number.pmf(n) for n in range(servers, 80))
    assert queue.mean_wait == pytest.approx(mean_queue / (load / 3.0), abs=1e-12)


@given(load=st.floats(0.2, 15.0), servers=st.integers(1, 10), patience=st.floats(0.5, 60.0))
@settings(deadline=None, max_examples=40)
def test_erlang_a_accounts_for_everybody(load, servers, patience):
    """Given endless time, who is not called has left; the share in time rises with the promise."""
    ample = erlang_a(load / 4.0, 4.0, servers, patience, within=400.0)
    assert ample.in_time == pytest.approx(1.0 - ample.abandoned, abs=1e-7)
    shares = [erlang_a(load / 4.0, 4.0, servers, patience, within=t).in_time for t in (0.0, 1.0, 5.0)]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(1.0 - ample.waits, abs=1e-9)


def test_erlang_a_tends_to_erlang_c():
    """Very patient customers make M/M/c."""
    queue = erlang_a(1.0, 2.5, 3, 1e7, within=5.0)
    assert queue.mean_wait == pytest.approx(mean_wait(1.0, 2.5, 3), rel=1e-4)
    assert queue.in_time == pytest.approx(1 - wait_exceeds(1.0, 2.5, 3, 5.0), rel=1e-5)
    assert erlang_a(1.0, 2.5, 3, math.inf, within=5.0).abandoned == 0.0


def test_pollaczek_khinchine_of_constant_service_is_half_the_exponential():
    """M/D/1 waits half as long as M/M/1."""
    assert pollaczek_khinchine(0.2, 4.0, 0.0) == pytest.approx(mm1_mean_wait(0.2, 4.0) / 2)


def test_limited_mean_matches_numerical_integration():
    """E[min(S, x)] of a lognormal against samples of its quantiles."""
    spread = math.sqrt(math.log1p(0.8**2))
    law = lognorm(s=spread, scale=6.0 / math.sqrt(1 + 0.8**2))
    for x in (0.5, 4.0, 30.0):
        grid = np.linspace(0.0, x, 20001)
        assert limited_mean(np.array([x]), 6.0, 0.8)[0] == pytest.approx(np.trapezoid(law.sf(grid), grid), rel=1e-6)


def test_offered_load_follows_its_differential_equation_in_the_mean():
    """The load integrates to arrivals times mean service, and settles at rate times mean."""
    per_slot = np.array([10.0, 40.0, 60.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    at = np.arange(0.0, 600.0, 0.25)
    load = offered_load(per_slot, 30.0, 7.0, 0.5, at)
    assert load.sum() * 0.25 == pytest.approx(per_slot.sum() * 7.0, rel=1e-3)
    steady = offered_load(np.full(20, 30.0), 30.0, 7.0, 0.5, np.array([599.0]))
    assert steady[0] == pytest.approx(7.0, rel=1e-6)


def test_offered_load_with_constant_service_matches_a_delay_equation():
    """With deterministic service the load is the arrivals of the last service time."""
    per_slot = np.array([30.0, 90.0, 60.0])

    def arrivals(t):
        return np.interp(np.clip(t, 0, 90), [0, 30, 60, 90], [0, 30, 120, 180])

    at = np.array([10.0, 35.0, 62.0, 91.0])
    assert offered_load(per_slot, 30.0, 8.0, 0.0, at) == pytest.approx(arrivals(at) - arrivals(at - 8.0))


@pytest.mark.parametrize(
    ("service", "utilisation"),
    [
        (4.0, [0.577, 0.762, 0.833, 0.871, 0.911, 0.931, 0.953]),
        (6.0, [0.478, 0.690, 0.777, 0.825, 0.877, 0.905, 0.934]),
    ],
)
def test_admissible_load_known_answers(service, utilisation):
    """P(wait > 10 min) <= 20 % for 1, 2, 3, 4, 6, 8, 12 counters."""
    found = [admissible_load(c, service, 10.0, 0.8) / c for c in (1, 2, 3, 4, 6, 8, 12)]
    assert found == pytest.approx(utilisation, abs=6e-4)


@given(servers=st.integers(1, 8), patience=st.floats(5.0, 60.0))
@settings(deadline=None, max_examples=20)
def test_admissible_load_lies_on_the_edge_of_the_promise(servers, patience):
    """Just below it the promise holds, just above it does not."""
    load = admissible_load(servers, 5.0, 8.0, 0.9, patience)
    assert share_in_time(load * 0.999 / 5.0, 5.0, servers, 8.0, patience) >= 0.9
    assert share_in_time(load * 1.001 / 5.0, 5.0, servers, 8.0, patience) < 0.9


@given(load=st.floats(0.05, 20.0))
@settings(deadline=None, max_examples=30)
def test_servers_needed_is_the_least_number(load):
    """One fewer would break the promise."""
    servers = servers_needed(load / 5.0, 5.0, 2.0, 0.9)
    assert share_in_time(load / 5.0, 5.0, servers, 2.0) >= 0.9
    assert servers == 1 or share_in_time(load / 5.0, 5.0, servers - 1, 2.0) < 0.9


def test_unstable_queue_names_the_servers_missing():
    """The message says how many servers are missing, and survives a process border."""
    with pytest.raises(UnstableQueueError, match="2 more needed") as caught:
        mean_wait(1.0, 4.5, 3)
    assert caught.value.args == (4.5, 3)


@pytest.mark.parametrize("bad", [lambda: erlang_b(-1.0, 2), lambda: erlang_c(1.0, 0), lambda: mean_wait(1.0, 0.0, 2)])
def test_values_out_of_range_are_refused(bad):
    """Negative loads and missing servers are errors."""
    with pytest.raises(ValueError, match=r"must not be negative|at least one|are needed"):
        bad()


def test_public_erlang_c_cases():
    """Exact staffing cases, where the data root is set."""
    root = os.environ.get("NETSIM_DATA")
    path = Path(root or "", "erlangc_cases.csv")
    if not root or not path.exists():
        pytest.skip("NETSIM_DATA is not set")
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        rate, aht = float(row["tx"]) / float(row["interval"]), float(row["aht"])
        servers = int(row["raw_positions"])
        load = rate * aht
        target, share = float(row["target_min"]), float(row["SL_target"])
        assert erlang_c(load, servers) == pytest.approx(float(row["p_wait"]), abs=2e-6)
        assert 1 - wait_exceeds(rate, aht, servers, target) == pytest.approx(float(row["service_level"]), abs=2e-6)
        if float(row["occupancy"]) < float(row["maxocc"]) and math.isclose(load, float(row["offered_load"])):
            assert servers_needed(rate, aht, target, share) <= servers
