"""What a choice model is, and the table of all of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netsim.model.demand import TravelMatrix
from netsim.model.plan import Shares
from netsim.registry import Registry


class Choice(Protocol):
    """Say who goes where."""

    def __call__(self, travel: TravelMatrix, reach: float, offers: NDArray[np.bool_]) -> Shares:
        """
        Return the share of each (task, zone) that goes to each site.

        Parameters
        ----------
        travel
            Travel times from zones to sites.
        reach
            Longest way that customers accept, minutes.
        offers
            Whether a site does a task, shape ``(tasks, sites)``.
        """
        ...


CHOICES: Registry[Choice] = Registry("choice model")
