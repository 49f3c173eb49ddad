"""The engine held to closed forms: systems that theory knows, every runner on each of them."""

from netsim.simulation.selfcheck import batch, identities, machines, networks, paths, priority, stationary, time_varying
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, Identity, System

__all__ = [
    "SYSTEMS",
    "Case",
    "Identity",
    "System",
    "batch",
    "identities",
    "machines",
    "networks",
    "paths",
    "priority",
    "stationary",
    "time_varying",
]
