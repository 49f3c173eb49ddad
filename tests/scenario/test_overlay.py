import pytest

from netsim.errors import BadInputError
from netsim.scenario.load import load_scenario


def write(project, name, text):
    path = project.with_name(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_changes_key_by_key_what_it_extends(project):
    write(project, "mid.yaml", "extends: tiny.yaml\nrules: {reach: 20 min}\ntasks: {pay: {flexible: 50%}}\n")
    top = write(project, "top.yaml", "extends: mid.yaml\nplan: optimise\nrules: {served_share: 80%}\n")
    scenario = load_scenario(top).scenario
    assert scenario.plan == "optimise"
    assert (scenario.rules.reach, scenario.rules.served_share, scenario.rules.assignment) == (20.0, 0.8, "nearest")
    assert scenario.tasks["pay"].flexible == 0.5
    assert scenario.tasks["pay"].lost_visit_cost == 2.0


def test_lists_are_replaced_and_null_takes_away(project):
    top = write(
        project,
        "top.yaml",
        "extends: tiny.yaml\nformats: {kiosk: null, desk: {levels: {counter: [2]}}}\n"
        "network: {kinds: {branch: {allowed: [desk]}}}\nrules: {coverage: {close: null}}\n",
    )
    scenario = load_scenario(top).scenario
    assert list(scenario.formats) == ["desk"]
    assert scenario.formats["desk"].levels == {"counter": (2,), "terminal": (1, 2)}
    assert scenario.rules.coverage == {}


def test_null_takes_away_what_a_format_file_says(project):
    top = write(project, "top.yaml", "extends: tiny.yaml\nformats: {desk: {costs: {opening: null}}}\n")
    assert load_scenario(top).scenario.formats["desk"].costs.opening == 0.0


def test_null_for_a_key_that_is_not_there_is_a_fault(project):
    top = write(project, "top.yaml", "extends: tiny.yaml\nrules: {coverage: {closed: null}}\n")
    with pytest.raises(BadInputError, match=r"top\.yaml:2:\d+: rules\.coverage\.closed: expected a mapping"):
        load_scenario(top)


def test_a_fault_points_into_the_file_that_holds_the_value(project):
    write(project, "mid.yaml", "extends: tiny.yaml\nrules:\n  reach: 20 mins\n")
    top = write(project, "top.yaml", "extends: mid.yaml\nplan: optimize\n")
    with pytest.raises(BadInputError) as caught:
        load_scenario(top)
    files = [fault.file.rsplit("/", 1)[-1] for fault in caught.value.faults]
    assert files == ["mid.yaml", "top.yaml"]
    assert [fault.line for fault in caught.value.faults] == [3, 2]


def test_a_format_is_found_beside_the_file_that_names_it(project):
    other = project.parent / "variants" / "top.yaml"
    other.parent.mkdir()
    other.write_text("extends: ../tiny.yaml\nformats: {pod: {}}\n", encoding="utf-8")
    kiosk = (project.parent / "formats" / "kiosk.yaml").read_text(encoding="utf-8")
    (other.parent / "formats").mkdir()
    (other.parent / "formats" / "pod.yaml").write_text(kiosk.replace("Kiosk", "Pod"), encoding="utf-8")
    assert load_scenario(other).scenario.formats["pod"].name["en"] == "Pod"


def test_a_format_may_be_defined_in_place(tiny, load):
    here = (
        "  pod:\n    name: {en: Pod}\n    ownership: third_party\n    channels: {terminal: machine}\n"
        "    tasks: {terminal: [pay]}\n    levels: {terminal: [1]}\n    patterns: {all: {terminal: long}}\n"
        "    costs: {fixed: 1 EUR/a}\n"
    )
    assert load(tiny.replace("  kiosk: {}\n", f"  kiosk: {{}}\n{here}")).scenario.formats["pod"].levels == {
        "terminal": (1,)
    }


@pytest.mark.parametrize("name", ["../desk", "a/b", "desk.yaml", ""])
def test_a_format_name_is_no_path(name, tiny, faults):
    text = tiny.replace("  kiosk: {}\n", f'  kiosk: {{}}\n  "{name}": {{}}\n')
    line = text[: text.index(f'"{name}": {{}}')].count("\n") + 1
    told = faults(text)
    assert told
    assert all(fault.startswith(f"tiny.yaml:{line}:3: ") for fault in told)


@pytest.mark.parametrize(
    ("extends", "told"),
    [
        ("missing.yaml", "no such file 'missing.yaml'"),
        ("tiny.yml", "did you mean 'tiny.yaml'?"),
        ("Tiny.yaml", "did you mean 'tiny.yaml'?"),
        ("formats", "is a folder"),
        ("/etc/passwd", "absolute"),
        ("../../outside.yaml", "outside the project folder"),
        ("http://example.org/x.yaml", "URL"),
        ("[tiny.yaml]", "expected the name of a scenario file, got a list"),
        ("top.yaml", "top.yaml -> "),
    ],
)
def test_extends_that_leads_nowhere_is_told_at_its_place(extends, told, project):
    top = write(project, "top.yaml", f"netsim: 1\nextends: {extends}\n")
    with pytest.raises(BadInputError) as caught:
        load_scenario(top)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.path) == (2, 10, "extends")
    assert told in fault.message


