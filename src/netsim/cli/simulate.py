"""``netsim simulate``: the network of today, as it is."""

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
from netsim.text import Language


@click.command("simulate")
@click.argument("scenario", type=click.Path(path_type=Path))
@output_options
@scenario_options
@measuring_options
@runner_options
@click.option(
    "--trace", metavar="VISIT", help="Tell the way of one customer: a visit of the log, first, longest-wait, left."
)
def command(
    scenario: Path,
    out: Path,
    language: Language,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
    trace: str | None,
    **how: Any,  # noqa: ANN401
) -> None:
    """Simulate the network of today of SCENARIO and write a report."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.out_folder import check_out
    from netsim.experiment.run import simulate_scenario
    from netsim.experiment.store import write_run
    from netsim.experiment.trace import check_visit, trace_visit

    check_out(out)
    settings = settings_of(how)
    if trace is not None:
        check_visit(trace)
    with Progress() as tell:
        run = simulate_scenario(scenario, seed=seed, sets=sets, data_roots=roots, settings=settings, progress=tell)
        told = None if trace is None else trace_visit(run, trace, language)
        answer = write_run(run, out, language, visit_log=settings.visit_log)
    give(answer if told is None else {**answer, "visit_trace": told}, as_json=as_json, lines=run_lines)
    for warning in answer["warnings"]:
        click.echo(f"warning: {warning}", err=True)
