"""``netsim check``: whether a scenario is sound, and what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import check_first, give, named_roots, scenario_options


@click.command("check")
@click.argument("scenario", type=click.Path(path_type=Path))
@scenario_options
def command(
    scenario: Path,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Read SCENARIO and its data, name every fault, say what it holds; run nothing, write nothing."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.check import describe
    from netsim.experiment.study import load_study

    study, _ = load_study(scenario, seed=seed, sets=sets, data_roots=roots)
    give(describe(study), as_json=as_json, lines=_lines)


def _lines(found: dict[str, Any]) -> list[str]:
    visits = ", ".join(f"{sum(tasks.values()):,.0f} on a {day}" for day, tasks in found["visits_per_day"].items())
    return [
        f"{found['scenario']}: sound; plan: {found['plan']}",
        f"zones {found['zones']}, people "
        + ", ".join(f"{name} {people:,.0f}" for name, people in found["people"].items()),
        f"visits wished: {visits}",
        "sites: " + ", ".join(f"{count} {kind}" for kind, count in found["sites"].items()),
        f"formats: {', '.join(found['formats'])}",
        "evidence: " + ", ".join(f"{count} {label}" for label, count in found["evidence"].items()),
        *(f"note: {note}" for note in found["notes"]),
    ]
