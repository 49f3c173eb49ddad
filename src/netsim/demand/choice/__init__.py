"""Choice of an outlet: the parts of the catalogue."""

from netsim.demand.choice import nearest
from netsim.demand.choice.catalogue import CHOICES, Choice

__all__ = ["CHOICES", "Choice", "nearest"]
