"""Parameters of the multinomial logit from counted choices, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize
from scipy.special import ndtr, ndtri

from netsim.fit.choice_coefficients import (
    ROUNDING,
    TAKES_PART,
    Array,
    Coefficients,
    check_confidence,
    check_identified,
)

NEAR = 1e-7
"""Slope of the log likelihood of one choice, in units of each column's spread, at which the search ends."""
LAST_STEPS = 3
"""Newton steps from there: each doubles the right digits, which the search cannot, as the summit is flat."""
ENOUGH = 1e-9
"""Slope at a summit."""
MOST_STEPS = 200
SUSPECT = 1e-4
"""If the data say so much less of a direction at the end than at the start, a separation is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceCounts:
    """
    Who chose what, with what everybody saw.

    Parameters
    ----------
    names
        Attributes, length k.
    counts
        Choices, or weights that stand for as many choices, shape ``(origins, alternatives)``.
    attributes
        Finite, shape ``(origins, alternatives, k)``; what stands where an alternative was not available is not read.
    available
        Whether the alternative could be chosen, shape ``(origins, alternatives)``.

    Raises
    ------
    ValueError
        If shapes differ, a count is negative, a choice falls on what was not available, or nobody had a choice.
    """

    names: tuple[str, ...]
    counts: Array
    attributes: Array
    available: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check the data; freeze the arrays."""
        if self.attributes.shape != (*self.counts.shape, len(self.names)) or self.available.shape != self.counts.shape:
            raise ValueError(
                f"choices: counts {self.counts.shape}, attributes {self.attributes.shape} and available "
                f"{self.available.shape} do not fit together"
            )
        if not (np.isfinite(self.counts) & (self.counts >= 0.0)).all():
            raise ValueError("choices: counts must be finite and non-negative")
        lost = np.argwhere((self.counts > 0.0) & ~self.available)
        if len(lost):
            raise ValueError(
                f"choices: {len(lost)} choices of what was not available (first: {tuple(lost[0].tolist())})"
            )
        finite = np.isfinite(self.attributes).reshape(-1, len(self.names)).all(axis=0)
        if not finite.all():
            guilty = ", ".join(self.names[at] for at in np.flatnonzero(~finite))
            raise ValueError(f"choices: {guilty}: a value is missing or endless where the alternative was available")
        if not ((self.counts.sum(axis=1) > 0.0) & (self.available.sum(axis=1) > 1)).any():
            raise ValueError("choices: nobody had a choice between two alternatives or more")
        for column in (self.counts, self.attributes, self.available):
            column.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class LogitFit:
    """
    A multinomial logit fitted to counted choices.

    Parameters
    ----------
    coefficients
        Utility of one unit of each attribute.
    covariance
        Of the estimates, shape ``(k, k)``.
    log_likelihood
        At the estimates.
    null_log_likelihood
        If all available alternatives were chosen alike.
    choices, origins
        Choices, and origins with a choice.
    """

    coefficients: Coefficients
    covariance: Array
    log_likelihood: float
    null_log_likelihood: float
    choices: float
    origins: int

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.covariance.flags.writeable = False

    @property
    def mcfadden(self) -> float:
        """McFadden's R2: 0 = no better than equal chances, 1 = every choice foreseen."""
        return 1.0 - self.log_likelihood / self.null_log_likelihood


def choice_counts(
    counts: Array, attributes: Mapping[str, Array], available: NDArray[np.bool_] | None = None
) -> ChoiceCounts:
    """
    Return choices with what everybody saw, from attributes by name.

    Parameters
    ----------
    counts
        Choices, shape ``(origins, alternatives)``.
    attributes
        Each of shape ``(origins, alternatives)``, or ``(alternatives,)`` where all see the same.
    available
        Whether the alternative could be chosen, shape ``(origins, alternatives)``; None = all.

    Raises
    ------
    ValueError
        If there is no attribute, or as ``ChoiceCounts``.
    """
    if not attributes:
        raise ValueError("choices: one attribute or more is needed; see alternative_constants")
    seen = np.ones(counts.shape, dtype=bool) if available is None else available.copy()
    columns = []
    for name, column in attributes.items():
        if column.shape not in {counts.shape, counts.shape[1:]}:
            raise ValueError(
                f"choices: {name} has the shape {column.shape}; expected {counts.shape} or {counts.shape[1:]}"
            )
        columns.append(np.where(seen, column, 0.0))
    return ChoiceCounts(tuple(attributes), counts.copy(), np.stack(columns, axis=-1), seen)


