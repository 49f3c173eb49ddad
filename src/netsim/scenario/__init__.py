"""Scenario files: read with positions, laid over each other, checked, all faults told at once."""
