"""
Demand layers, travel and access against their peers: CPU seconds and ratios from one run.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``;
``--pandana`` measures
pandana too, on a part of its sites and scaled. The peers come with the extra ``bench``.
"""

from __future__ import annotations

import importlib.util
import sys

import geo_access
import geo_areal
import geo_choice
import geo_city
import geo_datum
import geo_roads
import geo_travel
from measuring import Record, calibration, report

PANDANA = "--pandana"
PARTS = {"access": geo_access.records, "tobler": geo_areal.records}
"""Parts by the package of the peer that each needs."""


def measure(with_pandana: bool) -> list[Record]:
    """Return all records; a part whose peer is not installed is left out, and says so."""
    found = [calibration()]
    for part in (geo_datum.records, geo_choice.records, geo_roads.records, geo_city.records):
        found += part()
    for package, part in PARTS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{package} is not installed: pip install netsim[bench]", file=sys.stderr)
            continue
        found += part()
    asked = with_pandana and importlib.util.find_spec("pandana") is not None
    return [*found, *geo_travel.records(asked)]


def main() -> None:
    """Read the arguments and print the figures."""
    with_pandana = PANDANA in sys.argv
    sys.argv = [word for word in sys.argv if word != PANDANA]
    report(__doc__, lambda: measure(with_pandana))


if __name__ == "__main__":
    main()
