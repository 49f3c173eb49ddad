"""A map layer as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LayerPicture:
    """
    Shapes with a value each.

    Parameters
    ----------
    geometry
        WKB of each shape in ``crs``, length n.
    values
        What colours the shapes, NaN for none, shape ``(n,)``; None draws them alike.
    label
        What the values are.
    crs
        Projected CRS in metres.
    """

    geometry: tuple[bytes, ...]
    values: NDArray[np.float64] | None
    label: str
    crs: str

    def __post_init__(self) -> None:
        """Check the values; freeze them."""
        if self.values is not None:
            if self.values.shape != (len(self.geometry),):
                raise ValueError(f"picture: {self.values.shape} values for {len(self.geometry)} shapes")
            self.values.flags.writeable = False
