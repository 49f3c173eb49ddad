"""Constraints of the siting programs: the parts of the catalogue."""

from netsim.optimize.siting.constraints import (
    budget,
    capacity,
    coverage,
    directed,
    max_changes,
    nearest,
    one_option,
    served_share,
    totals,
)
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint

__all__ = [
    "CONSTRAINTS",
    "Constraint",
    "budget",
    "capacity",
    "coverage",
    "directed",
    "max_changes",
    "nearest",
    "one_option",
    "served_share",
    "totals",
]