def alternative_constants(names: Sequence[str], base: str) -> dict[str, Array]:
    """
    Return a constant for every alternative but one, as attributes.

    Parameters
    ----------
    names
        Alternatives in the order of the columns of the counts; equal names (a brand, a format) share a constant.
    base
        The one whose constant is 0.

    Raises
    ------
    ValueError
        If the base is none of them.

    Examples
    --------
    >>> {name: column.tolist() for name, column in alternative_constants(["a", "b", "a"], "b").items()}
    {'a': [1.0, 0.0, 1.0]}
    """
    if base not in names:
        raise ValueError(f"no alternative {base!r} to measure the others by (known: {', '.join(dict.fromkeys(names))})")
    others = [name for name in dict.fromkeys(names) if name != base]
    return {name: np.array([float(item == name) for item in names]) for name in others}


def log_likelihood(data: ChoiceCounts, value: Array) -> tuple[float, Array, Array]:
    """
    Return the log likelihood of a multinomial logit with its gradient and Hessian.

    Parameters
    ----------
    data
        Choices.
    value
        Coefficients, shape ``(k,)``.

    Returns
    -------
    tuple
        Value, gradient ``(k,)`` and Hessian ``(k, k)``, which is nowhere positive: there is one summit.
    """
    utility = np.where(data.available, data.attributes @ value, -np.inf)
    peak = utility.max(axis=1, keepdims=True, initial=np.finfo(float).min)
    weight = np.exp(utility - peak)
    total = weight.sum(axis=1, keepdims=True)
    total[total == 0.0] = 1.0  # origins where nothing was available
    share = weight / total
    number = data.counts.sum(axis=1)
    chosen = data.counts > 0.0
    logs = np.where(chosen, utility - peak - np.log(total), 0.0)
    expected = number[:, None] * share
    gradient = np.einsum("ij,ijk->k", data.counts - expected, data.attributes)
    mean = np.einsum("ij,ijk->ik", share, data.attributes)
    flat = data.attributes.reshape(-1, len(value))
    hessian = (mean * number[:, None]).T @ mean - (flat * expected.reshape(-1, 1)).T @ flat
    return float((data.counts * logs).sum()), gradient, hessian


def fit_logit(data: ChoiceCounts, confidence: float = 0.95) -> LogitFit:
    """
    Return the coefficients that make the counted choices likeliest.

    Every choice counts once and as independent of the others: where visits of the same people are counted again and
    again, the standard errors come out too small.

    Parameters
    ----------
    data
        Choices; see ``choice_counts``.
    confidence
        Level of the intervals.

    Raises
    ------
    ValueError
        If coefficients cannot be told apart, if attributes foretell choices perfectly (then the likelihood has no
        summit), or the search does not end.

    References
    ----------
    D. McFadden, "Conditional logit analysis of qualitative choice behavior", in P. Zarembka (ed.), *Frontiers in
    Econometrics* (1974) 105-142. On separation: A. Albert, J. A. Anderson, "On the existence of maximum likelihood
    estimates in logistic regression models", *Biometrika* 71 (1984) 1-10.

    Examples
    --------
    >>> data = choice_counts(np.array([[30.0, 10.0]]), alternative_constants(["a", "b"], base="b"))
    >>> round(fit_logit(data).coefficients.by_name()["a"], 6) == round(float(np.log(3.0)), 6)
    True
    """
    check_confidence(confidence)
    even, scale = _scaled(data)
    choices = float(even.counts.sum())
    start = np.zeros(len(scale))
    null, _, first = log_likelihood(even, start)
    value = _climbed(even, start)
    summit, slope, bend = log_likelihood(even, value)
    if _suspect(first, bend):
        _refuse_separation(even)
    if not np.abs(slope).max() <= ENOUGH * choices:
        raise ValueError(f"the likelihood has no summit within {MOST_STEPS} steps (slope {np.abs(slope).max():g})")
    covariance = np.linalg.inv(-bend) / np.outer(scale, scale)
    value, error = value / scale, np.sqrt(np.diag(covariance))
    half = ndtri(0.5 + confidence / 2.0) * error
    p = 2.0 * ndtr(-np.abs(value / error))
    return LogitFit(
        coefficients=Coefficients(data.names, value, error, value - half, value + half, p, confidence),
        covariance=covariance,
        log_likelihood=summit,
        null_log_likelihood=null,
        choices=choices,
        origins=len(even.counts),
    )


