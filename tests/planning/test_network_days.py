"""Days that measures are taken on: fixed, or until they are known well enough."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from netsim.kpi import kpi_values, measures, values_of
from netsim.model.calendar import DayType
from netsim.model.network import Option
from netsim.model.precision import Measuring, PrecisionGoal
from netsim.model.visits import VisitLog
from netsim.planning.network_days import measured_days, network_days
from netsim.registry import UnknownPartError
from netsim.simulation.totals import OutletTotals
from tests.planning.test_certificate import planned, staffed
from tests.studies import tiny_study

OPTIONS = (Option("branch", "standard", 2, 1), None)


def measured(measuring, **words):
    study = replace(
        tiny_study(day_types=(DayType("working_day", 250.0), DayType("saturday", 50.0))), measuring=measuring
    )
    study = replace(study, simulation=replace(study.simulation, max_days=60, compare_days=12))
    return measured_days(study, planned(study, OPTIONS, 0), staffed(study, OPTIONS), **words)


def same(one, other):
    """Return whether two measurements hold the same days, to the bit."""
    logs = all(
        np.array_equal(getattr(one.days.log, item.name), getattr(other.days.log, item.name), equal_nan=True)
        for item in fields(VisitLog)
    )
    sums = all(
        np.array_equal(getattr(one.totals.outlets[place].totals, item.name), getattr(outlet.totals, item.name))
        for place, outlet in other.totals.outlets.items()
        for item in fields(OutletTotals)
    )
    return logs and sums and kpi_values(one.days) == kpi_values(other.days)


def test_a_fixed_number_comes_from_the_caller_the_study_or_the_common_days():
    assert measured(Measuring()).measurement.days == 12
    assert measured(Measuring(days=5)).measurement.days == 5
    goals = (PrecisionGoal("wait_mean", half_width=0.01),)
    assert measured(Measuring(days=5, goals=goals)).measurement.days == 5
    found = measured(Measuring(days=5, goals=goals), days=3)
    assert (found.measurement.days, found.measurement.looks, found.measurement.decided_by) == (3, (3,), "")
    assert found.totals.days == len(found.days.replications) == 3


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        (PrecisionGoal("wait_mean", half_width=1.0), True),
        (PrecisionGoal("cost_total", relative=0.05), True),
        (PrecisionGoal("share_in_time.counter", half_width=1e-4), False),
        (PrecisionGoal("outlets", half_width=1e-9), True),
    ],
)
def test_days_added_until_a_precision_are_the_days_of_a_fixed_number(goal, reached):
    told = []
    found = measured(Measuring(min_days=6, goals=(goal,)), progress=lambda *words: told.append(words))
    assert found.measurement.reached == reached
    assert 6 <= found.measurement.days <= 60
    assert len(told) == len(found.measurement.looks)
    assert told[0] == ("measures", 0, 60)
    kpi = {kpi.name: kpi for kpi in kpi_values(found.days)}[goal.measure]
    (asked,) = found.measurement.goals
    assert (asked.value, asked.half_width) == (pytest.approx(kpi.value), pytest.approx(kpi.half_width))
    assert asked.reached == (kpi.half_width <= goal.wanted(kpi.value))
    assert same(found, measured(Measuring(days=found.measurement.days)))


def test_the_days_of_a_network_are_those_that_were_measured():
    study = tiny_study()
    plan, staff = planned(study, OPTIONS, 0), staffed(study, OPTIONS)
    days = network_days(study, plan, staff, 4)
    assert kpi_values(days) == kpi_values(measured_days(study, plan, staff, days=4).days)


def test_every_measure_is_found_by_its_name():
    days = measured(Measuring(days=3)).days
    names = measures(days.study)
    assert names["wait_p90"] == "min"
    assert names["share_in_time.counter"] == "share"
    for name, unit in names.items():
        found = values_of(days, name)
        assert (found.name, found.unit, found.values.shape) == (name, unit, (3,))
    for name in ("wait_p91", "wait_p90.counter", "share_in_time", "share_in_time.window"):
        with pytest.raises(UnknownPartError, match="unknown measure"):
            values_of(days, name)
