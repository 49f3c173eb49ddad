"""From a scenario file to a checked scenario, or to all of its faults at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netsim.errors import BadInputError, Fault
from netsim.files import DataRoots, PathError, refuse_url, sha256
from netsim.model.provenance import Evidence, Figure, Provenance, weakest
from netsim.model.scenario import Scenario
from netsim.scenario.figures import Bare, take_out
from netsim.scenario.messages import at, record_faults
from netsim.scenario.overlay import read_overlay
from netsim.scenario.positions import Node
from netsim.scenario.references import doubts, warnings
from netsim.scenario.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class LoadedScenario:
    """
    A scenario without faults.

    Parameters
    ----------
    scenario
        The records, in house units.
    figures
        Every figure with its provenance, in the order of the scenario.
    path, id
        The file, and its name without the ending.
    fingerprint
        SHA-256 of the resolved scenario: records, figures and provenance; no path is in it.
    roots
        Where its data may be read.
    files
        Data files and folders that the scenario names, by dotted key.
    warnings
        What is lawful but hardly meant.
    covers
        The provenance written at each mapping, by dotted key.
    tree
        The resolved tree with the place of each value.
    """

    scenario: Scenario
    figures: tuple[Figure, ...]
    path: Path
    id: str
    fingerprint: str
    roots: DataRoots
    files: Mapping[str, Path]
    warnings: tuple[Fault, ...]
    covers: Mapping[str, Provenance]
    tree: Node

    @property
    def origins(self) -> dict[str, str]:
        """Where each resolved value was written: dotted key -> ``file:line:col``, or ``--set key``."""
        return dict(_origins(self.tree, ""))

    @property
    def evidence(self) -> Evidence:
        """The weakest evidence among the figures."""
        return weakest(figure.provenance.evidence for figure in self.figures)

    def provenance(self, key: str) -> Provenance | None:
        """
        Return the provenance that holds at a dotted key: its own, or that of the nearest mapping above.

        Parameters
        ----------
        key
            For example ``network`` or ``demand.layers.residents``.
        """
        while True:
            if key in self.covers:
                return self.covers[key]
            if not key:
                return None
            key = key[: max(key.rfind("."), key.rfind("["), 0)]


def load_scenario(
    path: str | Path, *, sets: Sequence[str] = (), roots: DataRoots | None = None, check_files: bool = True
) -> LoadedScenario:
    """
    Return a scenario that has no faults.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Overrides ``KEY=VALUE``, for example ``rules.reach=10 min``; the value is read as YAML.
    roots
        Where files may be read; None takes the project folder and ``NETSIM_DATA``.
    check_files
        Whether the data files must exist; their paths are checked in any case.

    Raises
    ------
    BadInputError
        With every fault of the scenario, sorted by file and line.
    """
    try:
        refuse_url(str(path))
    except PathError as error:
        raise BadInputError((Fault(str(path), 0, 0, "", error.message),)) from None
    file = Path(path)
    roots = roots or DataRoots.for_scenario(file)
    overlay = read_overlay(file.resolve(), str(path), roots, sets)
    root = overlay.root
    bare, found = take_out(root)
    faults = [*overlay.faults, *found.faults]
    for name in overlay.unknown_formats:
        formats = bare.get("formats")
        if isinstance(formats, dict):
            formats.pop(name, None)
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(bare, context={"currency": _currency(bare)})
    except ValidationError as error:
        faults += record_faults(root, error)
    tree = Tree(bare, frozenset((*overlay.unknown_formats, *overlay.unknown_formats.values())))
    faults += [at(root, location, message) for location, message in doubts(tree)]
    files = _resolve_files(found, roots, faults, missing_is_fault=check_files)
    if faults or scenario is None:
        raise BadInputError(_told_once(faults))
    return LoadedScenario(
        scenario=scenario,
        figures=tuple(found.figures),
        path=file,
        id=file.stem,
        fingerprint=_fingerprint(scenario, found),
        roots=roots,
        files=files,
        warnings=_told_once([at(root, location, message) for location, message in warnings(tree)]),
        covers=found.covers,
        tree=root,
    )


def data_hashes(loaded: LoadedScenario) -> dict[str, str]:
    """
    Return the SHA-256 of every data file that a scenario names, by dotted key.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    known: dict[Path, str] = {}
    hashes = {}
    for key, path in loaded.files.items():
        if path.is_dir():
            continue
        try:
            hashes[key] = known.get(path) or known.setdefault(path, sha256(path))
        except PathError as error:
            raise BadInputError((Fault(loaded.origins[key], 0, 0, key, error.message),)) from None
    return hashes


def _currency(bare: Mapping[str, Any]) -> str | None:
    """Return the currency that all money has to be in, None where it is not known."""
    economics = bare.get("economics")
    currency = economics.get("currency") if isinstance(economics, dict) else None
    return currency if isinstance(currency, str) and len(currency) == 3 and currency.isupper() else None


def _resolve_files(found: Bare, roots: DataRoots, faults: list[Fault], *, missing_is_fault: bool) -> dict[str, Path]:
    """Return the real path of each file that is named; what cannot be read becomes a fault."""
    files: dict[str, Path] = {}
    folder_node = found.files.get("geography.folder")
    broken = False
    prefix = ""
    for key, node in sorted(found.files.items(), key=lambda item: item[0] != "geography.folder"):
        if not isinstance(node.value, str):
            continue
        is_folder = key == "geography.folder"
        base, text = node.source.folder, node.value
        if not is_folder and folder_node is not None and isinstance(folder_node.value, str) and ":" not in text:
            if broken:
                continue
            base = folder_node.source.folder
            prefix = "" if folder_node.value == "." else folder_node.value.rstrip("/") + "/"
            text = prefix + text
        try:
            files[key] = roots.resolve(text, base, "folder" if is_folder else "file", exists=missing_is_fault)
        except PathError as error:
            broken = broken or is_folder
            faults.append(Fault(node.source.name, node.line, node.column, key, error.message))
    return files


def _told_once(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return the faults sorted by file and line, the first one at each place and path only where they repeat."""
    return tuple(sorted(set(faults)))


def _fingerprint(scenario: Scenario, found: Bare) -> str:
    """
    Return the hash of what the scenario says.

    Records come in the order of their fields and tables in the order typed, because axes follow it.
    """
    content = {
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "figures": [
            [figure.path, figure.value, *(getattr(figure.provenance, name) for name in _PROVENANCE)]
            for figure in found.figures
        ],
        "covers": {key: [getattr(item, name) for name in _PROVENANCE] for key, item in sorted(found.covers.items())},
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


_PROVENANCE = ("source", "evidence", "licence", "date")


def _origins(node: Node, path: str) -> Iterator[tuple[str, str]]:
    value = node.value
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _origins(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _origins(child, f"{path}[{index}]")
    else:
        yield path, f"{node.source.name}:{node.line}:{node.column}" if node.line else node.source.name
