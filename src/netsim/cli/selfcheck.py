"""``netsim selfcheck``: the engine held to the closed forms of queueing theory."""

from __future__ import annotations

import time
from typing import Any

import click

from netsim.cli.common import Progress, give
from netsim.errors import ExitCode


@click.command("selfcheck")
@click.option("--runner", metavar="NAME", help="Let one runner go through a shorter suite alone.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed of the customers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def command(runner: str | None, seed: int, *, as_json: bool) -> int:
    """Simulate queues that theory knows and compare; every runner has to agree to the bit."""
    from netsim.simulation.runners import RUNNERS
    from netsim.simulation.selfcheck.run import selfcheck

    if runner is not None and runner not in RUNNERS:
        raise click.BadParameter(f"unknown runner {runner!r}; known: {', '.join(RUNNERS)}", param_hint="--runner")
    with Progress() as tell:
        check = selfcheck(seed=seed, runner=runner, progress=tell)
    give(check.answer(), as_json=as_json, lines=lines)
    return ExitCode.OK if check.ok else ExitCode.SOME_FAILED


def lines(answer: dict[str, Any]) -> list[str]:
    """Return the table of an answer for people, with the CPU seconds of this process."""
    cases = answer["cases"]
    width = max(len(case["name"]) for case in cases)
    table = [f"{'case':{width}s} {'expected':>12s} {'observed':>12s} {'±':>9s}  verdict  runners"]
    for case in cases:
        figures = f"{case['expected']:12.6g} {_figure(case['observed'], '12.6g')} {_figure(case['half_width'], '9.3g')}"
        verdict = "ok" if case["ok"] else "FAILED"
        table.append(f"{case['name']:{width}s} {figures}  {verdict:7s}  {_runners(case['runners'])}")
    failed = sum(not case["ok"] for case in cases)
    outcome = f"{failed} of {len(cases)} cases failed" if failed else f"all {len(cases)} cases hold"
    level = f"if the engine is right, any fails with a probability of at most {100 * answer['error']:g} %"
    work = f"{answer['days']:,} days, {answer['customers']:,} customers, seed {answer['seed']}"
    return [
        *table,
        f"{outcome}; {level} ({answer['correction'].capitalize()})",
        f"{work}, {time.process_time():.1f} CPU seconds",
    ]


def _figure(value: float | None, form: str) -> str:
    """Return a number, or a dash where nothing was seen."""
    return f"{'-':>{form.split('.', maxsplit=1)[0]}s}" if value is None else f"{value:{form}}"


def _runners(said: dict[str, str]) -> str:
    """Return the runners in one word if they agree, else who differs and where."""
    differ = [f"{name} {what}" for name, what in said.items() if what.startswith("differs")]
    return "; ".join(differ) or " = ".join(said)
