"""The JSON answer of a fit: the same bytes for the same log, map file and seed."""

from __future__ import annotations

import math
from typing import Any

from netsim.experiment.answer import VERSION
from netsim.model.calendar import DAY_SLOTS, SLOT_MINUTES
from netsim.model.column_map import WEEKDAYS
from netsim.model.fit_arrivals import Estimate
from netsim.model.fit_checks import Validation
from netsim.model.fit_laws import LawFit, PatienceFit, ServiceFit, ShareFit
from netsim.model.fit_result import FitResult
from netsim.model.ticket_log import Account
from netsim.report.fit_report import fit_sentence, status_of
from netsim.text import Text

DIGITS = 8
"""Digits that count: more would only be noise of the machine."""


def fit_answer(result: FitResult, versions: dict[str, str], report: str | None, fragment: str | None) -> dict[str, Any]:
    """
    Return the answer of a fit: what ``result.json`` and ``--json`` hold.

    Parameters
    ----------
    result
        What was fitted.
    versions
        Versions of the packages that can change a figure.
    report, fragment
        Paths of the page and the fragment as the reader should open them, or None.
    """
    text = Text("en")
    source = result.source
    return {
        "netsim": VERSION,
        "status": status_of(result),
        "log": {
            "name": source.name,
            "sha256": source.sha256,
            "encoding": source.encoding or None,
            "form": source.form,
            "zone": source.zone or None,
            "resolution": _number(source.resolution),
            "first_day": result.first_day.isoformat(),
            "last_day": result.last_day.isoformat(),
        },
        "accounts": [_account(item) for item in source.accounts],
        "personal_columns": list(source.personal),
        "ignored_columns": list(source.ignored),
        "days": _days(result),
        "arrivals": _arrivals(result),
        "tasks": [
            {
                "task": item.task,
                "arrivals": item.arrivals,
                "share": _estimate(item.share),
                "profile": [_number(share) for share in item.shares.tolist()],
                "profile_pooled": item.pooled,
            }
            for item in result.demand
        ],
        "services": [_service(item) for item in result.services],
        "patience": [_patience(item) for item in result.patience],
        "no_shows": [_share(item) for item in result.no_shows],
        "transfers": [_share(item) for item in result.transfers],
        "waits": _waits(result),
        "looks": _looks(result),
        "validation": _validation(result.validation, text),
        "confidence": result.confidence,
        "seed": result.seed,
        "versions": versions,
        "warnings": [fit_sentence(words, text) for words in result.warnings],
        "fragment": fragment,
        "report": report,
    }


