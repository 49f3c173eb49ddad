"""Outlets, ATMs and candidate sites of a synthetic city."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from netsim.geo.sites import SiteTable, keep_apart
from netsim.geo.synthetic.blocks import Ids, Numbers
from netsim.geo.synthetic.clusters import Beginnings, draw_clusters
from netsim.geo.synthetic.draws import lottery, stream, whole
from netsim.geo.synthetic.ground import CRS
from netsim.geo.synthetic.people import hexagon_width
from netsim.geo.synthetic.streets import CLASSES, Streets
from netsim.geo.synthetic.targets import ATMS, BRANCHES, BRANDS, CELL_KM2
from netsim.geo.zones import Zones
from netsim.model.provenance import Evidence

OWN: Final = "Own"
"""Name of one's own brand."""
CANDIDATES: Final = 500.0 / 300.0
"""Candidate sites per 10,000 people: 500 in a city of three millions."""
CANDIDATES_APART_M: Final = 300.0
ATMS_APART_M: Final = 60.0
"""ATM sites and candidate sites are each at least so far from the next of their kind."""
TAKEN_M: Final = 10.0
"""A junction is taken if an outlet stands this near."""
MAIN_STREET: Final = 4.0
"""By how much likelier a site is at a junction of a main street than elsewhere."""
CENTRAL: Final = 1.3
"""Power of the jobs of a hexagon by which branches are drawn: above 1, as they crowd more than jobs do."""


def draw_sites(
    streets: Streets, cells: Zones, like: str, seed: int, *, own: int | None = None, candidates: int | None = None
) -> SiteTable:
    """
    Draw the sites of a city: own branches, branches of competitors, ATM sites and candidate sites.

    Parameters
    ----------
    streets
        Streets, in the CRS of the hexagons.
    cells
        Hexagons with people and jobs.
    like, seed
        Kind and seed of the city.
    own
        Number of own branches; None for the share of the largest brand.
    candidates
        Number of candidate sites; None for the usual one of so many people.

    Returns
    -------
    SiteTable
        Kinds ``branch`` (own), ``competitor``, ``atm`` and ``candidate``; the column ``footfall`` counts who lives and
        who works in the site's hexagon.

    Raises
    ------
    ValueError
        If a number is negative or the city has no room for so many.
    """
    for name, number in (("own branches", own), ("candidates", candidates)):
        if number is not None and number < 0:
            raise ValueError(f"the number of {name} must not be negative, got {number}")
    tens = float(cells.columns["population"].sum()) / 10_000.0
    sizes = whole(np.array(BRANDS, dtype=np.float64), round(BRANCHES * tens))
    sizes[0] = sizes[0] if own is None else own
    at_junction = cKDTree(np.column_stack([cells.x, cells.y])).query(streets.xy)[1]
    main, heading = _junctions(streets)
    jobs, footfall = cells.columns["jobs"], cells.columns["night"] + cells.columns["jobs"]
    crowd = np.bincount(at_junction, minlength=len(cells))
    # A hexagon's weight is shared by its junctions: many small streets draw no more outlets than few.
    share = np.where(main, MAIN_STREET, 1.0) / np.maximum(crowd, 1)[at_junction]
    rng = stream(seed, like, "branches")
    weight = share * jobs[at_junction] ** CENTRAL
    stand = draw_clusters(int(sizes.sum()), Beginnings(streets.xy, heading, weight), _at_work(cells), rng)
    brand = _dealt(sizes, rng)
    atm_rng, candidate_rng = stream(seed, like, "atms"), stream(seed, like, "candidates")
    weight = share * footfall[at_junction]
    atms = _scattered(streets.xy, _free(weight, streets.xy, stand.xy), round(ATMS * tens), ATMS_APART_M, atm_rng)
    atm_brand = _dealt(whole(np.array(BRANDS, dtype=np.float64), len(atms)), atm_rng)
    wanted = round(CANDIDATES * tens) if candidates is None else candidates
    weight = _free(weight, streets.xy, np.concatenate([stand.xy, streets.xy[atms]]))
    free = _scattered(streets.xy, weight, wanted, CANDIDATES_APART_M, candidate_rng)
    first = np.argsort(brand > 0, kind="stable")
    xy = np.concatenate([stand.xy[first], streets.xy[atms], streets.xy[free]])
    kinds = ["branch"] * int((brand == 0).sum()) + ["competitor"] * int((brand > 0).sum())
    kinds += ["atm"] * len(atms) + ["candidate"] * len(free)
    brands = [brand_name(number) for number in np.concatenate([brand[first], atm_brand]).tolist()] + [""] * len(free)
    return _table(xy, kinds, brands, _footfall(xy, cells))


