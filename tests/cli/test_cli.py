"""The command line from end to end, on a small scenario."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small import write_small


def netsim(*words, cwd=None, cache=None):
    """Run ``python -m netsim`` and return the finished process."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(cache or cwd), "NETSIM_CACHE": str(cache or cwd) + "/cache"}
    return subprocess.run(
        [sys.executable, "-m", "netsim", *map(str, words)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_small(folder)
    write_small(folder, "today.yaml", "plan: as_is\n")
    return folder


@pytest.fixture(scope="module")
def finished(project):
    done = netsim("run", "small.yaml", "--out", "out", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


KEYS = {"status", "rounds", "objective", "bound", "gap", "cost", "sites", "kpis", "seed", "report"}
SITE_KEYS = {"id", "action", "format", "level", "load", "capacity", "share_in_time", "half_width", "verdict"}


def test_run_answers_with_every_key(finished, project):
    assert set(finished) >= KEYS
    assert all(set(site) >= SITE_KEYS for site in finished["sites"])
    assert finished["status"] in {"certified", "uncertified"}
    assert (project / finished["report"]).is_file()
    assert finished["bound"] <= finished["objective"] * (1 + 1e-9)
    for site in finished["sites"]:
        assert (site["format"] is None) == (site["action"] in {"close", "stay_closed"})
        for lane in site["lanes"]:
            assert lane["load"] <= lane["capacity"] * (1 + 1e-5)


def test_two_runs_with_one_seed_give_the_same_bytes(finished, project):
    before = (project / "out" / "result.json").read_bytes()
    done = netsim("run", "small.yaml", "--out", "again", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "again" / "result.json").read_bytes() == before
    for name in ("report.html", "report.xlsx", "network.gpkg", "record.json.gz"):
        assert (project / "again" / name).read_bytes() == (project / "out" / name).read_bytes(), name


def test_another_seed_gives_another_sample(finished, project):
    done = netsim("run", "small.yaml", "--out", "seeded", "--json", "--seed", "12", "--no-sensitivity", cwd=project)
    other = json.loads(done.stdout)
    assert other["seed"] == 12
    assert other["kpis"]["wait_mean"]["value"] != finished["kpis"]["wait_mean"]["value"]


def test_no_path_of_the_machine_in_the_answer(finished, project):
    text = (project / "out" / "result.json").read_text(encoding="utf-8")
    assert str(project) not in text
    assert str(Path.home()) not in text


def test_simulate_and_check(project):
    done = netsim("simulate", "small.yaml", "--out", "sim", "--json", cwd=project)
    answer = json.loads(done.stdout)
    assert answer["status"] == "simulated"
    assert {site["action"] for site in answer["sites"] if site["format"]} == {"keep"}
    done = netsim("check", "small.yaml", "--json", cwd=project)
    assert json.loads(done.stdout)["zones"] == 9
    done = netsim("check", "small.yaml", cwd=project)
    assert "small: sound" in done.stdout


def test_simulate_writes_visits_and_follows_one(project):
    words = ("simulate", "small.yaml", "--out", "log", "--days", "3", "--workers", "2")
    done = netsim(*words, "--visit-log", "--trace", "longest-wait", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["visit_log"] == "log/visits.parquet"
    assert (project / "log" / "visits.parquet").is_file()
    assert answer["measured_days"] == 3
    assert answer["stopping"] == {"rule": "fixed", "looks": [3], "reached": True, "decided_by": None, "goals": []}
    assert [set(told) for told in answer["visit_trace"]] == [{"minute", "key", "words"}] * len(answer["visit_trace"])
    assert answer["visit_trace"][0]["key"] == "trace.arrives"
    assert "visit_trace" not in json.loads((project / "log" / "result.json").read_text(encoding="utf-8"))
    done = netsim(*words, "--trace", "left", "--lang", "zh", cwd=project)
    assert done.stdout.splitlines()[-1][:2].isdigit()
    assert "合计" in done.stdout
    assert not (project / "log" / "visits.parquet").exists()
    done = netsim(*words, "--visit-log", "a,e", cwd=project)
    assert "visit log: log/visits.parquet" in done.stdout


def test_days_are_added_until_a_width_is_reached(project):
    words = ("simulate", "small.yaml", "--out", "until", "--min-days", "10")
    done = netsim(*words, "--until", "wait_mean=0.5 min", "--until", "cost_total=rel:5%", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    stopping = answer["stopping"]
    assert stopping["rule"] == "precision"
    assert stopping["looks"][0] == 10
    assert stopping["looks"][-1] == answer["measured_days"]
    assert stopping["decided_by"] in {"wait_mean", "cost_total"}
    for goal in stopping["goals"]:
        assert goal["half_width"] == pytest.approx(answer["kpis"][goal["kpi"]]["half_width"])
        assert goal["reached"] == (goal["half_width"] <= goal["wanted"])
        assert goal["unit"] == answer["kpis"][goal["kpi"]]["unit"]
    done = netsim(*words, "--until", "wait_mean=0.5 min", cwd=project)
    assert "days; wait_mean was the last to be known well enough" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--trace", "longest"), "--trace: expected a visit of the log"),
        (("--trace", "7"), "--trace: no visit '7' on the measured days"),
        (("--visit-log", "a,z"), "--visit-log: unknown site 'z'; known: a, b, c, d, e, f"),
        (("--until", "wait_p91=1 min"), "--until: wait_p91: unknown measure 'wait_p91'; did you mean 'wait_p90'?"),
        (("--until", "wait_p90=1"), "--until: wait_p90: the unit is missing"),
        (("--days", "5", "--until", "wait_p90=1 min"), "--days: a fixed number of days"),
        (("--min-days", "161"), "--min-days: 161 days are more than simulation.max_days (160)"),
        (("--runner", "kernl"), "'kernl' is not one of"),
        (("--workers", "0"), "--workers"),
        (("--days", "1"), "--days"),
    ],
)
def test_a_wrong_setting_is_told_and_nothing_is_written(project, words, message):
    few = () if "--days" in words or "--until" in words or "--min-days" in words else ("--days", "2")
    done = netsim("simulate", "small.yaml", "--out", "never", *few, *words, cwd=project)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "never").exists()


def test_a_precision_of_the_scenario_is_checked_with_its_place(project):
    extra = "simulation: {precision: {wait_p91: {half_width: 1 min}, wait_p90: {half_width: 1 m}}}\n"
    write_small(project, "precise.yaml", extra)
    done = netsim("check", "precise.yaml", cwd=project)
    assert done.returncode == 2
    assert "precise.yaml:2:26: simulation.precision.wait_p91: unknown measure 'wait_p91'; did you mean" in done.stderr
    assert "precise.yaml:2:80: simulation.precision.wait_p90.half_width: '1 m' is a length" in done.stderr


def test_run_and_compare_take_a_runner_and_threads(finished, project):
    words = ("--runner", "python", "--workers", "2", "--json")
    done = netsim(
        "run", "small.yaml", "--out", "ran", "--no-sensitivity", "--days", "4", "--visit-log", *words, cwd=project
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["measured_days"] == 4
    assert (project / "ran" / "visits.parquet").is_file()
    done = netsim("compare", "today.yaml", "small.yaml", "--out", "compared", *words, cwd=project)
    assert done.returncode == 0, done.stderr


def test_compare_today_and_plan(project):
    done = netsim("compare", "today.yaml", "small.yaml", "--out", "cmp", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["baseline"], answer["scenarios"]) == ("today", ["today", "small"])
    rows = {row["kpi"]: row for row in answer["kpis"]}
    assert {
        "cost_operator",
        "wait_p50",
        "wait_p90",
        "share_in_time.counter",
        "leavers",
        "walk_mean",
        "worse_off",
    } <= set(rows)
    for row in rows.values():
        assert row["difference"] == pytest.approx(row["value"] - row["baseline_value"], rel=1e-6, abs=1e-9)
        if row["half_width"] > 0:
            assert row["significant"] == (abs(row["difference"]) > row["half_width"])


def test_compare_tells_people_what_stands_out(project):
    done = netsim("compare", "today.yaml", "small.yaml", "--out", "cmp2", cwd=project)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "cost_operator" in line)
    assert "EUR/a" in line
    assert line.endswith(("  better", "  worse"))
    assert "report: cmp2/comparison.html" in done.stdout


def test_the_report_can_be_written_again_in_chinese(finished, project):
    done = netsim("report", "out", "--out", "zh", "--lang", "zh", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    page = (project / json.loads(done.stdout)["report"]).read_text(encoding="utf-8")
    assert "小镇" in page
    assert "=1+1 &lt;b&gt;bold&lt;/b&gt;" in page
    done = netsim("report", "zh", "--out", "zh", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "zh" / "result.json").read_bytes() == (project / "out" / "result.json").read_bytes()
    done = netsim("report", "formats", "--out", "en2", cwd=project)
    assert done.returncode == 2
    assert "holds no finished run" in done.stderr


def test_three_faults_are_told_at_once_and_nothing_is_written(project):
    extra = "sede: 3\nsimulation: {block: -20}\nformats: {dezk: {}}\n"
    write_small(project, "bad.yaml", extra)
    done = netsim("run", "bad.yaml", "--out", "bad_out", cwd=project)
    assert done.returncode == 2
    assert "bad.yaml:2:1: sede: unknown key; did you mean 'seed'?" in done.stderr
    assert "bad.yaml:3:21: simulation.block: " in done.stderr
    assert "bad.yaml:4:11: formats.dezk: unknown format" in done.stderr
    assert "3 faults" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "bad_out").exists()
    done = netsim("run", "bad.yaml", "--out", "bad_out", "--json", cwd=project)
    assert [fault["line"] for fault in json.loads(done.stdout)["faults"]] == [2, 3, 4]


def test_rules_that_cannot_be_met_are_named(project):
    extra = "rules: {coverage: {advice_within_12_min: {within: 0.1 min, share: 99%}}}\n"
    write_small(project, "hard.yaml", extra)
    done = netsim("run", "hard.yaml", "--out", "hard_out", cwd=project)
    assert done.returncode == 4, done.stderr
    assert "advice_within_12_min" in done.stderr
    assert not (project / "hard_out").exists()


def test_strict_turns_an_uncertified_plan_into_code_three(project):
    extra = "planning: {max_rounds: 1}\nsimulation: {max_days: 2, block: 2, indifference: 0%}\n"
    write_small(project, "weak.yaml", extra)
    words = ("run", "weak.yaml", "--out", "weak", "--no-sensitivity")
    done = netsim(*words, cwd=project)
    assert done.returncode == 0
    assert "warning: The promise is not certified" in done.stderr
    assert netsim(*words, "--strict", cwd=project).returncode == 3


def test_a_stranger_s_folder_and_a_bad_root_are_refused(project):
    (project / "mine").mkdir(exist_ok=True)
    (project / "mine" / "thesis.txt").write_text("x")
    done = netsim("run", "small.yaml", "--out", "mine", cwd=project)
    assert done.returncode == 2
    assert "files that netsim did not write" in done.stderr
    assert (project / "mine" / "thesis.txt").read_text() == "x"
    done = netsim("check", "small.yaml", "--data-root", "X=/nowhere", cwd=project)
    assert done.returncode == 2
    assert "--data-root" in done.stderr


def test_a_place_that_cannot_be_written_is_told(project):
    (project / "a_file").write_text("x")
    done = netsim("simulate", "small.yaml", "--out", "a_file/out", cwd=project)
    assert done.returncode == 5
    assert "a_file" in done.stderr
    assert "Traceback" not in done.stderr


def test_compare_wants_two_to_six(project):
    done = netsim("compare", "small.yaml", "--out", "c1", cwd=project)
    assert done.returncode == 2
    assert "name 2 to 6" in done.stderr


def test_help_is_quick_and_version_is_told():
    code = (
        "import sys; sys.argv = ['netsim', '--help']\n"
        "import netsim.cli.main as m\n"
        "try: m.main()\n"
        "except SystemExit: pass\n"
        "assert not {'geopandas', 'pandas', 'matplotlib', 'highspy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "compare" in done.stdout
