"""Options that verbs share, and how an answer is given."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netsim.files import PathError, parse_data_root

if TYPE_CHECKING:
    from netsim.experiment.settings import Settings

Verb = TypeVar("Verb", bound=Callable[..., Any])

REPORT_EVERY = 10.0
"""Seconds between two lines of progress where nobody looks at a terminal."""


def scenario_options(verb: Verb) -> Verb:
    """Add the options of every verb that reads a scenario."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output."),
        click.option(
            "--data-root", "data_roots", multiple=True, metavar="NAME=DIR", help="Let scenarios read DIR as NAME:..."
        ),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Replace the scenario's seed."),
        click.option(
            "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Override a value, e.g. rules.reach='10 min'."
        ),
    ):
        verb = option(verb)
    return verb


def output_options(verb: Verb) -> Verb:
    """Add the options of every verb that writes a report."""
    out = click.option(
        "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced as a whole."
    )
    lang = click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
    return out(lang(verb))


RUNNER_NAMES = ("kernel", "python", "reference")
"""Runners of the simulation: told here so that help does not pay for them."""
EVERYWHERE = "*"
"""Value of ``--visit-log`` without sites."""


def runner_options(verb: Verb) -> Verb:
    """Add the options of every verb that simulates: what simulates, by how many threads."""
    runner = click.option(
        "--runner",
        type=click.Choice(RUNNER_NAMES),
        default="kernel",
        show_default=True,
        help="What simulates; all give the same results.",
    )
    workers = click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=1,
        show_default=True,
        help="Threads that simulate outlets side by side; results do not depend on them.",
    )
    return runner(workers(verb))


def measuring_options(verb: Verb) -> Verb:
    """Add the options of the verbs that measure one network: how many days, and which visits are written."""
    days = click.IntRange(2, 100_000)
    for option in (
        click.option(
            "--visit-log",
            is_flag=False,
            flag_value=EVERYWHERE,
            metavar="[SITE,SITE]",
            help="Write the visits of all outlets, or of some, to visits.parquet.",
        ),
        click.option("--min-days", type=days, help="Days before the first look at --until or simulation.precision."),
        click.option(
            "--until",
            multiple=True,
            metavar="MEASURE=WIDTH",
            help="Add days until a half width is reached: wait_p90='0.1 min', relative cost_total=rel:1%; repeatable.",
        ),
        click.option("--days", type=days, help="Take measures on this many days."),
    ):
        verb = option(verb)
    return verb


def settings_of(how: Mapping[str, Any]) -> Settings:
    """Return the values of ``runner_options`` and ``measuring_options`` as settings of the job."""
    from netsim.experiment.settings import Settings

    log = how.get("visit_log")
    sites = None if log is None else () if log == EVERYWHERE else tuple(filter(None, map(str.strip, log.split(","))))
    return Settings(**{**how, "visit_log": sites})


def named_roots(data_roots: tuple[str, ...]) -> dict[str, Path]:
    """Return the folders of ``--data-root NAME=DIR`` by name."""
    try:
        return dict(parse_data_root(text) for text in data_roots)
    except PathError as error:
        raise click.BadParameter(str(error), param_hint="--data-root") from error


def check_first(scenarios: Iterable[Path], sets: tuple[str, ...], roots: dict[str, Path]) -> None:
    """
    Tell the faults of scenario files before anything heavy is imported.

    Raises
    ------
    BadInputError
        With the faults of all files.
    """
    from netsim.errors import BadInputError, Fault
    from netsim.files import DataRoots
    from netsim.scenario.load import load_scenario

    faults: list[Fault] = []
    for path in scenarios:
        try:
            load_scenario(path, sets=sets, roots=DataRoots.for_scenario(path, roots))
        except BadInputError as error:
            faults.extend(error.faults)
    if faults:
        raise BadInputError(tuple(dict.fromkeys(faults)))


def give(answer: dict[str, Any], *, as_json: bool, lines: Callable[[dict[str, Any]], list[str]]) -> None:
    """Print the answer: one JSON object, or some lines for people."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for line in lines(answer):
        click.echo(line)


class Progress:
    """
    Tell how far a job is, on standard error: a bar with the time left on a terminal, else a JSON line now and then.

    Used as a context manager; the value is the function that rooms call with (label, done, total).
    """

    def __init__(self) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        self._last = time.monotonic()

    def __enter__(self) -> Callable[[str, int, int], None]:
        """Start the bar where there is a terminal."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
        return self.tell

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def tell(self, label: str, done: int, total: int) -> None:
        """Show one step."""
        if self._bar is not None:
            stage = label.split(":", maxsplit=1)[0].split(" ", maxsplit=1)[0]
            if stage not in self._tasks:
                self._tasks[stage] = self._bar.add_task(label, total=total)
            self._bar.update(self._tasks[stage], description=label, completed=done, total=total)
        elif time.monotonic() - self._last >= REPORT_EVERY:
            self._last = time.monotonic()
            click.echo(json.dumps({"stage": label, "done": done, "total": total}), err=True)
