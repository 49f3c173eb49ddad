"""Which versions a result was worked out with: part of its reproduction."""

from __future__ import annotations

from importlib.metadata import version

import netsim

SOLVING = ("highspy", "numpy", "scipy", "shapely", "simpy")
"""Packages whose version can change a figure."""


def versions() -> dict[str, str]:
    """Return the version of netsim and of every package that can change a figure."""
    return {"netsim": netsim.__version__, **{name: version(name) for name in SOLVING}}
