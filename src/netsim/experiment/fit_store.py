"""What a finished fit leaves in its folder: answer, fragment, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netsim.experiment.answer import as_json
from netsim.experiment.fit_answer import fit_answer
from netsim.experiment.out_folder import replaced
from netsim.experiment.versions import versions
from netsim.fit.fragment import fragment_text
from netsim.model.fit_result import FitResult
from netsim.report import write_fit_report
from netsim.text import Language

ANSWER = "result.json"
FRAGMENT = "fragment.yaml"


def write_fit(result: FitResult, out: Path, language: Language = "en") -> dict[str, Any]:
    """
    Write answer, scenario fragment and report of a fit into a folder that is replaced as a whole.

    Parameters
    ----------
    result
        What was fitted.
    out
        The folder.
    language
        Language of the report.

    Returns
    -------
    dict
        The answer, with the paths of report and fragment as the reader should open them.

    Raises
    ------
    BadInputError
        If the folder is not netsim's to replace.
    """
    with replaced(out) as folder:
        files = write_fit_report(result, folder, language=language)
        (folder / FRAGMENT).write_text(fragment_text(result), encoding="utf-8", newline="\n")
        answer = fit_answer(result, versions(), files.page.name, FRAGMENT)
        (folder / ANSWER).write_text(as_json(answer), encoding="utf-8")
    warnings = [*answer["warnings"], *files.warnings]
    return {**answer, "report": str(out / files.page.name), "fragment": str(out / FRAGMENT), "warnings": warnings}
