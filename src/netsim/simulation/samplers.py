"""
Variates by inverse transform: one uniform in, one number out.

Every runner draws through these scalar functions, compiled or not. They use ``math`` alone, so that both
meet the same bits; vectorised numpy differs in the last one.
"""

from __future__ import annotations

import math
from enum import IntEnum

from netsim.jit import compiled

TINY = 2.0**-54
"""Stands for a uniform of exactly 0, whose quantile would be infinite."""
SMALLEST = 1e-300
"""Least gamma variate of scale 1 above 0."""
UNDERFLOW = 1e-18
"""Below it a share no longer moves a sum near 1; the search for a count ends there."""


class LawKind(IntEnum):
    """How ``variate`` reads its two parameters. Append only."""

    FIXED = 0
    EXPONENTIAL = 1
    LOGNORMAL = 2
    WEIBULL = 3
    NEVER = 4
    GAMMA = 5


# Plain numbers: a compiled function takes them as constants.
_FIXED, _EXPONENTIAL, _LOGNORMAL, _WEIBULL, _GAMMA = (int(kind) for kind in LawKind if kind != LawKind.NEVER)


@compiled
def normal_quantile(uniform: float) -> float:
    """
    Return the standard normal quantile (Wichura's AS241, about 16 digits).

    Parameters
    ----------
    uniform
        Probability in ``[0, 1)``; 0 counts as ``2**-54``.

    References
    ----------
    M. J. Wichura, *Algorithm AS 241: the percentage points of the normal distribution*,
    Applied Statistics 37 (1988).

    Examples
    --------
    >>> normal_quantile(0.5)
    0.0
    >>> round(normal_quantile(0.975), 12)
    1.95996398454
    """
    q = uniform - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        bottom = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
            + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * top / bottom
    r = math.sqrt(-math.log(max(uniform, TINY) if q < 0.0 else 1.0 - uniform))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        bottom = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
            + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
            + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        bottom = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
            + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r
            + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -top / bottom if q < 0.0 else top / bottom


def lognormal_parameters(mean: float, cv: float) -> tuple[float, float]:
    """
    Return ``(median, sigma)`` of the lognormal law with this mean and coefficient of variation.

    Parameters
    ----------
    mean
        Mean in minutes, positive.
    cv
        Coefficient of variation; 0 makes every draw equal to the mean.

    Raises
    ------
    ValueError
        If the mean is not positive or the coefficient negative.

    Examples
    --------
    >>> lognormal_parameters(4.0, 0.0)
    (4.0, 0.0)
    """
    if not mean > 0 or cv < 0:
        raise ValueError(f"lognormal: mean {mean:g} must be positive and cv {cv:g} not negative")
    return mean / math.sqrt(1.0 + cv * cv), math.sqrt(math.log1p(cv * cv))


@compiled
def lognormal(uniform: float, median: float, sigma: float) -> float:
    """
    Return a lognormal variate: ``median * exp(sigma * z)``.

    Parameters
    ----------
    uniform
        In ``[0, 1)``.
    median, sigma
        As ``lognormal_parameters`` gives them.

    Examples
    --------
    >>> lognormal(0.9, 4.0, 0.0)
    4.0
    """
    return median * math.exp(sigma * normal_quantile(uniform))


@compiled
def exponential(uniform: float, mean: float) -> float:
    """
    Return an exponential variate; a mean of ``inf`` gives ``inf`` unless the uniform is 0.

    Examples
    --------
    >>> round(exponential(0.5, 10.0), 4)
    6.9315
    """
    return -math.log1p(-uniform) * mean


@compiled
def weibull(uniform: float, scale: float, shape: float) -> float:
    """
    Return a Weibull variate: ``scale * e ** (1 / shape)`` of a unit exponential e.

    Parameters
    ----------
    uniform
        In ``[0, 1)``.
    scale
        In minutes, positive; the share ``1 - 1/e`` lies below it.
    shape
        Positive; below 1 the rate falls with the time waited, above 1 it rises, at 1 it is exponential.

    Examples
    --------
    >>> weibull(0.5, 10.0, 1.0) == exponential(0.5, 10.0)
    True
    """
    return scale * math.pow(-math.log1p(-uniform), 1.0 / shape)


@compiled
def log_gamma(shape: float) -> float:
    """
    Return the logarithm of the gamma function by Stirling's series, to about 15 digits.

    The library functions of Python and of the compiler differ in the last bit; this one is the same in both.

    Parameters
    ----------
    shape
        Positive.

    Examples
    --------
    >>> round(log_gamma(5.0), 12) == round(math.log(24.0), 12)
    True
    """
    shift = 0.0
    while shape < 12.0:
        shift += math.log(shape)
        shape += 1.0
    inverse = 1.0 / shape
    square = inverse * inverse
    series = ((((-691.0 / 360360.0 * square + 1.0 / 1188.0) * square - 1.0 / 1680.0) * square
        + 1.0 / 1260.0) * square - 1.0 / 360.0) * square + 1.0 / 12.0  # fmt: skip
    return (shape - 0.5) * math.log(shape) - shape + 0.9189385332046727418 + series * inverse - shift


