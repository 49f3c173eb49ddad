"""Runners of one outlet: the parts of the catalogue, which give the same rows to the bit."""

from netsim.simulation.runners import kernel, python, reference
from netsim.simulation.runners.catalogue import RUNNERS, Runner

__all__ = ["RUNNERS", "Runner", "kernel", "python", "reference"]
