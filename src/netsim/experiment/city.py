"""A synthetic city in a folder, ready for a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netsim.errors import BadInputError, Fault
from netsim.experiment.out_folder import check_out, replaced
from netsim.geo.synthetic.city import synthetic_city
from netsim.geo.synthetic.write import city_report, write_city


def make_city(
    like: str,
    people: int,
    seed: int,
    out: Path,
    *,
    hexes: int | None = None,
    own: int | None = None,
    candidates: int | None = None,
) -> dict[str, Any]:
    """
    Write a synthetic city into a folder: zones, roads, outlets and candidates, and how far it is like a real one.

    Parameters
    ----------
    like, people, seed, hexes, own, candidates
        As in ``synthetic_city``.
    out
        The folder, replaced as a whole; nobody else's files may lie in it.

    Raises
    ------
    BadInputError
        If a number makes no sense, or the folder holds files that netsim did not write.
    """
    check_out(out)
    try:
        city = synthetic_city(like, people, seed, hexes=hexes, own=own, candidates=candidates)
    except ValueError as error:
        raise BadInputError((Fault("netsim city", 0, 0, "", str(error)),)) from None
    with replaced(out) as folder:
        files = [path.name for path in write_city(city, folder)]
    rows = city_report(city)["rows"]
    kinds = {kind: city.sites.kind.count(kind) for kind in dict.fromkeys(city.sites.kind)}
    return {
        "netsim": 1,
        "folder": str(out),
        "like": like,
        "seed": seed,
        "people": city.people,
        "km2": round(city.km2, 2),
        "zones": len(city.zones),
        "sites": kinds,
        "crs": city.zones.crs,
        "evidence": "synthetic",
        "files": files,
        "rows": rows,
        "missed": [name for name, row in rows.items() if not row["holds"]],
    }
