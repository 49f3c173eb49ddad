"""The compiled kernel: one outlet, day by day, on flat tables; the same source runs without a compiler."""
