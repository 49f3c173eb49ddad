"""``netsim report``: write the report of a finished run again."""

from __future__ import annotations

from pathlib import Path

import click

from netsim.cli.common import give
from netsim.text import Language


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced as a whole.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def command(folder: Path, out: Path, language: Language, *, as_json: bool) -> None:
    """Write the report of the finished run or comparison in FOLDER again, e.g. in another language."""
    from netsim.experiment.out_folder import replaced
    from netsim.experiment.store import read_kept, rewrite

    kept = read_kept(folder)
    with replaced(out) as fresh:
        page, warnings = rewrite(kept, folder, fresh, language)
    answer = {"netsim": 1, "status": "ok", "report": str(out / page), "language": language, "warnings": warnings}
    give(answer, as_json=as_json, lines=lambda found: [f"report: {found['report']}"])
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
