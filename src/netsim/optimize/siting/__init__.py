"""Which outlets stand where, in which format and with how many servers."""

from netsim.optimize.siting.alternatives import alternatives
from netsim.optimize.siting.solve import as_is_plan, plan_sites

__all__ = ["alternatives", "as_is_plan", "plan_sites"]
