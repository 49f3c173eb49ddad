"""Assembling, running and comparing through the faces of the package."""

from __future__ import annotations

import gzip
import json
import math

import numpy as np
import pytest

import netsim
from netsim.capacity.cache import ContentCache
from netsim.errors import BadInputError
from netsim.experiment.store import RECORD, read_kept, write_run
from netsim.experiment.study import load_study
from netsim.report.choice_tables import market
from netsim.text import Text
from tests.small import write_small


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def run(folder):
    return netsim.run_scenario(write_small(folder), cache=ContentCache(folder / "cache"), with_sensitivity=True)


def test_the_verbs_are_functions():
    assert callable(netsim.load_scenario)
    with pytest.raises(AttributeError, match="no attribute 'plan_everything'"):
        _ = netsim.plan_everything


def test_a_study_holds_what_the_scenario_says(folder):
    study, basemap = load_study(write_small(folder, "s.yaml"))
    assert len(study.zones.ids) == 9
    assert study.demand.visits.sum() == pytest.approx(0.08 * study.zones.people["all"].sum())
    assert [site.id for site in study.sites] == sorted(site.id for site in study.sites)
    assert study.evidence == "synthetic"
    np.testing.assert_allclose(study.mix, [[0.6, 0.4]])
    metres = 1.2 * math.hypot(300, 300)
    zone, site = study.zones.ids.index("z00"), [s.id for s in study.sites].index("c")
    assert study.travel.metres[zone, site] == pytest.approx(metres)
    assert study.travel.minutes[zone, site] == pytest.approx(metres / 80.0)
    assert basemap.extent[0] < study.zones.x.min()


def test_an_override_and_a_seed_reach_the_study(folder):
    path = write_small(folder, "s.yaml")
    study, _ = load_study(path, seed=99, sets=["rules.reach=7 min"])
    assert (study.seed, study.rules.reach) == (99, 7.0)


def test_the_fingerprint_follows_content(folder):
    path = write_small(folder, "s.yaml")
    plain, again = load_study(path)[0].fingerprint, load_study(path)[0].fingerprint
    other = load_study(path, sets=["rules.reach=7 min"])[0].fingerprint
    assert plain == again != other


def test_data_that_does_not_fit_is_a_fault_at_its_key(folder):
    far = "network: {sites: [{id: x, x: 900000, y: 6672000, kind: branch}]}\n"
    path = write_small(folder, "far.yaml", far)
    with pytest.raises(BadInputError, match=r"base.yaml:\d+:\d+: rules.reach: no site lies within"):
        load_study(path)
    path = write_small(folder, "kindless.yaml", "network: {sites: [{id: x, x: 500000, y: 6672000}]}\n")
    with pytest.raises(BadInputError, match="allowed"):
        load_study(path)


def test_sensitivities_tell_flat_caps_and_swings(run):
    names = [item.id for item in run.result.sensitivities]
    assert names == ["simulated", "flat_0.85", "flat_0.75", "flat_0.65", "flat_0.55", "all_-50%", "all_+50%"]
    main = run.result.sensitivities[0]
    assert main.cost == pytest.approx(run.result.plan.cost.operator)
    assert main.same_sites == main.outlets
    by_name = {item.id: item for item in run.result.sensitivities}
    assert by_name["all_-50%"].objective < main.objective < by_name["all_+50%"].objective


def test_costs_of_the_answer_add_up(run):
    cost = run.result.cost
    kpis = {kpi.name: kpi.value for kpi in run.result.kpis}
    assert kpis["cost_operator"] == pytest.approx(cost.operator)
    assert kpis["cost_total"] == pytest.approx(cost.total)
    assert cost.staff == pytest.approx(run.result.staff.cost.sum())


def test_today_is_looked_at_on_the_same_customers(run):
    assert run.today is not None
    wished = {kpi.name: kpi.value for kpi in run.today.kpis}
    assert wished["visits_per_day"] > 0
    assert run.today.optimality == "as_is"


