"""Known answers and laws of the forward equations of a day."""

import csv
import math
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.special import ive
from scipy.stats import poisson

from netsim.queueing.erlang import erlang_c, finite_room, mean_wait
from netsim.queueing.impatience import erlang_a
from netsim.queueing.time_varying import time_varying_queue

SETTLED = 5000.0

slots = st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(0, 5), st.floats(1.0, 40.0)), min_size=1, max_size=5)


def columns(drawn):
    """Rates, servers and minutes of the drawn slots."""
    return [list(column) for column in zip(*drawn, strict=True)]


@pytest.mark.parametrize(("rate", "mean"), [(0.2, 4.0), (0.5, 4.0)])
def test_mm1_from_empty(rate, mean):
    """The classic solution with Bessel functions (Gross and Harris, sec. 2.11.2), stable or not."""
    minutes = np.array([1.0, 10.0, 60.0])
    load = rate * mean

    def idle(t):
        x, k = 2 * t * math.sqrt(rate / mean), np.arange(2, 2000)
        bessel = ive(0, x) + load**-0.5 * ive(1, x) + (1 - load) * np.sum(load ** (-k / 2) * ive(k, x))
        return math.exp(x - (rate + 1 / mean) * t) * bessel

    found = time_varying_queue([rate], mean, [1], 60.0, at=minutes)
    assert 1 - found.at.all_busy == pytest.approx([idle(t) for t in minutes], abs=1e-10)


@pytest.mark.parametrize(("load", "servers"), [(0.7, 1), (2.5, 3), (5.4, 6)])
def test_settles_at_erlang_c(load, servers):
    """Constant rates for a long time."""
    found = time_varying_queue([load / 4], 4.0, [servers], SETTLED, at=[SETTLED])
    assert found.at.queue[0] == pytest.approx(load / 4 * mean_wait(load / 4, 4.0, servers), abs=1e-8)
    assert found.at.all_busy[0] == pytest.approx(erlang_c(load, servers), abs=1e-9)
    assert found.at.busy[0] == pytest.approx(load, abs=1e-9)


@pytest.mark.parametrize(("servers", "room"), [(2, 3), (3, 3), (1, 8)])
def test_settles_at_finite_room(servers, room):
    """M/M/2/3 with rate 3 and service rate 4 has .762340 inside and rejects .049360 (as in erlang.py)."""
    found = time_varying_queue([3.0, 3.0], 0.25, [servers] * 2, [100.0, 10.0], room=room)
    queue = finite_room(3.0, 0.25, servers, room)
    assert found.mean.number[1] == pytest.approx(queue.mean_number, abs=1e-9)
    assert found.rejected[1] == pytest.approx(30.0 * queue.rejected, abs=1e-8)
    assert found.lost < 1e-13


@pytest.mark.parametrize(("load", "servers", "patience"), [(4.0, 4, 4.0), (5.0, 3, 6.0), (0.8, 1, 60.0)])
def test_settles_at_erlang_a(load, servers, patience):
    """Leavers of the stationary queue, also where the load is above the servers."""
    found = time_varying_queue([load / 4] * 2, 4.0, [servers] * 2, [1500.0, 10.0], patience=patience)
    queue = erlang_a(load / 4, 4.0, servers, patience, within=5.0)
    assert found.mean.all_busy[1] == pytest.approx(queue.waits, abs=1e-9)
    assert found.mean.queue[1] == pytest.approx(load / 4 * queue.mean_wait, abs=1e-8)
    assert found.abandoned[1] == pytest.approx(10 * load / 4 * queue.abandoned, abs=1e-8)


def test_servers_for_all_follow_a_linear_equation():
    """M(t)/M/inf: Poisson at every minute, with a mean that decays towards the load of the hour."""
    rates, mean = [0.5, 1.5, 0.2], 7.0
    found = time_varying_queue(rates, mean, [200] * 3, 30.0, at=[30.0, 60.0, 90.0])
    number, ends = 0.0, []
    for rate in rates:
        number = rate * mean + (number - rate * mean) * math.exp(-30.0 / mean)
        ends.append(number)
    assert found.at.number == pytest.approx(ends, abs=1e-9)
    assert found.final == pytest.approx(poisson(ends[-1]).pmf(np.arange(len(found.final))), abs=1e-12)


