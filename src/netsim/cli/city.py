"""``netsim city``: a made-up city that measures like a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import give

LIKE = ("A", "B", "C", "island")


@click.command("city")
@click.option("--like", type=click.Choice(LIKE), required=True, help="Kind of real city whose figures it is held to.")
@click.option("--people", type=click.IntRange(1), required=True, help="Residents, 100,000 at least.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Another seed, another city."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced as a whole.")
@click.option("--hexes", type=click.IntRange(1), help="Number of zones; absent: hexagons of 0.09 km2.")
@click.option("--own", type=click.IntRange(1), help="Own branches; absent: as the largest brand.")
@click.option("--candidates", type=click.IntRange(0), help="Candidate sites; absent: 500 in three million people.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def command(
    like: str,
    people: int,
    seed: int,
    out: Path,
    hexes: int | None,
    own: int | None,
    candidates: int | None,
    *,
    as_json: bool,
) -> None:
    """Make up a city: streets, zones with people and jobs, our outlets among competitors, candidate sites."""
    from netsim.experiment.city import make_city

    found = make_city(like, people, seed, out, hexes=hexes, own=own, candidates=candidates)
    give(found, as_json=as_json, lines=_lines)


def _lines(found: dict[str, Any]) -> list[str]:
    sites = ", ".join(f"{count} {kind}" for kind, count in found["sites"].items())
    rows, missed = found["rows"], found["missed"]
    like = f"a real city of kind {found['like']}"
    return [
        f"{found['folder']}: {found['people']:,} people in {found['zones']:,} zones, {found['km2']:,.0f} km2; {sites}",
        f"{len(rows) - len(missed)} of {len(rows)} figures within 15 % of {like}; evidence: synthetic",
        *(f"missed: {name}: {rows[name]['value']:g}, a real one {rows[name]['row']:g}" for name in missed),
    ]
