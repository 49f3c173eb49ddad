import json
import pickle
from pathlib import Path

import pytest

from netsim.errors import BadInputError
from netsim.files import DataRoots
from netsim.scenario.load import data_hashes, load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_values_come_in_house_units(load):
    scenario = load().scenario
    assert scenario.rules.reach == 15.0
    assert scenario.geography.travel.speed == 80.0
    assert scenario.calendar.hours["long"] == ((480.0, 720.0), (780.0, 1200.0))
    assert scenario.demand.layers["homes"].tasks == {"pay": 0.6, "ask": 0.4}
    assert scenario.economics.value_of_time == pytest.approx(0.2)
    assert scenario.formats["desk"].costs.opening == 200_000.0
    assert scenario.staff.shifts["part"].length == 240.0
    assert scenario.tasks["ask"].flexible == 0.9


def test_ids_keep_the_order_in_which_they_were_typed(load):
    loaded = load()
    assert list(loaded.scenario.tasks) == ["pay", "ask"]
    assert list(loaded.scenario.formats) == ["desk", "kiosk"]
    firsts = list(dict.fromkeys(figure.path.split(".")[0] for figure in loaded.figures))
    assert firsts.index("calendar") < firsts.index("tasks") < firsts.index("formats") < firsts.index("rules")


def test_every_value_knows_where_it_was_written(load):
    origins = load(sets=["rules.reach=9 min"]).origins
    assert origins["seed"].endswith("tiny.yaml:3:7")
    assert origins["formats.desk.costs.fixed"].endswith("formats/desk.yaml:13:10")
    assert origins["rules.reach"] == "--set rules.reach"


def test_files_are_named_as_the_user_named_them(project, monkeypatch):
    project.write_text(project.read_text(encoding="utf-8").replace("seed: 7", "sede: 7"), encoding="utf-8")
    monkeypatch.chdir(project.parent.parent)
    with pytest.raises(
        BadInputError, match=r"^city/tiny\.yaml:3:1: sede: unknown key; did you mean 'seed'\?\n1 fault$"
    ):
        load_scenario("city/tiny.yaml")
    with pytest.raises(BadInputError, match=rf"^{project}:3:1: "):
        load_scenario(project)


def test_fingerprint_holds_no_path_and_no_layout(project, tmp_path, tiny, load):
    elsewhere = tmp_path / "other" / "tiny.yaml"
    elsewhere.parent.mkdir()
    (project.parent / "formats").rename(elsewhere.parent / "formats")
    elsewhere.write_text("# a comment\n" + tiny.replace("{en: Pay}", "\n      en: Pay"), encoding="utf-8")
    assert load_scenario(elsewhere).fingerprint == load().fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [("seed: 7", "seed: 8"), ("cv: 0.7", "cv: 0.71"), ("made up for tests", "made up"), ("en: Ask", "en: A")],
)
def test_fingerprint_changes_with_what_the_scenario_says(old, new, tiny, load):
    assert load(tiny.replace(old, new, 1)).fingerprint != load().fingerprint


def test_a_loaded_scenario_crosses_a_process_border(load):
    loaded = load()
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 - made here
    assert again.scenario == loaded.scenario
    assert again.roots == loaded.roots


def test_records_are_frozen(load):
    scenario = load().scenario
    with pytest.raises(ValueError, match="frozen"):
        scenario.seed = 3


def test_a_shift_that_no_counter_is_open_for_is_a_warning(tiny, load):
    loaded = load(tiny.replace("{length: 4 h, paid: 4 h}", "{length: 9 h, paid: 8 h}"))
    assert [warning.path for warning in loaded.warnings] == ["staff.shifts.part.length"]
    assert "the shift of 9 h is longer than any counter is open (6 h)" in loaded.warnings[0].message


