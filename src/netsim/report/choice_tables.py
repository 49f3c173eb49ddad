"""Tables of choice: who captures the visits, and how choice and waits came to agree."""

from __future__ import annotations

from netsim.model.result import RunResult
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.records import Column, Table
from netsim.text import Text


def market(run: RunResult, text: Text) -> Table:
    """Return the visits a year that we, each competitor's brand and nobody capture; no rows without a choice model."""
    outcome = run.choice
    rows: tuple[tuple[str, float, float], ...] = ()
    if outcome is not None:
        total = float(outcome.captured.sum())
        names = [name or text("choice.ours") for name in outcome.brands] + [text("choice.nobody")]
        ours, *others, nobody = [
            (name, float(visits), float(visits) / total if total > 0 else 0.0)
            for name, visits in zip(names, outcome.captured, strict=True)
        ]
        rows = (ours, *sorted(others, key=lambda row: -row[1]), nobody)
    columns = (
        Column(text("column.captured_by")),
        Column(text("column.captured"), "count", text("unit.a_year")),
        Column(text("column.market_share"), "percent"),
    )
    return Table("market", text("table.market"), columns, rows, text("table.market_note"))


def agreement(run: RunResult, study: Study, text: Text) -> Table:
    """Return the rounds in which choice and waits came to agree; no rows without a choice model."""
    names = labels.site_names(study.sites)
    rows = tuple(
        (item.round, item.moving, item.wait, item.step or None, names.get(item.outlet, item.outlet), item.change)
        for item in (() if run.choice is None else run.choice.rounds)
    )
    columns = (
        Column(text("column.round"), "count"),
        Column(text("column.moving"), "percent"),
        Column(text("column.wait_mean"), "minutes"),
        Column(text("column.step_taken"), "percent"),
        Column(text("column.most_change")),
        Column(text("column.visits_change"), "number", text("unit.a_day")),
    )
    return Table("agreement", text("table.agreement"), columns, rows, text("table.agreement_note"))
