"""The loops that join optimization and simulation."""