def test_layers_are_found_below_the_folder(project):
    text = project.read_text(encoding="utf-8")
    text = text.replace("  zones:", "  folder: data\n  zones:").replace("network:\n", "network:\n  layer: sites.csv\n")
    project.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"geography\.folder: no such folder 'data'"):
        load_scenario(project)
    data = project.parent / "data"
    data.mkdir()
    with pytest.raises(BadInputError, match=r"network\.layer: no such file 'data/sites\.csv'"):
        load_scenario(project)
    (data / "Sites.csv").write_text("id\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"did you mean 'Sites\.csv'"):
        load_scenario(project)
    (data / "sites.csv").write_text("id\n", encoding="utf-8")
    loaded = load_scenario(project)
    assert loaded.files["network.layer"] == (data / "sites.csv").resolve()
    before = data_hashes(loaded)
    assert set(before) == {"network.layer"}
    (data / "sites.csv").write_text("id\n1\n", encoding="utf-8")
    assert data_hashes(loaded) != before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("/etc/passwd", "absolute path"),
        ("../../secret.csv", "outside the project folder"),
        ("https://example.org/x.csv", "URL"),
        ("s3://bucket/x.csv", "URL"),
        ("file:/etc/passwd", "URL"),
        ("/vsicurl/http:x", "virtual"),
        ("vsizip/x.zip", "virtual"),
        ("<VRTDataset/>", "virtual"),
        ("x.vrt", "virtual"),
        ("/dev/zero", "virtual or device"),
        ("~/x.csv", "absolute"),
        ("C:/x.csv", "absolute"),
        ("a\\\\b.csv", "backslash"),
        ("CITY:x.csv", "unknown data root 'CITY'"),
        ("formats", "is a folder"),
    ],
)
def test_a_layer_outside_the_project_is_refused_at_its_place(name, told, tiny, faults):
    text = tiny.replace("network:\n", f'network:\n  layer: "{name}"\n')
    (fault,) = faults(text)
    line = text[: text.index("  layer:")].count("\n") + 1
    assert fault.startswith(f"tiny.yaml:{line}:10: network.layer: ")
    assert told in fault


def test_a_data_root_is_named_from_outside(project, tmp_path, monkeypatch):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "sites.csv").write_text("id\n", encoding="utf-8")
    text = project.read_text(encoding="utf-8").replace("network:\n", "network:\n  layer: NETSIM_DATA:sites.csv\n")
    project.write_text(text, encoding="utf-8")
    monkeypatch.delenv("NETSIM_DATA", raising=False)
    with pytest.raises(BadInputError, match="set the environment variable NETSIM_DATA"):
        load_scenario(project)
    monkeypatch.setenv("NETSIM_DATA", str(outside))
    assert load_scenario(project).files["network.layer"] == (outside / "sites.csv").resolve()
    roots = DataRoots.for_scenario(project, {"NETSIM_DATA": tmp_path})
    with pytest.raises(BadInputError, match="no such file"):
        load_scenario(project, roots=roots)


def test_a_missing_scenario_is_told_with_the_nearest_name(project):
    with pytest.raises(BadInputError, match=r"no such file .*did you mean 'tiny.yaml'\?"):
        load_scenario(project.with_name("tiney.yaml"))
    with pytest.raises(BadInputError, match="is a folder"):
        load_scenario(project.parent)
    with pytest.raises(BadInputError, match="URL"):
        load_scenario("https://example.org/tiny.yaml")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_have_no_fault_and_a_source_for_every_figure(path, monkeypatch):
    monkeypatch.setenv("NETSIM_DATA", str(SCENARIOS))
    loaded = load_scenario(path, check_files=False)
    assert loaded.id == path.stem
    assert len(loaded.figures) > 80
    assert len({figure.path for figure in loaded.figures}) == len(loaded.figures)
    assert all(figure.provenance.source and figure.value for figure in loaded.figures)
    assert loaded.evidence in {"assumption", "synthetic"}
    json.dumps(loaded.scenario.model_dump(mode="json"))


def test_the_shipped_default_finds_its_data():
    loaded = load_scenario(SCENARIOS / "helsinki_plan.yaml")
    assert loaded.files["network.layer"].name == "sites.parquet"
    assert len(data_hashes(loaded)) >= 8
    assert loaded.provenance("geography").evidence == "data"
    assert loaded.provenance("demand.layers.residents.tasks.advice").evidence == "assumption"
    assert loaded.provenance("seed") is None
