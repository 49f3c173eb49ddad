"""What a finished run leaves in its folder, and how it is read again."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netsim.errors import BadInputError, Fault
from netsim.experiment.answer import as_json, comparison_answer, run_answer
from netsim.experiment.codec import from_plain, to_plain
from netsim.experiment.out_folder import replaced
from netsim.experiment.run import Run
from netsim.experiment.visit_log import VISITS, write_visits
from netsim.model.result import Comparison, RunResult
from netsim.model.study import Basemap, Study
from netsim.report import write_comparison_report, write_run_report
from netsim.text import Language

RECORD = "record.json.gz"
ANSWER = "result.json"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """
    A finished run as it lies in its folder.

    Parameters
    ----------
    result, today
        The answer, and the network of today if it was looked at.
    study, basemap
        What it was worked out from.
    """

    result: RunResult
    today: RunResult | None
    study: Study
    basemap: Basemap


@dataclass(frozen=True, slots=True, eq=False)
class KeptComparison:
    """
    A finished comparison as it lies in its folder.

    Parameters
    ----------
    comparison
        The answer.
    studies
        Scenario id -> study.
    basemap
        The first scenario's.
    """

    comparison: Comparison
    studies: Mapping[str, Study]
    basemap: Basemap


def write_run(run: Run, out: Path, language: Language, *, visit_log: Sequence[str] | None = None) -> dict[str, Any]:
    """
    Write answer, record and report of a run into a folder that is replaced as a whole.

    Parameters
    ----------
    run
        The run.
    out
        The folder.
    language
        Language of the report.
    visit_log
        Ids of the sites whose visits are written too, empty for all; None for no visit log.

    Returns
    -------
    dict
        The answer, with the path of the report as the reader should open it.

    Raises
    ------
    BadInputError
        If the folder is not netsim's to replace.
    """
    kept = KeptRun(run.result, run.today, _to_keep(run.study), run.basemap)
    with replaced(out) as folder:
        _write_record(folder, "run", kept)
        report, warnings = render(kept, folder, language)
        if visit_log is not None:
            write_visits(folder / VISITS, run.days.log, run.study, visit_log)
        answer = run_answer(run.result, run.study, report, None if visit_log is None else VISITS)
        (folder / ANSWER).write_text(as_json(answer), encoding="utf-8")
    places = {key: str(out / answer[key]) for key in ("report", "visit_log") if answer[key] is not None}
    return {**answer, **places, "warnings": [*answer["warnings"], *warnings]}


def write_comparison(comparison: Comparison, runs: tuple[Run, ...], out: Path, language: Language) -> dict[str, Any]:
    """Write answer, record and report of a comparison; parameters and errors as in ``write_run``."""
    studies = {run.result.scenario: _to_keep(run.study) for run in runs}
    kept = KeptComparison(comparison, studies, runs[0].basemap)
    with replaced(out) as folder:
        _write_record(folder, "comparison", kept)
        report, warnings = render(kept, folder, language)
        answer = comparison_answer(comparison, runs[0].study.economics.currency, report)
        (folder / ANSWER).write_text(as_json(answer), encoding="utf-8")
    return {**answer, "report": str(out / report), "warnings": warnings}


def render(kept: KeptRun | KeptComparison, folder: Path, language: Language) -> tuple[str, list[str]]:
    """Write the report of a run or comparison; return the page's name and what the reader should know."""
    if isinstance(kept, KeptRun):
        files = write_run_report(kept.result, kept.study, kept.basemap, folder, language=language, today=kept.today)
    else:
        files = write_comparison_report(kept.comparison, kept.studies, kept.basemap, folder, language=language)
    return files.page.name, list(files.warnings)


def rewrite(kept: KeptRun | KeptComparison, folder: Path, fresh: Path, language: Language) -> tuple[str, list[str]]:
    """
    Write the report of a finished run into another folder (or anew), answer, record and visit log beside it.

    Parameters
    ----------
    kept
        What ``read_kept(folder)`` gave.
    folder, fresh
        The finished run, and the folder to fill.
    language
        Language of the report.

    Returns
    -------
    tuple
        The page's name and what the reader should know.
    """
    for name in (ANSWER, RECORD, VISITS):
        if name != VISITS or (folder / name).exists():
            shutil.copyfile(folder / name, fresh / name)
    return render(kept, fresh, language)


def read_kept(folder: Path) -> KeptRun | KeptComparison:
    """
    Read a finished run or comparison.

    Raises
    ------
    BadInputError
        If the folder holds none, or one that this version cannot read.
    """
    path = folder / RECORD
    try:
        plain = json.loads(gzip.decompress(path.read_bytes()))
        return from_plain(_kind(plain), plain["record"])
    except FileNotFoundError:
        message = "holds no finished run; name the folder that `netsim run --out` wrote"
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        message = f"the record cannot be read ({error}); run the scenario again"
    raise BadInputError((Fault(str(folder), 0, 0, "", message),))


def _kind(plain: dict[str, Any]) -> type[KeptRun | KeptComparison]:
    """Return what a record holds; refuse another version's."""
    if plain["netsim"] != VERSION:
        raise ValueError(f"version {plain['netsim']} of the record; this netsim reads {VERSION}")
    return KeptRun if plain["kind"] == "run" else KeptComparison


def _to_keep(study: Study) -> Study:
    """
    Return the study as a record tells it: without what does not change the result.

    Notes name files as the user did, and runner and threads are of the machine.
    """
    return replace(study, notes=(), runner="kernel", workers=1)


def _write_record(folder: Path, kind: str, kept: KeptRun | KeptComparison) -> None:
    text = json.dumps({"netsim": VERSION, "kind": kind, "record": to_plain(kept)}, separators=(",", ":"))
    (folder / RECORD).write_bytes(gzip.compress(text.encode(), compresslevel=6, mtime=0))
