"""Simulation and optimization engine for planning service networks."""

__version__ = "0.1.0"
