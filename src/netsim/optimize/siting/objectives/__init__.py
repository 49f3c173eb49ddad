"""Objectives of the siting programs: the parts of the catalogue."""

from netsim.optimize.siting.objectives import operator_cost, total_cost
from netsim.optimize.siting.objectives.catalogue import OBJECTIVES, Objective

__all__ = ["OBJECTIVES", "Objective", "operator_cost", "total_cost"]
