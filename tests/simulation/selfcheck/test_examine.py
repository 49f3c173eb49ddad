"""How a figure is estimated, held to theory and to the other runners."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.simulation.laws import exponential_law
from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck.catalogue import Case, Identity, System
from netsim.simulation.selfcheck.comers import poisson
from netsim.simulation.selfcheck.examine import BATCH, Finding, difference, examine, ratio_interval, simulate
from netsim.simulation.selfcheck.measures import mean_busy, mean_inside, mean_queue, per_arrival, wait
from netsim.simulation.selfcheck.outlets import Day, one_queue, station

DAY = Day(400.0, 100.0, 300.0)


def small(*cases):
    """Return a few hundred customers at two servers."""
    model = one_queue(station(2, DAY), exponential_law(4.0))
    return System(model, poisson(0.4, DAY.minutes), 30, DAY.start, DAY.end, cases)


def seen(days=4):
    return simulate("small", small(), range(days), seed=3, runner="kernel")


def test_the_jackknife_is_the_plain_interval_where_days_are_alike():
    top = np.array([1.0, 2.0, 4.0, 5.0])
    found = ratio_interval(top, np.full(4, 2.0), 0.05)
    assert found.mean == pytest.approx(1.5)
    assert found.half_width == pytest.approx(3.182446 * (top / 2).std(ddof=1) / 2, rel=1e-5)


def test_the_interval_of_a_ratio_holds_as_often_as_it_says():
    rng = np.random.default_rng(5)
    count = rng.poisson(20.0, size=(2000, 40))
    total = rng.gamma(3.0 * np.maximum(count, 1), 1.0 / 3.0)
    intervals = [ratio_interval(top, bottom.astype(float), 0.1) for top, bottom in zip(total, count, strict=True)]
    assert 0.88 < np.mean([interval.lower <= 1.0 <= interval.upper for interval in intervals]) < 0.925


def test_nothing_seen_is_no_figure_and_no_proof():
    found = ratio_interval(np.zeros(3), np.zeros(3), 0.05)
    assert np.isnan(found.mean)
    assert not Finding("x", "x", 1.0, found.mean, found.half_width, 3, 0, {}).ok


def test_figures_count_the_minutes_that_count():
    """By hand, row by row."""
    here = seen()
    rows = [row for row in here.rows.tolist() if DAY.start <= row[here.rows.dtype.names.index("arrive")] < DAY.end]
    assert 0 < len(rows) < len(here.rows)
    top, bottom = per_arrival(wait)(here)
    assert bottom.sum() == len(rows)
    assert top.shape == bottom.shape == (4,)
    assert top.sum() == pytest.approx(here.wait[here.counted].sum())
    minutes = np.arange(DAY.start, DAY.end, 0.01) + 0.005
    for measure, first, last in (
        (mean_inside(), here.rows["arrive"], here.rows["end"]),
        (mean_queue(), here.rows["arrive"], here.leaves),
        (mean_busy(), here.leaves, here.rows["end"]),
    ):
        area, length = measure(here)
        day = here.day == 1
        sampled = np.mean([np.sum((first[day] <= at) & (last[day] > at)) for at in minutes[::7]])
        assert area[1] / length[1] == pytest.approx(sampled, rel=0.01)


def test_batches_of_days_change_nothing(monkeypatch):
    system = small(Case("wait", "w", 1.0, per_arrival(wait)), Identity("id", "i", lambda _: (1.0, 1.0)))
    whole = examine("small", system, seed=1, error=0.01)
    assert BATCH > 30 * 200
    monkeypatch.setattr("netsim.simulation.selfcheck.examine.BATCH", 500)
    assert examine("small", system, seed=1, error=0.01) == whole
    assert examine("small", system, seed=2, error=0.01) != whole
    assert (whole[0].name, whole[0].days, whole[1].half_width) == ("small: wait", 30, 1e-9)


def test_a_tolerance_widens_the_interval():
    case = Case("wait", "w", 1.0, per_arrival(wait))
    plain, wide = examine("small", small(case, replace(case, name="wide", tolerance=0.25)), seed=1, error=0.01)
    assert wide.half_width == pytest.approx(plain.half_width + 0.25)


@pytest.mark.parametrize("column", ["arrive", "call", "end", "server", "outcome"])
def test_every_column_of_a_row_counts(column):
    here = seen().days
    assert difference(here, here) is None
    rows = here.rows.copy()
    rows[column][5] = -rows[column][5] if rows[column][5] else 1
    assert difference(here, replace(here, rows=rows)) == f"rows[5].{column}"


def test_minus_zero_is_another_bit_and_nan_is_nan():
    here = seen().days
    rows = here.rows.copy()
    rows["call"][0], rows["arrive"][1] = np.nan, 0.0
    one = replace(here, rows=rows)
    signed = rows.copy()
    signed["call"][0] = -np.nan
    assert difference(one, replace(here, rows=signed)) is None
    signed["arrive"][1] = -0.0
    assert difference(one, replace(here, rows=signed)) == "rows[1].arrive"


def test_rows_too_few_are_told():
    here = seen().days
    assert (
        difference(here, replace(here, rows=here.rows[:-1]))
        == f"rows: {len(here.rows) - 1} instead of {len(here.rows)}"
    )
    first = here.first.copy()
    first[1] += 1
    assert difference(here, replace(here, first=first)) == "first[1]"


def test_witnesses_see_the_first_day(monkeypatch):
    days = []
    real = RUNNERS["python"]

    def spy(model, arrivals, failures):
        days.append(arrivals.days)
        return real(model, arrivals, failures)

    monkeypatch.setitem(RUNNERS._parts, "python", spy)
    (found,) = examine(
        "small", small(Case("wait", "w", 1.0, per_arrival(wait))), seed=1, error=0.01, witnesses=("python",)
    )
    assert days == [1]
    assert found.runners == {"kernel": "all days", "python": "equal"}
