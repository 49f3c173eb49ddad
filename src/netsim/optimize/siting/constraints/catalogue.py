"""What a constraint of the siting programs is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables
from netsim.registry import Registry


@dataclass(frozen=True, slots=True)
class Constraint:
    """
    One kind of rows.

    Parameters
    ----------
    add
        Adds the rows to a program; adds none where the problem has no such rule.
    couples_sites
        Whether its rows couple sites, so that a decomposition by site has to dualise it.
    dualisable
        Whether few rows with a price each are enough for that; if not, the program goes to the solver whole.
    """

    add: Callable[[ProgramBuilder, SitingProblem, SitingVariables], None]
    couples_sites: bool
    dualisable: bool


CONSTRAINTS: Registry[Constraint] = Registry("siting constraint")
