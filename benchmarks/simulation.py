"""
The simulation core against its peers on ``reference_outlet``: ratios of CPU seconds from one run.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from measuring import Record, calibration, record, report
from netsim.simulation.alone import OutletJob, draw_arrivals, keys_of_job, stream_outlet, stream_outlets
from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import most, run_days
from netsim.simulation.kernel.tables import new_room, new_state
from netsim.simulation.outlet import CustomerClass, OutletModel
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.visits import Arrivals, Failures, failures_of
from peers import c_outlet, ciw_model, simpy_idiomatic
from reference_outlet import STAFF, counter, reference_outlet, reference_pattern

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

JOB = OutletJob("reference_outlet", reference_outlet(), reference_pattern())
SEED = 1
REPEATS = 5
DAYS = 60
OUTLETS = 100
"""Outlets that are put into one event loop."""


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, all threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median CPU seconds of some calls."""
    return statistics.median(cpu(work) for _ in range(repeats))


def same_customers(days: int) -> tuple[Arrivals, Failures]:
    """Return customers and failures that all engines can be given."""
    customers, machines = keys_of_job(JOB, SEED)
    return draw_arrivals(JOB.pattern, customers, range(days)), failures_of(JOB.model, machines, range(days))


def kernel_alone(came: Arrivals, failures: Failures) -> Callable[[], object]:
    """Return the kernel on drawn customers, with its tables made beforehand (as the C loop has them)."""
    outlet = tables_of(JOB.model)
    memory = new_state(outlet, most(came.first), most(failures.first), most(came.first) + 200)
    room = new_room(outlet, len(came.comers) * 5 // 4, len(failures.faults))
    first = [np.zeros(came.days + 1, dtype=np.int64) for _ in range(3)]

    def run() -> None:
        done = run_days(
            tuple(outlet),
            came.comers,
            came.first,
            failures.faults,
            failures.first,
            tuple(memory),
            tuple(room),
            *first,
            0,
        )
        assert done == came.days  # noqa: S101

    return run


def against_reference() -> list[Record]:
    """Measure the kernel and SimPy on the same customers, and that they agree to the bit."""
    came, failures = same_customers(3)
    slow: list[object] = []
    reference = cpu(lambda: slow.append(RUNNERS["reference"](JOB.model, came, failures)))
    many = same_customers(DAYS)
    run = kernel_alone(*many)
    run()
    fast = median(run) / len(many[0].comers)
    ratio = reference / len(came.comers) / fast
    twin = RUNNERS["kernel"](JOB.model, came, failures).rows
    same = np.array_equal(twin["end"], slow[0].rows["end"])  # type: ignore[attr-defined]
    note = f"kernel {1e6 * fast:.3f}, SimPy {1e6 * reference / len(came.comers):.1f} us a customer; same ends: {same}"
    return [record("kernel_vs_reference", ratio, "times", ">= 100", holds=ratio >= 100, peer="SimPy", note=note)]


def coupled() -> list[Record]:
    """Measure outlets in one event loop beside the same outlets one by one: what sharing something costs."""
    came, failures = same_customers(OUTLETS)
    stations, classes = JOB.model.stations, JOB.model.classes

    def moved(item: CustomerClass | None, outlet: int) -> CustomerClass | None:
        shift = outlet * len(stations)
        return item and replace(item, nodes=tuple(replace(node, station=node.station + shift) for node in item.nodes))

    wide = OutletModel(stations * OUTLETS, tuple(moved(item, outlet) for outlet in range(OUTLETS) for item in classes))
    one_day = came.comers.copy()
    one_day["kind"] += len(classes) * np.repeat(np.arange(OUTLETS), np.diff(came.first))
    order = np.argsort(one_day["minute"], kind="stable")
    faults = failures.faults.copy()
    faults["station"] += len(stations) * np.repeat(np.arange(OUTLETS), np.diff(failures.first))
    faults = faults[np.argsort(faults["minute"], kind="stable")]
    together = Arrivals(one_day[order], np.array([0, len(one_day)])), Failures(faults, np.array([0, len(faults)]))
    apart = median(lambda: RUNNERS["kernel"](JOB.model, came, failures))
    joined = median(lambda: RUNNERS["kernel"](wide, *together))
    rows = RUNNERS["kernel"](wide, *together).rows
    same = np.array_equal(np.sort(rows["end"]), np.sort(RUNNERS["kernel"](JOB.model, came, failures).rows["end"]))
    per = 1e6 * joined / len(one_day)
    note = f"{OUTLETS} outlets, {len(wide.stations)} stations in one loop: {per:.3f} us a customer; same ends: {same}"
    return [record("one_loop_vs_apart", joined / apart, "times", "", holds=None, peer="the outlets apart", note=note)]


def end_to_end() -> list[Record]:
    """Measure whole jobs, customers drawn inside, against models in SimPy and Ciw."""
    stream_outlet(JOB, SEED, range(4))
    ours, simpy, ciw = [], [], []
    for repeat in range(REPEATS):
        ours.append(cpu(lambda: stream_outlet(JOB, SEED, range(DAYS))) / (DAYS * JOB.pattern.expected))
        simpy.append(_per_customer(simpy_idiomatic.simulate, repeat, 4))
        ciw.append(_per_customer(ciw_model.simulate, repeat, 2))
    own = statistics.median(ours)
    found = [record("end_to_end", 1e6 * own, "us/customer", "", holds=None, note="draw, run, sums and sketches")]
    for name, times, goal in (("SimPy", simpy, 80), ("Ciw", ciw, 120)):
        ratio = statistics.median(times) / own
        note = f"{name} {1e6 * statistics.median(times):.1f} us a customer"
        found.append(
            record(
                f"end_to_end_vs_{name.lower()}", ratio, "times", f">= {goal}", holds=ratio >= goal, peer=name, note=note
            )
        )
    return found


def _per_customer(simulate: Callable[[int, int], object], seed: int, days: int) -> float:
    totals: list[object] = []
    seconds = cpu(lambda: totals.append(simulate(seed, days)))
    return seconds / totals[0].customers  # type: ignore[attr-defined]


def against_c() -> list[Record]:
    """Measure the kernel and a plain C version of the same loop, and that they agree to the bit."""
    if not c_outlet.available():
        return [record("kernel_vs_c", None, "times", "<= 1.5", holds=None, peer="gcc", note="no gcc here: skipped")]
    came, failures = same_customers(DAYS)
    comers, faults = came.comers, failures.faults
    words = np.stack([comers["first_word"], comers["second_word"]], axis=1).copy()
    columns = (comers["minute"].copy(), comers["kind"].copy(), words, faults["minute"].copy(), faults["repair"].copy())
    room = c_outlet.room(len(comers), came.days)
    answer: list[dict[str, np.ndarray]] = []

    def in_c() -> None:
        answer[:] = [c_outlet.simulate_days(*columns, came.first, failures.first, rows=room)]

    run = kernel_alone(came, failures)
    run(), in_c()
    pairs = [(cpu(run), cpu(in_c)) for _ in range(2 * REPEATS)]
    ratio = statistics.median(one / other for one, other in pairs)
    rows = RUNNERS["kernel"](JOB.model, came, failures).rows
    same = np.array_equal(rows["call"], answer[0]["call"][: len(rows)], equal_nan=True)
    note = (
        f"C {1e6 * statistics.median(other for _, other in pairs) / len(comers):.3f} us a customer; same calls: {same}"
    )
    return [record("kernel_vs_c", ratio, "times", "<= 1.5", holds=ratio <= 1.5, peer="gcc -O3", note=note)]


def at_scale() -> list[Record]:
    """Measure 500 outlets on 50 days, and what memory grows by over 1,000 days."""
    jobs = [OutletJob(f"outlet {number}", JOB.model, JOB.pattern) for number in range(500)]
    customers = 0

    def all_outlets() -> None:
        nonlocal customers
        for totals in stream_outlets(jobs, SEED, range(50)):
            customers += int(totals.cells["rows"].sum())

    seconds = cpu(all_outlets)
    code = (
        "import resource, sys; sys.path.insert(0, 'benchmarks');"
        "from simulation import JOB, stream_outlet;"
        "held = lambda: int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize() / 2**20;"
        "stream_outlet(JOB, 1, range(64)); before = held();"
        "kept = stream_outlet(JOB, 1, range(1064)); print(held() - before)"
    )
    grown = float(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )
    note = f"{customers} rows; {25_000 / seconds:.0f} outlet-days a core second"
    return [
        record("outlets_500_days_50", seconds, "core s", "<= 60", holds=seconds <= 60, note=note),
        record(
            "memory_1000_days", grown, "MB", "<= 32", holds=grown <= 32, note="growth while totals are kept, one outlet"
        ),
    ]


def start_up() -> list[Record]:
    """Measure a fresh process that simulates a day, with compiled code kept and without."""
    code = (
        "import sys, time; sys.path.insert(0, 'benchmarks');"
        "from simulation import JOB, stream_outlet; stream_outlet(JOB, 1, range(1)); print(time.process_time())"
    )

    def fresh(environment: dict[str, str]) -> float:
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return float(done.stdout)

    cached = statistics.median(fresh(dict(os.environ)) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        cold = fresh({**os.environ, "NUMBA_CACHE_DIR": folder})
    return [
        record("start_up_cached", cached, "CPU s", "<= 1.5", holds=cached <= 1.5, note="imports and one day"),
        record("start_up_compiling", cold, "CPU s", "", holds=None, note="the first time on a machine"),
    ]


def laws() -> list[Record]:
    """Count violations of the monotone law; compare the variance of differences with and without common customers."""
    from tests.simulation.monotone import waits_of_pairs  # noqa: PLC0415

    longer = waits_of_pairs(10_000, seed=3)
    more = list(STAFF)
    more[5] += 1
    extra = OutletModel((JOB.model.stations[0], counter(more)), JOB.model.classes)
    base, better, strangers = (_waits(model, seed) for model, seed in ((JOB.model, 1), (extra, 1), (extra, 2)))
    ratio = float(np.var(base - strangers) / np.var(base - better))
    violations = int(np.sum(longer > 1e-9))
    return [
        record("monotone_violations", violations, "of 10,000 pairs", "0", holds=violations == 0),
        record("common_customers", ratio, "times", ">= 20", holds=ratio >= 20, note="variance, one extra counter-hour"),
    ]


def _waits(model: OutletModel, seed: int, days: int = 400) -> np.ndarray:
    """Return the mean wait of each day at the counter."""
    came = draw_arrivals(JOB.pattern, key_of(seed, "customers"), range(days))
    done = RUNNERS["kernel"](model, came, failures_of(model, key_of(seed, "machines"), range(days)))
    rows, day = done.rows, np.repeat(np.arange(days), np.diff(done.first))
    wait = np.where(np.isnan(rows["call"]), rows["end"], rows["call"]) - rows["arrive"]
    here = rows["station"] == 1
    return np.bincount(day[here], wait[here], days) / np.bincount(day[here], minlength=days)


def measure() -> list[Record]:
    """Measure everything."""
    found = [calibration()]
    for part in (against_reference, coupled, end_to_end, against_c, at_scale, start_up, laws):
        found += part()
    return found


if __name__ == "__main__":
    report(__doc__, measure)
