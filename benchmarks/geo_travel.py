"""
Shortest ways from 20,000 places to 1,000 in a made-up city of 219,000 crossings, against scipy and pandana.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``; ``--pandana``
measures pandana too (about half a minute).
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measuring import Record, calibration, record, report
from netsim.geo.ways import Arcs, HierarchyStore, shortest_ways
from synthetic_streets import streets

PANDANA = "--pandana"
STARTS, ENDS = 20_000, 1_000
CHECKED = 50
"""Ends that are searched by scipy too."""
PANDANA_ENDS = 20
REPEATS = 3
SMALL_SIDE, SMALL_STARTS, SMALL_ENDS = 73, 400, 100
"""A city centre of some 5,000 crossings."""
CHILD = """
import resource, sys, time
import numpy as np
from netsim.geo.ways import Arcs, shortest_ways
with np.load(sys.argv[1]) as file:
    arcs = Arcs(file["first"], file["head"], file["cost"])
    starts, ends = file["starts"], file["ends"]
found = shortest_ways(arcs, starts, ends, engine=sys.argv[2]).cost
assert np.isfinite(found).all()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
try:  # Linux hands the peak of a large parent on to its child; this one begins anew with each program
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith("VmHWM"))
except OSError:
    pass
print(time.process_time(), peak)
"""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A graph, where ways start and end, and where its nodes lie."""

    arcs: Arcs
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    where: NDArray[np.float64]


def question(starts: int, ends: int, **city: int) -> Question:
    """Return places drawn at random in a made-up city."""
    arcs, where = streets(**city)
    rng = np.random.default_rng(2)
    return Question(
        replace(arcs, along=None), rng.integers(0, len(arcs), starts), rng.integers(0, len(arcs), ends), where
    )


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, all threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def fresh_process(asked: Question, engine: str) -> tuple[float, float]:
    """Return CPU seconds and peak memory (MB) of a process of its own, its imports and the result included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "question.npz"
        arcs = asked.arcs
        np.savez(file, first=arcs.first, head=arcs.head, cost=arcs.cost, starts=asked.starts, ends=asked.ends)
        words = [sys.executable, "-c", CHILD, str(file), engine]
        seconds, peak = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(peak)


def own(asked: Question) -> tuple[list[Record], float, NDArray[np.float64]]:
    """Measure the hierarchy, built and kept; return records, seconds of the query, and costs of the checked ends."""
    ask = partial(shortest_ways, asked.arcs, asked.starts, asked.ends, engine="hierarchy")
    with tempfile.TemporaryDirectory() as folder:
        store = HierarchyStore(Path(folder))
        cold = cpu(partial(ask, store=store))
        kept: list[NDArray[np.float64]] = []

        def query() -> None:
            kept[:] = [ask(store=store).cost[:, :CHECKED].copy()]

        seconds = statistics.median(cpu(query) for _ in range(REPEATS))
        near = cpu(partial(ask, store=store, cutoff=15.0))
        along = replace(asked.arcs, along=asked.arcs.cost.copy())
        second = partial(shortest_ways, along, asked.starts, asked.ends, engine="hierarchy", store=store)
        second()
        both = cpu(second)
    size = f"{STARTS} x {ENDS} on {len(asked.arcs)} nodes, {len(asked.arcs.head)} arcs"
    return (
        [
            record("ways_cold", cold, "CPU s", "<= 12", holds=cold <= 12.0, note=f"{size}; contraction included"),
            record("ways_kept", seconds, "CPU s", "<= 2.5", holds=seconds <= 2.5, note="hierarchy read from disk"),
            record("ways_kept_15_minutes", near, "CPU s", "", holds=None, note="the same with a cutoff of 15 minutes"),
            record("ways_kept_second_measure", both, "CPU s", "", holds=None, note="the same with metres beside"),
        ],
        seconds,
        kept[0],
    )


def against_scipy(asked: Question, seconds: float, found: NDArray[np.float64]) -> list[Record]:
    """Compare speed and costs with scipy's searches, of some of the ends (it searches from them)."""
    few = asked.ends[:CHECKED]
    slow: list[NDArray[np.float64]] = []
    ask = partial(shortest_ways, asked.arcs, asked.starts, few, engine="scipy")
    ratio = cpu(lambda: slow.append(ask().cost)) * ENDS / len(few) / seconds
    apart = np.abs(found - slow[0])
    worst = float(np.max(np.divide(apart, slow[0], out=apart, where=slow[0] > 0.0)))
    note = f"scipy on {len(few)} ends, scaled to {ENDS}"
    return [
        record("ways_vs_scipy", ratio, "times", ">= 15", holds=ratio >= 15.0, peer="scipy", note=note),
        record(
            "ways_equal_scipy", worst, "relative", "<= 1e-6", holds=worst <= 1e-6, peer="scipy", note="the worst pair"
        ),
    ]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what compiled code prints to the standard error, so that the records stay readable."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def against_pandana(asked: Question, seconds: float) -> list[Record]:
    """Compare with pandana's query for pairs, of a few of the ends."""
    import pandana  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    arcs = asked.arcs
    made: list[pandana.Network] = []
    columns = [pd.Series(column) for column in (*asked.where.T, arcs.tails(), arcs.head)]
    weights = pd.DataFrame({"minutes": arcs.cost})
    with quiet():
        build = cpu(lambda: made.append(pandana.Network(*columns, weights, twoway=False)))
    starts, ends = np.tile(asked.starts, PANDANA_ENDS), np.repeat(asked.ends[:PANDANA_ENDS], STARTS)
    query = cpu(lambda: made[0].shortest_path_lengths(starts, ends)) * ENDS / PANDANA_ENDS
    note = f"pandana builds in {build:.1f} s; its query on {PANDANA_ENDS} ends, scaled to {ENDS}: {query:.0f} s"
    ratio = query / seconds
    return [record("ways_vs_pandana", ratio, "times", ">= 100", holds=ratio >= 100.0, peer="pandana", note=note)]


def records(with_pandana: bool) -> list[Record]:
    """Measure all figures; pandana only if asked."""
    small = question(SMALL_STARTS, SMALL_ENDS, side=SMALL_SIDE)
    fresh_process(small, "hierarchy")  # compiled code is kept from here on
    shortest_ways(small.arcs, small.starts, small.ends, engine="hierarchy")
    little = cpu(partial(shortest_ways, small.arcs, small.starts, small.ends))
    note = f"{SMALL_STARTS} x {SMALL_ENDS} on {len(small.arcs)} nodes, engine chosen by itself"
    asked = question(STARTS, ENDS)
    whole, peak = fresh_process(asked, "auto")
    found, seconds, costs = own(asked)
    return [
        record("ways_small", little, "CPU s", "< 0.5", holds=little < 0.5, note=note),
        record("ways_memory", peak, "MB", "<= 400", holds=peak <= 400.0, note="peak of a process, 160 MB of it result"),
        record("ways_process", whole, "CPU s", "", holds=None, note="the same process: imports, contraction, query"),
        *found,
        *against_scipy(asked, seconds, costs),
        *(against_pandana(asked, seconds) if with_pandana else []),
    ]


def main() -> None:
    """Read the arguments and print the figures, with that of the machine."""
    with_pandana = PANDANA in sys.argv
    sys.argv = [word for word in sys.argv if word != PANDANA]
    report(__doc__, lambda: [calibration(), *records(with_pandana)])


if __name__ == "__main__":
    main()
