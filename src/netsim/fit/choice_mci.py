"""Exponents of the MCI (and Huff) model from observed shares: least squares on logs, centred in each origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from netsim.fit.choice_coefficients import ROUNDING, Array, Coefficients, check_confidence, check_identified


@dataclass(frozen=True, slots=True, eq=False)
class MciFit:
    """
    An MCI model fitted to shares.

    Parameters
    ----------
    coefficients
        Exponents of the attributes; of ``linear`` ones, the utility of one unit.
    r_squared
        Share of the variance of the centred logs that the model explains.
    residual
        Residual standard deviation of the logs.
    observations, origins
        Rows and origins.
    degrees
        Degrees of freedom: observations - origins - coefficients, as the centring uses up one for each origin.
    """

    coefficients: Coefficients
    r_squared: float
    residual: float
    observations: int
    origins: int
    degrees: int


def fit_mci(
    origin: ArrayLike,
    visits: Array,
    attributes: Mapping[str, Array],
    *,
    linear: Mapping[str, Array] | None = None,
    plus: float = 0.0,
    confidence: float = 0.95,
) -> MciFit:
    """
    Return the exponents of an MCI model from who went where.

    In logs, less their mean over the alternatives of an origin, the model is linear and its denominator is gone:
    counts and shares give the same answer. Every row weighs the same, however many visits stand behind it; where
    counts are small or many are 0, ``fit_logit`` on the counts is the better way.

    Parameters
    ----------
    origin
        Origin of each row (a zone, a survey point), any labels, shape ``(n,)``.
    visits
        Visits or shares of one alternative from one origin, shape ``(n,)``; positive after ``plus``.
    attributes
        Positive attributes of the alternative as seen from there, by name, each of shape ``(n,)``.
    linear
        Attributes that enter without a log: dummies of brands, minutes with exponential decay.
    plus
        Added to all of ``visits``: the usual way with counts of 0, for which there is no log. The answer depends
        on it.
    confidence
        Level of the intervals.

    Raises
    ------
    ValueError
        If lengths differ, a value has no log, attributes cannot be told apart, or too few rows are given.

    Notes
    -----
    Many programs count observations - coefficients degrees of freedom, as if nothing had been centred: their
    standard errors are smaller by ``sqrt(degrees / (observations - coefficients))``.

    References
    ----------
    M. Nakanishi, L. G. Cooper, "Parameter estimation for a multiplicative competitive interaction model - least
    squares approach", *Journal of Marketing Research* 11 (1974) 303-311.

    Examples
    --------
    >>> minutes = np.array([2.0, 4.0, 8.0, 1.0, 3.0, 9.0])
    >>> fit = fit_mci(list("aaabbb"), minutes**-2.0, {"minutes": minutes})
    >>> round(fit.coefficients.by_name()["minutes"], 6), round(fit.r_squared, 6)
    (-2.0, 1.0)
    """
    check_confidence(confidence)
    labels, row = np.unique(np.asarray(origin), return_inverse=True)
    names = (*attributes, *(linear or {}))
    _check(row, visits, attributes, linear or {}, plus)
    columns = [_centred(np.log(column), row) for column in attributes.values()]
    columns += [_centred(column, row) for column in (linear or {}).values()]
    design, answer = np.column_stack(columns), _centred(np.log(visits + plus), row)
    degrees = len(answer) - len(labels) - len(names)
    if degrees < 1:
        raise ValueError(
            f"{len(answer)} observations from {len(labels)} origins do not suffice for {len(names)} coefficients"
        )
    check_identified(design, names)
    orthogonal, triangle = np.linalg.qr(design)
    value = np.linalg.solve(triangle, orthogonal.T @ answer)
    left = answer - design @ value
    variance = float(left @ left) / degrees
    inverse = np.linalg.inv(triangle)
    error = np.sqrt(variance * (inverse**2).sum(axis=1))
    spread = float(answer @ answer)
    return MciFit(
        coefficients=_with_t(names, value, error, degrees, confidence),
        r_squared=1.0 - float(left @ left) / spread if spread > 0.0 else float("nan"),
        residual=float(np.sqrt(variance)),
        observations=len(answer),
        origins=len(labels),
        degrees=degrees,
    )


def _check(
    row: NDArray[np.int64], visits: Array, attributes: Mapping[str, Array], linear: Mapping[str, Array], plus: float
) -> None:
    """Raise for columns of another length and values without a log."""
    if not attributes and not linear:
        raise ValueError("an MCI model needs one attribute or more")
    twice = attributes.keys() & linear.keys()
    if twice:
        raise ValueError(f"{', '.join(sorted(twice))}: given with and without a log; one name, one coefficient")
    for name, column in {"visits": visits, **attributes, **linear}.items():
        if column.shape != row.shape:
            raise ValueError(f"{name} has the shape {column.shape}; there are {len(row)} origins of rows")
    for name, column in attributes.items():
        _positive(name, column, "scale it, or give it as linear")
    for name, column in linear.items():
        if not np.isfinite(column).all():
            raise ValueError(f"{name}: a value is missing or endless")
    _positive("visits", visits + plus, "give plus, or use fit_logit, which takes counts of 0")


def _positive(name: str, column: Array, mend: str) -> None:
    """Raise if a value has no log."""
    wrong = np.flatnonzero(~(np.isfinite(column) & (column > 0.0)))
    if len(wrong):
        raise ValueError(
            f"{name}: {len(wrong)} of {len(column)} values have no log (first: {column[wrong[0]]} in row {wrong[0]}); "
            f"{mend}"
        )


def _centred(column: Array, row: NDArray[np.int64]) -> Array:
    """Return a column less its mean over each origin."""
    mean = np.bincount(row, column) / np.bincount(row)
    centred: Array = column - mean[row]
    # what is only rounding of equal values must be 0, or it would pass for a difference
    centred[np.abs(centred) <= ROUNDING * np.abs(column).max(initial=0.0)] = 0.0
    return centred


def _with_t(names: tuple[str, ...], value: Array, error: Array, degrees: int, confidence: float) -> Coefficients:
    """Return coefficients with intervals and p-values of Student's law."""
    half = stdtrit(degrees, 0.5 + confidence / 2.0) * error
    sizes = np.divide(np.abs(value), error, out=np.full_like(value, np.inf), where=error > 0.0)
    return Coefficients(names, value, error, value - half, value + half, 2.0 * stdtr(degrees, -sizes), confidence)
