"""Dead ends and roads apart from all others in the blocks of a synthetic city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from netsim.geo.synthetic.blocks import Ids, Numbers, Plan, areas, on_street, places
from netsim.geo.synthetic.draws import lottery
from netsim.geo.synthetic.styles import Style

NEAREST, MIDDLE = 0.05, 0.47
"""A lane begins between these parts of the side of its block, or so far from its end: two lanes a side at most."""

_PIECE: Final = np.array([[0.4, 0.5], [0.6, 0.5], [0.25, 0.36], [0.28, 0.66], [0.74, 0.35], [0.72, 0.65]])
_PIECE_ENDS: Final = np.array([[0, 1], [0, 2], [0, 3], [1, 4], [1, 5]])
PIECE_JUNCTIONS: Final = len(_PIECE)
"""A piece of road apart has two junctions of three roads and four dead ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """
    Dead ends.

    Parameters
    ----------
    street, along
        The street on which each begins and how far along, shape ``(n,)``.
    begin, end
        Places of the plan, metres, shape ``(n, 2)``.
    """

    street: Ids
    along: Numbers
    begin: Numbers
    end: Numbers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.street, self.along, self.begin, self.end):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    Roads apart from all others.

    Parameters
    ----------
    blocks
        The block in which each piece lies, shape ``(p,)``.
    xy
        Junctions, places of the plan, metres, shape ``(k, 2)``.
    ends
        Junctions of each road, shape ``(m, 2)``.
    """

    blocks: Ids
    xy: Numbers
    ends: Ids

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.blocks, self.xy, self.ends):
            array.flags.writeable = False


def draw_pieces(plan: Plan, count: int, rng: np.random.Generator) -> Pieces:
    """
    Draw roads apart from all others, one piece in each of some large blocks.

    Parameters
    ----------
    plan
        Streets and blocks.
    count
        How many pieces.
    rng
        Random numbers.
    """
    corners = places(plan)[plan.nodes]
    blocks = np.sort(lottery(areas(corners), rng)[:count])
    a, b, c, d = (corners[blocks, corner][:, None, :] for corner in range(4))
    across, up = _PIECE[None, :, :1], _PIECE[None, :, 1:]
    xy = (a * (1.0 - across) + b * across) * (1.0 - up) + (d * (1.0 - across) + c * across) * up
    ends = _PIECE_ENDS[None] + PIECE_JUNCTIONS * np.arange(len(blocks))[:, None, None]
    return Pieces(blocks, xy.reshape(-1, 2), ends.reshape(-1, 2))


def draw_lanes(plan: Plan, count: int, taken: Ids, style: Style, rng: np.random.Generator) -> Lanes:
    """
    Draw dead ends: each leads from a side of its block towards the opposite one and ends before the middle.

    So none meets another: in a block they leave from two opposite sides alone.

    Parameters
    ----------
    plan
        Streets and blocks.
    count
        How many; fewer if there is no room.
    taken
        Blocks that get none.
    style
        Where lanes begin and how far they go.
    rng
        Random numbers.
    """
    corners = places(plan)[plan.nodes]
    weight = areas(corners)
    weight[taken] = 0.0
    axis = rng.integers(0, 2, len(weight))
    # Four places a block: on each of the two sides, near either corner.
    chosen = np.sort(lottery(np.repeat(weight, 4), rng)[:count])
    block, place = np.divmod(chosen, 4)
    side = axis[block] + 2 * (place // 2)
    after, opposite_before, opposite_after = (side + 1) % 4, (side + 3) % 4, (side + 2) % 4
    share = NEAREST + (MIDDLE - NEAREST) * rng.random(len(block)) ** style.corner
    share = np.where(place % 2 == 0, share, 1.0 - share)
    street = plan.streets[block, side]
    first, last = (on_street(plan, street, plan.nodes[block, corner]) for corner in (side, after))
    begin = _between(corners[block, side], corners[block, after], share)
    other = _between(corners[block, opposite_before], corners[block, opposite_after], share)
    end = _between(begin, other, rng.uniform(*style.lanes, len(block)))
    return Lanes(street, first + share * (last - first), begin, end)


def _between(one: Numbers, other: Numbers, share: Numbers) -> Numbers:
    """Places at a share of the way."""
    return np.asarray(one + share[:, None] * (other - one))
