"""The lie of the land: where a synthetic city ends, where it is busy and where nobody may build."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.geo.synthetic.draws import stream

CRS = "EPSG:32631"
MIDDLE = (500_000.0, 200_000.0)
"""The centre lies in the Gulf of Guinea (3 degrees east, 1.8 north), where no real city can be meant; metres."""

OUTLINE_WAVES, OUTLINE_SWING = (2, 3, 4, 5), 0.10
"""How often the outline swings around the circle, and by what part of the radius each swing is at most."""
BEND_M, BEND_WAVE_M = 150.0, (3_500.0, 6_000.0)
"""Streets are bent by so many metres over waves of such a length: gently, so that none crosses itself."""
SUBCENTRES_PER_KM2 = 1.0 / 25.0
"""Suburban centres, at least two."""
RIVER_M = 230.0
"""Half the width of the strip along the river that stays open, metres."""

Places = NDArray[np.float64]
_WAVES = 24
"""Plane waves in a field: enough to look like none of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """
    A smooth random field of mean 0 and deviation 1: a sum of plane waves.

    Parameters
    ----------
    vectors
        Wave vectors, 1 per metre, shape ``(k, 2)``.
    phases
        Shape ``(k,)``.
    """

    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.vectors, self.phases):
            array.flags.writeable = False

    def at(self, xy: Places) -> NDArray[np.float64]:
        """Return the field at places, shape ``(n,)``."""
        found = np.zeros(len(xy))
        # Wave by wave: a matrix product may order its sums by the number of threads.
        for (along, up), phase in zip(self.vectors.tolist(), self.phases.tolist(), strict=True):
            found += np.cos(xy[:, 0] * along + xy[:, 1] * up + phase)
        return np.asarray(found * np.sqrt(2.0 / len(self.phases)), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """
    The lie of the land of one city; the centre is the origin, metres.

    Parameters
    ----------
    radius
        Of the circle of the city's area, metres.
    swings
        Size and phase of each swing of the outline, shape ``(k, 2)``.
    bends
        Two fields that bend the plan of the streets.
    bend_m
        Metres by which they bend.
    districts, corners
        Fields of the scale of districts and of street corners: what is busy by chance.
    parks
        Field that is high where parks are.
    centres
        Suburban centres, shape ``(k, 2)``.
    river
        Direction in which the river runs (radians), its distance from the centre and the phase of its bends.
    """

    radius: float
    swings: NDArray[np.float64]
    bends: tuple[Waves, Waves]
    bend_m: float
    districts: Waves
    corners: Waves
    parks: Waves
    centres: NDArray[np.float64]
    river: tuple[float, float, float]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.swings, self.centres):
            array.flags.writeable = False


def draw_ground(seed: int, like: str, km2: float) -> Ground:
    """
    Draw the lie of the land of a city.

    Parameters
    ----------
    seed, like
        Seed and kind of the city.
    km2
        Its area.
    """
    rng = stream(seed, like, "ground")
    radius = 1_000.0 * float(np.sqrt(km2 / np.pi))
    # Fields and the river first: what is drawn after them may depend on the size of the city.
    fields = [_waves(rng, *lengths) for lengths in (BEND_WAVE_M, BEND_WAVE_M, (2_500.0, 6_000.0), (600.0, 1_500.0))]
    parks = _waves(rng, 1_500.0, 3_500.0)
    swings = np.column_stack(
        [OUTLINE_SWING * rng.random(len(OUTLINE_WAVES)), 2.0 * np.pi * rng.random(len(OUTLINE_WAVES))]
    )
    river = (float(np.pi * rng.random()), float(radius * rng.uniform(0.12, 0.3)), float(2.0 * np.pi * rng.random()))
    count = max(2, round(km2 * SUBCENTRES_PER_KM2))
    far, angle = radius * np.sqrt(rng.uniform(0.2, 0.85, count)), 2.0 * np.pi * rng.random(count)
    centres = np.column_stack([far * np.cos(angle), far * np.sin(angle)])
    # A small city bends less: its streets end before a wave does.
    bend = BEND_M * min(1.0, radius / BEND_WAVE_M[0])
    return Ground(radius, swings, (fields[0], fields[1]), bend, fields[2], fields[3], parks, centres, river)


def reach(ground: Ground, xy: Places) -> NDArray[np.float64]:
    """
    Return how far out places lie: 0 in the centre, 1 on the outline; shape ``(n,)``.

    Parameters
    ----------
    ground
        The land.
    xy
        Places, metres, shape ``(n, 2)``.
    """
    angle = np.arctan2(xy[:, 1], xy[:, 0])
    edge = np.ones(len(xy))
    for often, (size, phase) in zip(OUTLINE_WAVES, ground.swings.tolist(), strict=True):
        edge += size * np.cos(often * angle + phase)
    return np.asarray(np.hypot(xy[:, 0], xy[:, 1]) / (ground.radius * edge))


def bent(ground: Ground, xy: Places) -> Places:
    """
    Return where places of the straight plan lie in the city, shape ``(n, 2)``.

    Parameters
    ----------
    ground
        The land.
    xy
        Places of the plan, metres, shape ``(n, 2)``.
    """
    return np.asarray(xy + ground.bend_m * np.column_stack([wave.at(xy) for wave in ground.bends]))


def openness(ground: Ground, xy: Places) -> NDArray[np.float64]:
    """
    Return how little places may be built on: highest along the river and in parks; shape ``(n,)``.

    Parameters
    ----------
    ground
        The land.
    xy
        Places, metres, shape ``(n, 2)``.
    """
    turn, off, phase = ground.river
    along = xy[:, 0] * np.cos(turn) + xy[:, 1] * np.sin(turn)
    across = xy[:, 1] * np.cos(turn) - xy[:, 0] * np.sin(turn)
    bed = off + 0.15 * ground.radius * np.sin(2.5 * along / ground.radius + phase)
    river = 4.0 * np.exp(-(((across - bed) / RIVER_M) ** 2))
    return np.asarray(ground.parks.at(xy) + river + 0.7 * reach(ground, xy) ** 2)


def bustle(ground: Ground, xy: Places) -> NDArray[np.float64]:
    """
    Return how much places draw people and work: highest in the centre and in suburban centres; shape ``(n,)``.

    Parameters
    ----------
    ground
        The land.
    xy
        Places, metres, shape ``(n, 2)``.
    """
    found = -2.2 * reach(ground, xy) + 0.35 * ground.districts.at(xy) + 0.22 * ground.corners.at(xy)
    near = 0.1 * ground.radius + 300.0
    for east, north in ground.centres.tolist():
        found += 0.6 * np.exp(-0.5 * ((xy[:, 0] - east) ** 2 + (xy[:, 1] - north) ** 2) / near**2)
    return np.asarray(found - 0.25 * np.maximum(openness(ground, xy), 0.0))


def _waves(rng: np.random.Generator, shortest: float, longest: float) -> Waves:
    """Draw a field of waves of some lengths (metres)."""
    length = np.exp(rng.uniform(np.log(shortest), np.log(longest), _WAVES))
    turn = 2.0 * np.pi * (np.arange(_WAVES) + rng.random(_WAVES)) / _WAVES
    vectors = 2.0 * np.pi / length[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return Waves(vectors, 2.0 * np.pi * rng.random(_WAVES))