def test_before_the_doors_open_everybody_waits():
    """No server: arrivals gather, less those who lose patience."""
    found = time_varying_queue([2.0], 4.0, [0], 30.0, at=[0.0, 30.0])
    assert found.at.queue == pytest.approx([0.0, 60.0], abs=1e-9)
    assert found.at.all_busy == pytest.approx([1.0, 1.0])
    assert found.mean.queue[0] == pytest.approx(30.0, abs=1e-9)
    restless = time_varying_queue([2.0], 4.0, [0], 30.0, patience=10.0, at=[30.0])
    assert restless.at.queue[0] == pytest.approx(20 * -math.expm1(-3.0), abs=1e-9)
    assert restless.abandoned[0] == pytest.approx(60.0 - restless.at.queue[0], abs=1e-9)


def test_a_server_who_goes_sends_the_customer_back_to_the_queue():
    """Two in service, one server leaves: one waits, and nobody is lost."""
    found = time_varying_queue([0.0, 0.0], 5.0, [2, 1], 1e-6, start=[0.0, 0.0, 1.0], at=[0.0, 1e-6])
    assert found.at.busy == pytest.approx([2.0, 1.0], abs=1e-5)
    assert found.at.queue == pytest.approx([0.0, 1.0], abs=1e-5)
    assert found.at.number == pytest.approx([2.0, 2.0], abs=1e-5)


def generator(rate, serving, leaving, servers, room):
    """Rates from row to column, all states up to the room."""
    number = np.arange(room + 1)
    down = serving * np.minimum(number, servers) + leaving * np.maximum(number - servers, 0)
    matrix = np.diag(np.full(room, rate), 1) + np.diag(down[1:], -1)
    return matrix - np.diag(matrix.sum(axis=1))


@given(drawn=slots, patience=st.sampled_from([math.inf, 3.0, 20.0]), room=st.integers(5, 12), mean=st.floats(0.5, 9.0))
@settings(deadline=None, max_examples=25)
def test_matches_the_exponential_of_the_generator(drawn, patience, room, mean):
    """Another way to the same probabilities, slot by slot."""
    rates, servers, minutes = columns(drawn)
    found = time_varying_queue(rates, mean, servers, minutes, patience=patience, room=room)
    shares = np.eye(room + 1)[0]
    for rate, count, length in zip(rates, servers, minutes, strict=True):
        shares = shares @ expm(generator(rate, 1 / mean, 1 / patience, count, room) * length)
    padded = np.zeros(room + 1)
    padded[: len(found.final)] = found.final
    assert padded == pytest.approx(shares, abs=1e-9)


@given(drawn=slots, patience=st.sampled_from([math.inf, 3.0, 20.0]), room=st.sampled_from([None, 6]))
@settings(deadline=None, max_examples=40)
def test_accounts_for_everybody(drawn, patience, room):
    """Who came in is inside, served, gone or rejected; busy and waiting customers add up; the bound holds."""
    rates, servers, minutes = columns(drawn)
    edges = np.concatenate(([0.0], np.cumsum(minutes)))
    found = time_varying_queue(rates, 4.0, servers, minutes, patience=patience, room=room, at=edges)
    came = np.array(rates) * minutes - found.rejected
    assert np.diff(found.at.number) == pytest.approx(came - found.served - found.abandoned, abs=1e-8)
    assert found.at.number == pytest.approx(found.at.queue + found.at.busy, abs=1e-9)
    assert found.mean.number == pytest.approx(found.mean.queue + found.mean.busy, abs=1e-9)
    assert found.lost <= found.error <= 1e-10
    assert found.final.sum() + found.lost == pytest.approx(1.0, abs=1e-11)


