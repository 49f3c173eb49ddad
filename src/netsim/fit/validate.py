"""The trial: arrivals and service times of held-out days against what was fitted to the others."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit
from scipy.stats import kstwo

from netsim.fit.arrivals import expected_counts, prediction
from netsim.fit.day_counts import Array, DayCounts
from netsim.fit.goodness import distances
from netsim.fit.laws import LAWS
from netsim.fit.service import service_times
from netsim.model.fit_arrivals import ArrivalFit, Estimate
from netsim.model.fit_checks import ArrivalCheck, Flag, ServiceCheck
from netsim.model.fit_laws import LawFit, ServiceFit
from netsim.model.service import LANES
from netsim.model.ticket_log import Legs, TicketLog
from netsim.text import code_sentence

LEVEL = 0.99
"""Level of the intervals that a ratio has to leave before it is called a change."""
COVERED = 0.95
"""Share of counts that their prediction intervals should hold."""
LEAST_COVERED = 0.85
"""Share below which the pattern of the day is called changed."""
LEAST_CELLS = 40
LEAST_SERVICES = 30
FAR = 0.05
"""Distance that a law must miss held-out services by, besides chance, before that is called a change."""


def check_arrivals(fit: ArrivalFit, days: DayCounts) -> ArrivalCheck | None:
    """
    Return how the arrivals of held-out days fit what is predicted; None without days whose weekday was fitted.

    Parameters
    ----------
    fit
        Fitted to the other days.
    days
        The held-out days.
    """
    known = fit.day_count[days.weekday] > 0
    if not known.any():
        return None
    days = days.take(known)
    weekday = days.weekday
    mean = np.nan_to_num(fit.per_hour[weekday]) * days.hours
    with np.errstate(divide="ignore"):
        rate_variance = np.where(fit.counts > 0, 1.0 / (fit.counts + 0.5), 0.0)
    factor = fit.day_cv.value**2
    variation = factor * (1.0 + 1.0 / np.maximum(fit.day_count, 1))[:, None] + rate_variance
    tail = (1.0 - COVERED) / 2.0
    lower, upper = (prediction(mean, variation[weekday], share) for share in (tail, 1.0 - tail))
    cells = mean > 0
    whole = days.counts == np.round(days.counts)
    slack = np.where(whole, 0.0, 0.5)
    inside = cells & (days.counts >= lower - slack) & (days.counts <= upper + slack)
    return ArrivalCheck(
        cells=int(cells.sum()),
        inside=int(inside.sum()),
        ratio=_level(fit, days),
        predicted=mean.mean(axis=0),
        lower=_of_mean(mean, variation[weekday], tail),
        upper=_of_mean(mean, variation[weekday], 1.0 - tail),
        observed=days.counts.mean(axis=0),
    )


def _of_mean(mean: Array, variation: Array, share: float) -> Array:
    """Return a quantile of the mean count of several days, shape ``(48,)``."""
    total = mean.sum(axis=0)
    variance = (mean + mean**2 * variation).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(total > 0, np.maximum(variance / total**2 - 1.0 / total, 0.0), 0.0)
    return prediction(total, excess, share) / len(mean)


def _level(fit: ArrivalFit, days: DayCounts) -> Estimate:
    """Return observed over predicted arrivals of all days, with an interval for chance, days and estimation."""
    expected = expected_counts(fit.per_hour, days)
    factor = fit.day_cv.value**2
    observed, predicted = float(days.totals.sum()), float(expected.sum())
    if predicted == 0:
        return Estimate(math.nan, 0.0, math.inf)
    chance = float((expected + factor * expected**2).sum())
    fitted = fit.counts.sum(axis=1)
    by_weekday = np.bincount(days.weekday, weights=expected, minlength=7)
    some = fitted > 0
    relative = 1.0 / fitted[some] + factor / np.maximum(fit.day_count[some], 1)
    chance += float((by_weekday[some] ** 2 * relative).sum())
    spare = max(int(np.sum(np.maximum(fit.day_count - 1, 0))), 1)
    reach = float(stdtrit(spare, 0.5 + LEVEL / 2.0)) * math.sqrt(chance) / predicted
    ratio = observed / predicted
    return Estimate(ratio, max(0.0, ratio - reach), ratio + reach)


def check_services(
    fits: tuple[ServiceFit, ...], log: TicketLog, legs: Legs, fitted: Legs, seed: int
) -> tuple[ServiceCheck, ...]:
    """
    Return how the services of held-out days fit the chosen laws.

    Parameters
    ----------
    fits
        Fitted to the other days.
    log
        The log.
    legs, fitted
        Its legs on the held-out days, and on the days of the fit.
    seed
        Of the spreading of times in whole minutes.
    """
    times = service_times(legs, log.source.resolution, seed)
    before = service_times(fitted, log.source.resolution, seed)
    found = []
    for fit in fits:
        lane, task = LANES.index(fit.lane), log.tasks.index(fit.task)
        own = times[(legs.lane == lane) & (legs.task == task) & np.isfinite(times) & (times > 0)]
        base = before[(fitted.lane == lane) & (fitted.task == task) & np.isfinite(before) & (before > 0)]
        if len(own) >= LEAST_SERVICES and not fit.pooled and len(base) >= LEAST_SERVICES:
            found.append(_check_service(fit, own, base))
    return tuple(found)


def _check_service(fit: ServiceFit, own: Array, base: Array) -> ServiceCheck:
    """Return how services fit one law."""
    shares = np.sort(_shares(fit.law, own, base))
    distance = float(distances(shares)[0])
    worth = len(own) * len(base) / (len(own) + len(base))
    spread = math.sqrt(sum((part.std(ddof=1) / part.mean()) ** 2 / len(part) for part in (own, base)))
    ratio = float(own.mean() / base.mean())
    reach = math.exp(float(stdtrit(min(len(own), len(base)) - 1, 0.5 + LEVEL / 2.0)) * spread)
    return ServiceCheck(
        task=fit.task,
        lane=fit.lane,
        size=len(own),
        ks=distance,
        p=float(kstwo.sf(distance, max(round(worth), 1))),
        ratio=Estimate(ratio, ratio / reach, ratio * reach),
        pit=np.histogram(shares, np.linspace(0.0, 1.0, 11))[0].astype(float),
    )


def _shares(law: LawFit | None, own: Array, base: Array) -> Array:
    """Return the share of the law, or of the fitted sample, that lies below each service."""
    if law is None:
        ordered = np.sort(base)
        below = np.searchsorted(ordered, own, side="left") + np.searchsorted(ordered, own, side="right")
        empirical: Array = below / (2.0 * len(base))
        return empirical
    shares: Array = LAWS[law.law].cdf(own, np.array([value.value for _, value in law.parameters]))
    return shares


def flags_of(arrivals: ArrivalCheck | None, services: tuple[ServiceCheck, ...]) -> tuple[Flag, ...]:
    """
    Return what the held-out days say against the fit.

    Parameters
    ----------
    arrivals
        How arrivals fit; None if nothing was held out.
    services
        How services fit.
    """
    flags: list[Flag] = []
    if arrivals is not None and math.isfinite(arrivals.ratio.value):
        if not arrivals.ratio.holds(1.0):
            words = code_sentence("fit.flag.arrivals", ratio=f"{arrivals.ratio.value - 1.0:+.1%}")
            flags.append(Flag("arrivals", words))
        if arrivals.cells >= LEAST_CELLS and arrivals.inside < LEAST_COVERED * arrivals.cells:
            share = arrivals.inside / arrivals.cells
            flags.append(Flag("half_hours", code_sentence("fit.flag.half_hours", share=f"{share:.4f}")))
    limit = (1.0 - LEVEL) / max(len(services), 1)
    for check in services:
        if check.ks >= FAR and check.p < limit:
            values = {"task": check.task, "lane": check.lane, "ratio": f"{check.ratio.value - 1.0:+.1%}"}
            flags.append(Flag("service", code_sentence("fit.flag.service", **values)))
    return tuple(flags)
