"""Customers of a day: Poisson numbers, profiles, and streams that survive changes of the study."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, norm
from scipy.stats import poisson as poisson_law

from netsim.model.calendar import DayType
from netsim.model.demand import DemandLayer
from netsim.simulation.customers import draw_customers
from tests.studies import PEAKED, tiny_study

COLUMNS = ("replication", "wished", "choice", "flexible", "again")


def rows_of(customers, **where):
    """Return the chosen customers as comparable rows."""
    keep = np.ones(len(customers), dtype=bool)
    for name, value in where.items():
        keep &= getattr(customers, name) == value
    return {
        key: tuple(getattr(customers, name)[index] for name in COLUMNS) + tuple(customers.stream[index])
        for index, key in enumerate(customers.key.tolist())
        if keep[index]
    }


def with_zone(study, name, position):
    """Return the study with one more zone, put at ``position``."""
    demand = study.demand
    visits = np.insert(demand.visits, position, 25.0, axis=-1)
    zones = (*demand.zones[:position], name, *demand.zones[position:])
    layer = DemandLayer(
        demand.periods,
        demand.scenarios,
        demand.day_types,
        demand.segments,
        demand.tasks,
        zones,
        visits,
        demand.provenance,
    )
    return replace(study, demand=layer)


def test_counts_are_poisson_with_the_demand_as_mean():
    """Totals of each cell inside their interval, and as dispersed as Poisson; also above one stratum."""
    visits = np.array([[3.0, 20.0, 150.0], [0.5, 64.0, 0.0]])
    days = 400
    customers = draw_customers(tiny_study(visits=visits), range(days))
    for task in range(2):
        for zone in range(3):
            mean = visits[task, zone]
            mine = (customers.task == task) & (customers.zone == zone)
            counts = np.bincount(customers.replication[mine], minlength=days)
            assert poisson_law.ppf(0.0005, mean * days) <= counts.sum() <= poisson_law.ppf(0.9995, mean * days)
            if mean > 1:
                dispersion = ((counts - mean) ** 2).sum() / mean
                assert chi2.ppf(0.0005, days) <= dispersion <= chi2.ppf(0.9995, days)


def test_wished_minutes_follow_the_profile():
    """Chi-square over half-hours; nothing outside the profile."""
    customers = draw_customers(tiny_study(visits=200.0), range(30))
    minutes = customers.wished[customers.task == 1]
    counts = np.bincount((minutes // 30).astype(int), minlength=48)
    expected = np.array(PEAKED) * len(minutes)
    used = expected > 0
    assert counts[~used].sum() == 0
    statistic = ((counts[used] - expected[used]) ** 2 / expected[used]).sum()
    assert statistic < chi2.ppf(0.999, used.sum() - 1)
    inside = minutes % 30 / 30
    assert abs(inside.mean() - 0.5) < norm.ppf(0.9995) / np.sqrt(12 * len(inside))


def test_rows_are_sorted_and_reproducible():
    """Order by (day type, replication, key); the same seed gives the same customers, another seed others."""
    types = (DayType("working_day", 250.0), DayType("saturday", 50.0))
    study = tiny_study(day_types=types)
    customers = draw_customers(study, [4, 2, 9])
    order = np.lexsort((customers.key, customers.replication, customers.day_type))
    assert np.array_equal(order, np.arange(len(customers)))
    again = draw_customers(study, [4, 2, 9])
    for name in (*COLUMNS, "zone", "segment", "task", "day_type", "stream"):
        assert np.array_equal(getattr(customers, name), getattr(again, name))
    assert rows_of(draw_customers(study, [2]), day_type=0) == rows_of(customers, day_type=0, replication=2)
    assert not set(rows_of(draw_customers(study, [2], seed=8))) & set(rows_of(customers))
    assert not set(rows_of(customers, day_type=0)) & set(rows_of(customers, day_type=1))
    uniforms = np.stack([customers.choice, customers.flexible, customers.again])
    assert np.all((uniforms >= 0) & (uniforms < 1))


def test_another_zone_leaves_the_others_customers_alone():
    """Streams are keyed by ids: neither a new zone nor its position matters."""
    study = tiny_study(seed=3)
    before = draw_customers(study, [0, 1])
    after = draw_customers(with_zone(study, "new", 1), [0, 1])
    old, new = rows_of(before), rows_of(after)
    assert {key: new[key] for key in old} == old
    assert len(new) > len(old)
    by_old = dict(zip(before.key.tolist(), before.zone.tolist(), strict=True))
    by_new = dict(zip(after.key.tolist(), after.zone.tolist(), strict=True))
    assert all(by_new[key] == zone + (zone >= 1) for key, zone in by_old.items())


def test_more_demand_keeps_every_customer():
    """Scaling the demand up only adds customers, also across strata."""
    study = tiny_study(visits=50.0)
    previous = {}
    for scale in (0.4, 0.9, 1.0, 1.7, 3.0):
        rows = rows_of(draw_customers(study, [0, 1, 2], scale=scale))
        assert previous.items() <= rows.items()
        previous = rows
    assert len(previous) > 0


def test_scale_by_axis_and_its_range():
    """A scale may differ by zone; a negative one or a negative day is refused."""
    study = tiny_study()
    none = draw_customers(study, [0], scale=[0.0, 1.0, 0.0])
    assert set(none.zone.tolist()) == {1}
    assert len(draw_customers(study, [0], scale=0.0)) == 0
    assert len(draw_customers(study, [])) == 0
    with pytest.raises(ValueError, match="scale must not be negative"):
        draw_customers(study, [0], scale=-1.0)
    with pytest.raises(ValueError, match="replications must not be negative"):
        draw_customers(study, [-1])
