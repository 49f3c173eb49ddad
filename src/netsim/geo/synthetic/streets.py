"""Streets of a synthetic city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netsim.geo.synthetic.blocks import Ids, Numbers, Plan, cut_blocks, places
from netsim.geo.synthetic.crossings import with_crossings
from netsim.geo.synthetic.draws import even, stream
from netsim.geo.synthetic.ground import Ground, bent
from netsim.geo.synthetic.lanes import PIECE_JUNCTIONS, Lanes, Pieces, draw_lanes, draw_pieces
from netsim.geo.synthetic.mainstreets import block_size, main_streets
from netsim.geo.synthetic.styles import STYLES, Style
from netsim.geo.synthetic.targets import StreetTargets, street_targets

CLASSES: Final = ("primary", "secondary", "tertiary", "residential")
"""Classes of roads, as OpenStreetMap calls them."""
KMH: Final = (50.0, 45.0, 35.0, 25.0)
"""Speed of a car on each, km/h: those of a city's streets with their junctions, not of the signs."""
TERTIARY_LEVELS: Final = 2
"""Streets that halve and quarter a superblock are tertiary."""
ONE_WAY: Final = 0.15
"""Share of the residential streets that are one-way, all along; so every place stays within reach."""

ATTEMPTS: Final = 24
"""Plans that are drawn until one is near the rows; a large city is near with the first."""
OTHER_WIDTHS: Final = (0.75, 1.1)
"""All plans but the first have superblocks whose width is the usual one times a factor between these."""
NEAR: Final = 0.1
"""A plan is taken at once if no row is farther off than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """
    Streets between junctions; the centre of the city is the origin.

    Parameters
    ----------
    xy
        Junctions, metres, shape ``(n, 2)``.
    ends
        Junctions at the ends of each road, shape ``(m, 2)``; a one-way road leads from the first to the second.
    metres
        Length of each road along its bends, shape ``(m,)``.
    road_class
        Position in ``CLASSES``, shape ``(m,)``.
    oneway
        Shape ``(m,)``.
    """

    xy: Numbers
    ends: Ids
    metres: Numbers
    road_class: Ids
    oneway: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.xy, self.ends, self.metres, self.road_class, self.oneway):
            array.flags.writeable = False


def draw_streets(ground: Ground, like: str, km2: float, seed: int) -> Streets:
    """
    Draw the streets of a city.

    Superblocks between main streets are cut in two by streets again and again, where it is busy into smaller blocks;
    some streets that begin opposite each other are made to meet; dead ends lead into blocks; the plan is bent. Numbers
    of junctions of each degree follow from the rows exactly; lengths follow from the style. In a small city chance
    weighs more than the style: plans are drawn until one is near its rows.

    Parameters
    ----------
    ground
        The land.
    like
        Kind of city.
    km2
        Area that the densities refer to.
    seed
        Seed of the city.

    Raises
    ------
    ValueError
        If there is no such kind, or the area is too small for its streets.
    """
    rows, style = street_targets(like), STYLES[like]
    best, off = None, np.inf
    for attempt in range(ATTEMPTS):
        found = _draw(ground, rows, style, km2, (seed, like, attempt))
        miss = misses(found, rows, km2)
        if miss < off:
            best, off = found, miss
        if off <= NEAR:
            break
    assert best is not None  # noqa: S101
    return best


def misses(streets: Streets, rows: StreetTargets, km2: float) -> float:
    """
    Return by what part shares of degrees, lengths and length per area are off their rows at most.

    Parameters
    ----------
    streets
        The streets.
    rows
        What is wished.
    km2
        Area that the density refers to.
    """
    degree = np.bincount(streets.ends.ravel())
    shares = [float((degree == ends).mean()) for ends in (1, 3, 4)]
    found = [*shares, *np.quantile(streets.metres, (0.1, 0.5, 0.9)), streets.metres.sum() / 1_000.0 / km2]
    wished = np.array([*rows.degrees, *rows.lengths, rows.road_km])
    return float(np.abs(np.array(found) / wished - 1.0).max())


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many streets, crossings, dead ends and pieces apart make the junctions of each degree."""

    streets: int
    crossings: int
    lanes: int
    pieces: int


def _counts(rows: StreetTargets, km2: float, degree: Ids) -> _Counts:
    """Work out the counts; ``degree``: main streets that end at each corner of a superblock."""
    total = rows.junctions * km2
    ends, threes, fours = (total * np.array(rows.degrees) / sum(rows.degrees)).tolist()
    pieces = round(total * (1.0 - rows.largest) / PIECE_JUNCTIONS)
    lanes = max(round(ends) - 4 * pieces, 0)
    crossings = max(round(fours) - int((degree == 4).sum()), 0)
    # A street begins and ends at junctions of three; two of these make one of four; a lane begins at one of three.
    twice = threes + 2 * crossings - lanes - 2 * pieces - int((degree == 3).sum())
    if twice < 2.0:
        raise ValueError(f"{km2:g} km2 are too few for the streets of a city")
    return _Counts(round(twice / 2.0), crossings, lanes, pieces)


