"""From the path of a scenario to the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from netsim.experiment.assemble import assemble
from netsim.experiment.settings import Settings, applied
from netsim.files import DataRoots
from netsim.model.study import Basemap, Study
from netsim.scenario.load import load_scenario


def load_study(
    scenario: str | Path,
    *,
    seed: int | None = None,
    sets: Sequence[str] = (),
    data_roots: Mapping[str, Path] | None = None,
    settings: Settings | None = None,
) -> tuple[Study, Basemap]:
    """
    Read a scenario and all the data that it names.

    Parameters
    ----------
    scenario
        Path of the scenario file.
    seed
        Replaces the scenario's seed.
    sets
        Overrides like ``rules.served_share=95%``.
    data_roots
        Further folders that the scenario may read, by name.
    settings
        How it is simulated; None for the defaults.

    Raises
    ------
    BadInputError
        If the scenario, a data file or a setting has faults.
    """
    path = Path(scenario)
    loaded = load_scenario(scenario, sets=sets, roots=DataRoots.for_scenario(path, data_roots))
    study, basemap = assemble(loaded)
    study = applied(study, settings or Settings())
    return (study if seed is None else replace(study, seed=seed)), basemap
