"""
Service times by task and lane: laws by maximum likelihood, how well they hold, and which one is taken.

The law with the least BIC is taken. Where even that one misses the sample by five points of the distribution,
and the bootstrap calls that more than chance, the sample itself is taken (``empirical``). A task with too few
services takes the law of its lane, or of all services; with fewer than five it is left out.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from netsim.fit.day_counts import Array
from netsim.fit.draws import generator
from netsim.fit.goodness import goodness
from netsim.fit.laws import LAWS
from netsim.fit.laws.catalogue import Law
from netsim.model.fit_arrivals import Estimate
from netsim.model.fit_laws import BOOTSTRAP, LawFit, LawName, Pooled, ServiceFit
from netsim.model.service import LANES, Lane
from netsim.model.ticket_log import Legs, TicketLog
from netsim.statistics.intervals import mean_interval

LEAST = 30
"""Services that a task needs in a lane for a law of its own."""
LEAST_TO_TELL = 5
"""Services below which a task and lane is no figure of its own at all."""
LEAST_FOR_A_LAW = 10
"""Services that any law needs."""
MISSES = 0.05
"""Distance from which on the best law may be given up for the sample itself."""
SURELY = 0.01
"""p-value below which it is."""
ENOUGH = 50
"""Services that the sample itself needs to be taken for a law."""
BINS = 40
SHARES: Array = np.linspace(0.0, 1.0, 101)
"""Shares of the quantiles of a sample."""
LAW_SHARES: Array = np.clip(SHARES, 0.005, 0.995)
"""Shares of the quantiles of a law, whose ends may be infinite."""


def fit_services(log: TicketLog, legs: Legs, seed: int, confidence: float = 0.95) -> tuple[ServiceFit, ...]:
    """
    Return the service times of each task and lane that has some.

    Parameters
    ----------
    log
        The log.
    legs
        Its legs on the days of the fit.
    seed
        Of the bootstrap.
    confidence
        Two-sided level.
    """
    times = service_times(legs, log.source.resolution, seed)
    known = np.isfinite(times)
    found = []
    for lane_number, lane in enumerate(LANES):
        for task_number, task in enumerate(log.tasks):
            own = known & (legs.lane == lane_number) & (legs.task == task_number)
            if np.sum(times[own] > 0) < LEAST_TO_TELL:
                continue
            rows, pooled = _pool(own, known & (legs.lane == lane_number), known)
            rng = generator(seed, "service", lane, task)
            found.append(_fit_service(task, lane, times[own], times[rows], pooled, rng, confidence))
    return tuple(found)


def _fit_service(
    task: str, lane: Lane, own: Array, pool: Array, pooled: Pooled, rng: np.random.Generator, confidence: float
) -> ServiceFit:
    """Return the service times of one task and lane, their law taken from a pool that holds them."""
    sample = pool[pool > 0]
    laws = fit_laws(sample, rng, confidence)
    quantiles = np.quantile(sample, SHARES) if len(sample) else np.zeros(len(SHARES))
    edges = _edges(quantiles)
    return ServiceFit(
        task=task,
        lane=lane,
        size=int(np.sum(own > 0)),
        pooled=pooled,
        sample=len(sample),
        no_length=int(np.sum(own == 0)),
        mean=_mean(sample, confidence),
        cv=float(sample.std(ddof=1) / sample.mean()) if len(sample) > 1 else math.nan,
        laws=tuple(_with_histogram(law, edges, len(sample)) for law in laws),
        chosen=choose(laws, len(sample)),
        edges=edges,
        counts=np.histogram(sample, edges)[0].astype(float),
        quantiles=quantiles,
    )


def service_times(legs: Legs, resolution: float, seed: int) -> Array:
    """
    Return minutes of service, NaN where none is known.

    Times in whole minutes are spread evenly over half a minute to each side, so that laws without jumps can be
    held against them; times of no length then lie within the first half minute.

    Parameters
    ----------
    legs
        The legs.
    resolution
        Minutes that the log can tell apart.
    seed
        Of the spreading.
    """
    times = legs.service
    times = np.where(np.abs(times) < 1e-6, 0.0, times)
    if resolution < 1.0:
        return times
    jitter = resolution * (generator(seed, "spread").random(len(times)) - 0.5)
    spread: Array = np.abs(np.round(times / resolution) * resolution + jitter)
    return spread


def _pool(own: Array, lane: Array, everything: Array) -> tuple[Array, Pooled]:
    """Return the services that the law is taken from."""
    if own.sum() >= LEAST:
        return own, ""
    if lane.sum() >= LEAST:
        return lane, "lane" if lane.sum() > own.sum() else ""
    return everything, "all" if everything.sum() > own.sum() else ""


def _mean(sample: Array, confidence: float) -> Estimate:
    found = mean_interval(sample, confidence)
    return Estimate(found.mean, max(found.lower, 0.0), found.upper)


def fit_laws(sample: Array, rng: np.random.Generator, confidence: float = 0.95) -> list[LawFit]:
    """
    Return all laws held against a sample of positive times; none for a sample that is too small or all alike.

    Parameters
    ----------
    sample
        Minutes, shape ``(n,)``.
    rng
        Draws the samples of the bootstrap.
    confidence
        Two-sided level.
    """
    if len(sample) < LEAST_FOR_A_LAW or np.ptp(sample) == 0:
        return []
    return [fit_law(name, sample, rng, confidence) for name in LAWS]


def fit_law(
    name: str, sample: Array, rng: np.random.Generator, confidence: float = 0.95, rounds: int = BOOTSTRAP
) -> LawFit:
    """
    Return one law held against a sample; what it expects in a histogram is left open.

    Parameters
    ----------
    name
        Of the law in the catalogue.
    sample
        Positive minutes, shape ``(n,)``.
    rng
        Draws the samples of the bootstrap.
    confidence
        Two-sided level.
    rounds
        Samples of the bootstrap.
    """
    law, size = LAWS[name], len(sample)
    of = law.estimate(sample)
    number = len(of)
    likelihood = float(law.log_density(sample, of).sum())
    near = goodness(law, of, sample, rng, rounds)
    covariance = law.covariance(of, size)
    quantile = float(stdtrit(max(size - number, 1), 0.5 + confidence / 2.0))
    parameters = tuple(
        (label, _around(float(value), float(covariance[place, place]), quantile))
        for place, (label, value) in enumerate(zip(law.parameters, of, strict=True))
    )
    mean, cv = law.moments(of)
    variance = _moment_variance(law, of, covariance)
    return LawFit(
        law=_law_name(name),
        parameters=parameters,
        mean=_around(mean, variance[0], quantile),
        cv=_around(cv, variance[1], quantile),
        log_likelihood=likelihood,
        aic=2.0 * number - 2.0 * likelihood,
        bic=number * math.log(size) - 2.0 * likelihood,
        ks=near.ks,
        ks_p=near.ks_p,
        ad=near.ad,
        ad_p=near.ad_p,
        quantiles=law.quantile(LAW_SHARES, of),
        expected=np.zeros(0),
    )


def _law_name(name: str) -> LawName:
    """Return a name of the catalogue as that of a law that a fragment may hold."""
    names: dict[str, LawName] = {
        "lognormal": "lognormal", "gamma": "gamma", "weibull": "weibull", "exponential": "exponential",
    }  # fmt: skip
    return names[name]


def _with_histogram(fit: LawFit, edges: Array, size: int) -> LawFit:
    """Return a law with the services that it expects in each bin."""
    of = np.array([value.value for _, value in fit.parameters])
    return replace(fit, expected=size * np.diff(LAWS[fit.law].cdf(edges[1:], of), prepend=0.0))


def _moment_variance(law: Law, of: Array, covariance: Array) -> tuple[float, float]:
    """Return the variances of the logarithms of mean and cv, by the delta method."""
    step = 1e-5
    slopes = np.zeros((2, len(of)))
    for place in range(len(of)):
        above, below = of.copy(), of.copy()
        above[place] *= math.exp(step)
        below[place] *= math.exp(-step)
        high, low = law.moments(above), law.moments(below)
        slopes[:, place] = [(math.log(high[i]) - math.log(low[i])) / (2.0 * step) for i in range(2)]
    variance = slopes @ covariance @ slopes.T
    return float(variance[0, 0]), float(variance[1, 1])


def _around(value: float, log_variance: float, quantile: float) -> Estimate:
    reach = math.exp(quantile * math.sqrt(max(log_variance, 0.0)))
    return Estimate(value, value / reach, value * reach)


def choose(laws: list[LawFit], size: int) -> LawName:
    """
    Return the law that is taken: the one of least BIC, or the sample itself where that one clearly misses it.

    Parameters
    ----------
    laws
        The laws.
    size
        Size of the sample.
    """
    if not laws:
        return "empirical"
    best = min(laws, key=lambda law: law.bic)
    if size >= ENOUGH and best.ks >= MISSES and best.ks_p <= SURELY:
        return "empirical"
    return best.law


def _edges(quantiles: Array) -> Array:
    """Return the edges of the histogram: from 0 to where 99 % lie, in even steps."""
    top = float(quantiles[99]) if quantiles[99] > 0 else 1.0
    return np.linspace(0.0, top, BINS + 1)