def _climbed(data: ChoiceCounts, start: Array) -> Array:
    """Return where the likelihood is highest."""
    choices = float(data.counts.sum())
    last: dict[bytes, tuple[float, Array, Array]] = {}

    def at(value: Array) -> tuple[float, Array, Array]:
        key = value.tobytes()
        if key not in last:
            last.clear()
            last[key] = log_likelihood(data, value)
        return last[key]

    found = minimize(
        lambda value: -at(value)[0] / choices,
        start,
        jac=lambda value: -at(value)[1] / choices,
        hess=lambda value: -at(value)[2] / choices,
        method="trust-exact",
        options={"gtol": NEAR, "maxiter": MOST_STEPS},
    )
    value: Array = found.x
    for _ in range(LAST_STEPS):
        _, slope, bend = log_likelihood(data, value)
        value = value + np.linalg.solve(-bend, slope)
    return value


def _scaled(data: ChoiceCounts) -> tuple[ChoiceCounts, Array]:
    """Return the origins with a choice, attributes centred there and of spread 1, and the spreads taken out."""
    useful = (data.counts.sum(axis=1) > 0.0) & (data.available.sum(axis=1) > 1)
    counts, available = data.counts[useful], data.available[useful]
    seen = np.where(available[:, :, None], data.attributes[useful], 0.0)
    centred = seen - (seen.sum(axis=1) / available.sum(axis=1)[:, None])[:, None, :]
    centred = np.where(available[:, :, None], centred, 0.0)
    centred[np.abs(centred) <= ROUNDING * np.abs(seen).max(axis=(0, 1), initial=0.0)] = 0.0
    check_identified(centred[available], data.names)
    scale = np.sqrt((centred[available] ** 2).mean(axis=0))
    return ChoiceCounts(data.names, counts, centred / scale, available), scale


def _suspect(first: Array, last: Array) -> bool:
    """Whether the data say next to nothing of some direction at the end, compared with the start."""
    root = np.linalg.cholesky(-first)
    half = np.linalg.solve(root, -last)
    told = np.linalg.solve(root, half.T)
    return bool(np.linalg.eigvalsh((told + told.T) / 2.0).min() < SUSPECT)


def _refuse_separation(data: ChoiceCounts) -> None:
    """
    Raise if along some direction all who chose prefer what they chose and somebody does more than before.

    A linear program: every origin has a best utility, all that was chosen there has it, nothing available has more;
    the sum of what the others fall short of it is made as large as the box of directions allows.
    """
    origins, _, k = data.attributes.shape
    origin, alternative = np.nonzero(data.available)
    chosen = data.counts[origin, alternative] > 0.0
    rows = data.attributes[origin, alternative]
    best = scipy.sparse.csr_array(
        (np.ones(len(origin)), (np.arange(len(origin)), origin)), shape=(len(origin), origins)
    )
    table = scipy.sparse.hstack([scipy.sparse.csr_array(rows), -best], format="csr")  # attributes @ d - best <= 0
    other = ~chosen
    solved = linprog(
        c=np.asarray(table[other].sum(axis=0)).ravel(),
        A_ub=table[other],
        b_ub=np.zeros(int(other.sum())),
        A_eq=table[chosen],
        b_eq=np.zeros(int(chosen.sum())),
        bounds=[(-1.0, 1.0)] * k + [(None, None)] * origins,
        method="highs",
    )
    if solved.status != 0 or -solved.fun <= TAKES_PART:
        return
    direction = solved.x[:k]
    guilty = [name for name, part in zip(data.names, direction, strict=True) if abs(part) > TAKES_PART]
    raise ValueError(
        f"{', '.join(guilty)}: foretell perfectly what is chosen or what never is, so the likelihood has no summit; "
        "drop them, put alternatives that nobody chose together with others, or count more choices"
    )
