"""Laws of service times that a log is held against: the table of contents."""

from netsim.fit.laws import exponential, gamma, lognormal, weibull
from netsim.fit.laws.catalogue import LAWS

__all__ = ["LAWS", "exponential", "gamma", "lognormal", "weibull"]
