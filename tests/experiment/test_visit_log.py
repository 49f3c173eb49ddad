"""The visit log as a file: every row, ids as text, the same bytes, and back."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

import netsim
from netsim.errors import BadInputError
from netsim.experiment.settings import Settings
from netsim.experiment.store import read_kept, rewrite, write_run
from netsim.experiment.visit_log import VISITS, read_visits, write_visits
from netsim.model.network import Option
from netsim.model.service import Step
from netsim.model.service_time import ServiceTime
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.network_day import simulate_network
from netsim.tables import read_parquet
from tests.small import write_small
from tests.studies import everyone_to, task, tiny_study

BRANCH, ATM = Option("branch", "standard", 1, 1), Option("atm", "standard", 0, 1)


@pytest.fixture(scope="module")
def study():
    """Return a study with two steps, fail-overs, closed hours and a zone without an outlet."""
    two = replace(
        task("cash", terminal=(2.0, 0.5), counter=(4.0, 0.5), fail_over=0.2, flexible=0.3),
        steps=(
            Step("sign", counter=ServiceTime(1.0, 0.3)),
            Step("pay", terminal=ServiceTime(2.0, 0.5), counter=ServiceTime(4.0, 0.5), fail_over=0.2),
        ),
    )
    return tiny_study(tasks=[two, task("advice", counter=(9.0, 0.7), flexible=0.3)])


@pytest.fixture(scope="module")
def log(study):
    shares = everyone_to(study, [0, 0, 1])
    keep = shares.site == 0
    shares = type(shares)(*(getattr(shares, item.name)[keep] for item in fields(shares) if item.name != "by_segment"))
    return simulate_network(study, (BRANCH, ATM), shares, range(3))


def same(one, other):
    return all(
        np.array_equal(getattr(one, item.name), getattr(other, item.name), equal_nan=True) for item in fields(VisitLog)
    )


def test_what_is_written_reads_back(study, log, tmp_path):
    assert {Outcome.NO_OUTLET, Outcome.CLOSED, Outcome.GOES_ON, Outcome.SERVED} <= set(log.outcome)
    write_visits(tmp_path / VISITS, log, study)
    assert same(read_visits(tmp_path / VISITS, study), log)


def test_an_empty_log_is_written_and_read(study, log, tmp_path):
    write_visits(tmp_path / VISITS, log.take(np.zeros(len(log), dtype=bool)), study)
    assert len(read_visits(tmp_path / VISITS, study)) == 0


def test_the_same_log_gives_the_same_bytes(study, log, tmp_path):
    for name in ("a", "b"):
        write_visits(tmp_path / name, log, study)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_every_tool_sees_ids_and_blanks(study, log, tmp_path):
    write_visits(tmp_path / VISITS, log, study)
    table = pd.read_parquet(tmp_path / VISITS)
    assert len(table) == len(log)
    assert set(table["service"]) == {"cash", "advice"}
    assert set(table["step"]) == {"sign", "pay", "serve"}
    assert set(table["site"].dropna()) == {"s0"}
    assert set(table["lane"].dropna()) == {"terminal", "counter"}
    lost = table["outcome"].isin(["no_outlet", "closed"])
    assert lost.any()
    assert table["lane"].isna().equals(lost)
    assert table["site"].isna().equals(table["outcome"] == "no_outlet")
    assert table["server"].isna().equals(table["call"].isna())
    assert str(table["visit"].dtype) == "int64"


def test_rows_of_a_visit_are_numbered_and_tell_where_it_went_on(study, log, tmp_path):
    write_visits(tmp_path / VISITS, log, study)
    table = pd.read_parquet(tmp_path / VISITS)
    most = 0
    for _, rows in table.sort_values("transaction").groupby(["day_type", "replication", "visit"], observed=True):
        assert rows["transaction"].tolist() == list(range(1, len(rows) + 1))
        assert rows["transfer"].iloc[:-1].tolist() == rows["arrive"].iloc[1:].tolist()
        assert np.isnan(rows["transfer"].iloc[-1])
        assert (rows["outcome"].iloc[:-1] == "goes_on").all()
        assert rows["outcome"].iloc[-1] != "goes_on"
        most = max(most, len(rows))
    assert most == 3


def test_some_sites_alone(study, log, tmp_path):
    both = simulate_network(study, (BRANCH, BRANCH), everyone_to(study, [0, 0, 1]), range(2))
    write_visits(tmp_path / VISITS, both, study, ["s1"])
    assert same(read_visits(tmp_path / VISITS, study), both.take(both.site == 1))


def test_the_file_tells_what_it_came_from_and_nobody_s_name(study, log, tmp_path):
    write_visits(tmp_path / VISITS, log, study)
    columns, about = read_parquet(tmp_path / VISITS)
    assert about == {
        "netsim": "1",
        "version": netsim.__version__,
        "scenario": "tiny",
        "seed": "7",
        "fingerprint": "tiny",
        "time_zone": "Europe/Helsinki",
        "minutes": "of the service day, from local midnight",
    }
    assert not {"name", "age", "sex", "address", "phone"} & set(columns)


def test_a_log_of_another_study_or_version_is_refused(study, log, tmp_path):
    write_visits(tmp_path / VISITS, log, study)
    other = replace(study, tasks=(replace(study.tasks[0], id="money"), study.tasks[1]))
    with pytest.raises(BadInputError, match="service: the study has no service 'cash'"):
        read_visits(tmp_path / VISITS, other)
    from netsim.experiment import visit_log  # noqa: PLC0415

    written, visit_log.VERSION = visit_log.VERSION, 9
    try:
        with pytest.raises(BadInputError, match="version 1 of the visit log; this netsim reads 9"):
            read_visits(tmp_path / VISITS, study)
    finally:
        visit_log.VERSION = written


def test_a_run_writes_it_with_the_rest_or_not_at_all(tmp_path):
    path = write_small(tmp_path)
    run = netsim.simulate_scenario(path, settings=Settings(days=3))
    plain = write_run(run, tmp_path / "plain", "en")
    assert plain["visit_log"] is None
    assert not (tmp_path / "plain" / VISITS).exists()
    answer = write_run(run, tmp_path / "out", "en", visit_log=())
    assert answer["visit_log"] == str(tmp_path / "out" / VISITS)
    assert same(read_visits(tmp_path / "out" / VISITS, run.study), run.days.log)
    assert VISITS in (tmp_path / "out" / ".netsim-out").read_text()
    (tmp_path / "fresh").mkdir()
    rewrite(read_kept(tmp_path / "out"), tmp_path / "out", tmp_path / "fresh", "zh")
    assert (tmp_path / "fresh" / VISITS).read_bytes() == (tmp_path / "out" / VISITS).read_bytes()
    write_run(run, tmp_path / "out", "en", visit_log=("a", "e"))
    sites = {run.study.sites[site].id for site in set(read_visits(tmp_path / "out" / VISITS, run.study).site)}
    assert sites == {"a", "e"}
