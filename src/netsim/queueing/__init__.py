"""Closed forms of queueing theory: the oracle of the simulation and the start of searches."""
