"""Parcel lockers: closed forms, conservation, upgrade, removal, and the kernel's own loss system."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from netsim.jit import plain
from netsim.model.locker import Parcels
from netsim.model.service import Balking
from netsim.model.service_time import ServiceTime
from netsim.queueing.erlang import erlang_b
from netsim.simulation.laws import fixed
from netsim.simulation.locker import REJECTED, _fill, simulate_locker
from netsim.simulation.outlet import CustomerClass, Exit, Node, OutletModel
from netsim.simulation.runners import RUNNERS
from netsim.simulation.visits import no_failures
from netsim.statistics.intervals import mean_interval
from tests.simulation.hall import come
from tests.simulation.test_timelines import counter

INF = float("inf")
ALL_DAY = tuple((5.0 * k, 1 / 288) for k in range(288))
"""A wave every five minutes: almost Poisson arrivals around the clock."""
ONE_SIZE = Parcels("collect", (("s", 1.0),), 1.0, ServiceTime(600.0, 1.0), ALL_DAY, 1440.0, INF, 0.5)
SIZES = (("s", 0.5), ("m", 0.3), ("l", 0.2))
TWO_WAVES = Parcels("collect", SIZES, 1.0, ServiceTime(900.0, 0.8), ((540.0, 0.6), (900.0, 0.4)), 1440.0, INF, 0.5)


def _rejected(days):
    """Return the share turned away by day."""
    count = np.bincount(days.day, minlength=len(days.taken))
    return np.bincount(days.day, days.rejected, len(days.taken)) / np.maximum(count, 1)


@pytest.mark.parametrize(
    "dwell", [ServiceTime(600.0, 1.0, "exponential"), ServiceTime(600.0, 0.0, "fixed"), ServiceTime(600.0, 1.5)]
)
def test_a_locker_of_one_size_loses_as_erlang_b_says_whatever_the_dwell(dwell):
    """M/G/c/c is insensitive to the law of the dwell time."""
    per_day, cells = 60.0, 24
    days = simulate_locker(replace(ONE_SIZE, dwell=dwell), [cells], per_day, ("a",), range(150), 1)
    found = mean_interval(_rejected(days), 0.999)
    known = erlang_b(per_day * 600.0 / 1440.0, cells)
    assert abs(found.mean - known) <= found.half_width + 0.1 * known  # waves are no quite a Poisson stream
    taken = mean_interval(days.taken[:, 0], 0.999)
    assert abs(taken.mean - 25.0 * (1.0 - known)) <= taken.half_width + 0.3


def test_parcels_take_larger_cells_and_never_smaller_ones():
    """Every parcel lies in a cell of its size or larger; some go up, large ones are turned away first."""
    days = simulate_locker(TWO_WAVES, [6, 4, 4], 18.0, ("a",), range(60), 1)
    kept = ~days.rejected
    assert np.all(days.cell[kept] >= days.size[kept])
    assert np.any(days.cell[kept] > days.size[kept])
    assert np.all(days.taken <= np.array([6, 4, 4]))
    large = simulate_locker(TWO_WAVES, [6, 4, 8], 18.0, ("a",), range(60), 1)
    assert large.rejected.sum() < days.rejected.sum()


def test_a_small_parcel_is_turned_away_only_where_every_cell_is_taken():
    """With one wave a day the courier's hand decides: cells are filled in order until none is left."""
    one = replace(
        TWO_WAVES, waves=((600.0, 1.0),), dwell=ServiceTime(3000.0, 0.0, "fixed"), sizes=(("s", 1.0), ("l", 0.0))
    )
    days = simulate_locker(one, [5, 3], 40.0, ("a",), range(20), 1)
    assert np.all(days.taken.sum(axis=1) == 8)
    assert days.rejected.any()


