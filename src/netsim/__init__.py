"""
Simulation and optimization engine for planning service networks.

The verbs of the command line are functions too; they are imported when first asked for::

    from netsim import load_scenario, run_scenario, simulate_scenario, compare_scenarios, fit_log, selfcheck
"""

from importlib import import_module

__version__ = "0.1.0"

_VERBS = {
    "load_scenario": "netsim.scenario.load",
    "run_scenario": "netsim.experiment.run",
    "simulate_scenario": "netsim.experiment.run",
    "compare_scenarios": "netsim.experiment.comparison",
    "fit_log": "netsim.experiment.fitting",
    "selfcheck": "netsim.simulation.selfcheck.run",
}

__all__ = [
    "__version__",
    "compare_scenarios",
    "fit_log",
    "load_scenario",
    "run_scenario",
    "selfcheck",
    "simulate_scenario",
]


def __getattr__(name: str) -> object:
    """Import a verb when it is first asked for: ``netsim --help`` need not pay for geopandas."""
    if name not in _VERBS:
        raise AttributeError(f"module 'netsim' has no attribute {name!r}")
    return getattr(import_module(_VERBS[name]), name)