def _number(value: float) -> float | None:
    """Return a number with the digits that count, None for what is none."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _estimate(value: Estimate) -> dict[str, float | None]:
    return {"value": _number(value.value), "lower": _number(value.lower), "upper": _number(value.upper)}


def _account(item: Account) -> dict[str, Any]:
    return {
        "unit": item.unit,
        "read": item.read,
        "used": item.used,
        "discarded": item.discarded,
        "reasons": [{"reason": part.reason, "count": part.rows, "lines": list(part.lines)} for part in item.discards],
    }


def _days(result: FitResult) -> list[dict[str, Any]]:
    """Return every day of the calendar."""
    return [
        {
            "date": day.date.isoformat(),
            "role": day.role,
            "unusual": day.unusual,
            "observed": _number(day.observed),
            "expected": _number(day.expected),
            "lower": _number(day.lower),
            "upper": _number(day.upper),
        }
        for day in result.days
    ]


def _arrivals(result: FitResult) -> dict[str, Any]:
    """Return arrivals a day and by half-hour; half-hours in which nobody could be observed are left out."""
    fit = result.arrivals
    ends = ("lower", "upper", "poisson_lower", "poisson_upper")
    return {
        "per_day": _estimate(fit.per_day),
        "by_weekday": {
            name: {"days": days, **_estimate(value)}
            for name, value, days in zip(WEEKDAYS, fit.by_weekday, fit.day_count.tolist(), strict=True)
            if days
        },
        "day_factor_cv": _estimate(fit.day_cv),
        "dispersion": _number(fit.dispersion),
        "half_hours": [
            {
                "weekday": name,
                "from": Text.clock(SLOT_MINUTES * slot),
                "arrivals": _number(fit.counts[day, slot]),
                "hours": _number(fit.hours[day, slot]),
                "per_hour": _number(fit.per_hour[day, slot]),
                **{end: _number(getattr(fit, end)[day, slot]) for end in ends},
            }
            for day, name in enumerate(WEEKDAYS)
            for slot in range(DAY_SLOTS)
            if fit.hours[day, slot] > 0
        ],
    }


def _service(fit: ServiceFit) -> dict[str, Any]:
    return {
        "task": fit.task,
        "lane": fit.lane,
        "services": fit.size,
        "no_length": fit.no_length,
        "pooled": fit.pooled or None,
        "sample": fit.sample,
        "sample_mean": _estimate(fit.mean),
        "sample_cv": _number(fit.cv),
        "law": fit.chosen,
        "laws": [_law(law) for law in fit.laws],
        "quantiles": [_number(value) for value in fit.quantiles.tolist()],
    }


def _law(law: LawFit) -> dict[str, Any]:
    return {
        "law": law.law,
        "parameters": {name: _estimate(value) for name, value in law.parameters},
        "mean": _estimate(law.mean),
        "cv": _estimate(law.cv),
        "log_likelihood": _number(law.log_likelihood),
        "aic": _number(law.aic),
        "bic": _number(law.bic),
        "ks": _number(law.ks),
        "ks_p": _number(law.ks_p),
        "anderson_darling": _number(law.ad),
        "anderson_darling_p": _number(law.ad_p),
    }


def _patience(fit: PatienceFit) -> dict[str, Any]:
    law = fit.law
    return {
        "lane": fit.lane,
        "called": fit.called,
        "left": fit.left,
        "no_shows": fit.no_shows,
        "no_trace": fit.unknown,
        "no_wait": fit.no_wait,
        "minutes_waited": _number(fit.minutes),
        "law": law.law if law is not None else None,
        "laws": [
            {
                "law": item.law,
                "mean": _estimate(item.mean),
                "shape": _estimate(item.shape),
                "log_likelihood": _number(item.log_likelihood),
                "bic": _number(item.bic),
            }
            for item in fit.laws
        ],
        "mean_wait_of_leavers": _number(fit.naive),
        "mean_at_least": _number(fit.at_least),
        "mean_if_no_shows_left": _number(fit.if_no_shows_left),
        "seen": _number(fit.seen),
        "curve": [
            {"minutes": _number(at), "waits_on": _number(share), "lower": _number(lower), "upper": _number(upper)}
            for at, share, lower, upper in zip(fit.at, fit.share, fit.lower, fit.upper, strict=True)
        ],
    }


def _share(item: ShareFit) -> dict[str, Any]:
    onward = {"to_task": item.to_task, "to_lane": item.to_lane} if item.to_task else {}
    own = {"task": item.task, "lane": item.lane, **onward}
    return {**own, "of": item.of, "count": item.count, "share": _estimate(item.share)}


def _waits(result: FitResult) -> dict[str, Any] | None:
    if result.waits is None:
        return None
    return {
        "mean": _estimate(result.waits.mean),
        "p90": _number(result.waits.p90),
        "half_hours": {
            Text.clock(SLOT_MINUTES * slot): _number(mean)
            for slot, mean in enumerate(result.waits.by_slot.tolist())
            if result.waits.count[slot] > 0
        },
    }


def _looks(result: FitResult) -> list[dict[str, Any]]:
    """Return what looks at the hall tell."""
    return [
        {
            "queue": item.queue,
            "looks": item.looks,
            "minutes_between": _number(item.every),
            "call_minutes": _estimate(item.service),
            "call_minutes_least": _number(item.least),
            "call_minutes_most": _number(item.most),
            "busy_minutes": _number(item.busy_minutes),
            "busy_calls": _number(item.busy_calls),
            "wait": _estimate(item.wait),
            "left_at_least": _number(item.left_at_least),
            "half_hours": [
                {
                    "from": Text.clock(SLOT_MINUTES * slot),
                    "waiting": _number(item.waiting[slot]),
                    "open": _number(item.open[slot]),
                    "calls_per_hour": _number(item.calls[slot]),
                }
                for slot in range(DAY_SLOTS)
                if math.isfinite(item.waiting[slot])
            ],
            "cannot_be_told": ["service law and cv", "patience", "no-shows", "tasks and transfers"],
        }
        for item in result.snapshots
    ]


def _validation(trial: Validation, text: Text) -> dict[str, Any]:
    found = trial.arrivals
    return {
        "rule": fit_sentence(trial.rule, text),
        "fitted_days": trial.fitted,
        "held_out_days": trial.held_out,
        "arrivals": None
        if found is None
        else {
            "half_hours": found.cells,
            "inside": found.inside,
            "coverage": _number(found.inside / found.cells) if found.cells else None,
            "expected_coverage": 0.95,
            "observed_over_predicted": _estimate(found.ratio),
        },
        "services": [
            {
                "task": check.task,
                "lane": check.lane,
                "services": check.size,
                "ks": _number(check.ks),
                "ks_p": _number(check.p),
                "mean_over_fitted": _estimate(check.ratio),
                "pit": check.pit.tolist(),
            }
            for check in trial.services
        ],
        "waits": [
            {
                "date": check.date.isoformat(),
                "server_hours": _number(check.servers),
                "observed": _number(check.observed),
                "simulated": _estimate(check.predicted),
                "inside": check.predicted.holds(check.observed),
            }
            for check in trial.waits
        ],
        "no_waits": fit_sentence(trial.no_waits, text) if trial.no_waits else None,
        "flags": [{"check": flag.check, "message": fit_sentence(flag.words, text)} for flag in trial.flags],
    }
