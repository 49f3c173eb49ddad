"""``netsim fit`` from end to end."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from netsim.cli.main import main
from tests.fit import planted

DAYS = planted.days_of(28)
HALL = planted.Hall(
    tasks={
        "cash": planted.Work(0.7, planted.lognormal(4.0, 0.6), no_show=0.05),
        "advice": planted.Work(0.3, planted.gamma(9.0, 0.7)),
    },
    patience=planted.exponential(25.0),
    servers=4,
)
PEOPLE = ("Wang Xiaoming", "王小明", "13912345678", "11010519491231002X", "xiaoming@example.org")
"""What belongs to a person in the log."""
CHINESE = """netsim: 1
form: tickets
columns: {ticket: 票号, task: 业务, arrive: 取号时间, call: 叫号时间, end: 办结时间, resource: 姓名, outcome: 状态}
tasks: {cash: [现金], advice: [理财]}
outcomes: {served: [办结], no_show: [过号], left: [离开]}
personal: [备注]
"""


def netsim(*words, cwd):
    """Run the command line in this process; return exit code, standard output and error."""
    out, err = io.StringIO(), io.StringIO()
    there, stdout, stderr = contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with there, stdout, stderr, pytest.raises(SystemExit) as end:
        main(list(words))
    return SimpleNamespace(returncode=int(end.value.code), stdout=out.getvalue(), stderr=err.getvalue())


def chinese(legs, days):
    """Return the log of a Chinese ticket system, with all that it should not hold."""
    table = planted.wide_rows(legs, days)
    names = {"served": "办结", "no_show": "过号", "left": "离开", "": ""}
    return pd.DataFrame(
        {
            "票号": table["ticket"],
            "业务": table["task"].map({"cash": "现金", "advice": "理财"}),
            "取号时间": table["arrive"].str[:19],
            "叫号时间": table["call"].str[:19],
            "办结时间": table["end"].str[:19],
            "状态": table["outcome"].map(names),
            "姓名": PEOPLE[1],
            "手机号": PEOPLE[2],
            "身份证": PEOPLE[3],
            "e-mail": PEOPLE[4],
            "备注": PEOPLE[0],
            "天气": "晴",
        }
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    table = chinese(planted.play(HALL, DAYS, seed=3), DAYS)
    # a slip of the clerk: a telephone number where the task should be
    table.loc[5, "业务"] = PEOPLE[2]
    table.to_csv(folder / "log.csv", index=False, encoding="gb18030")
    (folder / "columns.yaml").write_text(CHINESE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def finished(project):
    done = netsim("fit", "log.csv", "--map", "columns.yaml", "--out", "out", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_answer_has_what_was_asked_for(finished, project):
    assert finished["log"]["encoding"] == "gb18030"
    assert (finished["fragment"], finished["report"]) == ("out/fragment.yaml", "out/report.html")
    assert {item["task"] for item in finished["services"]} == {"cash", "advice"}
    assert finished["validation"]["held_out_days"] == 4
    names = {path.name for path in (project / "out").iterdir()}
    assert {"result.json", "fragment.yaml", "report.html", "report.xlsx", "fit_week.png"} <= names
    assert yaml.safe_load((project / "out" / "fragment.yaml").read_text(encoding="utf-8"))["netsim"] == 1
    kept = json.loads((project / "out" / "result.json").read_text(encoding="utf-8"))
    assert kept["report"] == "report.html"
    assert kept["arrivals"] == finished["arrivals"]
    (discard,) = finished["accounts"][0]["reasons"]
    assert (discard["reason"], discard["count"], discard["lines"]) == ("unknown_task", 1, [7])


def test_nothing_personal_leaves_the_log(finished, project):
    assert finished["personal_columns"] == ["姓名", "手机号", "身份证", "e-mail", "备注"]
    assert finished["ignored_columns"] == ["天气"]
    assert any("姓名, 手机号" in warning for warning in finished["warnings"])
    assert finished["validation"]["waits"] == []  # the mapped resource was a name: dropped all the same
    done = netsim("fit", "log.csv", "--map", "columns.yaml", "--out", "zh", "--lang", "zh", cwd=project)
    assert done.returncode == 0, done.stderr
    said = [done.stdout, done.stderr, json.dumps(finished, ensure_ascii=False)]
    for path in [*(project / "out").iterdir(), *(project / "zh").iterdir()]:
        parts = [path.read_bytes()]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                parts = [archive.read(name) for name in archive.namelist()]
        said += [part.decode("utf-8", errors="ignore") for part in parts]
    assert [value for value in (*PEOPLE, "天气晴") if any(value in text for text in said)] == []


def test_people_see_rows_figures_and_verdict(project):
    done = netsim("fit", "log.csv", "--map", "columns.yaml", "--out", "seen", "--hold-out", "every 4", cwd=project)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("log.csv: ")
    assert "  1 unknown task" in lines
    assert any(line.startswith("service cash, counter: ") and "lognormal" in line for line in lines)
    assert any(line.startswith("patience, counter: ") and " min, " in line for line in lines)
    assert any(line.startswith("held out: 5 of 20 days: they fit") for line in lines)
    assert "warning: Personal columns were dropped" in done.stderr


def test_faults_of_the_map_file_are_told_and_nothing_is_written(project):
    (project / "bad.yaml").write_text(CHINESE.replace("outcome:", "outcom:") + "hold_out: 3\n", encoding="utf-8")
    done = netsim("fit", "log.csv", "--map", "bad.yaml", "--out", "bad", "--json", cwd=project)
    assert done.returncode == 2
    assert "bad.yaml:3:84: columns.outcom: unknown key; did you mean 'outcome'?" in done.stderr
    assert "bad.yaml:7:1: hold_out: unknown key" in done.stderr
    assert "Traceback" not in done.stderr
    assert [fault["line"] for fault in json.loads(done.stdout)["faults"]] == [3, 7]
    assert not (project / "bad").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fit", "nothing.csv", "--map", "columns.yaml", "--out", "x"), "nothing.csv: no such file"),
        (("fit", "log.csv", "--map", "nothing.yaml", "--out", "x"), "nothing.yaml: no such file"),
        (
            ("fit", "log.csv", "--map", "columns.yaml", "--out", "x", "--hold-out", "soon"),
            "--hold-out: expected a share",
        ),
        (("fit", "log.csv", "--map", "columns.yaml", "--out", "log.csv"), "is a file; name a folder"),
        (("fit", "log.csv", "--out", "x"), "--map"),
    ],
)
def test_wrong_words_end_with_code_two(project, words, message):
    done = netsim(*words, cwd=project)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (project / "x").exists()
