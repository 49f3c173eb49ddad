"""``netsim run``: plan, simulate, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import (
    Progress,
    check_first,
    give,
    measuring_options,
    named_roots,
    output_options,
    runner_options,
    scenario_options,
    settings_of,
)
from netsim.cli.lines import run_lines
from netsim.errors import ExitCode
from netsim.text import Language


@click.command("run")
@click.argument("scenario", type=click.Path(path_type=Path))
@output_options
@scenario_options
@measuring_options
@runner_options
@click.option("--strict", is_flag=True, help="Leave with code 3 unless the promise is certified.")
@click.option("--no-sensitivity", is_flag=True, help="Skip today's network, flat caps and swings of demand.")
def command(
    scenario: Path,
    out: Path,
    language: Language,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
    strict: bool,
    no_sensitivity: bool,
    **how: Any,  # noqa: ANN401
) -> int:
    """Run SCENARIO: choose sites, formats and staff, simulate until the promise holds, write a report."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.out_folder import check_out
    from netsim.experiment.run import run_scenario
    from netsim.experiment.store import write_run

    check_out(out)
    settings = settings_of(how)
    with Progress() as tell:
        run = run_scenario(
            scenario,
            seed=seed,
            sets=sets,
            data_roots=roots,
            settings=settings,
            with_sensitivity=not no_sensitivity,
            progress=tell,
        )
        tell("report", 0, 1)
        answer = write_run(run, out, language, visit_log=settings.visit_log)
    give(answer, as_json=as_json, lines=run_lines)
    for warning in answer["warnings"]:
        click.echo(f"warning: {warning}", err=True)
    return ExitCode.SOME_FAILED if strict and answer["status"] == "uncertified" else ExitCode.OK
