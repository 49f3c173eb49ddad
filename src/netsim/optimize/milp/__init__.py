"""Linear programs as arrays, and their solvers."""
