"""Segments, presence, growth and the move to other channels, from the scenario to the simulation."""

from __future__ import annotations

import numpy as np
import pytest

import netsim
from netsim.errors import BadInputError
from netsim.experiment.study import load_study
from netsim.model.visits import Outcome
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_arrivals import arrivals_of
from tests.small import write_small

DAYS = range(200)


def study_of(folder, extra: str, name: str = "own.yaml"):
    return load_study(write_small(folder, name, f"plan: as_is\n{extra}"))[0]


def visits_of(study):
    """Mean visits a working day by segment."""
    return dict(zip(study.demand.segments, study.demand.visits[0, 0, 0].sum(axis=(1, 2)), strict=True))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "netsim.toml").touch()
    return tmp_path


SEGMENTS = """
demand:
  layers:
    all:
      segments:
        seniors: {share: 20%, visits_per_person: 0.3, behaviour: {speed: 0.8, self_service: false}}
        young: {share: 30%, tasks: {cash: 100%}}
        others: {}
"""


def test_segments_share_the_people_of_their_layer(folder):
    plain, parted = study_of(folder, ""), study_of(folder, SEGMENTS)
    assert parted.demand.segments == ("all.seniors", "all.young", "all.others")
    people = {name: values.sum() for name, values in parted.zones.people.items()}
    total = plain.zones.people["all"].sum()
    assert people == pytest.approx({"all.seniors": 0.2 * total, "all.young": 0.3 * total, "all.others": 0.5 * total})
    old, new = visits_of(plain)["all"], visits_of(parted)
    per_person = old / total
    assert new["all.others"] == pytest.approx(0.5 * old)
    assert new["all.seniors"] == pytest.approx(0.2 * total * 0.3)
    assert new["all.young"] == pytest.approx(0.3 * total * per_person)
    young = parted.demand.visits[0, 0, 0, 1]
    assert young.sum() == pytest.approx(young[parted.task_index("cash")].sum())
    assert len(parted.groups) == 2


def test_a_coverage_rule_counts_all_segments_of_a_layer(folder):
    extra = "rules: {coverage: {near: {task: cash, share: 50%, within: 10 min, layers: [all]}}}\n"
    rule = study_of(folder, SEGMENTS + extra).rules.coverage
    assert next(item for item in rule if item.id == "near").layers == ("all.seniors", "all.young", "all.others")


PRESENT = ", ".join(["1"] * 20 + ["0.25"] * 16 + ["1"] * 12)


def test_only_who_is_there_wishes_visits(folder):
    """Residents who are away by day: the wishes of each half-hour are cut down to those who are at home."""
    extra = f"demand: {{layers: {{all: {{behaviour: {{presence: [{PRESENT}]}}}}}}}}\n"
    plain, cut = study_of(folder, ""), study_of(folder, extra)
    presence = np.array([1.0] * 20 + [0.25] * 16 + [1.0] * 12)
    for index, task in enumerate(plain.tasks):
        wanted = plain.demand.visits[0, 0, 0, 0, index].sum() * (np.array(task.profile) @ presence)
        assert cut.demand.visits[0, 0, 0, 0, index].sum() == pytest.approx(wanted)
    customers = draw_customers(cut, DAYS)
    for index, task in enumerate(cut.tasks):
        minutes = customers.wished[(customers.task == index) & (customers.day_type == 0)]
        away = float(((minutes >= 600) & (minutes < 1080)).mean())
        cell = np.array(task.profile) * presence
        wanted = cell[20:36].sum() / cell.sum()
        assert abs(away - wanted) < 4.0 * np.sqrt(wanted * (1.0 - wanted) / len(minutes))


BLEND = f"""
geography:
  zones:
    points:
      - {{id: home, x: 500000, y: 6672000, people: {{all: 1000, work: 0}}}}
      - {{id: office, x: 500600, y: 6672600, people: {{all: 0, work: 1000}}}}
demand:
  layers:
    all: {{behaviour: {{presence: [{PRESENT}]}}}}
    work:
      visits_per_person: 0.08
      tasks: {{cash: 60%, advice: 40%}}
      behaviour: {{presence: [{", ".join(["0"] * 20 + ["0.75"] * 16 + ["0"] * 12)}]}}
"""


