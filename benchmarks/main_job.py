"""
The main job on Helsinki centre: CPU seconds cold and with cached capacities, memory, what came out.

Each run is a fresh process, measured by its own resource usage. ``--json`` prints a list of records
``{"name", "value", "unit", "goal", "peer", "holds", "note"}``.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import calibration, record, report

ROOT = Path(__file__).resolve().parents[1]


def run(words: list[str], cache: Path) -> tuple[dict[str, Any], float, float]:
    """Return the answer of ``netsim WORDS --json``, its CPU seconds and its largest memory in GB."""
    environment = {**os.environ, "NETSIM_CACHE": str(cache)}
    code = (
        "import resource, sys, subprocess;"
        "done = subprocess.run([sys.executable, '-m', 'netsim', *sys.argv[1:]], stdout=subprocess.PIPE);"
        "use = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "sys.stdout.buffer.write(done.stdout);"
        "print(); print(use.ru_utime + use.ru_stime, use.ru_maxrss / 1e6);"
        "sys.exit(done.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"netsim {' '.join(words)} ended with {done.returncode}:\n{done.stderr.decode()}")
    text, figures = done.stdout.decode().rstrip().rsplit("\n", 1)
    cpu, memory = (float(word) for word in figures.split())
    return json.loads(text), cpu, memory


def measure() -> list[dict[str, Any]]:
    """Run the job cold, warm and again, and the comparison of issue "The main job"."""
    found = [calibration()]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        words = ["run", "scenarios/helsinki_plan.yaml", "--out"]
        cold, cold_cpu, cold_memory = run([*words, str(base / "cold")], base / "cache")
        _, warm_cpu, warm_memory = run([*words, str(base / "warm")], base / "cache")
        same = (base / "cold/result.json").read_bytes() == (base / "warm/result.json").read_bytes()
        comparison, compare_cpu, _ = run(
            ["compare", "scenarios/helsinki_today.yaml", "scenarios/helsinki_plan.yaml", "--out", str(base / "c")],
            base / "cache",
        )
        size = (base / "cold/report.html").stat().st_size / 1e6
    gap = cold["gap"]
    outlets = sum(site["format"] is not None for site in cold["sites"])
    found += [
        record("main_job_cold", cold_cpu, "CPU s", "<= 180", holds=cold_cpu <= 180),
        record("main_job_cached", warm_cpu, "CPU s", "<= 90", holds=warm_cpu <= 90),
        record("memory", max(cold_memory, warm_memory), "GB", "<= 1.5", holds=max(cold_memory, warm_memory) <= 1.5),
        record("status", cold["status"], "", "certified", holds=cold["status"] == "certified"),
        record("rounds", cold["rounds"], "rounds", "<= 4", holds=cold["rounds"] <= 4),
        record("gap_nearest", gap, "share", "<= .15", holds=gap is not None and gap <= 0.15),
        record("same_bytes", float(same), "", "1", holds=same, note="result.json of two runs with one seed"),
        record("outlets", outlets, "outlets", "", holds=None),
        record("cost", cold["cost"], f"{cold['currency']}/a", "", holds=None, note="operator, with the roster"),
        record("report_size", size, "MB", "<= 3", holds=size <= 3),
        record("compare_two", compare_cpu, "CPU s", "", holds=None, note=f"{comparison['days']} common days"),
    ]
    found += [
        record(
            f"sensitivity_{item['id']}",
            item["missed_outlets"],
            "outlets that miss",
            "",
            holds=None,
            note=f"{item['outlets']} outlets, cost {item['cost']}, leavers {item['leavers']}",
        )
        for item in cold["sensitivities"]
    ]
    return found


def main() -> None:
    """Print the figures."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    report(__doc__, measure)


if __name__ == "__main__":
    main()
