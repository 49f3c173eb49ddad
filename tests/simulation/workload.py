"""The reference outlet-day of the benchmarks: two stations, six classes, 3,000 customers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from reference_outlet import STAFF, counter, reference_outlet, reference_pattern

__all__ = ["STAFF", "counter", "reference_outlet", "reference_pattern"]
