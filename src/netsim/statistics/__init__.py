"""Intervals, sequential verdicts, corrections for many questions and monotone fits."""
