"""Which days are kept for the trial."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.text import code_sentence

USUAL = 0.2
"""Share of the days, the last ones, that is held out where nobody says otherwise."""
LEAST_DAYS = 10
"""Days of a log below which none is held out unless somebody says so."""

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%|(0(?:\.\d+)?|1(?:\.0+)?)")
_EVERY = re.compile(r"every[ :](\d{1,3})")


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """
    Days for the fit and days for the trial.

    Parameters
    ----------
    held
        Whether each day is held out, shape ``(days,)``.
    rule
        Coded sentence: how they were chosen.
    """

    held: NDArray[np.bool_]
    rule: str


def split_days(days: Sequence[dt.date], wish: str | None) -> Split:
    """
    Return which days are held out.

    Parameters
    ----------
    days
        Days of the log, in order.
    wish
        A share (``20%``, ``0.2``: the last days), ``every 5`` (each fifth day), dates (``2024-05-01,2024-05-02``),
        or ``0`` for none. None: the last 20 %, if there are ten days or more.

    Raises
    ------
    BadInputError
        If the wish cannot be read, a date is no day of the log, or nothing would be left to fit.

    Examples
    --------
    >>> days = [dt.date(2024, 5, day) for day in range(1, 11)]
    >>> split_days(days, "every 5").held.nonzero()[0].tolist(), int(split_days(days, None).held.sum())
    ([4, 9], 2)
    """
    size = len(days)
    held = np.zeros(size, dtype=bool)
    if wish is None and size < LEAST_DAYS:
        return Split(held, code_sentence("fit.rule.few", days=size, least=LEAST_DAYS))
    text = "20%" if wish is None else wish.strip()
    share, every = _SHARE.fullmatch(text), _EVERY.fullmatch(text)
    if share is not None:
        part = float(share[1]) / 100.0 if share[1] else float(share[2])
        count = math.ceil(part * size) if part < 1.0 else size
        held[size - count :] = count > 0
        rule = code_sentence("fit.rule.last", days=count) if count else "fit.rule.none"
    elif every is not None and int(every[1]) >= 2:
        held[int(every[1]) - 1 :: int(every[1])] = True
        rule = code_sentence("fit.rule.every", step=every[1])
    else:
        held[_positions(days, text)] = True
        rule = code_sentence("fit.rule.named", days=int(held.sum()))
    if held.all():
        raise _refused(f"{text!r} leaves no day of {size} to fit")
    return Split(held, rule)


def _positions(days: Sequence[dt.date], text: str) -> list[int]:
    """Return the positions of days named by their dates."""
    places = {day.isoformat(): position for position, day in enumerate(days)}
    found = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        try:
            dt.date.fromisoformat(name)
        except ValueError:
            raise _refused(f"expected a share such as 20%, 'every 5', or dates, got {name!r}") from None
        if name not in places:
            raise _refused(f"{name} is no day of the log ({days[0]} to {days[-1]})")
        found.append(places[name])
    return found


def _refused(message: str) -> BadInputError:
    return BadInputError((Fault("--hold-out", 0, 0, "", message),))
