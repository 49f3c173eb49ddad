"""What a reader of a fit has to know before using it, as coded sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from netsim.model.fit_result import FitResult
from netsim.text import code_sentence

MANY = 0.05
"""Share of rows set aside that deserves a word."""
SEEN = 0.5
"""Share of the patience seen below which its mean is extrapolation."""
SHOWN = 6


def warnings_of(result: FitResult) -> tuple[str, ...]:
    """Return what a reader has to know, as coded sentences."""
    return tuple(_of(result))


def _of(result: FitResult) -> Iterator[str]:
    source = result.source
    if source.personal:
        yield code_sentence("fit.warning.personal", columns=", ".join(source.personal))
    rows = source.accounts[0]
    if rows.discarded > MANY * rows.read:
        yield code_sentence("fit.warning.discarded", share=f"{rows.discarded / rows.read:.4f}", rows=rows.discarded)
    if source.resolution >= 1.0 and result.services:
        yield "fit.warning.minutes"
    missing = [day.date.isoformat() for day in result.days if day.role == "missing"]
    if missing:
        yield code_sentence("fit.warning.missing", days=_some(missing))
    strange = [day.date.isoformat() for day in result.days if day.unusual]
    if strange:
        yield code_sentence("fit.warning.unusual", days=_some(strange))
    few = [number for number in result.arrivals.day_count.tolist() if 0 < number < 3]
    if few:
        yield code_sentence("fit.warning.few_days", count=len(few))
    yield from _of_services(result)
    yield from _of_patience(result)
    for look in result.snapshots:
        if look.left_at_least > 0:
            yield code_sentence("fit.warning.vanished", queue=look.queue, count=f"{look.left_at_least:.0f}")
    yield from (flag.words for flag in result.validation.flags)


def _of_services(result: FitResult) -> Iterator[str]:
    for fit in result.services:
        if fit.pooled:
            values = {"task": fit.task, "lane": fit.lane, "size": fit.size}
            yield code_sentence(f"fit.warning.pooled_{fit.pooled}", **values)
        elif fit.chosen == "empirical" and fit.laws:
            yield code_sentence("fit.warning.no_law", task=fit.task, lane=fit.lane)
        if fit.no_length > MANY * (fit.size + fit.no_length):
            yield code_sentence("fit.warning.no_length", task=fit.task, lane=fit.lane, count=fit.no_length)


def _of_patience(result: FitResult) -> Iterator[str]:
    for fit in result.patience:
        law = fit.law
        if law is None:
            yield code_sentence("fit.warning.nobody_left", lane=fit.lane, left=fit.left)
        elif fit.seen < SEEN:
            yield code_sentence("fit.warning.extrapolated", lane=fit.lane, seen=f"{fit.seen:.4f}")
        hidden = {"lane": fit.lane, "mean": f"{fit.if_no_shows_left:.3g}"}
        if math.isfinite(fit.if_no_shows_left) and not fit.laws:
            yield code_sentence("fit.warning.hidden_only", **hidden)
        elif math.isfinite(fit.if_no_shows_left) and fit.if_no_shows_left < fit.laws[0].mean.lower:
            yield code_sentence("fit.warning.hidden", **hidden, base=f"{fit.laws[0].mean.value:.3g}")
        if fit.unknown > MANY * (fit.called + fit.left + fit.no_shows + fit.unknown):
            yield code_sentence("fit.warning.unknown", lane=fit.lane, count=fit.unknown)


def _some(names: list[str]) -> str:
    """Return the first names of a list."""
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
