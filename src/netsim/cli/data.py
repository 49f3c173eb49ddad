"""``netsim data``: what a data file holds, a picture of it, and a workbook that planners edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netsim.cli.common import check_first, give, named_roots, scenario_options
from netsim.text import Language

CRS_HELP = "CRS of a file that states none: EPSG:n, or GCJ02 or BD09 for coordinates from Chinese maps."


@click.group("data")
def command() -> None:
    """Look at data files before they go into a scenario, and edit a scenario in a workbook."""


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--crs", help=CRS_HELP)
@click.option("--layer", help="Layer of a GeoPackage, sheet of a workbook, shapefile of a zip.")
@click.option("--roads", type=click.Path(path_type=Path), help="Roads in a known CRS: tell the likely datum by them.")
@click.option("--zones", type=click.Path(path_type=Path), help="Areas that the points should lie in, for the same.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def check(
    file: Path, crs: str | None, layer: str | None, roads: Path | None, zones: Path | None, *, as_json: bool
) -> None:
    """Say what FILE holds: rows, columns, totals, CRS, encoding, likely datum; name what is wrong with it."""
    from netsim.experiment.data_check import describe_layer

    give(describe_layer(file, crs=crs, layer=layer, roads=roads, zones=zones), as_json=as_json, lines=_check_lines)


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The picture, a .png.")
@click.option("--column", help="Column of numbers that colours the shapes.")
@click.option("--crs", help=CRS_HELP)
@click.option("--layer", help="Layer of a GeoPackage, sheet of a workbook, shapefile of a zip.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def show(
    file: Path,
    out: Path,
    column: str | None,
    crs: str | None,
    layer: str | None,
    language: Language,
    *,
    as_json: bool,
) -> None:
    """Draw FILE into a picture."""
    from netsim.experiment.data_check import show_layer

    give(show_layer(file, out, crs=crs, layer=layer, column=column, language=language), as_json=as_json, lines=_shown)


@command.command("export")
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The workbook, an .xlsx.")
@scenario_options
def export(
    scenario: Path,
    out: Path,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Write sites, formats, costs and demand of SCENARIO into a workbook to edit."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.planner_workbook import export_workbook

    give(export_workbook(scenario, out, sets=sets, seed=seed, data_roots=roots), as_json=as_json, lines=_exported)


@command.command("apply")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The new scenario, a .yaml beside SCENARIO."
)
@scenario_options
def apply(
    workbook: Path,
    scenario: Path,
    out: Path,
    sets: tuple[str, ...],
    seed: int | None,
    data_roots: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Write what was edited in WORKBOOK as a variant of SCENARIO; faults are told by sheet and cell."""
    roots = named_roots(data_roots)
    check_first([scenario], sets, roots)
    from netsim.experiment.planner_workbook import apply_workbook

    found = apply_workbook(workbook, scenario, out, sets=sets, seed=seed, data_roots=roots)
    give(found, as_json=as_json, lines=_applied)


def _check_lines(found: dict[str, Any]) -> list[str]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in found["kinds"].items())
    box = "" if found["degrees"] is None else ", ".join(f"{value:.4f}" for value in found["degrees"])
    lines = [
        f"{found['file']}: {found['rows']:,} rows ({kinds}), {found['crs']}",
        *([f"encoding: {found['encoding']}"] if found["encoding"] else []),
        *([f"west, south, east, north: {box}"] if box else []),
        *(_column_line(column) for column in found["columns"]),
        *(f"renamed: {old} -> {new}" for old, new in found["renamed"].items()),
        *(f"note: {note}" for note in found["notes"]),
    ]
    if found["datum"] is not None:
        lines.append(f"datum: {found['datum']['likely'] or 'cannot be told'} ({found['datum']['reason']})")
    return lines


def _column_line(column: dict[str, Any]) -> str:
    parts = [f"{column['distinct']:,} different", f"{column['missing']:,} missing"]
    if column["sum"] is not None:
        parts.append(f"sum {column['sum']:,.6g}, {column['min']:,.6g} to {column['max']:,.6g}")
        parts.append(f"{column['zeros']:,} zeros")
    return f"column {column['name']}: {column['kind']}, {', '.join(parts)}"


def _shown(found: dict[str, Any]) -> list[str]:
    return [f"{found['picture']}: {found['rows']:,} shapes in {found['crs']}", *(f"note: {n}" for n in found["notes"])]


def _exported(found: dict[str, Any]) -> list[str]:
    rows = ", ".join(f"{count:,} {name}" for name, count in found["rows"].items())
    return [f"{found['workbook']}: {rows}; edit the white cells, then: netsim data apply"]


def _applied(found: dict[str, Any]) -> list[str]:
    return [f"{found['scenario']}: {found['changes']:,} changes", *(f"  {change}" for change in found["changed"][:20])]
