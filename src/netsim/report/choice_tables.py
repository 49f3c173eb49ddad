"""Tables of choice: who captures the visits, and how choice and waits came to agree."""

from __future__ import annotations

from netsim.model.choice import ChoiceOutcome
from netsim.model.result import RunResult
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.records import Column, Table
from netsim.text import Text


def market(run: RunResult, today: RunResult | None, text: Text) -> Table:
    """
    Return the visits a year that we, each competitor's brand and nobody capture; no rows without a choice model.

    Beside today's network the change is told: what we win is lost by others or by those who stayed away, so that
    the changes sum to zero.
    """
    if run.choice is not None and today is not None and today.choice is not None:
        return _market_change(run.choice, today.choice, text)
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


def _market_change(plan: ChoiceOutcome, today: ChoiceOutcome, text: Text) -> Table:
    """Return who captures the visits today and under the plan, and the change."""
    total = float(plan.captured.sum())
    before = dict(zip((*today.brands, None), today.captured.tolist(), strict=True))
    after = dict(zip((*plan.brands, None), plan.captured.tolist(), strict=True))
    names = {"": text("choice.ours"), None: text("choice.nobody")}
    brands = sorted((brand for brand in after if brand), key=lambda brand: -after[brand])
    rows = tuple(
        (
            names.get(brand, brand),
            before.get(brand, 0.0),
            after[brand],
            after[brand] - before.get(brand, 0.0),
            after[brand] / total if total > 0 else 0.0,
        )
        for brand in ("", *brands, None)
    )
    columns = (
        Column(text("column.captured_by")),
        Column(text("column.today"), "count", text("unit.a_year")),
        Column(text("column.plan"), "count", text("unit.a_year")),
        Column(text("column.change"), "change", text("unit.a_year")),
        Column(text("column.market_share"), "percent"),
    )
    return Table("market", text("table.market"), columns, rows, text("table.market_note"))
