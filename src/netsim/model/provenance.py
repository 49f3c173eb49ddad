"""Where a figure comes from and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Evidence = Literal["data", "assumption", "unverified", "synthetic"]
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
"""Evidence labels, the strongest first."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    Source of an input.

    Parameters
    ----------
    source
        Who says so: a publication, a data set, a person.
    evidence
        ``data`` (measured), ``assumption`` (set by judgement), ``unverified`` (quoted, not
        checked) or ``synthetic`` (made up by a rule).
    licence
        Licence of the source, empty if none applies.
    date
        ISO date or year that the figure holds for, empty if unknown.
    """

    source: str
    evidence: Evidence
    licence: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One number that a person typed, with its provenance, for the report's evidence table.

    Parameters
    ----------
    path
        Dotted key in the resolved scenario.
    value
        The value as it was typed, with its unit.
    provenance
        Where it comes from.
    """

    path: str
    value: str
    provenance: Provenance


def weakest(evidence: Iterable[Evidence]) -> Evidence:
    """
    Return the weakest label: what a record derived from several inputs may claim.

    Examples
    --------
    >>> weakest(["data", "assumption"])
    'assumption'
    """
    return max(evidence, key=EVIDENCE.index, default="data")
