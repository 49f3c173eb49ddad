"""Laws that a fit held against service times and patience, and shares counted in a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netsim.model.fit_arrivals import Array, Estimate, freeze
from netsim.model.service import Lane

LawName = Literal["lognormal", "gamma", "weibull", "exponential", "empirical"]
Pooled = Literal["", "lane", "all"]
BOOTSTRAP = 199
"""Samples of the bootstrap of a test: the smallest p-value is 1 / 200."""


@dataclass(frozen=True, slots=True, eq=False)
class LawFit:
    """
    One law held against service times.

    Parameters
    ----------
    law
        Its name.
    parameters
        Names and estimates of its parameters (minutes where they are times).
    mean, cv
        Mean in minutes and coefficient of variation.
    log_likelihood, aic, bic
        Of the sample.
    ks, ks_p
        Kolmogorov-Smirnov distance and its p-value by parametric bootstrap.
    ad, ad_p
        Anderson-Darling statistic and its p-value, likewise.
    quantiles
        At the shares of ``ServiceFit.shares``, shape ``(101,)``; the outermost two at 0.5 % and 99.5 %.
    expected
        Services that the law expects in each bin of the histogram, shape ``(bins,)``.
    """

    law: LawName
    parameters: tuple[tuple[str, Estimate], ...]
    mean: Estimate
    cv: Estimate
    log_likelihood: float
    aic: float
    bic: float
    ks: float
    ks_p: float
    ad: float
    ad_p: float
    quantiles: Array
    expected: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class ServiceFit:
    """
    Service times of one task in one lane.

    Parameters
    ----------
    task, lane
        Which services.
    size
        Services of this task and lane with a known length.
    pooled
        Empty, or what the law was taken over because ``size`` is too small: services of the whole ``lane``, or ``all``.
    sample
        Services that the law was fitted to.
    no_length
        Services whose end is their beginning: no law has such times, so they are left out.
    mean, cv
        Of the sample; the mean with its interval that assumes no law.
    laws
        The laws, in order of their names.
    chosen
        Name of the law that the fragment takes; ``empirical`` where none comes close.
    edges, counts
        Histogram of the sample in minutes, shapes ``(bins + 1,)`` and ``(bins,)``.
    quantiles
        Of the sample at 0, 1, ..., 100 %, shape ``(101,)``.
    """

    task: str
    lane: Lane
    size: int
    pooled: Pooled
    sample: int
    no_length: int
    mean: Estimate
    cv: float
    laws: tuple[LawFit, ...]
    chosen: LawName
    edges: Array
    counts: Array
    quantiles: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def law(self) -> LawFit | None:
        """The chosen law; None if it is empirical."""
        return next((law for law in self.laws if law.law == self.chosen), None)


@dataclass(frozen=True, slots=True)
class PatienceLaw:
    """
    One law of patience, fitted to waits of which most ended by a call.

    Parameters
    ----------
    law
        ``exponential`` or ``weibull``.
    mean
        Mean patience in minutes.
    shape
        Shape of the Weibull law; 1 for the exponential.
    log_likelihood, bic
        Of all waits.
    """

    law: Literal["exponential", "weibull"]
    mean: Estimate
    shape: Estimate
    log_likelihood: float
    bic: float


@dataclass(frozen=True, slots=True, eq=False)
class PatienceFit:
    """
    Patience in the queue of one lane.

    Parameters
    ----------
    lane
        The lane.
    called, left
        Waits that ended by a call (their patience was longer: censored) and by leaving.
    no_shows, unknown, no_wait
        Tickets that tell nothing for sure: nobody came to the call; no trace after the arrival; called at once.
    minutes
        Minutes waited by all who tell something.
    laws
        The laws; empty where too few left.
    chosen
        Position of the law that the fragment takes; -1 for none.
    naive
        Mean wait of those who left, which is not the mean patience; NaN if nobody did.
    at_least
        Where nobody left: the mean patience is longer than this (95 %); else NaN.
    if_no_shows_left
        Mean of the exponential law if everybody who did not come to the call had left the queue before (compare
        the exponential law of ``laws``); NaN without no-shows.
    seen
        Share of the patience that lies below the longest wait (Kaplan-Meier): beyond it a mean is extrapolation.
    at, share, lower, upper
        Kaplan-Meier curve: minutes, share who would still wait, and its interval, shape ``(k,)``.
    fitted
        Share who would still wait by each law at those minutes, shape ``(laws, k)``.
    """

    lane: Lane
    called: int
    left: int
    no_shows: int
    unknown: int
    no_wait: int
    minutes: float
    laws: tuple[PatienceLaw, ...]
    chosen: int
    naive: float
    at_least: float
    if_no_shows_left: float
    seen: float
    at: Array
    share: Array
    lower: Array
    upper: Array
    fitted: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def law(self) -> PatienceLaw | None:
        """The chosen law, or None."""
        return self.laws[self.chosen] if self.chosen >= 0 else None


@dataclass(frozen=True, slots=True)
class ShareFit:
    """
    A share counted in a log.

    Parameters
    ----------
    task, lane
        Of which services or calls.
    of, count
        How many there are, and how many of them it happened to.
    share
        Their ratio with its exact interval (Clopper-Pearson).
    to_task, to_lane
        Where a service goes on; empty for other shares.
    """

    task: str
    lane: Lane
    of: int
    count: int
    share: Estimate
    to_task: str = ""
    to_lane: str = ""
