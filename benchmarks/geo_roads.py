"""
Roads: from an OpenStreetMap extract of a real city to a network that can be routed on.

Needs ``NETSIM_DATA`` and the extra ``osm``. ``--json`` prints a list of records
``{"name", "value", "unit", "goal", "peer", "holds", "note"}``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measuring import Record, calibration, record, report

GOAL_S = 2.0
"""CPU seconds, everything included, from a fresh process to the largest component for cars."""
REPEATS = 3
CITY = Path("porto_alegre/poa_osm.pbf")

FRESH = """
import json, sys, time
if "without_peers" in sys.argv:
    # A peer of the benchmarks, imported by pyrosm where it is there; the extra osm does not install it.
    sys.modules["pandana"] = None
from pathlib import Path
from netsim.geo.roads import read_osm
ready = time.process_time()
network = read_osm(Path(sys.argv[1]), sys.argv[2]).largest_component()
print(json.dumps([time.process_time(), time.process_time() - ready, len(network), len(network.head)]))
"""
"""Prints CPU seconds of the whole process and of the reading (with the import of pyrosm), nodes and arcs."""


def records() -> list[Record]:
    """Measure reading Porto Alegre in fresh processes and warm, and its network without nodes of shape."""
    data = os.environ.get("NETSIM_DATA", "")
    if not data or importlib.util.find_spec("pyrosm") is None:
        why = "needs NETSIM_DATA" if not data else "needs the extra osm"
        return [record("osm_drive_fresh", None, "CPU s", f"<= {GOAL_S:g}", holds=None, note=why)]
    path = Path(data) / CITY
    found = []
    for name, mode, words in (
        ("osm_drive_fresh", "drive", ["without_peers"]),
        ("osm_drive_fresh_with_pandana", "drive", []),
        ("osm_walk_fresh", "walk", ["without_peers"]),
    ):
        runs = [_fresh(path, mode, *words) for _ in range(REPEATS)]
        whole, reading = (statistics.median(run[place] for run in runs) for place in (0, 1))
        nodes, arcs = runs[0][2:]
        note = (
            f"fresh process, all imports; {reading:.2f} s of it pyrosm and reading; {nodes:.0f} nodes, {arcs:.0f} arcs"
        )
        goal, holds = (f"<= {GOAL_S:g}", whole <= GOAL_S) if mode == "drive" else ("", None)
        found.append(record(name, whole, "CPU s", goal, holds=holds, note=note))
    return [*found, *_warm(path)]


def _fresh(path: Path, mode: str, *words: str) -> list[float]:
    """Return what a fresh process measures of itself."""
    done = subprocess.run([sys.executable, "-c", FRESH, str(path), mode, *words], capture_output=True, check=True)
    return [float(value) for value in json.loads(done.stdout)]


def _warm(path: Path) -> list[Record]:
    """Reading with everything imported, against pyrosm's own reading of the same roads; leaving out nodes of shape."""
    import pyrosm  # noqa: PLC0415

    from netsim.geo.roads import read_osm  # noqa: PLC0415

    seconds: dict[str, list[float]] = {"ours": [], "peer": [], "simplify": []}
    nodes = plain_nodes = 0
    for _ in range(REPEATS):
        start = time.process_time()
        network = read_osm(path, "drive").largest_component()
        seconds["ours"].append(time.process_time() - start)
        start = time.process_time()
        plain = network.simplify()
        seconds["simplify"].append(time.process_time() - start)
        nodes, plain_nodes = len(network), len(plain)
        start = time.process_time()
        osm = pyrosm.OSM(str(path), engine="in_memory", progress=False)
        roads = osm.get_network("driving", nodes=True)
        osm.to_graph(*roads, graph_type="networkx", network_type="driving", simplify=False)
        seconds["peer"].append(time.process_time() - start)
    ours, peer, simplify = (statistics.median(seconds[name]) for name in ("ours", "peer", "simplify"))
    against = "pyrosm to_graph (networkx, every node kept)"
    return [
        record("osm_drive_warm", ours, "CPU s", "", holds=None, note="everything imported"),
        record("osm_drive_over_pyrosm", ours / peer, "ratio", "", holds=None, peer=against, note=f"peer {peer:.2f} s"),
        record("simplify", simplify, "CPU s", "", holds=None, note=f"{nodes} nodes become {plain_nodes}"),
    ]


if __name__ == "__main__":
    report(__doc__, lambda: [calibration(), *records()])
