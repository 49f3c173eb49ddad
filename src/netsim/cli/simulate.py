"""``netsim simulate``: the network of today, as it is."""

from __future__ import annotations

from pathlib import Path

import click

from netsim.cli.common import Progress, check_first, give, named_roots, output_options, scenario_options
from netsim.cli.lines import run_lines
from netsim.text import Language


@click.command("simulate")
@click.argument("scenario", type=click.Path(path_type=Path))
@output_options
@scenario_options
def command(
    scenario: Path,
    out: Path,
    language: Language,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Simulate the network of today of SCENARIO and write a report."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.out_folder import check_out
    from netsim.experiment.run import simulate_scenario
    from netsim.experiment.store import write_run

    check_out(out)
    with Progress() as tell:
        run = simulate_scenario(scenario, seed=seed, sets=sets, data_roots=roots, progress=tell)
        answer = write_run(run, out, language)
    give(answer, as_json=as_json, lines=run_lines)
    for warning in answer["warnings"]:
        click.echo(f"warning: {warning}", err=True)
