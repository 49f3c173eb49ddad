"""What a runner is, and the table of all of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from netsim.registry import Registry
from netsim.simulation.outlet import OutletModel
from netsim.simulation.visits import Arrivals, Failures, OutletDays


class Runner(Protocol):
    """Simulate one outlet."""

    def __call__(self, model: OutletModel, arrivals: Arrivals, failures: Failures) -> OutletDays:
        """
        Return what happens to the customers of some days; days do not touch each other.

        Parameters
        ----------
        model
            The outlet.
        arrivals, failures
            Who comes and what fails, day by day.

        Raises
        ------
        ValueError
            If a customer comes for a class that the outlet does not serve.
        """
        ...


RUNNERS: Registry[Runner] = Registry("runner")


def check_classes(model: OutletModel, arrivals: Arrivals) -> None:
    """
    Check that the outlet serves everybody who comes.

    Raises
    ------
    ValueError
        With the classes that it does not serve.
    """
    came = [
        number
        for number, item in enumerate(model.classes)
        if item is None and np.any(arrivals.comers["kind"] == number)
    ]
    if came:
        raise ValueError(f"outlet: customers come for classes {came} that it does not serve")
