"""A scenario that asks for everything inside and around an outlet, from the file to the answer."""

import json
import math

import pytest

from netsim.capacity.cache import ContentCache
from netsim.experiment.answer import run_answer
from netsim.experiment.run import run_scenario
from netsim.experiment.store import write_run
from netsim.model.visits import Outcome
from tests.small import write_small

EXTRA = """
demand:
  layers:
    all:
      behaviour: {priority: 1, patience: 0.8, speed: 0.95, party: [80%, 20%]}
stations:
  reception: {name: {en: Reception, zh: 引导台}, patience: 20 min}
  printer: {name: {en: Printer, zh: 制卡机}}
pools:
  agents: {name: {en: Agents, zh: 坐席}, servers: 2, hours: day, patience: 4 min, cost: 40000 EUR/a}
  hub: {name: {en: Hub, zh: 集中作业}, servers: 2, hours: day, customers_wait: false, cost: 40000 EUR/a}
  crew: {name: {en: Crew, zh: 维修}, servers: 1, hours: street, on_system: false, cost: 50000 EUR/a}
remote:
  app: {name: {en: App, zh: 手机}, takes: {mean: 3 min, cv: 0.5}, succeeds: 80%, otherwise: {hotline: 50%, outlet: 30%},
        after: 1 h, per_contact: 0.1 EUR}
  hotline: {name: {en: Hotline, zh: 热线}, pool: agents, takes: {mean: 4 min, cv: 0.5}, succeeds: 85%,
            otherwise: {outlet: 50%}, leavers: {again: 40%}, after: 30 min}
parcels:
  task: cash
  sizes: {small: 70%, large: 30%}
  consent: 90%
  dwell: {mean: 10 h, cv: 1}
  waves: {"08:00": 60%, "14:00": 40%}
  free_retention: 24 h
  removal_after: 48 h
  to_outlet: 60%
  home_cost: 3 EUR
outages: {mtbf: 200 h, mttr: 20 min, cv: 0.5}
tasks:
  cash:
    remote: {app: {share: 25%}}
    leavers: {to: {nearby: 30%, again: 20%}, after: 40 min}
    waits_at_door: 10 min
  advice:
    remote: {hotline: {share: 10%, succeeds: 50%}}
    leavers: {to: {hotline: 20%}}
    appointments: {share: 25%, every: 30 min, no_show: 10%, late: {share: 20%, mean: 5 min}, priority: 0}
    steps:
      serve: null
      ask: {at: reception, takes: {mean: 1 min, cv: 0.5}, mandatory: false,
            misrouted: {share: 5%, to: terminal, takes: {mean: 1 min, cv: 0.5}}}
      talk: {counter: {mean: 8 min, cv: 0.6}, then: {card: 20%, check: 40%, end: 40%}}
      card: {counter: {mean: 3 min, cv: 0.3}, also: printer, then: {end: 100%}}
      check: {at: hub, takes: {mean: 5 min, cv: 1}, hand_off: 3 min}
lanes:
  counter: {queues: each}
  terminal:
    breakdowns: null
    upkeep: {mtbf: 30 h, shape: 2, tiers: {field: {at: crew, takes: {mean: 25 min, cv: 0.5}}},
             preventive: {every: 40 h, at: crew, takes: {mean: 10 min, cv: 0}}}
formats:
  desk:
    room: {seats: 6, area: 8, per_person: 1}
    stations: {reception: {servers: 1, cost: 30000 EUR/a}, printer: {servers: 1, cost: 2000 EUR/a}}
  machine:
    cells: {small: 10, large: 4}
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A plan of the small town with all of that."""
    folder = tmp_path_factory.mktemp("all")
    path = write_small(folder, extra=EXTRA)
    return run_scenario(path, cache=ContentCache(folder / "cache"), with_sensitivity=False), folder


def test_the_loop_plans_and_measures_all_of_it(planned):
    """Every measure is a number, pools and lockers are told, and every outcome that can be is one."""
    run, _ = planned
    assert run.result.status in {"certified", "uncertified"}
    kpis = {kpi.name: kpi.value for kpi in run.result.kpis}
    measures = (
        "completion.app completion.hotline fall_back_visits.all went_elsewhere.all no_shows.all turnaround.mean "
        "hand_off_share.all home_deliveries.all wait_by_appointment.booked"
    )
    for name in measures.split():
        assert math.isfinite(kpis[name])
    assert 0.7 < kpis["completion.app"] < 0.9
    assert {item.lane for item in run.result.resources if item.site == ""} == {"agents", "hub", "crew"}
    assert {Outcome.HOME, Outcome.NO_SHOW, Outcome.RETURNS} <= set(run.days.log.outcome.tolist())
    used = [site.id for site in run.result.sites if site.option is not None and site.option.format == "machine"]
    assert [item.site for item in run.result.lockers] == used
    answer = json.loads(json.dumps(run_answer(run.result, run.study, None), allow_nan=False))
    assert len(answer["lockers"]) == len(used)


def test_the_report_shows_pools_stations_and_lockers(planned):
    """In both languages, by their names."""
    run, folder = planned
    english = ("Hub", "Reception", "the whole network", "Parcel lockers")
    chinese = ("集中作业", "引导台", "全网", "智能快件箱")
    for language, words in (("en", english), ("zh", chinese)):
        out = folder / language
        write_run(run, out, language)
        page = (out / "report.html").read_text(encoding="utf-8")
        for word in words:
            assert word in page