def _draw(ground: Ground, rows: StreetTargets, style: Style, km2: float, key: tuple[int, str, int]) -> Streets:
    """Draw one plan."""
    seed, like, attempt = key

    def rng(purpose: str) -> np.random.Generator:
        return stream(seed, like, f"streets {attempt} {purpose}")

    if attempt:
        style = replace(style, superblock_m=style.superblock_m * rng("width").uniform(*OTHER_WIDTHS))
    plan, primary = main_streets(ground, style, rng("corners"))
    counts = _counts(rows, km2, np.bincount(np.concatenate([plan.start, plan.end])))
    plan = _laid_out(plan, counts, ground, style, rng)
    pieces = draw_pieces(plan, counts.pieces, rng("pieces"))
    lanes = draw_lanes(plan, counts.lanes, pieces.blocks, style, rng("lanes"))
    road_class = np.where(plan.level <= TERTIARY_LEVELS, CLASSES.index("tertiary"), CLASSES.index("residential"))
    road_class[: len(primary)] = np.where(primary, CLASSES.index("primary"), CLASSES.index("secondary"))
    direction = _directions(plan, road_class, rng("one way"))
    roads = _without_bends(_roads(plan, lanes, pieces), len(plan.corners))
    xy = bent(ground, np.concatenate([places(plan), lanes.begin, lanes.end, pieces.xy]))
    return _measured(roads, xy, (road_class, direction), rows.circuity, rng("bends"))


def _laid_out(
    main: Plan, counts: _Counts, ground: Ground, style: Style, rng: Callable[[str], np.random.Generator]
) -> Plan:
    """Cut superblocks by streets and make some of these meet."""

    def plan(streets: int) -> tuple[Plan, int]:
        cut = cut_blocks(main, streets, block_size(ground, style), style.cuts, rng("cuts"))
        made = with_crossings(cut, counts.crossings, style.mixed, rng("crossings"))
        return made, counts.crossings - int(((made.side == 0) & (made.host >= 0)).sum())

    made, short = plan(counts.streets)
    # Where too few streets begin opposite each other, a street less for two crossings keeps the number of junctions.
    return made if short == 0 else plan(max(counts.streets - short // 2, 1))[0]


class _Roads(NamedTuple):
    """Roads between nodes: their street (-1: none) and the nodes on the way at which a road only bends."""

    ends: Ids
    street: Ids
    by: Ids


def _directions(plan: Plan, road_class: Ids, rng: np.random.Generator) -> Ids:
    """Which streets are one-way: 1 from start to end, -1 back, 0 open both ways."""
    side = np.flatnonzero(road_class == CLASSES.index("residential"))
    one_way = np.zeros(len(plan.start), dtype=np.int64)
    chosen = side[even(rng, len(side)) < ONE_WAY]
    one_way[chosen] = np.where(rng.random(len(chosen)) < 0.5, 1, -1)
    return one_way


def _roads(plan: Plan, lanes: Lanes, pieces: Pieces) -> _Roads:
    """Roads between neighbours on a street, along lanes and in pieces apart."""
    used = np.zeros(len(plan.host), dtype=bool)
    used[plan.start] = used[plan.end] = True
    inner = np.flatnonzero(used & (plan.host >= 0))
    number = np.arange(len(plan.start))
    lane = len(plan.host) + np.arange(len(lanes.street))
    node = np.concatenate([plan.start, plan.end, inner, lane])
    street = np.concatenate([number, number, plan.host[inner], lanes.street])
    along = np.concatenate([np.zeros(len(number)), np.ones(len(number)), plan.along[inner], lanes.along])
    order = np.lexsort((along, street))
    node, street = node[order], street[order]
    same = street[:-1] == street[1:]
    on = np.column_stack([node[:-1], node[1:]])[same]
    apart = pieces.ends + len(plan.host) + 2 * len(lane)
    ends = np.concatenate([on, np.column_stack([lane, lane + len(lane)]), apart])
    streets = np.concatenate([street[:-1][same], np.full(len(ends) - len(on), -1)])
    return _Roads(ends, streets, np.full(len(ends), -1))


def _without_bends(roads: _Roads, corners: int) -> _Roads:
    """Join the two roads at each corner of superblocks at which no other ends."""
    degree = np.bincount(roads.ends.ravel())
    ends, by = roads.ends.copy(), roads.by.copy()
    gone = np.zeros(len(ends), dtype=bool)
    for node in np.flatnonzero(degree[:corners] == 2).tolist():
        one, other = np.flatnonzero((ends == node).any(axis=1) & ~gone).tolist()
        far = [int(ends[road].sum()) - node for road in (one, other)]
        if by[one] >= 0 or by[other] >= 0 or far[0] == far[1]:
            continue
        ends[one], by[one] = far, node
        gone[other] = True
    return _Roads(ends[~gone], roads.street[~gone], by[~gone])


def _measured(
    roads: _Roads, xy: Numbers, of_street: tuple[Ids, Ids], circuity: float, rng: np.random.Generator
) -> Streets:
    """Give the roads their length, class and direction, and number the junctions anew."""

    def far(one: Ids, other: Ids) -> Numbers:
        return np.asarray(np.linalg.norm(xy[one] - xy[other], axis=1))

    first, last = roads.ends.T
    straight = far(first, last)
    base = np.where(roads.by >= 0, far(first, roads.by) + far(roads.by, last), straight)
    # Few roads wind much and most hardly: exponential, and scaled so that all together are as winding as wished.
    winding = base * -np.log(even(rng, len(base)))
    metres = base + winding * max(circuity * straight.sum() - base.sum(), 0.0) / winding.sum()
    has = roads.street >= 0
    road_class, direction = (
        np.where(has, column[roads.street], other)
        for column, other in zip(of_street, (len(CLASSES) - 1, 0), strict=True)
    )
    ends = np.where((direction < 0)[:, None], roads.ends[:, ::-1], roads.ends)
    used, renumbered = np.unique(ends, return_inverse=True)
    return Streets(xy[used], renumbered.reshape(-1, 2), metres, road_class, direction != 0)
