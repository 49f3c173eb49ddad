"""The main job on a second real city; needs the data folder that NETSIM_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from netsim.capacity.cache import ContentCache
from netsim.experiment.run import run_scenario, simulate_scenario
from netsim.experiment.study import load_study

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not Path(os.environ.get("NETSIM_DATA", "/nowhere"), "porto_alegre").is_dir(), reason="NETSIM_DATA names no data"
)


def test_the_city_is_read_from_raw_files():
    study, _ = load_study(ROOT / "scenarios/porto_alegre_plan.yaml")
    assert study.zones.people["residents"].sum() == pytest.approx(812_935, rel=1e-6)
    assert study.zones.people["daytime"].sum() == pytest.approx(337_921, rel=1e-6)
    assert study.evidence == "synthetic"
    assert all(site.provenance.evidence == "synthetic" for site in study.sites)
    assert np.isfinite(study.travel.minutes).all()
    assert study.travel.mode.startswith("drive")
    assert study.demand.visits.sum() > 1000


def test_the_city_as_it_stands_is_simulated():
    sets = ["simulation.max_days=20", "simulation.compare_days=2"]
    run = simulate_scenario(ROOT / "scenarios/porto_alegre_today.yaml", sets=sets)
    kpis = {kpi.name: kpi.value for kpi in run.result.kpis}
    assert run.result.status == "simulated"
    assert kpis["outlets"] == 22
    assert 0.5 < kpis["assigned_share"] <= 1.0
    assert kpis["visits_per_day"] <= run.study.demand.visits.sum() * 1.1


MODES = {"car": "drive own speeds", "walk": "walk 4.8", "transit": "walk 4.8 km/h and transit"}


@pytest.mark.parametrize("mode", MODES)
def test_the_city_is_travelled_by_car_on_foot_and_with_transit(mode):
    study, _ = load_study(ROOT / f"scenarios/porto_alegre_{mode}.yaml")
    assert study.travel.mode.startswith(MODES[mode])
    assert np.isfinite(study.travel.minutes).all()
    if mode == "transit":
        walk, _ = load_study(ROOT / "scenarios/porto_alegre_walk.yaml")
        assert (study.travel.minutes <= walk.travel.minutes + 1e-3).all()
        assert np.median(study.travel.minutes) < 0.7 * np.median(walk.travel.minutes)


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_the_city_is_planned_for_every_mode(mode, tmp_path):
    path = ROOT / f"scenarios/porto_alegre_{mode}.yaml"
    run = run_scenario(path, cache=ContentCache(tmp_path / "cache"), with_sensitivity=False)
    assert run.result.status == "certified"


@pytest.mark.long
def test_the_city_is_planned_and_certified(tmp_path):
    run = run_scenario(
        ROOT / "scenarios/porto_alegre_plan.yaml", cache=ContentCache(tmp_path / "cache"), with_sensitivity=False
    )
    assert run.result.status == "certified"
    assert all(lane.verdict == "kept" for site in run.result.sites for lane in site.lanes)
    kpis = {kpi.name: kpi for kpi in run.result.kpis}
    assert kpis["assigned_share"].met
    assert all(kpi.met for name, kpi in kpis.items() if name.startswith("coverage."))
    assert run.result.bound <= run.result.objective