def test_overdue_parcels_go_with_the_first_wave_after_the_limit():
    """Limit 24 h, waves at 9 and 15: a parcel of either wave is out exactly a day later; none lies longer."""
    days = simulate_locker(
        replace(TWO_WAVES, removed=1440.0, dwell=ServiceTime(2000.0, 1.0)), [60, 60, 60], 40.0, ("a",), range(30), 1
    )
    assert days.overdue.any()
    assert set(days.dwell[days.overdue].tolist()) == {1440.0}
    late = simulate_locker(
        replace(TWO_WAVES, removed=1500.0, dwell=ServiceTime(2000.0, 1.0)), [60, 60, 60], 40.0, ("a",), range(30), 1
    )
    morning = late.minute == 540.0
    assert set(late.dwell[late.overdue & morning].tolist()) == {1800.0}  # 15:00 of the next day
    assert set(late.dwell[late.overdue & ~morning].tolist()) == {2520.0}  # 9:00 of the day after
    assert late.dwell.max() <= 2520.0
    share = np.mean(days.overdue)
    mean, cv = 2000.0, 1.0
    sigma = np.sqrt(np.log1p(cv**2))

    known = norm.sf((np.log(1440.0 / mean) + sigma**2 / 2) / sigma)
    assert abs(share - known) < 5 * np.sqrt(known * (1 - known) / len(days.day))


def test_removal_frees_cells():
    """The sooner overdue parcels go, the fewer are turned away (common random numbers)."""
    lost = [
        simulate_locker(
            replace(TWO_WAVES, removed=limit, dwell=ServiceTime(2400.0, 1.0)), [8, 6, 4], 20.0, ("a",), range(60), 1
        ).rejected.mean()
        for limit in (1440.0, 4320.0, INF)
    ]
    assert lost[0] < lost[1] < lost[2]


def test_more_parcels_keep_those_who_were_there():
    """Ids of a locker key its parcels; another locker has others; the same call gives the same."""
    one, more, other = (
        simulate_locker(TWO_WAVES, [20, 20, 20], load, (name,), range(5), 1)
        for load, name in ((10.0, "a"), (14.0, "a"), (10.0, "b"))
    )
    first = {(int(d), float(t)) for d, t in zip(one.day, one.dwell, strict=True)}
    assert first <= {(int(d), float(t)) for d, t in zip(more.day, more.dwell, strict=True)}
    assert not np.array_equal(one.dwell, other.dwell)
    again = simulate_locker(TWO_WAVES, [20, 20, 20], 10.0, ("a",), range(5), 1)
    np.testing.assert_array_equal(one.dwell, again.dwell)
    part = simulate_locker(TWO_WAVES, [20, 20, 20], 10.0, ("a",), [3], 1)
    np.testing.assert_array_equal(part.dwell, one.dwell[one.day == 3])


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=40),
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)),
    st.sampled_from([7.0, 25.0, 400.0]),
)
@settings(max_examples=50, deadline=None)
def test_cells_fill_as_the_kernel_fills_loss_stations(sizes, cells, dwell):
    """The same parcels one by one through three loss stations that overflow upwards: the same cells."""
    minutes = 10.0 * np.arange(len(sizes))
    cell, taken = np.empty(len(sizes), dtype=np.int64), np.zeros(3 * len(sizes))
    counts = np.array(cells, dtype=np.int64)
    _fill(
        minutes, np.arange(len(sizes)), np.array(sizes), np.full(len(sizes), dwell), counts,
        np.full(max(counts.sum(), 0), -INF), cell, taken,
    )  # fmt: skip
    again = cell.tolist(), taken.tolist()
    plain(_fill)(
        minutes, np.arange(len(sizes)), np.array(sizes), np.full(len(sizes), dwell), counts,
        np.full(max(counts.sum(), 0), -INF), cell, taken,
    )  # fmt: skip
    assert (cell.tolist(), taken.tolist()) == again  # the source without the compiler
    stations = tuple(counter(count, close=9000.0, balking=Balking(0, 1.0)) for count in cells)
    classes = tuple(
        CustomerClass(
            tuple(
                Node(kind, kind, fixed(dwell), leaves=(Exit(1.0, kind - size + 1, outside=True),) if kind < 2 else ())
                for kind in range(size, 3)
            )
        )
        for size in range(3)
    )
    rows = RUNNERS["kernel"](OutletModel(stations, classes), come(minutes, sizes), no_failures(1)).rows
    served = {int(row["visit"]): int(row["station"]) for row in rows if row["outcome"] == 0}
    assert cell.tolist() == [served.get(number, REJECTED) for number in range(len(sizes))]
