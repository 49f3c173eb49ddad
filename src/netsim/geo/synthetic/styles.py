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
    "island": Style(1300.0, 1.6, Cuts(0.289, 0.225, 1.0), 0.0, (0.02, 0.1), 3.5),
    "A": Style(1300.0, 1.4, Cuts(0.413, 0.0, 0.32), 0.02, (0.064, 0.1), 3.9),
    "B": Style(950.0, 1.19, Cuts(0.377, 0.227, 0.64), 0.9, (0.058, 0.115), 4.0),
    "C": Style(1300.0, 1.29, Cuts(0.05, 0.03, 0.1), 0.32, (0.055, 0.1), 3.8),
}
"""Kind of city -> its style."""
