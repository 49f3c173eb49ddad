"""Whatever simulates, by however many threads: the same files; and records of before are still read."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

import netsim
from netsim.capacity.cache import ContentCache
from netsim.experiment.settings import Settings
from netsim.experiment.store import RECORD, read_kept, render, write_run
from netsim.simulation.runners import RUNNERS
from tests.small import write_small

FEW = "simulation: {block: 4, max_days: 8, capacity_days: 4, compare_days: 4}\nplanning: {max_rounds: 1}\n"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Return a folder with the outputs of a plan by the kernel."""
    folder = tmp_path_factory.mktemp("kernel")
    written(folder, Settings())
    return folder


def written(folder, settings):
    path = write_small(folder, "few.yaml", FEW)
    cache = ContentCache(folder / "cache")
    run = netsim.run_scenario(path, settings=settings, cache=cache, with_sensitivity=False)
    write_run(run, folder / "out", "en", visit_log=())


@pytest.mark.parametrize(
    "settings", [Settings(runner="reference"), Settings(runner="python"), Settings(workers=2)], ids=str
)
def test_files_depend_on_neither_runner_nor_threads(kernel, tmp_path, settings):
    written(tmp_path, settings)
    names = sorted(path.name for path in (kernel / "out").iterdir())
    assert "result.json" in names
    assert "visits.parquet" in names
    assert names == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (kernel / "out" / name).read_bytes(), name


def test_runners_share_the_cache_of_capacities(kernel):
    cache = ContentCache(kernel / "cache")
    path = write_small(kernel, "few.yaml", FEW)
    netsim.run_scenario(path, settings=Settings(runner="python", days=5), cache=cache, with_sensitivity=False)
    assert cache.misses == 0


def test_every_runner_can_be_asked_for():
    from netsim.cli.common import RUNNER_NAMES  # noqa: PLC0415

    assert set(RUNNER_NAMES) == set(RUNNERS)


def test_a_comparison_depends_on_neither(tmp_path):
    today = write_small(tmp_path, "today.yaml", f"{FEW}plan: as_is\n")
    other = write_small(tmp_path, "other.yaml", f"{FEW}plan: as_is\nrules: {{reach: 4 min}}\n")
    rows = [
        netsim.compare_scenarios([today, other], settings=settings)[0].differences
        for settings in (Settings(), Settings(runner="reference", workers=2))
    ]
    assert rows[0] == rows[1]


def test_a_comparison_keeps_common_days_whatever_precision_is_asked_for(tmp_path):
    precise = "simulation: {block: 4, max_days: 40, compare_days: 4, precision: {wait_mean: {half_width: 1 s}}}\n"
    one = write_small(tmp_path, "one.yaml", f"{precise}plan: as_is\n")
    two = write_small(tmp_path, "two.yaml", f"{precise}plan: as_is\nrules: {{reach: 4 min}}\n")
    comparison, runs = netsim.compare_scenarios([one, two])
    assert comparison.days == 4
    assert [len(run.days.replications) for run in runs] == [4, 4]


def test_today_is_measured_on_the_days_of_the_plan(tmp_path):
    extra = (
        "simulation: {block: 4, max_days: 30, capacity_days: 4, precision: {wait_mean: {half_width: 12 s}}}\n"
        "planning: {max_rounds: 1}\n"
    )
    run = netsim.run_scenario(write_small(tmp_path, "precise.yaml", extra), cache=ContentCache(None))
    assert run.today is not None
    assert run.today.measured.days == run.result.measured.days > 4
    assert run.result.measured.decided_by == "wait_mean"


def test_a_precision_out_of_reach_is_a_warning(tmp_path):
    settings = Settings(until=("wait_mean=0.1 s",), min_days=4)
    extra = "simulation: {block: 4, max_days: 6}\n"
    run = netsim.simulate_scenario(write_small(tmp_path, "few.yaml", extra), settings=settings)
    answer = write_run(run, tmp_path / "out", "zh")
    assert any("After 6 days, the limit" in words and "wait_mean ±" in words for words in answer["warnings"])
    assert (answer["measured_days"], answer["stopping"]["reached"]) == (6, False)
    assert answer["stopping"]["decided_by"] == "wait_mean"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "已到上限 6 天" in page


def test_the_record_of_an_older_netsim_is_read_and_reported(kernel, tmp_path):
    """Records of before knew neither use nor measured days."""
    plain = json.loads(gzip.decompress((kernel / "out" / RECORD).read_bytes()))
    for name in ("resources", "steps", "measured"):
        del plain["record"]["result"][name]
    for name in ("wait_p90", "queue", "busy", "down", "on_duty"):
        del plain["record"]["result"]["half_hours"][name]
    for name in ("measuring", "runner", "workers"):
        del plain["record"]["study"][name]
    (tmp_path / RECORD).write_bytes(gzip.compress(json.dumps(plain).encode()))
    kept = read_kept(tmp_path)
    assert kept.result.resources == kept.result.steps == ()
    assert kept.result.half_hours.queue is None
    assert render(kept, tmp_path / "report", "en")[0] == "report.html"


def test_what_is_kept_of_the_use_reads_back(kernel):
    kept = read_kept(kernel / "out")
    answer = json.loads((kernel / "out" / "result.json").read_text(encoding="utf-8"))
    assert [item["site"] for item in answer["resources"]] == [item.site for item in kept.result.resources]
    assert answer["measured_days"] == kept.result.measured.days == 4
    assert kept.result.half_hours.on_duty.shape == kept.result.half_hours.arrivals.shape
    for item, told in zip(kept.result.resources, answer["resources"], strict=True):
        assert told["utilisation"] == item.utilisation or np.isnan(item.utilisation)
    sites = {item.site for item in kept.result.resources}
    for site in sites:
        assert sum(item.bottleneck for item in kept.result.resources if item.site == site) <= 1
    assert replace(kept.study, runner="python").runner == "python"
    assert (kept.study.runner, kept.study.workers) == ("kernel", 1)