def test_a_kept_run_reads_back(run, folder):
    out = folder / "kept"
    write_run(run, out, "en")
    kept = read_kept(out)
    assert kept.result.kpis == run.result.kpis
    assert [site.id for site in kept.result.sites] == [site.id for site in run.result.sites]
    np.testing.assert_array_equal(kept.result.staff.on_duty, run.result.staff.on_duty)
    np.testing.assert_array_equal(kept.study.travel.minutes, run.study.travel.minutes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "cannot be read"),
        (gzip.compress(b'{"netsim": 9}'), "version 9"),
        (gzip.compress(b"[1"), "cannot be read"),
    ],
)
def test_a_torn_or_foreign_record_is_told(tmp_path, content, message):
    (tmp_path / RECORD).write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        read_kept(tmp_path)


def test_scenarios_without_common_customers_are_refused(folder):
    one = write_small(folder, "one.yaml", "plan: as_is\n")
    point = "{id: z99, x: 500000, y: 6672000, people: {all: 100}}"
    other = write_small(folder, "other.yaml", f"plan: as_is\ngeography: {{zones: {{points: [{point}]}}}}\n")
    with pytest.raises(BadInputError, match="has other zones than"):
        netsim.compare_scenarios([one, other])
    with pytest.raises(BadInputError, match="is named 'one'"):
        netsim.compare_scenarios([one, one])


def test_a_scenario_does_not_differ_from_its_copy(folder):
    one = write_small(folder, "one.yaml", "plan: as_is\n")
    two = write_small(folder, "two.yaml", "plan: as_is\n")
    comparison, _ = netsim.compare_scenarios([one, two])
    assert all(row.difference == 0 and not row.significant for row in comparison.differences)
    assert json.dumps([row.name for row in comparison.differences])


TERMINALS_ALONE = """
lanes: {counter: null}
tasks: {cash: {steps: {serve: {counter: null, fail_over: 0%}}}, advice: null}
demand: {layers: {all: {tasks: {cash: 100%, advice: null}}}}
formats: {desk: null}
network: {kinds: {branch: {today: {format: machine, counters: 0}, allowed: [machine]}, place: {allowed: [machine]}}}
rules: {coverage: null}
"""


def test_a_network_of_terminals_alone_is_planned(folder):
    path = write_small(folder, "terminals.yaml", TERMINALS_ALONE)
    run = netsim.run_scenario(path, cache=ContentCache(None), with_sensitivity=False)
    assert run.result.status == "certified"
    assert {lane.lane for site in run.result.sites for lane in site.lanes} == {"terminal"}
    assert run.result.cost.staff == 0.0


def test_what_outlets_cost_adds_up_to_the_network(folder):
    path = write_small(folder, "fees.yaml", "formats: {machine: {costs: {per_visit: 0.5 EUR}}}\n")
    run = netsim.run_scenario(path, cache=ContentCache(folder / "cache"), with_sensitivity=False)
    assert run.result.cost.fees > 0
    assert sum(site.cost for site in run.result.sites) == pytest.approx(run.result.cost.running)
    visits = {kpi.name: kpi.value for kpi in run.result.kpis}["visits_per_day"]
    assert sum(site.visits for site in run.result.sites) == pytest.approx(visits)


def test_a_promise_that_no_days_can_prove_is_refused(folder):
    path = write_small(folder, "sure.yaml", "lanes: {counter: {promise: {share: 100%}}}\n")
    with pytest.raises(BadInputError, match=r"lanes.counter.promise.share: .*0.999"):
        load_study(path)


def test_a_day_type_without_demand_is_no_error(folder):
    extra = "calendar: {day_types: {sunday: {days_per_year: 52, demand_factor: 0.0}}}\nplan: as_is\n"
    run = netsim.run_scenario(write_small(folder, "sunday.yaml", extra))
    assert run.result.status == "simulated"


def test_zones_typed_in_degrees_are_refused(folder):
    with pytest.raises(BadInputError, match="measures in degree"):
        load_study(write_small(folder, "degrees.yaml", "geography: {crs: 'EPSG:4326'}\n"))
    with pytest.raises(BadInputError, match="unknown coordinate reference system"):
        load_study(write_small(folder, "nowhere.yaml", "geography: {crs: 'EPSG:99999'}\n"))


CHOICE = """
demand: {choice: {model: huff, cost: 2, outside: 60 min, wait: 2, service: 0.5, agreement: {days: 10, tolerance: 0.5%}}}
network:
  kinds: {rival: {rival: {attraction: 1.5, wait: 4 min}}}
"""


