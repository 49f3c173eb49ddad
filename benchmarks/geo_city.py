"""Measures whether synthetic cities of three millions meet the rows of real ones, and what they cost."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import Record, calibration, record, report
from netsim.geo.synthetic import City, city_figures, synthetic_city, targets, write_city
from netsim.geo.synthetic.targets import STREETS, TOLERANCE

PEOPLE, HEXES, OWN, CANDIDATES = 3_000_000, 5_000, 120, 500
SEED = 1
MOST_SECONDS, MOST_MB = 60.0, 1_500.0

_ALONE = f"""
import resource
from netsim.geo.synthetic import synthetic_city
city = synthetic_city("island", {PEOPLE}, {SEED}, hexes={HEXES}, own={OWN}, candidates={CANDIDATES})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
"""Peak of a process of its own, Linux: KiB."""


def drawn(like: str) -> tuple[City, float]:
    """Return a city and its CPU seconds."""
    start = time.process_time()
    city = synthetic_city(like, PEOPLE, SEED, hexes=HEXES, own=OWN, candidates=CANDIDATES)
    return city, time.process_time() - start


def rows(city: City) -> list[Record]:
    """Return every row of a city beside the figure of the real one."""
    found = city_figures(city)
    return [
        record(
            f"{city.like}_{name}",
            found[name],
            "",
            f"{row:.4g} +- {TOLERANCE:.0%}",
            holds=abs(found[name] / row - 1.0) <= TOLERANCE,
            peer="a real city",
            note=f"{found[name] / row - 1.0:+.1%}",
        )
        for name, row in targets(city.like).items()
    ]


def same_bytes(city: City) -> Record:
    """Write a city and the same city drawn anew."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        one = [path.read_bytes() for path in write_city(city, Path(folder) / "one")]
        seconds = time.process_time() - start
        again = [path.read_bytes() for path in write_city(drawn(city.like)[0], Path(folder) / "again")]
    size = sum(map(len, one)) / 1e6
    note = f"written in {seconds:.2f} CPU s, {size:.1f} MB"
    return record("same_seed_same_bytes", float(one == again), "", "1", holds=one == again, note=note)


def records() -> list[Record]:
    """Measure a city of each kind."""
    found: list[Record] = []
    slowest = 0.0
    for like in STREETS:
        city, seconds = drawn(like)
        slowest = max(slowest, seconds)
        found += rows(city)
    found.append(same_bytes(city))
    note = f"{PEOPLE:,} people, {HEXES:,} hexagons, the slowest of the kinds"
    found.append(
        record("city_3M_seconds", slowest, "CPU s", f"< {MOST_SECONDS:g}", holds=slowest < MOST_SECONDS, note=note)
    )
    alone = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)
    peak = float(alone.stdout)
    note = "peak of the process, imports included"
    found.append(record("city_3M_memory", peak, "MB", f"< {MOST_MB:g}", holds=peak < MOST_MB, note=note))
    return found


def measure() -> list[Record]:
    """Measure everything."""
    return [calibration(), *records()]


if __name__ == "__main__":
    report(__doc__, measure)
