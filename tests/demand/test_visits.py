"""Demand is people times visits times mix, whatever the axes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.demand.visits import Segment, demand_layer, scaled, task_mix
from netsim.model.calendar import DayType
from netsim.model.demand import ZoneTable
from netsim.model.provenance import Provenance
from tests.studies import tiny_study

DATA, GUESS = Provenance("census", "data"), Provenance("guess", "assumption")


def zones(**people):
    count = len(next(iter(people.values())))
    return ZoneTable(
        tuple(f"z{k}" for k in range(count)),
        np.arange(count) * 1.0,
        np.zeros(count),
        (b"",) * count,
        "EPSG:3067",
        {name: np.array(values, dtype=float) for name, values in people.items()},
    )


def test_visits_by_hand():
    table = zones(residents=[100, 0, 50], workers=[0, 200, 10])
    layer = demand_layer(
        table,
        [Segment("residents", 0.1, {"a": 0.4, "b": 0.6}, DATA), Segment("workers", 0.2, {"a": 1.0}, GUESS, scale=0.5)],
        ["a", "b"],
        [DayType("week", 250), DayType("saturday", 50, 0.5)],
    )
    np.testing.assert_allclose(layer.daily(0), [[4.0, 20.0, 3.0], [6.0, 0.0, 3.0]])
    np.testing.assert_allclose(layer.daily(1), layer.daily(0) / 2)
    assert layer.provenance.evidence == "assumption"
    np.testing.assert_allclose(task_mix(layer), [[27 / 36, 9 / 36]] * 2)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.floats(0, 1), st.floats(0, 5))
def test_no_visit_is_lost(people, share, rate):
    mix = {"a": share, "b": 1.0 - share}
    layer = demand_layer(zones(all=people), [Segment("all", rate, mix, DATA)], ["a", "b"], [DayType("d", 1)])
    assert layer.visits.sum() == pytest.approx(rate * sum(people))


def test_scaling_keeps_the_mix_that_capacities_are_simulated_at():
    study = tiny_study()
    more = scaled(study, {"people": 1.5})
    np.testing.assert_allclose(more.demand.visits, 1.5 * study.demand.visits)
    np.testing.assert_array_equal(more.mix, study.mix)
    with pytest.raises(KeyError, match="no segment workers"):
        scaled(study, {"workers": 2.0})
