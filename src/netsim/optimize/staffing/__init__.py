"""When staff work: shift covers and rosters."""

from netsim.optimize.staffing.costs import constant_cover_cost, staff_costs
from netsim.optimize.staffing.cover import Roster, cover
from netsim.optimize.staffing.roster import roster

__all__ = ["Roster", "constant_cover_cost", "cover", "roster", "staff_costs"]
