"""What the benchmarks share: the figure of the machine, records, and how they are printed."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]


def calibration() -> Record:
    """Return CPU seconds of a small fixed loop: by it, figures can be read on any machine."""
    start = time.process_time()
    total = 0
    for number in range(5_000_000):
        total += number * number % 7
    assert total > 0  # noqa: S101
    seconds = time.process_time() - start
    return record("calibration", seconds, "CPU s", "", holds=None, note="5 million loop steps in plain Python")


def record(
    name: str, value: float | str | None, unit: str, goal: str, *, holds: bool | None, peer: str = "", note: str = ""
) -> Record:
    """Return one line of the answer."""
    return {"name": name, "value": value, "unit": unit, "goal": goal, "peer": peer, "holds": holds, "note": note}


def report(description: str | None, measure: Callable[[], list[Record]]) -> None:
    """Measure and print the figures, with ``--json`` as a list of records."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print a JSON list of records")
    asked = parser.parse_args()
    found = measure()
    if asked.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for item in found:
        verdict = {True: "holds", False: "MISSES", None: ""}[item["holds"]]
        value = f"{item['value']:.4g}" if isinstance(item["value"], float) else item["value"]
        print(f"{item['name']:32s} {value!s:>10s} {item['unit']:14s} {item['goal']:10s} {verdict:7s} {item['note']}")
