"""The reference simulation in SimPy, to be read: every customer, machine, failure and shift is a process."""