def test_day_and_night_layers_blend_by_half_hour(folder):
    """A thousand people, three quarters of whom work elsewhere by day: their wishes move, none is lost or doubled."""
    study = study_of(folder, BLEND)
    profile = np.array(study.tasks[0].profile)
    assert study.demand.visits.sum() == pytest.approx(1000 * 0.08)
    customers = draw_customers(study, range(400))
    slot = (customers.wished // 30).astype(int)
    seen = np.zeros((2, 48))
    np.add.at(seen, (customers.zone, slot), 1.0 / 400)
    away = np.array([0.0] * 20 + [0.75] * 16 + [0.0] * 12)
    wanted = 80.0 * profile * np.stack([1.0 - away, away])
    assert (np.abs(seen - wanted) < 5.0 * np.sqrt(wanted / 400) + 1e-9).all()


GROWTH = "demand: {year: 2030, layers: {all: {growth: {since: 2025, yearly: 0.02}}}}\n"


def test_people_grow_until_the_year_that_is_looked_at(folder):
    plain, grown = study_of(folder, ""), study_of(folder, GROWTH)
    np.testing.assert_allclose(grown.zones.people["all"], plain.zones.people["all"] * 1.02**5)
    np.testing.assert_allclose(grown.demand.visits, plain.demand.visits * 1.02**5)


APP = """
remote:
  app: {name: {en: App}, takes: {mean: 3 min, cv: 0.5}, succeeds: 100%}
demand:
  year: YEAR
  layers: {all: {segments: {slow: {share: 40%}, quick: {}}}}
  migration:
    online: {to: app, tasks: [cash], cap: 80%, midpoint: 2030, years: 8 a, segments: [all.quick]}
    machines: {to: terminal, tasks: [cash], start: 10%, cap: 90%, midpoint: 2030, years: 8 a}
"""


def test_customers_move_to_channels_by_task_segment_and_year(folder):
    """In the middle of the way 40 % of the quick turn to the app with cash, nobody of the slow, nobody with advice."""
    study = study_of(folder, APP.replace("YEAR", "2030"))
    assert study.demand.segments == ("all.slow", "all.slow.by_counter", "all.quick", "all.quick.by_counter")
    options = tuple(site.today for site in study.sites)
    plan = netsim.simulate_scenario(folder / "own.yaml").result.plan
    customers = draw_customers(study, DAYS)
    kind = arrivals_of(study, plan.shares, options, customers).kind
    cash = customers.task == study.task_index("cash")
    quick = np.isin(customers.segment, [2, 3])
    share = float((kind[cash & quick] > 1).mean())
    assert abs(share - 0.4) < 4.0 * np.sqrt(0.24 / (cash & quick).sum())
    assert not (kind[~cash | ~quick] > 1).any()
    by_counter = np.isin(customers.segment, [1, 3])
    half = float(by_counter[cash].mean())
    assert abs(half - 0.5) < 4.0 * np.sqrt(0.25 / cash.sum())
    assert not by_counter[~cash].any()


def test_who_does_not_use_terminals_yet_goes_to_the_counter(folder):
    study = study_of(folder, APP.replace("YEAR", "2030"))
    run = netsim.simulate_scenario(folder / "own.yaml")
    log = run.days.log
    cash, terminal = log.task == study.task_index("cash"), log.lane == 0
    both = np.array(
        [site.today is not None and site.today.terminals > 0 and site.today.counters > 0 for site in study.sites]
    )
    here = cash & (log.lane >= 0) & (log.step == 0) & both[log.site]
    by_counter = np.isin(log.segment, [1, 3])
    tried = set(log.visit[here & terminal])
    assert set(log.visit[here & ~by_counter]) <= tried  # who fails there goes on to the counter
    assert not terminal[here & by_counter].any()
    assert (here & by_counter).sum() > 100


def test_more_migration_never_brings_anybody_new_to_the_counter(folder):
    """The visitors of the later year are those of the earlier one, without some: nobody waits for somebody new."""
    seen = []
    for year in (2026, 2030, 2036):
        study = study_of(folder, APP.replace("YEAR", str(year)), f"y{year}.yaml")
        customers = draw_customers(study, range(40))
        run = netsim.simulate_scenario(folder / f"y{year}.yaml")
        kind = arrivals_of(study, run.result.plan.shares, tuple(s.today for s in study.sites), customers).kind
        counter = np.isin(customers.segment, [1, 3]) & (kind < 2)
        seen.append({(d, k) for d, k in zip(customers.replication[counter], customers.key[counter], strict=True)})
    assert seen[2] < seen[1] < seen[0]


def test_the_share_settled_elsewhere_rises_with_the_years(folder):
    early, late = (
        netsim.simulate_scenario(write_small(folder, f"{year}.yaml", "plan: as_is\n" + APP.replace("YEAR", str(year))))
        for year in (2024, 2036)
    )
    settled = [
        float((run.days.visits.remote & (run.days.visits.outcome == Outcome.SERVED)).mean()) for run in (early, late)
    ]
    assert settled[0] < 0.1 < settled[1]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("demand: {layers: {all: {growth: {since: 2025, yearly: 0.02}}}}\n", r"growth: the year is missing"),
        (APP.replace("  year: YEAR\n", ""), r"demand.migration: the year is missing"),
        (APP.replace("YEAR", "2030").replace("to: app", "to: ap"), r"unknown remote channel 'ap'; did you mean 'app'"),
        (APP.replace("YEAR", "2030").replace("all.quick]", "all.quik]"), r"unknown segment 'all.quik'"),
        (SEGMENTS.replace("others: {}", "others: {share: 60%}"), r"sum to 110%"),
        (SEGMENTS.replace("others: {}", "others: {share: 40%}"), r"sum to 90%"),
        (SEGMENTS.replace("share: 20%,", "column: old,"), r"no numeric column 'old'"),
        ("demand: {layers: {all: {behaviour: {presence: [1, 1]}}}}\n", r"48 shares"),
    ],
)
def test_faults_are_told_at_their_place(folder, extra, message):
    with pytest.raises(BadInputError, match=message):
        study_of(folder, extra)
