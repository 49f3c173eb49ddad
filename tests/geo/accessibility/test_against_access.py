"""Every measure that PySAL's ``access`` has, against it: on random regions and on the tracts of Chicago."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netsim.geo.accessibility import (
    AccessData,
    EnhancedTwoStep,
    GaussianDecay,
    Opportunities,
    PowerDecay,
    Raam,
    StepDecay,
    ThreeStep,
    TwoStep,
    enhanced_two_step_access,
    opportunities_in_reach,
    raam_cost,
    three_step_access,
    two_step_access,
)
from netsim.geo.layers import read_layer
from tests.geo.accessibility.samples import region

pytest.importorskip("access", reason="needs the package access")
fca, peer_raam, peer_weights = (importlib.import_module(f"access.{name}") for name in ("fca", "raam", "weights"))

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, about the peer's own code

LIMIT = 25.0
RINGS = {8.0: 1.0, 16.0: 0.6, 25.0: 0.2}
STEP, BELL, POWER = StepDecay(tuple(RINGS), tuple(RINGS.values())), GaussianDecay(11.0), PowerDecay(1.5, 10.0, 2.0)
PEERS = {
    STEP: peer_weights.step_fn(RINGS),
    BELL: peer_weights.gaussian(11.0),
    POWER: peer_weights.gravity(10.0, -1.5, 2.0),
}


def frames(data: AccessData, longest: float = np.inf) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return people, supply and costs as the peer wants them."""
    zone, site = np.nonzero(np.isfinite(data.minutes) & (data.minutes <= longest))
    costs = pd.DataFrame({"origin": zone, "dest": site, "cost": data.minutes[zone, site]})
    demand = pd.DataFrame({"demand": data.population.astype(int)}, index=pd.RangeIndex(data.zones, name="geoid"))
    supply = pd.DataFrame({"supply": data.supply}, index=pd.RangeIndex(data.sites, name="geoid"))
    return demand, supply, costs


def same(ours: np.ndarray, theirs: pd.Series, least: int) -> None:
    """Hold ours to the peer's where that is a finite number, in some zones at least; elsewhere ours are nought."""
    numbers = theirs.astype(float).reindex(range(len(ours))).to_numpy()
    told = np.isfinite(numbers)
    assert told.sum() >= least
    np.testing.assert_allclose(ours[told], numbers[told], rtol=1e-12, atol=0.0)
    assert np.all(ours[np.isnan(numbers)] == 0.0)


def check_family(data: AccessData, longest: float, least: int) -> None:
    demand, supply, costs = frames(data, longest)

    def ask(name, weight=None):
        return getattr(fca, name)(demand, supply, costs.copy(), LIMIT, demand_index=True, weight_fn=weight)

    same(two_step_access(data, TwoStep(LIMIT)), ask("two_stage_fca"), least)
    for decay in (STEP, BELL, POWER):
        ours = enhanced_two_step_access(data, EnhancedTwoStep(decay, LIMIT))
        same(ours, ask("two_stage_fca", PEERS[decay]), least)
        same(three_step_access(data, ThreeStep(decay, LIMIT)), ask("three_stage_fca", PEERS[decay]), least)
    for decay, weight in ((None, None), (BELL, PEERS[BELL])):
        theirs = fca.weighted_catchment(
            supply, costs, LIMIT, "dest", "origin", loc_index=True, loc_value="supply", weight_fn=weight
        )
        same(opportunities_in_reach(data, Opportunities(LIMIT, decay)), theirs, least)


@pytest.mark.parametrize("seed", range(4))
def test_catchments_of_random_regions(seed):
    check_family(region(seed, 40, 12, gaps=seed % 2 == 1), np.inf, 20)


@pytest.mark.parametrize("seed", range(4))
def test_agents_of_random_regions(seed):
    data = region(seed, 40, 12, gaps=seed % 2 == 1)
    theirs = peer_raam.raam(*frames(data), tau=40.0, max_cycles=60, initial_step=0.3).astype(float)
    ours = raam_cost(data, Raam(tau=40.0, cycles=60, first_step=0.3))
    assert len(theirs) > 20
    np.testing.assert_allclose(ours[theirs.index], theirs.to_numpy(), rtol=1e-12)


@pytest.fixture(scope="module")
def chicago():
    """Tracts and their doctors; a kilometre in a straight line takes a minute and a half."""
    folder = Path(os.environ["NETSIM_DATA"]) / "chicago_access"
    people = read_layer(folder / "chicago_metro_pop.geojson", aliases=False)
    doctors = read_layer(folder / "chicago_metro_docs_dentists.geojson", aliases=False)
    homes, outlets = (np.column_stack([layer.geometry.x, layer.geometry.y]) for layer in (people, doctors))
    kilometres = np.linalg.norm(homes[:, None] - outlets[None], axis=2) / 1_000.0
    return AccessData(1.5 * kilometres, people["pop"].to_numpy(float), doctors["doc"].to_numpy(float))


@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_two_steps_of_the_doctors_of_chicago(chicago):
    demand, supply, costs = frames(chicago, LIMIT)
    ours = two_step_access(chicago, TwoStep(LIMIT))
    same(ours, fca.two_stage_fca(demand, supply, costs, LIMIT, demand_index=True), 1_900)
    assert chicago.population.sum() == 8_105_097
    assert float(chicago.population @ ours) == pytest.approx(chicago.supply.sum(), rel=1e-12)


@pytest.mark.long
@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_all_catchments_of_the_doctors_of_chicago(chicago):
    near = AccessData(
        np.where(chicago.minutes <= 40.0, chicago.minutes, np.inf), chicago.population.copy(), chicago.supply.copy()
    )
    check_family(near, np.inf, 1_900)


@pytest.mark.long
@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_agents_among_the_doctors_of_chicago(chicago):
    theirs = peer_raam.raam(*frames(chicago), tau=60.0, max_cycles=30).astype(float)
    ours = raam_cost(chicago, Raam(tau=60.0, cycles=30))
    np.testing.assert_allclose(ours[theirs.index], theirs.to_numpy(), rtol=1e-12)
