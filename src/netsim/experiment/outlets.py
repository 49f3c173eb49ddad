"""Outlets of a study: our own sites, those of competitors, and how customers choose among them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError
from netsim.experiment.places import fault_at
from netsim.geo.sites import SiteTable
from netsim.model.choice import ChoiceRules, Rival, Taste
from netsim.model.network import Format, Option, Site
from netsim.model.provenance import Provenance
from netsim.model.scenario import Scenario, SiteInput, SiteKind, Today
from netsim.model.scenario_choice import TasteInput
from netsim.model.service import Lane
from netsim.scenario.load import LoadedScenario

ATTRACTION = "attraction"
"""Column of the sites that tells what draws customers."""


def own_sites(loaded: LoadedScenario, table: SiteTable, known: dict[str, Format]) -> tuple[Site, ...]:
    """
    Return the sites that the scenario can use, in the order of their ids.

    Places of a layer whose kind the scenario does not name are left out: a layer may hold more kinds than
    one scenario looks at.
    """
    network = loaded.scenario.network
    typed = {site.id: site for site in network.sites}
    found = []
    for index, name in enumerate(table.id):
        kind = network.kinds.get(table.kind[index])
        own = typed.get(name)
        if (kind is None and own is None) or (kind is not None and kind.rival is not None):
            continue
        allowed = own.allowed if own is not None and own.allowed is not None else kind.allowed if kind else None
        today = _today(own, kind)
        if allowed is None:
            message = f"the site {name!r} has no 'allowed' formats and its kind is not in network.kinds"
            raise BadInputError((fault_at(loaded, "network.sites", message),))
        option = None if today is None else _option(today, known)
        choices = tuple(dict.fromkeys([*allowed, *([today.format] if today is not None else [])]))
        found.append(
            Site(
                id=name,
                name=table.name[index],
                kind=table.kind[index],
                x=float(table.x[index]),
                y=float(table.y[index]),
                today=option,
                allowed=tuple(choice for choice in choices if choice in known),
                brand=table.brand[index],
                may_close=_may_close(own, kind),
                attraction=_attraction(table, index, 1.0),
                provenance=_provenance(loaded, table, index),
            )
        )
    if not found:
        raise BadInputError((fault_at(loaded, "network", "no site of the data is of a kind named in network.kinds"),))
    return tuple(sorted(found, key=lambda site: site.id))


def _today(own: SiteInput | None, kind: SiteKind | None) -> Today | None:
    if own is not None and own.today is not None:
        return own.today
    return kind.today if kind is not None else None


def _may_close(own: SiteInput | None, kind: SiteKind | None) -> bool:
    if own is not None and own.may_close is not None:
        return own.may_close
    return kind.may_close if kind is not None else True


def _option(today: Today, known: dict[str, Format]) -> Option:
    """Return what stands at a place; the level of today becomes one that can be kept."""
    form = known[today.format]
    pattern = today.pattern or form.patterns[0].id
    counts: dict[Lane, int] = {"counter": today.counters, "terminal": today.terminals}
    levels = dict(form.levels)
    for lane, count in counts.items():
        if count:
            levels[lane] = tuple(sorted({*levels.get(lane, ()), count}))
    known[today.format] = replace(form, levels=levels)
    return Option(today.format, pattern, today.counters, today.terminals)


def unused_kinds(loaded: LoadedScenario, table: SiteTable) -> list[str]:
    """Return a note for each kind of site that the data holds and the scenario does not name."""
    network = loaded.scenario.network
    typed = {site.id for site in network.sites}
    unused = Counter(
        kind for name, kind in zip(table.id, table.kind, strict=True) if kind not in network.kinds and name not in typed
    )
    notes = []
    for kind, count in sorted(unused.items()):
        near = difflib.get_close_matches(kind, list(network.kinds), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        notes.append(f"{count} sites of the kind {kind!r} are not used: network.kinds does not name it{hint}")
    return notes


def rivals(loaded: LoadedScenario, table: SiteTable) -> tuple[Rival, ...]:
    """Return the outlets of competitors, in the order of their ids."""
    scenario = loaded.scenario
    found = []
    for index, name in enumerate(table.id):
        kind = scenario.network.kinds.get(table.kind[index])
        if kind is None or kind.rival is None:
            continue
        item = kind.rival
        found.append(
            Rival(
                id=name,
                name=table.name[index],
                kind=table.kind[index],
                brand=table.brand[index] or table.kind[index],
                x=float(table.x[index]),
                y=float(table.y[index]),
                attraction=_attraction(table, index, item.attraction),
                wait=item.wait or 0.0,
                service=item.service or 0.0,
                fee=item.fee,
                tasks=item.tasks or tuple(scenario.tasks),
                provenance=_provenance(loaded, table, index),
            )
        )
    return tuple(sorted(found, key=lambda rival: rival.id))


def choice_rules(scenario: Scenario) -> ChoiceRules | None:
    """Return how customers choose, None where they go as ``rules.assignment`` says."""
    item = scenario.demand.choice
    if item is None:
        return None
    common = _taste(item, Taste())
    return ChoiceRules(
        model=item.model,
        decay=item.decay,
        taste=common,
        tastes={name: _taste(own, common) for name, own in item.segments.items()},
        brands=dict(item.brands),
        formats=dict(item.formats),
        **item.agreement.model_dump(),
    )


def site_attributes(loaded: LoadedScenario, table: SiteTable, names: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """
    Return the columns of sites that customers look at, in the order of ``names``.

    Parameters
    ----------
    table
        All sites of the data.
    names
        Ids of the sites, then of the rivals, that are used.

    Raises
    ------
    BadInputError
        If the sites lack a column, or a value in it is missing or not positive.
    """
    item = loaded.scenario.demand.choice
    wanted = (
        ()
        if item is None
        else dict.fromkeys([*item.attributes, *(k for s in item.segments.values() for k in s.attributes)])
    )
    row = {name: index for index, name in enumerate(table.id)}
    rows = [row[name] for name in names]
    columns = {}
    for name in wanted:
        if name not in table.columns:
            known = ", ".join(table.columns) or "none"
            message = f"the sites have no numeric column {name!r} (numeric ones: {known})"
            raise BadInputError((fault_at(loaded, "demand.choice.attributes", message),))
        values = table.columns[name][rows]
        bad = np.flatnonzero(~(values > 0.0))
        if len(bad):
            first = table.id[rows[bad[0]]]
            message = f"{len(bad)} values of column {name!r} are missing or not positive (first: site {first!r})"
            raise BadInputError((fault_at(loaded, "demand.choice.attributes", message),))
        columns[name] = values
    return columns


def _taste(item: TasteInput, common: Taste) -> Taste:
    """Return a taste; what it leaves unsaid is as in the common one."""
    said = {
        name: value
        for name in ("attraction", "cost", "outside", "wait", "service")
        if (value := getattr(item, name)) is not None
    }
    return replace(common, **said, attributes={**common.attributes, **item.attributes})


def _attraction(table: SiteTable, index: int, otherwise: float) -> float:
    """Return what draws customers to a place."""
    column = table.columns.get(ATTRACTION)
    value = np.nan if column is None else float(column[index])
    return otherwise if np.isnan(value) else value


def _provenance(loaded: LoadedScenario, table: SiteTable, index: int) -> Provenance:
    return Provenance(loaded.scenario.geography.attribution or "sites of the scenario", table.evidence[index])