@given(drawn=slots, at=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_cutting_intervals_changes_nothing(drawn, at):
    """Minutes may be asked for in any order, and a day may be computed in two parts."""
    rates, servers, minutes = columns(drawn)
    asked = np.array(at) * sum(minutes)
    whole = time_varying_queue(rates, 4.0, servers, minutes, at=asked)
    halves = np.repeat(np.array(minutes) / 2, 2)
    cut = time_varying_queue(np.repeat(rates, 2), 4.0, np.repeat(servers, 2), halves, at=asked)
    tied = np.abs(np.subtract.outer(asked, np.cumsum(halves))).min(axis=1) < 1e-6
    assert cut.at.number == pytest.approx(whole.at.number, abs=1e-8)
    assert cut.at.all_busy[~tied] == pytest.approx(whole.at.all_busy[~tied], abs=1e-9)
    assert cut.mean.queue.reshape(-1, 2).mean(axis=1) == pytest.approx(whole.mean.queue, abs=1e-8)
    first = time_varying_queue(rates[:1], 4.0, servers[:1], minutes[:1])
    if len(rates) > 1:
        rest = time_varying_queue(rates[1:], 4.0, servers[1:], minutes[1:], start=first.final)
        assert rest.mean.number == pytest.approx(whole.mean.number[1:], abs=1e-8)


def test_a_looser_tolerance_tells_its_error():
    """All numbers are lower bounds, and the told error reaches up to the finer ones."""
    day = ([0.4, 0.9, 1.2, 0.3], 4.0, [3, 4, 4, 2], 60.0)
    fine, loose = time_varying_queue(*day), time_varying_queue(*day, tolerance=1e-2)
    assert 1e-12 < loose.error <= 1e-2
    assert len(loose.final) < len(fine.final)
    gap = fine.mean.number - loose.mean.number
    assert (gap >= -1e-10).all()
    assert (gap <= loose.error + 1e-10).all()


def test_a_day_takes_little_time():
    """20 half-hours with about 5 servers, asked for each minute; half of the bound is met with ease."""
    rng = np.random.default_rng(3)
    rates, servers = rng.uniform(0.3, 1.2, 20), rng.integers(3, 7, 20)
    begin = time.process_time()
    found = time_varying_queue(rates, 5.0, servers, 30.0, patience=15.0, at=np.arange(0.0, 600.0))
    assert time.process_time() - begin < 1.0
    assert found.error <= 1e-10


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"arrival_rates": []}, "one value an interval is needed"),
        ({"servers": [1, 2, 3]}, r"servers of shape \(3,\) for 2 intervals"),
        ({"arrival_rates": [0.1, -0.1]}, "arrival rate of interval 1 is out of range, got -0.1"),
        ({"service_mean": 0.0}, "service mean of interval 0 is out of range, got 0"),
        ({"servers": [1, 1.5]}, "servers of interval 1 is out of range, got 1.5"),
        ({"minutes": [30.0, math.inf]}, "minutes of interval 1 is out of range, got inf"),
        ({"patience": 0.0}, "patience must be positive"),
        ({"room": 1}, "room for 1 customers is less than 2 servers"),
        ({"room": 2, "start": [0, 0, 0, 1]}, "start tells of 3 customers, but there is room for 2"),
        ({"start": [0.5]}, "with the sum 1"),
        ({"at": [61.0]}, "must lie in 0 to 60"),
        ({"tolerance": 0.0}, "tolerance must be positive"),
        ({"tolerance": 1e-60}, "a tolerance of 1e-60 is out of reach"),
    ],
)
def test_bad_values_are_refused(changed, message):
    """The text says which value of which interval."""
    values = {"arrival_rates": [0.1, 0.2], "service_mean": 4.0, "servers": [1, 2], "minutes": 30.0} | changed
    with pytest.raises(ValueError, match=message):
        time_varying_queue(**values)


def test_probabilities_that_do_not_add_up_are_refused():
    """The record checks its balance."""
    found = time_varying_queue([0.1], 4.0, [1], 30.0)
    with pytest.raises(ValueError, match="instead of 1"):
        replace(found, lost=0.5)
    with pytest.raises(ValueError, match="read-only"):
        found.final[0] = 0.0


