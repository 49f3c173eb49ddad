"""The visit log as a file: one row for each step of each customer, ids as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import netsim
from netsim.errors import BadInputError, Fault
from netsim.model.study import Study
from netsim.model.visits import Outcome, VisitLog
from netsim.tables.parquet import Numbers, Texts, read_parquet, write_parquet

VISITS = "visits.parquet"
VERSION = 1
"""Version of the columns; raised when one changes its meaning."""
OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)


def write_visits(path: Path, log: VisitLog, study: Study, sites: Sequence[str] = ()) -> None:
    """
    Write a visit log as Parquet; the columns are told in ``docs/reference/visit-log.md``.

    Parameters
    ----------
    path
        The file, overwritten.
    log
        The visits.
    study
        The study whose axes the log's positions are on.
    sites
        Ids of the sites whose visits are written; empty for all, and for those who reach no outlet.
    """
    if sites:
        chosen = [number for number, site in enumerate(study.sites) if site.id in sites]
        log = log.take(np.isin(log.site, chosen))
    about = {
        "netsim": str(VERSION),
        "version": netsim.__version__,
        "scenario": study.id,
        "seed": str(study.seed),
        "fingerprint": study.fingerprint,
        "time_zone": study.time_zone,
        "minutes": "of the service day, from local midnight",
    }
    write_parquet(path, _columns(log, study), about)


def _columns(log: VisitLog, study: Study) -> dict[str, Texts | Numbers]:
    """Return the columns of the file."""
    transaction, transfer = _chain(log)
    return {
        "visit": Numbers(log.visit),
        "transaction": Numbers(transaction),
        "replication": Numbers(log.replication),
        "day_type": Texts(tuple(day.id for day in study.day_types), log.day_type),
        "zone": Texts(study.zones.ids, log.zone),
        "segment": Texts(study.demand.segments, log.segment),
        "site": Texts(tuple(site.id for site in study.sites), log.site),
        "service": Texts(tuple(task.id for task in study.tasks), log.task),
        "step": Texts(_step_words(study), _word_of_step(study)[log.task, log.step]),
        "lane": Texts(study.places, log.lane),
        "server": Numbers(log.server, log.server < 0),
        "arrive": Numbers(log.arrive),
        "call": Numbers(log.call),
        "transfer": Numbers(transfer),
        "end": Numbers(log.end),
        "work": Numbers(log.work),
        "outcome": Texts(OUTCOMES, log.outcome),
        "booked": Numbers(log.booked.astype(np.int64)),
    }


def visit_order(log: VisitLog) -> NDArray[np.int64]:
    """Return the rows visit by visit: by day type, replication and customer, each customer's in order of time."""
    number = np.arange(len(log))
    return np.lexsort((number, log.arrive, log.visit, log.replication, log.day_type))


def same_visit(log: VisitLog, order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """
    Return whether each row in this order but the last belongs to the visit of the row behind it.

    Parameters
    ----------
    order
        As of ``visit_order``.
    """
    keys = np.stack([log.day_type[order], log.replication[order], log.visit[order]])
    return np.asarray((keys[:, 1:] == keys[:, :-1]).all(axis=0))


def _chain(log: VisitLog) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the number of each row within its visit, from 1, and the minute at which the next one begins."""
    order = visit_order(log)
    follows = same_visit(log, order)
    first = np.flatnonzero(np.append(True, ~follows))[: len(order)]
    length = np.diff(np.append(first, len(order)))
    transaction, transfer = np.empty(len(log), dtype=np.int64), np.full(len(log), np.nan)
    transaction[order] = np.arange(len(order)) - np.repeat(first, length) + 1
    transfer[order[:-1][follows]] = log.arrive[order[1:][follows]]
    return transaction, transfer


def _step_words(study: Study) -> tuple[str, ...]:
    """Return the ids of all steps, each once."""
    steps = (step.id for task in study.tasks for step in task.steps)
    return tuple(dict.fromkeys((*steps, *(channel.id for channel in study.remote))))


def _word_of_step(study: Study) -> NDArray[np.int64]:
    """Return the position among all ids of each step of each task, -1 beyond its last, shape ``(tasks, steps)``."""
    words, most = _step_words(study), study.outlet_steps
    remote = [words.index(channel.id) for channel in study.remote]
    rows = [
        [words.index(step.id) for step in task.steps] + [-1] * (most - len(task.steps)) + remote for task in study.tasks
    ]
    return np.array(rows, dtype=np.int64)


def read_visits(path: Path, study: Study) -> VisitLog:
    """
    Return a visit log from its file, on the axes of a study.

    Parameters
    ----------
    path
        What ``write_visits`` wrote.
    study
        A study with the ids that the file names.

    Raises
    ------
    BadInputError
        If the file is of another version, or names an id that the study does not have.
    """
    columns, about = read_parquet(path)
    if about.get("netsim") != str(VERSION):
        message = f"version {about.get('netsim')} of the visit log; this netsim reads {VERSION}"
        raise BadInputError((Fault(str(path), 0, 0, "", message),))
    numbers = {name: column.values for name, column in columns.items() if isinstance(column, Numbers)}
    texts = {name: column for name, column in columns.items() if isinstance(column, Texts)}

    def place(name: str, ids: Sequence[str]) -> NDArray[np.int64]:
        known = {word: number for number, word in enumerate(ids)}
        unknown = [word for word in texts[name].words if word not in known]
        if unknown:
            raise BadInputError((Fault(str(path), 0, 0, name, f"the study has no {name} {unknown[0]!r}"),))
        return np.array([*(known[word] for word in texts[name].words), -1], dtype=np.int64)[texts[name].code]

    task = place("service", [item.id for item in study.tasks])
    steps = _word_of_step(study)[task] == place("step", _step_words(study))[:, None]
    return VisitLog(
        visit=np.asarray(numbers["visit"], dtype=np.int64),
        replication=np.asarray(numbers["replication"], dtype=np.int64),
        day_type=place("day_type", [day.id for day in study.day_types]),
        zone=place("zone", study.zones.ids),
        segment=place("segment", study.demand.segments),
        task=task,
        site=place("site", [site.id for site in study.sites]),
        step=steps.argmax(axis=1),
        lane=place("lane", study.places),
        server=np.asarray(numbers["server"], dtype=np.int64),
        arrive=np.asarray(numbers["arrive"], dtype=np.float64),
        call=np.asarray(numbers["call"], dtype=np.float64),
        end=np.asarray(numbers["end"], dtype=np.float64),
        work=np.asarray(numbers["work"], dtype=np.float64),
        outcome=place("outcome", OUTCOMES),
        booked=np.asarray(numbers.get("booked", np.zeros(len(task))), dtype=np.bool_),
    )