def test_a_circle_of_extends_is_named_as_a_chain(project, monkeypatch):
    write(project, "a.yaml", "extends: b.yaml\n")
    write(project, "b.yaml", "extends: c.yaml\n")
    write(project, "c.yaml", "extends: b.yaml\n")
    monkeypatch.chdir(project.parent)
    with pytest.raises(BadInputError, match=r"^c\.yaml:1:10: extends: .*in a circle: b\.yaml -> c\.yaml -> b\.yaml\n"):
        load_scenario("a.yaml")


def test_a_link_out_of_the_project_is_refused(project, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("netsim: 1\n", encoding="utf-8")
    project.with_name("link.yaml").symlink_to(outside)
    top = write(project, "top.yaml", "extends: link.yaml\n")
    with pytest.raises(BadInputError, match="outside the project folder"):
        load_scenario(top)


def test_set_changes_a_value_and_is_its_origin(load):
    loaded = load(sets=["rules.reach=20 min", "network.sites[1].x=7", "formats.desk.levels.counter=[2, 4]", "seed=9"])
    assert loaded.scenario.rules.reach == 20.0
    assert loaded.scenario.network.sites[1].x == 7
    assert loaded.scenario.network.sites[1].name == "North"
    assert loaded.scenario.formats["desk"].levels["counter"] == (2, 4)
    assert loaded.scenario.seed == 9
    assert loaded.origins["network.sites[1].x"] == "--set network.sites[1].x"


def test_set_may_take_away_and_bring_formats(load, tiny):
    without = tiny.replace("  kiosk: {}\n", "").replace("[desk, kiosk]", "[desk]")
    loaded = load(without, sets=["formats.kiosk={}", "rules.coverage.close=null"])
    assert list(loaded.scenario.formats) == ["desk", "kiosk"]
    assert loaded.scenario.rules.coverage == {}


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("rules.reech=3 min", "--set rules.reech: rules.reech: unknown key; did you mean 'reach'?"),
        ("rules.reach=3", "--set rules.reach: rules.reach: the unit is missing"),
        ("rules.reach", "--set: expected KEY=VALUE such as"),
        ("=3", "--set: expected KEY=VALUE"),
        ("a..b=3", "--set: expected KEY=VALUE"),
        ("[0]=3", "--set: expected KEY=VALUE"),
        ("network.sites[9].x=3", "--set network.sites[9].x: network.sites[9].x: there is no entry [9]; the list has 2"),
        ("seed=[1", "--set seed: seed: no YAML"),
        ("seed=*a", "--set seed: seed: "),
        ("formats.kisok={}", "--set formats.kisok: formats.kisok: unknown format 'kisok'"),
    ],
)
def test_a_bad_set_is_told_by_its_key(argument, told, faults):
    lines = faults(sets=[argument])
    assert any(line.startswith(told) for line in lines), lines


def test_a_key_set_twice_is_a_fault(faults):
    assert faults(sets=["seed=1", "seed=2"]) == ["--set seed: seed: the key is set twice"]
