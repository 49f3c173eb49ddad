"""``netsim compare``: scenarios side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import (
    Progress,
    check_first,
    give,
    named_roots,
    output_options,
    runner_options,
    scenario_options,
    settings_of,
)
from netsim.cli.lines import comparison_lines
from netsim.text import Language


@click.command("compare")
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True)
@output_options
@scenario_options
@runner_options
def command(
    scenarios: tuple[Path, ...],
    out: Path,
    language: Language,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
    **how: Any,  # noqa: ANN401
) -> None:
    """Run two to six SCENARIOS and compare them with the first on common customers."""
    roots = named_roots(data_roots)
    check_first(scenarios, sets, roots)
    from netsim.experiment.comparison import compare_scenarios
    from netsim.experiment.out_folder import check_out
    from netsim.experiment.store import write_comparison

    check_out(out)
    with Progress() as tell:
        comparison, runs = compare_scenarios(
            scenarios, seed=seed, sets=sets, data_roots=roots, settings=settings_of(how), progress=tell
        )
        answer = write_comparison(comparison, runs, out, language)
    give(answer, as_json=as_json, lines=comparison_lines)
    for warning in answer["warnings"]:
        click.echo(f"warning: {warning}", err=True)
