"""Shifts that cover the staff needed, at least cost."""
