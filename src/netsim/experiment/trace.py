"""One customer of a run, followed from arrival to the end."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.experiment.run import Run
from netsim.model.study import Study
from netsim.model.visits import VisitLog
from netsim.report.visit_words import visit_words
from netsim.scenario.messages import suggest
from netsim.text import Language, Text
from netsim.units import typed

KINDS = ("first", "longest-wait", "left")
"""Visits that need no id: the first at an outlet, the one that waited longest, the first that was never called."""
_ID = re.compile(r"(?:(?:(?P<day_type>[^/]+)/)?(?P<replication>[0-9]{1,18})/)?(?P<visit>[0-9]{1,18})")


def trace_visit(run: Run, which: str, language: Language) -> list[dict[str, Any]]:
    """
    Return the way of one customer of the measured days, a sentence for each thing that happened.

    Parameters
    ----------
    run
        The run.
    which
        A visit of the log as ``VISIT``, ``REPLICATION/VISIT`` or ``DAY_TYPE/REPLICATION/VISIT`` (what is left
        out is the first that fits), or ``first``, ``longest-wait`` or ``left``.
    language
        Language of the sentences.

    Returns
    -------
    list
        ``minute``, ``key`` and ``words`` of each.

    Raises
    ------
    BadInputError
        If there is no such visit.
    """
    row = find_visit(run.days.log, run.study, which)
    log, text = run.days.log, Text(language, run.study.economics.currency)
    day_type, replication, visit = (int(column[row]) for column in (log.day_type, log.replication, log.visit))
    told = visit_words(run.study, log, day_type, replication, visit, text)
    return [{"minute": round(item.minute, 3), "key": item.key, "words": item.words} for item in told]


def check_visit(which: str) -> None:
    """
    Refuse what can be no visit.

    Raises
    ------
    BadInputError
        If the text is neither an id nor one of ``KINDS``.
    """
    if which not in KINDS and not _ID.fullmatch(which):
        message = f"expected a visit of the log such as 0/123456, or {', '.join(KINDS)}, got {typed(which)}"
        hint = suggest(which, KINDS)
        raise _unknown(f"{message}; {hint}" if hint.startswith("did") else message)


def find_visit(log: VisitLog, study: Study, which: str) -> int:
    """
    Return a row of a visit; parameters and errors as in ``trace_visit``.

    Parameters
    ----------
    log
        The visits.
    study
        The study whose axes they are on.
    which
        Which one.
    """
    check_visit(which)
    rows = _rows(log, study, which)
    if not len(rows):
        days = f"replications 0 to {int(log.replication.max(initial=0))}"
        raise _unknown(f"no visit {typed(which)} on the measured days ({days}); --visit-log writes all visits")
    order = np.lexsort((rows, log.arrive[rows], log.day_type[rows], log.replication[rows]))
    return int(rows[order[0]])


def _rows(log: VisitLog, study: Study, which: str) -> NDArray[np.int64]:
    """Return the rows that a text names."""
    arrived = log.lane >= 0
    if which == "first":
        return np.flatnonzero(arrived)
    if which == "left":
        return np.flatnonzero(arrived & np.isnan(log.call))
    if which == "longest-wait":
        return _longest(log, np.flatnonzero(arrived))
    match = _ID.fullmatch(which)
    found = log.visit == int(match["visit"] if match else -1)
    if match and match["replication"] is not None:
        found &= log.replication == int(match["replication"])
    if match and match["day_type"] is not None:
        known = [day.id for day in study.day_types]
        if match["day_type"] not in known:
            raise _unknown(f"unknown day type {typed(match['day_type'])}; {suggest(match['day_type'], known)}")
        found &= log.day_type == known.index(match["day_type"])
    return np.flatnonzero(found)


def _longest(log: VisitLog, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the visits that waited longest, all steps together."""
    if not len(rows):
        return rows
    keys = np.stack([log.day_type[rows], log.replication[rows], log.visit[rows]])
    _, visit = np.unique(keys, axis=1, return_inverse=True)
    wait = np.bincount(visit.ravel(), weights=log.wait[rows])
    return np.asarray(rows[wait[visit.ravel()] == wait.max()])


def _unknown(message: str) -> BadInputError:
    return BadInputError((Fault("--trace", 0, 0, "", message),))
