"""A made-up city in a folder, and a scenario that plans it."""

from __future__ import annotations

import hashlib
import json

import pytest

from netsim.errors import BadInputError
from netsim.experiment.city import make_city
from netsim.experiment.study import load_study

SCENARIO = """
extends: metropolis.yaml
geography: {folder: ../city}
"""


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("like", ["A", "B", "C", "island"])
@pytest.mark.parametrize("people", [100_000, 300_000])
def test_every_figure_is_that_of_a_real_city_of_its_kind(tmp_path, like, people):
    found = make_city(like, people, 3, tmp_path / "city")
    assert found["missed"] == []
    assert len(found["rows"]) >= 20
    for row in found["rows"].values():
        assert abs(row["value"] - row["row"]) <= 0.15 * abs(row["row"]) + 1e-12
    assert found["evidence"] == "synthetic"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_city(tmp_path):
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        make_city("B", 100_000, seed, tmp_path / name, hexes=80, own=4, candidates=10)
    one, two, three = (digests(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert all(three[name] != digest for name, digest in one.items() if name.endswith(".parquet"))
    assert json.loads((tmp_path / "one" / "city.json").read_text("utf-8"))["seed"] == 5


def test_a_scenario_reads_it_and_says_that_it_is_made_up(tmp_path):
    from tests.scenario.test_load import SCENARIOS  # noqa: PLC0415 - the shipped scenarios

    project = tmp_path / "project"
    (project / "scenarios" / "formats").mkdir(parents=True)
    (project / "netsim.toml").touch()
    for path in (*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("formats/*.yaml")):
        (project / "scenarios" / path.relative_to(SCENARIOS)).write_text(path.read_text("utf-8"), "utf-8")
    (project / "scenarios" / "own.yaml").write_text(SCENARIO, "utf-8")
    make_city("A", 100_000, 1, project / "city", hexes=80, own=4, candidates=12)
    study, _ = load_study(project / "scenarios" / "own.yaml")
    assert study.evidence == "synthetic"
    assert sum(site.kind == "branch" for site in study.sites) == 4
    assert sum(site.kind == "candidate" for site in study.sites) == 12
    assert len(study.rivals) > 5
    assert len({rival.brand for rival in study.rivals}) > 3
    assert study.travel.mode.startswith("drive own speeds")
    people = sum(values.sum() for name, values in study.zones.people.items() if name.startswith("residents"))
    assert people == pytest.approx(100_000)


def test_faults_are_told_and_nothing_is_written(tmp_path):
    with pytest.raises(BadInputError, match="100,000 people at least"):
        make_city("A", 100, 1, tmp_path / "city")
    assert not (tmp_path / "city").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(BadInputError, match="files that netsim did not write"):
        make_city("A", 100_000, 1, tmp_path / "mine")
