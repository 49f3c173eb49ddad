"""How the streets of each kind of city are laid out, found by trial so that all its rows are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from netsim.geo.synthetic.blocks import Cuts


@dataclass(frozen=True, slots=True)
class Style:
    """
    How streets are laid out.

    Parameters
    ----------
    superblock_m
        Mean distance of main streets.
    contrast
        By how many logarithms the size of blocks falls with each deviation of what is busy.
    cuts
        How blocks are cut.
    mixed
        Deviation of the logarithm by which crossings are made of streets that lie farther apart.
    lanes
        Least and greatest length of a dead end as a part of the depth of its block.
    corner
        Power by which dead ends begin near the corners of their block; 1 is anywhere.
    """

    superblock_m: float
    contrast: float
    cuts: Cuts
    mixed: float
    lanes: tuple[float, float]
    corner: float


STYLES: Final[Mapping[str, Style]] = {
    "island": Style(835.0, 1.1, Cuts(0.44, 0.14, 0.49), 0.19, (0.06, 0.163), 3.9),
    "A": Style(785.0, 0.6, Cuts(0.03, 0.0, 0.416), 1.5, (0.047, 0.176), 3.7),
    "B": Style(765.0, 0.9, Cuts(0.163, 0.264, 0.3), 1.175, (0.028, 0.194), 4.96),
    "C": Style(805.0, 1.45, Cuts(0.041, 0.035, 0.076), 0.214, (0.05, 0.064), 5.1),
}
"""Kind of city -> its style."""
