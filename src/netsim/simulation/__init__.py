"""The network day: random streams, customers, the outlet model, its SimPy reference and what is counted."""
