"""Sites: read from a layer, or seeded by rule where a city has none on record."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from netsim.geo.layers import LayerError, Tell, project, read_layer
from netsim.geo.zones import Zones
from netsim.model.provenance import EVIDENCE, Evidence

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class SiteTable:
    """
    Sites as columns, each of length n.

    Parameters
    ----------
    id, name
        Immutable id; name as people call it.
    kind
        ``branch``, ``atm``, ``candidate``, ``partner_host``, ...
    brand
        Brand, empty if none.
    x, y
        Metres in ``crs``, shape ``(n,)``.
    evidence
        How far each site can be trusted.
    crs
        Projected CRS.
    columns
        Further numeric columns, NaN where a value is missing, shape ``(n,)`` each.
    """

    id: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[str, ...]
    brand: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    evidence: tuple[Evidence, ...]
    crs: str
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.x, self.y, *self.columns.values()):
            array.flags.writeable = False

    def __len__(self) -> int:
        """Number of sites."""
        return len(self.id)


def read_sites(path: Path, crs: str, *, file_crs: str | None = None, tell: Tell = logger.warning) -> SiteTable:
    """
    Read sites from a map layer, in the order of the file.

    Columns: ``id``, ``kind``, and if wished ``name`` (the id if absent), ``brand``, ``evidence``
    (``data`` if absent). A site that is not a point stands at an inner point of its shape.

    Parameters
    ----------
    path
        A file as ``read_layer`` takes it.
    crs
        Projected CRS of the result.
    file_crs
        CRS or datum of a file that states none, as ``read_layer`` takes it; every CSV and workbook needs it.
    tell
        Takes the notes of ``read_layer``, for example where several sites stand at one point.

    Raises
    ------
    LayerError
        If a column is absent, an id is empty or stands twice, or an evidence label is unknown.
    """
    where = str(path)
    frame = project(read_layer(path, crs=file_crs, tell=tell), crs, where)
    for column in ("id", "kind"):
        if column not in frame:
            raise LayerError(where, f"no column {column!r} (it has {', '.join(map(str, frame.columns))})")
    ids, kinds = _texts(frame, "id"), _texts(frame, "kind")
    empty = [row for row, (name, kind) in enumerate(zip(ids, kinds, strict=True), 1) if not name or not kind]
    if empty:
        raise LayerError(where, f"row {empty[0]}: the site has no id or no kind")
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise LayerError(where, f"ids stand twice: {', '.join(twice[:5])}")
    inner = shapely.point_on_surface(np.asarray(frame.geometry.array))
    names = _texts(frame, "name")
    return SiteTable(
        id=ids,
        name=tuple(name or own for name, own in zip(names, ids, strict=True)),
        kind=kinds,
        brand=_texts(frame, "brand"),
        x=shapely.get_x(inner),
        y=shapely.get_y(inner),
        evidence=tuple(_evidence(label or "data", where) for label in _texts(frame, "evidence")),
        crs=crs,
        columns={
            str(name): frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            for name in frame.columns
            if name != frame.geometry.name and pd.api.types.is_numeric_dtype(frame[name])
        },
    )


def seed_sites(
    zones: Zones,
    by: str,
    n_branches: int,
    n_atms: int,
    n_candidates: int,
    seed_text: str,
    *,
    apart_m: float = 250.0,
) -> SiteTable:
    """
    Make up branches, ATMs and candidate sites where a column of the zones is large.

    Zones are drawn without replacement with chances in proportion to the column: the zone with the
    smallest ``-ln(u) / weight`` comes first, where u is worked out from the seed, the kind and the
    zone's id alone. So a zone that is added or taken away moves no other key, and more ATMs move no
    branch.

    Parameters
    ----------
    zones
        Zones with the column.
    by
        Name of the column, for example ``jobs``; missing values count as 0.
    n_branches, n_atms, n_candidates
        How many to place, in this order.
    seed_text
        Any text; another text gives another city.
    apart_m
        Least distance between any two sites, metres.

    Raises
    ------
    LayerError
        If there is no such column or not enough zones with weight lie that far apart.

    References
    ----------
    P. S. Efraimidis, P. G. Spirakis, "Weighted random sampling with a reservoir", *Information
    Processing Letters* 97 (2006).
    """
    if by not in zones.columns:
        raise LayerError("sites", f"the zones have no numeric column {by!r} (they have {', '.join(zones.columns)})")
    weight = np.nan_to_num(zones.columns[by])
    some = np.flatnonzero(weight > 0.0)
    synthetic: Evidence = "synthetic"
    chosen: list[int] = []
    kinds: list[str] = []
    for kind, wanted in (("branch", n_branches), ("atm", n_atms), ("candidate", n_candidates)):
        waiting = np.array([-math.log(_uniform(seed_text, kind, zone)) for zone in zones.ids])
        # Logarithms, because a tiny weight would make the quotient overflow.
        key = np.log(waiting[some]) - np.log(weight[some])
        order = some[np.argsort(key, kind="stable")].tolist()
        placed = keep_apart(zones.x, zones.y, order, apart_m, limit=wanted, taken=chosen)
        if len(placed) < wanted:
            message = f"only {len(placed)} of {wanted} places of kind {kind!r} lie {apart_m:g} m apart; ask for fewer"
            raise LayerError("sites", message)
        chosen += placed
        kinds += [kind] * wanted
    return SiteTable(
        id=tuple(f"{kind}-{zones.ids[zone]}" for kind, zone in zip(kinds, chosen, strict=True)),
        name=tuple(f"{kind} {zones.ids[zone]}" for kind, zone in zip(kinds, chosen, strict=True)),
        kind=tuple(kinds),
        brand=("",) * len(chosen),
        x=zones.x[chosen],
        y=zones.y[chosen],
        evidence=(synthetic,) * len(chosen),
        crs=zones.crs,
    )


def keep_apart(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    order: list[int],
    apart_m: float,
    *,
    limit: int | None = None,
    taken: list[int] | None = None,
) -> list[int]:
    """
    Go through points in order and keep those that are far enough from all kept before.

    Parameters
    ----------
    x, y
        Points, metres, shape ``(n,)``.
    order
        Positions in the order of preference.
    apart_m
        Least distance, metres.
    limit
        Stop after so many.
    taken
        Positions that stand already; they are not returned.

    Examples
    --------
    >>> keep_apart(np.array([0.0, 50.0, 100.0]), np.zeros(3), [0, 1, 2], 80.0)
    [0, 2]
    """
    before = list(taken or [])
    kept: list[int] = []
    for point in order:
        if limit is not None and len(kept) >= limit:
            break
        others = before + kept
        if not others or np.hypot(x[others] - x[point], y[others] - y[point]).min() >= apart_m:
            kept.append(point)
    return kept


def _uniform(*words: str) -> float:
    """Return a number in (0, 1) that depends on the words alone."""
    digest = blake2b("\x1f".join(words).encode(), digest_size=8).digest()
    return ((int.from_bytes(digest, "big") >> 11) + 0.5) / 2.0**53


def _texts(frame: gpd.GeoDataFrame, column: str) -> tuple[str, ...]:
    """Return a column as text; empty where a value or the whole column is missing."""
    if column not in frame:
        return ("",) * len(frame)
    return tuple(frame[column].astype(object).where(frame[column].notna(), "").map(str))


def _evidence(label: str, where: str) -> Evidence:
    """Return the label if it is one of the closed list."""
    found = next((known for known in EVIDENCE if known == label), None)
    if found is None:
        raise LayerError(where, f"unknown evidence {label!r} (known: {', '.join(EVIDENCE)})")
    return found