class Sinus:
    """Arrivals of a 24-hour cycle and its staffing by Erlang C (Green, Kolesar and Soares 2001), times in hours."""

    def __init__(self, row):
        self.service_rate, self.swing, self.period, self.target = (
            float(row[name]) for name in ("mu_per_h", "RA", "PP_h", "alpha")
        )
        self.rate = float(row["offered_load"]) * self.service_rate
        self.periods = round(24 / self.period)
        self.servers = self.staff(row["method"])

    def at(self, hour):
        """Arrivals per hour."""
        return self.rate * (1 + self.swing * np.sin(np.pi * hour / 12))

    def between(self, begin, end):
        """Mean arrivals."""
        return self.rate * (
            end - begin - self.swing * 12 / np.pi * (np.cos(np.pi * end / 12) - np.cos(np.pi * begin / 12))
        )

    def staff(self, method):
        """Fewest servers by period whose share of waiting customers is within the target, were the rate constant."""
        begin = np.arange(self.periods) * self.period - (1 / self.service_rate if method.startswith("lag") else 0.0)
        if method.endswith("max"):
            rates = self.at(begin[:, None] + np.linspace(0.0, self.period, 1001)).max(axis=1)
        else:
            rates = self.between(begin, begin + self.period) / self.period
        loads = rates / self.service_rate
        return np.array([next(s for s in range(1, 200) if erlang_c(load, s) <= self.target) for load in loads])

    def day(self, minutes, **given):
        """A cycle in steps of some minutes, with the arrivals of each step."""
        steps = round(self.period * 60 / minutes)
        edges = np.arange(self.periods * steps + 1) * minutes / 60
        arrivals = self.between(edges[:-1], edges[1:])
        servers = np.repeat(self.servers, steps)
        return arrivals, time_varying_queue(arrivals / minutes, 60 / self.service_rate, servers, minutes, **given)

    def waiting(self, minutes):
        """Share of the arrivals of each period who wait, in the second of two cycles, and the worst moment."""
        _, warm = self.day(6)
        period = np.arange(self.periods) * self.period * 60
        at = np.concatenate((np.arange(0.0, 1440.0, minutes), period + self.period * 60 - 1e-9))
        arrivals, found = self.day(minutes, start=warm.final, at=at)
        shape = (self.periods, -1)
        late = (found.mean.all_busy * arrivals).reshape(shape).sum(axis=1)
        return late / arrivals.reshape(shape).sum(axis=1), found.at.all_busy.max()


def test_sinusoidal_day_against_a_differential_equation():
    """Load 16, rate 2/h, amplitude 1, lagged staffing: smooth arrivals by an ODE solver of order 8."""
    cycle = Sinus({"offered_load": 16, "mu_per_h": 2, "RA": 1, "PP_h": 0.5, "alpha": 0.1, "method": "lag"})
    number = np.arange(121)
    state = np.zeros(123)
    state[0] = 1.0
    waiting = []
    for index, servers in enumerate(cycle.servers):
        served, full = cycle.service_rate * np.minimum(number, servers), number >= servers

        def change(hour, state, served=served, full=full):
            shares, rate = state[:121], cycle.at(hour)
            flow = rate * shares[:-1] - served[1:] * shares[1:]
            moved = np.append(0.0, flow) - np.append(flow, 0.0)
            return np.concatenate((moved, [rate * shares[full].sum(), rate]))

        state[121:] = 0.0
        hours = (index * cycle.period, (index + 1) * cycle.period)
        state = solve_ivp(change, hours, state, method="DOP853", rtol=1e-8, atol=1e-11).y[:, -1]
        waiting.append(state[121] / state[122])
    arrivals, found = cycle.day(1)
    late = (found.mean.all_busy * arrivals).reshape(48, -1).sum(axis=1) / arrivals.reshape(48, -1).sum(axis=1)
    assert late == pytest.approx(waiting, abs=1e-4)


def test_public_time_varying_cases():
    """Cases of the data root: staffing rules on a sinusoidal day; the figures hold to about 3 digits."""
    root = os.environ.get("NETSIM_DATA")
    path = Path(root or "", "time_varying_cases.csv")
    if not root or not path.exists():
        pytest.skip("NETSIM_DATA is not set")
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        cycle = Sinus(row)
        assert cycle.servers.sum() == int(row["sum_s"])
        waiting, worst = cycle.waiting(2)
        assert (waiting > 1.1 * cycle.target).mean() == pytest.approx(
            float(row["frac_periods_over_1.1alpha"]), abs=1e-4
        )
        assert waiting.max() == pytest.approx(float(row["max_period_Pdelay"]), abs=3e-4)
        assert worst == pytest.approx(float(row["max_inst_Pdelay"]), abs=5e-4)


def test_public_erlang_c_cases_settle():
    """Cases of the data root: after a long time at a constant rate the same share waits as long."""
    root = os.environ.get("NETSIM_DATA")
    path = Path(root or "", "erlangc_cases.csv")
    if not root or not path.exists():
        pytest.skip("NETSIM_DATA is not set")
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if float(row["offered_load"]) < 10]
    for row in rows:
        rate, mean, servers = float(row["tx"]) / float(row["interval"]), float(row["aht"]), int(row["raw_positions"])
        if not math.isclose(rate * mean, float(row["offered_load"]), rel_tol=1e-5):
            continue
        found = time_varying_queue([rate], mean, [servers], 600 * mean, at=[600 * mean])
        assert found.at.all_busy[0] == pytest.approx(float(row["p_wait"]), abs=1e-6)
        assert found.at.queue[0] / rate == pytest.approx(float(row["mean_wait_min"]), abs=1e-5)