def brand_name(number: int) -> str:
    """
    Return the name of a brand; number 0 is one's own.

    Examples
    --------
    >>> brand_name(0), brand_name(13)
    ('Own', 'Bank N')
    """
    return f"Bank {chr(ord('A') + number)}" if number else OWN


def _junctions(streets: Streets) -> tuple[NDArray[np.bool_], Numbers]:
    """Whether each junction lies on a main street, and the direction of the greatest street that ends there."""
    ends, other = streets.ends.ravel(), streets.ends[:, ::-1].ravel()
    road_class = np.repeat(streets.road_class, 2)
    # Written last: the greatest street, and of equal ones the first.
    order = np.argsort(-road_class, kind="stable")
    to = np.zeros(len(streets.xy), dtype=np.int64)
    best = np.full(len(streets.xy), len(CLASSES))
    to[ends[order]], best[ends[order]] = other[order], road_class[order]
    step = streets.xy[to] - streets.xy
    return best <= CLASSES.index("secondary"), np.asarray(np.arctan2(step[:, 1], step[:, 0]))


def _dealt(sizes: Ids, rng: np.random.Generator) -> Ids:
    """Brands in an order in which each comes at even steps, so that hardly two of one stand side by side."""
    brand = np.repeat(np.arange(len(sizes)), sizes)
    turn = np.concatenate([np.arange(size) for size in sizes.tolist()]) if len(brand) else np.zeros(0)
    shift = rng.random(len(sizes))
    return np.asarray(brand[np.argsort((turn + shift[brand]) / np.maximum(sizes, 1)[brand], kind="stable")])


def _free(weight: Numbers, xy: Numbers, taken: Numbers) -> Numbers:
    """Leave no weight to junctions at which something stands already."""
    if not len(taken):
        return weight
    return np.where(cKDTree(taken).query(xy)[0] < TAKEN_M, 0.0, weight)


def _scattered(xy: Numbers, weight: Numbers, count: int, apart_m: float, rng: np.random.Generator) -> Ids:
    """Draw junctions with chances in proportion to weights, each far enough from all drawn before."""
    kept = keep_apart(xy[:, 0], xy[:, 1], lottery(weight, rng).tolist(), apart_m, limit=count)
    if len(kept) < count:
        raise ValueError(f"only {len(kept)} of {count} sites lie {apart_m:g} m apart; ask for fewer")
    return np.array(kept, dtype=np.int64)


def _at_work(cells: Zones) -> Callable[[Numbers], bool]:
    """Tell whether people work at all of some places: not outside of the city, nor on open land."""
    tree = cKDTree(np.column_stack([cells.x, cells.y]))
    works = cells.columns["jobs"] > 0.0
    # A hexagon reaches from its centre to its corners at the most.
    reaches = hexagon_width(CELL_KM2) / np.sqrt(3.0)

    def answer(xy: Numbers) -> bool:
        far, cell = tree.query(xy)
        return bool(((far <= reaches) & works[cell]).all())

    return answer


def _footfall(xy: Numbers, cells: Zones) -> Numbers:
    """Who lives and who works in the hexagon of each place."""
    cell = cKDTree(np.column_stack([cells.x, cells.y])).query(xy)[1] if len(xy) else np.zeros(0, dtype=np.int64)
    return np.asarray(cells.columns["night"][cell] + cells.columns["jobs"][cell])


def _table(xy: Numbers, kinds: list[str], brands: list[str], footfall: Numbers) -> SiteTable:
    """Give the sites ids and names, numbered by kind."""
    seen: dict[str, int] = {}
    ids, names = [], []
    for kind, brand in zip(kinds, brands, strict=True):
        seen[kind] = seen.get(kind, 0) + 1
        ids.append(f"{kind}-{seen[kind]:04d}")
        names.append(f"{brand or 'Site'} {'ATM ' if kind == 'atm' else ''}{seen[kind]}")
    synthetic: Evidence = "synthetic"
    return SiteTable(
        id=tuple(ids),
        name=tuple(names),
        kind=tuple(kinds),
        brand=tuple(brands),
        x=xy[:, 0].copy(),
        y=xy[:, 1].copy(),
        evidence=(synthetic,) * len(ids),
        crs=CRS,
        columns={"footfall": footfall},
    )
