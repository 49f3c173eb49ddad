"""``netsim fit``: from a ticket log to arrival rates, service times, patience and a scenario fragment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import Progress, give, output_options
from netsim.text import Language


@click.command("fit")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--map", "columns", type=click.Path(path_type=Path), required=True, help="YAML file: which column is which."
)
@output_options
@click.option(
    "--hold-out",
    metavar="DAYS",
    help="Days kept for the trial: 20% (the last ones), 'every 5', dates, or 0. Default: the last 20 %.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def command(
    log: Path, columns: Path, out: Path, language: Language, hold_out: str | None, seed: int, *, as_json: bool
) -> None:
    """Fit arrivals, services, patience and no-shows to a ticket LOG; try them on days held out."""
    from netsim.experiment.out_folder import check_out

    check_out(out)
    from netsim.fit.map_file import read_map

    read_map(columns)  # its faults are told before anything heavy is imported
    from netsim.experiment.fit_store import write_fit
    from netsim.experiment.fitting import fit_log

    with Progress() as tell:
        result = fit_log(log, columns, hold_out=hold_out, seed=seed, progress=tell)
        tell("report", 0, 1)
        answer = write_fit(result, out, language)
    give(answer, as_json=as_json, lines=fit_lines)
    for warning in answer["warnings"]:
        click.echo(f"warning: {warning}", err=True)


def fit_lines(answer: dict[str, Any]) -> list[str]:
    """Return what a planner wants to see first of a fit."""
    rows, trial = answer["accounts"][0], answer["validation"]
    lines = [
        f"{answer['log']['name']}: {rows['read']:,} rows read, {rows['used']:,} used, {rows['discarded']:,} set aside",
        *(f"  {item['count']:,} {item['reason'].replace('_', ' ')}" for item in rows["reasons"]),
    ]
    if answer["personal_columns"]:
        lines.append(f"personal columns dropped: {', '.join(answer['personal_columns'])}")
    lines.append(f"arrivals a day: {_range(answer['arrivals']['per_day'], 1)}")
    lines.append(f"day factor cv: {_range(answer['arrivals']['day_factor_cv'], 3)}")
    for item in answer["services"]:
        law = next((law for law in item["laws"] if law["law"] == item["law"]), None)
        mean = law["mean"] if law else item["sample_mean"]
        cv = law["cv"]["value"] if law else item["sample_cv"]
        if mean["value"] is not None and cv is not None:
            lines.append(f"service {item['task']}, {item['lane']}: {_range(mean, 2)} min, cv {cv:.2f}, {item['law']}")
    for item in answer["patience"]:
        law = next((law for law in item["laws"] if law["law"] == item["law"]), None)
        words = f"{_range(law['mean'], 1)} min, {item['law']}" if law else "cannot be told"
        lines.append(f"patience, {item['lane']}: {words}")
    lines += [
        f"counter minutes of a call, {item['queue']}: {_range(item['call_minutes'], 2)}" for item in answer["looks"]
    ]
    held, days = trial["held_out_days"], trial["held_out_days"] + trial["fitted_days"]
    lines.append(f"held out: {held} of {days} days: {_verdict(answer)}")
    return [*lines, f"fragment: {answer['fragment']}", f"report: {answer['report']}"]


def _range(value: dict[str, float | None], digits: int) -> str:
    """Return an estimate with its interval."""
    written = [
        "?" if part is None else f"{part:.{digits}f}" for part in (value["value"], value["lower"], value["upper"])
    ]
    return f"{written[0]} ({written[1]} to {written[2]})"


def _verdict(answer: dict[str, Any]) -> str:
    return {"held": "they fit", "shifted": "they do NOT fit", "untried": "nothing was tried"}[answer["status"]]
