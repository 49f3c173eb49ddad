"""The scenario fragment: sound YAML, a source behind every figure, the figures of the fit."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import yaml

from netsim.fit.fit_log import fit_looks, fit_tickets
from netsim.fit.fragment import figure, fragment_text
from netsim.fit.read_log import read_log
from netsim.scenario.load import load_scenario
from netsim.scenario.positions import Source, parse_yaml
from tests.fit import planted
from tests.small import write_small

DAYS = planted.days_of(42)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.698, planted.weibull(4.0, 2.0), no_show=0.05),
        "advice": planted.Work(0.3, lambda rng: (2.0 if rng.random() < 0.5 else 12.0) + rng.random()),
        "rare": planted.Work(0.002, planted.exponential(5.0)),
    },
    patience=planted.weibull(20.0, 1.5),
    servers=4,
    day_cv=0.1,
)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    table = planted.wide_rows(planted.play(HALL, DAYS, seed=2), DAYS)
    log, file = read_log(*planted.write(folder, table, planted.WIDE_MAP))
    return fit_tickets(log, file.map)


@pytest.fixture(scope="module")
def fragment(result):
    root, faults = parse_yaml(fragment_text(result), Source("fragment.yaml", Path()))
    assert faults == []
    assert root is not None
    return yaml.safe_load(fragment_text(result))


def test_figures_are_those_of_the_fit(result, fragment):
    laws, text = {item.task: item for item in result.services}, fragment_text(result)
    cash = fragment["tasks"]["cash"]["steps"]["serve"]["counter"]
    assert cash["law"] == "weibull"
    assert float(cash["mean"].removesuffix(" min")) == pytest.approx(laws["cash"].law.mean.value, rel=1e-3)
    assert cash["cv"] == pytest.approx(laws["cash"].law.cv.value, rel=1e-3)
    advice = fragment["tasks"]["advice"]["steps"]["serve"]["counter"]
    assert advice["law"] == "lognormal"  # the scenario language has no empirical law: mean and cv stand in for it
    assert float(advice["mean"].removesuffix(" min")) == pytest.approx(laws["advice"].mean.value, rel=1e-3)
    told = re.search(r"quantiles at 0, 1, ..., 100 %, minutes:\n((?: *# [^\n]*\n)+)", text)
    quantiles = [float(number) for number in re.findall(r"[\d.]+", told.group(1))]
    assert (len(quantiles), quantiles) == (101, sorted(quantiles))
    assert quantiles[50] == pytest.approx(laws["advice"].quantiles[50], rel=1e-3)
    lane, law = fragment["lanes"]["counter"], result.patience[0].law
    assert (lane["patience_law"], lane["patience_shape"]) == ("weibull", pytest.approx(law.shape.value, rel=1e-3))
    assert float(lane["patience"].removesuffix(" min")) == pytest.approx(law.mean.value, rel=1e-3)
    missed = next(item for item in result.no_shows if item.task == "cash")
    share = re.search(r"  cash:\n *profile: [^\n]*\n *# no-shows: ([\d.]+) %", text).group(1)
    assert float(share) == pytest.approx(100 * missed.share.value, rel=1e-3)


def test_demand_and_profiles_are_those_of_the_fit(result, fragment):
    text = fragment_text(result)
    visits = re.search(r"visits a day ([\d.]+) \(", text).group(1)
    assert float(visits) == pytest.approx(result.arrivals.per_day.value, rel=1e-3)
    assert fragment["demand"]["day_factor_cv"] == pytest.approx(result.arrivals.day_cv.value, rel=1e-3)
    shares = re.search(r"# by task: ([^\n]*)", text).group(1)
    assert sum(map(float, re.findall(r"([\d.]+)%", shares))) == pytest.approx(100.0)
    assert re.findall(r"#   (\w+day): ", text) == ["monday", "tuesday", "wednesday", "thursday", "friday"]
    for item in result.demand:
        profile = fragment["profiles"][fragment["tasks"][item.task]["profile"]]
        assert len(profile["shares"]) == 48
        assert sum(profile["shares"]) == pytest.approx(1.0, abs=1e-3)
        assert (fragment["tasks"][item.task]["profile"] == "log_all") == item.pooled


def labels(node, cover=None):
    """Yield every number of a fragment with the provenance that holds for it."""
    if isinstance(node, dict):
        cover = node.get("provenance", cover)
        for key, child in node.items():
            if key not in {"provenance", "law", "profile", "patience_law"}:
                yield from labels(child, cover)
    elif isinstance(node, list):
        for child in node:
            yield from labels(child, cover)
    else:
        yield node, cover


def test_every_figure_has_a_source_and_pooled_ones_claim_less(fragment):
    figures = [item for section in ("profiles", "tasks", "lanes", "demand") for item in labels(fragment[section])]
    assert len(figures) > 150
    for _, cover in figures:
        assert set(cover) == {"source", "evidence", "date"}
        assert "ticket log log.csv" in cover["source"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", cover["date"])
    assert {cover["evidence"] for _, cover in figures} == {"data", "assumption"}
    rare = fragment["tasks"]["rare"]["steps"]["serve"]["counter"]
    assert rare["provenance"]["evidence"] == "assumption"
    assert {cover["evidence"] for _, cover in labels(fragment["tasks"]["cash"])} == {"data"}


def test_a_fragment_lies_over_a_scenario(tmp_path):
    hall = planted.Hall(
        tasks={
            "cash": planted.Work(0.6, planted.gamma(4.0, 0.6)),
            "advice": planted.Work(0.4, planted.exponential(7.0)),
        },
        patience=planted.weibull(20.0, 1.5),
        servers=4,
        day_cv=0.1,
    )
    table = planted.wide_rows(planted.play(hall, DAYS[:28], seed=3), DAYS[:28])
    log, file = read_log(*planted.write(tmp_path, table, planted.WIDE_MAP))
    text = fragment_text(fit_tickets(log, file.map))
    write_small(tmp_path)
    (tmp_path / "mine.yaml").write_text("extends: small.yaml\n" + text, encoding="utf-8")
    loaded = load_scenario(tmp_path / "mine.yaml")
    cash = loaded.scenario.tasks["cash"].steps["serve"]
    assert (cash.counter.law, cash.terminal.mean) == ("gamma", 2.0)
    assert cash.counter.mean == pytest.approx(4.0, rel=0.1)
    assert loaded.scenario.tasks["cash"].profile == "log_cash"
    advice = loaded.scenario.tasks["advice"].steps["serve"].counter
    assert (advice.law, advice.cv) == ("exponential", None)
    lane = loaded.scenario.lanes.counter
    assert (lane.patience_law, lane.patience_shape) == ("weibull", pytest.approx(1.5, rel=0.4))
    assert lane.patience == pytest.approx(20.0, rel=0.5)
    assert loaded.scenario.demand.day_factor_cv == pytest.approx(0.1, abs=0.06)
    own = {item.path: item.provenance for item in loaded.figures}
    assert own["tasks.cash.steps.serve.counter.mean"].evidence == "data"
    assert "log.csv" in own["profiles.log_cash.shares"].source


def test_looks_write_the_minutes_of_a_call_and_claim_no_law(tmp_path):
    hall = planted.Hall(servers=3, level=1.05)
    table = planted.snapshot_rows(planted.play(hall, DAYS, seed=4), DAYS, 10.0, 3)
    log, file = read_log(*planted.write(tmp_path, table, planted.SNAP_MAP))
    text = fragment_text(fit_looks(log, file.map))
    found = yaml.safe_load(text)
    assert set(found) == {"netsim", "profiles", "tasks", "demand"}
    assert set(found["tasks"]["service"]["steps"]["serve"]["counter"]) == {"mean"}
    assert "law and cv cannot be told" in text


def test_a_flagged_fit_says_so_first(tmp_path):
    changed = dict.fromkeys(DAYS[-14:], planted.Hall(level=1.6))
    table = planted.wide_rows(planted.play(planted.Hall(), DAYS, seed=5, changed=changed), DAYS)
    log, file = read_log(*planted.write(tmp_path, table, planted.WIDE_MAP))
    assert "# CAUTION" in fragment_text(fit_tickets(log, file.map)).split("netsim: 1")[0]


@pytest.mark.parametrize("value", [0.00012345, 1.0, 12.3456, 99999.5, 1234567.0, 0.1])
def test_figures_read_back_with_four_digits(value):
    assert float(figure(value)) == pytest.approx(value, rel=5e-4)
    assert "e" not in figure(value)
    assert math.log10(float(figure(value))) == pytest.approx(math.log10(value), abs=1e-3)
