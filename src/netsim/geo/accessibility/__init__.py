"""Access of people to sites: the parts of the catalogue and the decays that they take."""

from netsim.geo.accessibility import enhanced_two_step, nearest, opportunities, raam, three_step, two_step
from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure
from netsim.geo.accessibility.decay import DECAYS, Decay, GaussianDecay, LinearDecay, PowerDecay, StepDecay
from netsim.geo.accessibility.enhanced_two_step import EnhancedTwoStep, enhanced_two_step_access
from netsim.geo.accessibility.nearest import Nearest, minutes_to_nearest, nearest_minutes
from netsim.geo.accessibility.opportunities import Opportunities, opportunities_in_reach
from netsim.geo.accessibility.raam import Raam, RationalAgents, raam_cost, rational_agents
from netsim.geo.accessibility.three_step import ThreeStep, three_step_access
from netsim.geo.accessibility.two_step import TwoStep, two_step_access

__all__ = [
    "ACCESS_MEASURES",
    "DECAYS",
    "AccessData",
    "AccessMeasure",
    "Decay",
    "EnhancedTwoStep",
    "GaussianDecay",
    "LinearDecay",
    "Nearest",
    "Opportunities",
    "PowerDecay",
    "Raam",
    "RationalAgents",
    "StepDecay",
    "ThreeStep",
    "TwoStep",
    "enhanced_two_step",
    "enhanced_two_step_access",
    "minutes_to_nearest",
    "nearest",
    "nearest_minutes",
    "opportunities",
    "opportunities_in_reach",
    "raam",
    "raam_cost",
    "rational_agents",
    "three_step",
    "three_step_access",
    "two_step",
    "two_step_access",
]
