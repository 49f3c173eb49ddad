"""Main streets of a synthetic city and the superblocks between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from netsim.geo.synthetic.blocks import Numbers, Plan, superblocks
from netsim.geo.synthetic.ground import Ground, bent, bustle, openness, reach
from netsim.geo.synthetic.styles import Style

PRIMARY_EVERY: Final = 3
"""Every third main street is primary."""
CORNER_SHIFT: Final = 0.16
"""Corners of superblocks are off the grid by up to this part of its width."""
OPEN_BLOCKS: Final = 2.2
"""By how many logarithms blocks are larger where the land is open."""
OPEN_FROM: Final = 1.3
"""Land is open from about here on, in deviations of the field."""

_SQUARE: Final = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
"""Row and column of the corners of a block, counter-clockwise."""


def main_streets(ground: Ground, style: Style, rng: np.random.Generator) -> tuple[Plan, NDArray[np.bool_]]:
    """
    Draw the superblocks whose middle lies within the city.

    Parameters
    ----------
    ground
        The land.
    style
        How far main streets are apart.
    rng
        Random numbers.

    Returns
    -------
    tuple
        The plan, and which of its streets are primary.
    """
    width = style.superblock_m
    turn, shift = rng.uniform(0.0, np.pi / 2.0), rng.uniform(0.0, width, 2)
    # The outline swings out and the plan is bent: half as much again is enough on all sides.
    half = int(np.ceil(1.5 * ground.radius / width)) + 2
    lines = np.arange(-half, half + 1)
    row, column = (part.ravel() for part in np.meshgrid(lines, lines, indexing="ij"))
    straight = np.column_stack([column, row]) + CORNER_SHIFT * rng.uniform(-1.0, 1.0, (len(row), 2))
    east, north = (straight * width + shift).T
    xy = np.column_stack([east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn)])
    side = len(lines)
    first = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    nodes = first[:, None] + _SQUARE @ np.array([side, 1])
    inside = reach(ground, bent(ground, xy[nodes].mean(axis=1))) < 1.0
    used, renumbered = np.unique(nodes[inside], return_inverse=True)
    plan = superblocks(xy[used], renumbered.reshape(-1, 4))
    level = row[used][plan.start] == row[used][plan.end]
    line = np.where(level, row[used][plan.start], column[used][plan.start])
    return plan, line % PRIMARY_EVERY == 0


def block_size(ground: Ground, style: Style) -> Callable[[Numbers], Numbers]:
    """
    Return how large blocks are by place of the plan: small where it is busy, large on open land.

    Parameters
    ----------
    ground
        The land.
    style
        How much larger.
    """
    steps = np.linspace(-1.2 * ground.radius, 1.2 * ground.radius, 41)
    grid = np.column_stack([part.ravel() for part in np.meshgrid(steps, steps)])
    known = bustle(ground, grid[reach(ground, grid) < 1.0])
    mean, deviation = float(known.mean()), float(known.std())

    def size(xy: Numbers) -> Numbers:
        where = bent(ground, xy)
        busy = np.clip((bustle(ground, where) - mean) / deviation, -2.0, 2.0)
        free = 1.0 / (1.0 + np.exp(-6.0 * (openness(ground, where) - OPEN_FROM)))
        return np.asarray(np.exp(OPEN_BLOCKS * free - style.contrast * busy))

    return size
