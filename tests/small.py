"""A small scenario typed in one file, for end-to-end tests: nine zones, six places, three tasks."""

from __future__ import annotations

from pathlib import Path


def _zone(col: int, row: int) -> str:
    people = 400 + 150 * col + 100 * row
    return f"      - {{id: z{col}{row}, x: {500000 + 300 * col}, y: {6672000 + 300 * row}, people: {{all: {people}}}}}"


ZONES = "\n".join(_zone(col, row) for col in range(3) for row in range(3))

SCENARIO = f"""
netsim: 1
name: {{en: Small town, zh: 小镇}}
note: {{en: Made up for tests., zh: 仅供测试。}}
seed: 11
plan: optimise
geography:
  crs: EPSG:3067
  zones:
    points:
{ZONES}
  travel: {{mode: straight_line, circuity: 1.2, speed: 4.8 km/h}}
  provenance: {{source: test, evidence: synthetic}}
calendar:
  time_zone: Europe/Helsinki
  day_types:
    working_day: {{days_per_year: 250}}
  hours: {{day: ["09:00-17:00"], street: ["06:00-24:00"]}}
  provenance: {{source: test, evidence: synthetic}}
demand:
  layers:
    all:
      visits_per_person: 0.08
      tasks: {{cash: 60%, advice: 40%}}
  provenance: {{source: test, evidence: synthetic}}
profiles:
  flat:
    shares: [{", ".join(["0"] * 16 + ["1"] * 20 + ["0"] * 12)}]
  provenance: {{source: test, evidence: synthetic}}
tasks:
  cash:
    name: {{en: Cash, zh: 现金}}
    profile: flat
    flexible: 90%
    lost_visit_cost: 4 EUR
    steps:
      serve: {{terminal: {{mean: 2 min, cv: 0.5}}, counter: {{mean: 4 min, cv: 0.5}}, fail_over: 5%}}
  advice:
    name: {{en: Advice, zh: 咨询}}
    profile: flat
    flexible: 95%
    lost_visit_cost: 30 EUR
    steps:
      serve: {{counter: {{mean: 10 min, cv: 0.7}}}}
  provenance: {{source: test, evidence: synthetic}}
lanes:
  counter: {{promise: {{share: 85%, within: 10 min}}, patience: 30 min, end_of_shift: finish_and_close_queue}}
  terminal:
    promise: {{share: 85%, within: 4 min}}
    patience: 10 min
    end_of_shift: finish_and_close_queue
    breakdowns: {{mtbf: 40 h, mttr: 30 min, cv: 0.8}}
  provenance: {{source: test, evidence: synthetic}}
channels:
  teller: {{name: {{en: Counter, zh: 柜台}}, contact: direct, medium: staffed}}
  terminal: {{name: {{en: Terminal, zh: 终端}}, contact: indirect, medium: self}}
formats:
  desk: {{}}
  machine: {{}}
network:
  sites:
    - {{id: a, x: 500000, y: 6672000, kind: branch}}
    - {{id: b, x: 500600, y: 6672600, kind: branch}}
    - {{id: c, x: 500300, y: 6672300, kind: place}}
    - {{id: d, x: 500600, y: 6672000, kind: place}}
    - {{id: e, x: 500000, y: 6672600, kind: machine}}
    - {{id: f, x: 500300, y: 6672600, kind: machine, name: "=1+1 <b>bold</b>"}}
  kinds:
    branch: {{today: {{format: desk, counters: 2, terminals: 1}}, allowed: [desk]}}
    place: {{allowed: [desk, machine]}}
    machine: {{today: {{format: machine, terminals: 1}}, allowed: [machine]}}
  provenance: {{source: test, evidence: synthetic}}
rules:
  assignment: nearest
  reach: 20 min
  served_share: 80%
  coverage:
    advice_within_12_min: {{task: advice, share: 80%, within: 12 min}}
  provenance: {{source: test, evidence: synthetic}}
economics:
  currency: EUR
  price_year: 2024
  discount_rate: 4%
  transition_years: 10 a
  value_of_time: 10 EUR/h
  provenance: {{source: test, evidence: synthetic}}
staff:
  shifts:
    full: {{length: 8.5 h, paid: 8 h, break: {{after: [3 h, 5 h], length: 30 min}}}}
    part: {{length: 4 h, paid: 4 h}}
  provenance: {{source: test, evidence: synthetic}}
planning: {{max_rounds: 3, nodes: 20}}
simulation: {{block: 20, max_days: 160, capacity_days: 80, compare_days: 20}}
"""

DESK = """
name: {en: Desk, zh: 网点}
ownership: own
channels: {counter: teller, terminal: terminal}
tasks: {counter: [cash, advice], terminal: [cash]}
levels: {counter: [1, 2, 3, 4], terminal: [1, 2]}
patterns:
  standard: {counter: day, terminal: street}
costs: {fixed: 60000 EUR/a, per_terminal: 12000 EUR/a, staff_hour: 30 EUR/h, opening: 100000 EUR, closing: 50000 EUR,
        converting: 60000 EUR, terminal_installation: 20000 EUR}
provenance: {source: test, evidence: synthetic}
"""

MACHINE = """
name: {en: Cash machine, zh: 取款机}
ownership: own
channels: {terminal: terminal}
tasks: {terminal: [cash]}
levels: {terminal: [1, 2]}
patterns:
  standard: {terminal: street}
costs: {fixed: 4000 EUR/a, per_terminal: 11000 EUR/a, opening: 15000 EUR, closing: 5000 EUR, converting: 15000 EUR,
        terminal_installation: 18000 EUR}
provenance: {source: test, evidence: synthetic}
"""


def write_small(folder: Path, name: str = "small.yaml", extra: str = "") -> Path:
    """Write the scenario and its formats below a folder; return the scenario's path."""
    (folder / "formats").mkdir(parents=True, exist_ok=True)
    (folder / "formats" / "desk.yaml").write_text(DESK, encoding="utf-8")
    (folder / "formats" / "machine.yaml").write_text(MACHINE, encoding="utf-8")
    (folder / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    path = folder / name
    path.write_text(f"extends: base.yaml\n{extra}", encoding="utf-8")
    return path