@compiled
def gamma_below(shape: float, value: float, log_total: float) -> float:
    """
    Return the share of a gamma law of scale 1 below a value: the regularised lower incomplete gamma function.

    Parameters
    ----------
    shape, value
        Positive.
    log_total
        ``log_gamma(shape)``.

    References
    ----------
    *NIST Digital Library of Mathematical Functions*, 8.11.4 (series) and 8.9.2 (continued fraction, by Lentz's method).

    Examples
    --------
    >>> round(gamma_below(1.0, 2.0, 0.0), 12) == round(1 - math.exp(-2), 12)
    True
    """
    front = math.exp(shape * math.log(value) - value - log_total)
    if value < shape + 1.0:
        term = total = 1.0 / shape
        number = shape
        for _ in range(10_000):
            number += 1.0
            term *= value / number
            total += term
            if term < total * 1e-17:
                break
        return front * total
    b = value + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    fraction = d
    for step in range(1, 10_000):
        a = -step * (step - shape)
        b += 2.0
        d = a * d + b
        d = 1.0 / (d if abs(d) > 1e-300 else 1e-300)
        c = b + a / c
        c = c if abs(c) > 1e-300 else 1e-300
        fraction *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return 1.0 - front * fraction


@compiled
def gamma(uniform: float, scale: float, shape: float) -> float:
    """
    Return a gamma variate by inversion: Wilson and Hilferty's guess, then Newton steps inside a bracket.

    Parameters
    ----------
    uniform
        In ``[0, 1)``.
    scale, shape
        Positive; the mean is their product. The quantile is good to 1e-9 of itself (1e-8 in the last 1e-9 of the tail).

    Examples
    --------
    >>> abs(gamma(0.5, 10.0, 1.0) / exponential(0.5, 10.0) - 1.0) < 1e-12
    True
    """
    if uniform <= 0.0:
        return 0.0
    total = log_gamma(shape)
    low, high = 0.0, math.inf
    guess = 1.0 / (9.0 * shape)
    root = 1.0 - guess + normal_quantile(uniform) * math.sqrt(guess)
    if root > 0.1:
        value = shape * root * root * root
    else:  # far below: the first term of the series alone
        value = math.exp((math.log(uniform) + total + math.log(shape)) / shape)
    value = max(value, SMALLEST)
    for _ in range(200):
        error = gamma_below(shape, value, total) - uniform
        if error > 0.0:
            high = value
        else:
            low = value
        density = math.exp((shape - 1.0) * math.log(value) - value - total)
        following = value - error / density if density > 0.0 else -1.0
        if not low < following < high:
            following = 2.0 * value if high == math.inf else 0.5 * (low + high)
        following = max(following, SMALLEST)
        if abs(following - value) <= 1e-13 * value:
            return scale * following
        value = following
    return scale * value


@compiled
def variate(kind: int, first: float, second: float, uniform: float) -> float:
    """
    Return a variate of a law.

    Parameters
    ----------
    kind
        A ``LawKind``.
    first, second
        ``FIXED``: the value. ``EXPONENTIAL``: the mean. ``LOGNORMAL``: median and sigma. ``WEIBULL``:
        scale and shape. ``GAMMA``: scale and shape. ``NEVER``: nothing; the variate is ``inf``.
    uniform
        In ``[0, 1)``.

    Examples
    --------
    >>> variate(LawKind.FIXED, 4.0, 0.0, 0.3)
    4.0
    """
    if kind == _LOGNORMAL:
        return lognormal(uniform, first, second)
    if kind == _EXPONENTIAL:
        return exponential(uniform, first)
    if kind == _FIXED:
        return first
    if kind == _WEIBULL:
        return weibull(uniform, first, second)
    if kind == _GAMMA:
        return gamma(uniform, first, second)
    return math.inf


@compiled
def residual(kind: int, first: float, second: float, uniform: float, age: float) -> float:
    """
    Return how long something lasts that has lasted for a while.

    Parameters
    ----------
    kind, first, second, uniform
        As in ``variate``.
    age
        Minutes that it has lasted; laws other than Weibull are taken to begin anew.

    Examples
    --------
    >>> residual(LawKind.WEIBULL, 100.0, 2.0, 0.5, 0.0) == variate(LawKind.WEIBULL, 100.0, 2.0, 0.5)
    True
    >>> round(residual(LawKind.WEIBULL, 100.0, 1.0, 0.5, 60.0), 6)
    69.314718
    """
    if kind == _WEIBULL and age > 0.0:
        hazard = math.pow(age / first, second) - math.log1p(-uniform)
        return max(first * math.pow(hazard, 1.0 / second) - age, 0.0)
    return variate(kind, first, second, uniform)


def poisson(uniform: float, mean: float) -> int:
    """
    Return a Poisson variate by inversion; it never falls when the mean rises.

    (Up to the rounding of the sum: uniforms within 1e-14 of a step of the distribution may differ by one.)

    Parameters
    ----------
    uniform
        In ``[0, 1)``.
    mean
        Non-negative and at most 700, where ``exp(-mean)`` is still a normal number.

    Raises
    ------
    ValueError
        If the mean is outside its range.

    Examples
    --------
    >>> [poisson(0.5, mean) for mean in (0.0, 1.0, 5.0)]
    [0, 1, 5]
    """
    if not 0.0 <= mean <= 700.0:
        raise ValueError(f"poisson: the mean {mean:g} must lie between 0 and 700")
    share = math.exp(-mean)
    below = share
    count = 0
    while uniform >= below:
        count += 1
        share *= mean / count
        below += share
        if share <= UNDERFLOW and count >= mean:
            break
    return count