@pytest.fixture
def contested(folder):
    """The small town with an outlet of a competitor in it."""
    write_small(folder)
    base = folder / "base.yaml"
    rival = "    - {id: r1, x: 500300, y: 6672000, kind: rival, brand: Other}\n"
    base.write_text(base.read_text("utf-8").replace("    - {id: e, x", rival + "    - {id: e, x"), "utf-8")

    def write(name: str, extra: str):
        path = folder / name
        path.write_text(f"extends: base.yaml\n{extra}{CHOICE}", "utf-8")
        return path

    return write


def test_customers_choose_among_ours_and_competitors(contested, folder):
    run = netsim.run_scenario(contested("today.yaml", "plan: as_is\n"))
    outcome = run.result.choice
    assert outcome.converged
    assert outcome.brands == ("", "Other")
    wished = float(run.study.demand.visits[0, 0, 0].sum()) * 250.0
    assert outcome.captured.sum() == pytest.approx(wished)
    captured = {kpi.name: kpi for kpi in run.result.kpis}["captured_share.all"]
    assert captured.value == pytest.approx(outcome.captured[0] / wished, abs=3 * captured.half_width + 0.01)
    answer = write_run(run, folder / "out", "en")
    assert [row["brand"] for row in answer["choice"]["captured"]] == ["own", "Other", None]
    assert "Who captures the visits" in (folder / "out" / "report.html").read_text("utf-8")
    kept = read_kept(folder / "out").result.choice
    np.testing.assert_array_equal(kept.shares.share, outcome.shares.share)


def test_a_plan_is_sized_for_customers_who_choose(contested):
    run = netsim.run_scenario(
        contested("plan.yaml", "plan: optimise\n"), cache=ContentCache(None), with_sensitivity=False
    )
    assert run.result.status == "certified"
    assert run.result.optimality == "heuristic_cuts"
    outcome = run.result.choice
    by_site = np.bincount(outcome.shares.site, minlength=len(run.study.sites))
    assert (by_site > 0).tolist() == [decision.option is not None for decision in run.result.plan.decisions]
    assert 0.0 < outcome.captured[0] / outcome.captured.sum() < 0.95


def test_what_we_win_is_lost_by_others(contested):
    path = contested("won.yaml", "plan: optimise\n")
    run = netsim.run_scenario(path, cache=ContentCache(None), sets=["simulation.compare_days=5"])
    table = market(run.result, run.today, Text("en", "EUR"))
    assert [row[0] for row in table.rows] == ["Our outlets", "Other", "Nobody"]
    changes = [row[3] for row in table.rows]
    assert sum(changes) == pytest.approx(0.0, abs=1e-6 * sum(row[1] for row in table.rows))
    assert any(abs(change) > 1.0 for change in changes)
    dearer = run.result.cost.total > run.today.cost.total
    assert any(item.startswith("warning.choice_dearer") for item in run.result.warnings) == dearer


def test_a_choice_that_does_not_settle_is_told(contested):
    path = contested("open.yaml", "plan: as_is\n")
    agreement = "demand.choice.agreement"
    run = netsim.run_scenario(path, sets=[f"{agreement}.max_rounds=1", f"{agreement}.tolerance=0.01%"])
    warning = next(item for item in run.result.warnings if item.startswith("warning.choice_open"))
    assert "Raise demand.choice.agreement.max_rounds" in Text("en", "EUR").sentence(warning)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("demand: {choice: {segments: {sll: {cost: 1}}}}\n", r"unknown segment 'sll'"),
        ("demand: {choice: {formats: {dsk: 1}}}\n", r"unknown format 'dsk'; did you mean 'desk'"),
        ("demand: {choice: {attributes: {floor: 1}}}\n", r"'attributes' belong to 'model: mci'"),
        ("demand: {choice: {model: mci, attributes: {floor: 1}}}\n", r"no numeric column 'floor'"),
        ("network: {kinds: {rival: {allowed: [desk]}}}\n", r"expected either 'allowed'"),
    ],
)
def test_faults_of_choice_are_told(contested, folder, extra, message):
    contested("base2.yaml", "plan: as_is\n")
    (folder / "bad.yaml").write_text(f"extends: base2.yaml\n{extra}", "utf-8")
    with pytest.raises(BadInputError, match=message):
        load_study(folder / "bad.yaml")
