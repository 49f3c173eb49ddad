"""Random regions for the tests of access."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from netsim.geo.accessibility import AccessData


def region(seed: int, zones: int, sites: int, *, gaps: bool = True) -> AccessData:
    """Return whole people and supplies, some of them 0, and ways up to an hour, some of them missing."""
    rng = np.random.default_rng(seed)
    minutes = np.round(rng.uniform(0.0, 60.0, (zones, sites)), 1)
    population = rng.integers(0 if gaps else 1, 2_000, zones).astype(float)
    supply = rng.integers(0 if gaps else 1, 9, sites).astype(float)
    if gaps:
        minutes[rng.random((zones, sites)) < 0.2] = np.inf
    return AccessData(minutes, population, supply)


regions = st.builds(region, st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 8))
"""Small regions with empty zones, sites without supply and missing ways."""
