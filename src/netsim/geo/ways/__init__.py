"""Shortest ways, many to many: the parts of the catalogue, and the choice between them."""

from netsim.geo.ways import hierarchy, small
from netsim.geo.ways.catalogue import ENGINES, Arcs, Engine, Ways
from netsim.geo.ways.choose import shortest_ways
from netsim.geo.ways.hierarchy import Hierarchy, build_hierarchy
from netsim.geo.ways.store import HierarchyStore, default_store

__all__ = [
    "ENGINES",
    "Arcs",
    "Engine",
    "Hierarchy",
    "HierarchyStore",
    "Ways",
    "build_hierarchy",
    "default_store",
    "hierarchy",
    "shortest_ways",
    "small",
]
