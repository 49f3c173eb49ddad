"""What a synthetic city measures, beside the rows that it is held to."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from netsim.geo.synthetic.blocks import Numbers
from netsim.geo.synthetic.city import City
from netsim.geo.synthetic.clusters import nearest_m
from netsim.geo.synthetic.streets import Streets
from netsim.geo.synthetic.targets import targets
from netsim.geo.zones import Zones

_MIDDLE = {"q10": 0.1, "q50": 0.5, "q90": 0.9}


def city_figures(city: City) -> dict[str, float]:
    """
    Measure a city: every row of ``targets``, from the streets, hexagons and sites alone.

    Parameters
    ----------
    city
        The city.
    """
    return {**_of_streets(city.streets, city.km2), **_of_people(city.cells), **_of_outlets(city)}


def deviations(city: City) -> dict[str, float]:
    """
    Return by what part each figure is off its row: 0.1 for a tenth too much.

    Parameters
    ----------
    city
        The city.
    """
    found = city_figures(city)
    return {name: found[name] / row - 1.0 for name, row in targets(city.like).items()}


def gini(values: Numbers) -> float:
    """
    Return the Gini coefficient of non-negative values: 0 if all are equal.

    Parameters
    ----------
    values
        Not all 0, shape ``(n,)``.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 0.0, 0.0, 8.0]))
    (0.0, 0.75)
    """
    rising, count = np.sort(values), len(values)
    return float(2.0 * (np.arange(1, count + 1) * rising).sum() / (count * rising.sum()) - (count + 1) / count)


def _of_streets(streets: Streets, km2: float) -> dict[str, float]:
    """Figures of the streets between junctions."""
    count = len(streets.xy)
    degree = np.bincount(streets.ends.ravel(), minlength=count)
    first, last = streets.ends.T
    straight = np.linalg.norm(streets.xy[first] - streets.xy[last], axis=1)
    graph = scipy.sparse.coo_matrix((np.ones(len(first)), (first, last)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    return {
        # A node at which two roads end is none: the road only goes on.
        "junctions_per_km2": float((degree != 2).sum()) / km2,
        **{f"degree_{ends}_share": float((degree == ends).sum() / (degree != 2).sum()) for ends in (1, 3, 4)},
        **_quantiles("road_m", streets.metres),
        "circuity": float(streets.metres.sum() / straight.sum()),
        "road_km_per_km2": float(streets.metres.sum()) / 1_000.0 / km2,
        "largest_component_share": float(np.bincount(part).max()) / count,
    }


def _of_people(cells: Zones) -> dict[str, float]:
    """Figures of people by hexagon and census zone."""
    people = cells.columns["population"]
    by_zone = np.bincount(cells.columns["census"].astype(np.int64), people)[1:].astype(np.float64)
    return {
        **_quantiles("cell_people", people),
        "cell_empty_share": float((people == 0.0).mean()),
        "cell_gini": gini(people),
        **_quantiles("census_people", by_zone),
        "workers_per_resident": float(cells.columns["jobs"].sum() / people.sum()),
    }


def _of_outlets(city: City) -> dict[str, float]:
    """Figures of branches and ATM sites."""
    sites = city.sites
    kind, brand = np.array(sites.kind), np.array(sites.brand)
    branch = (kind == "branch") | (kind == "competitor")
    _, sizes = np.unique(brand[branch], return_counts=True)
    xy = np.column_stack([sites.x, sites.y])[branch]
    per = city.people / 10_000.0
    shares = sizes / sizes.sum()
    return {
        "branches_per_10000": float(branch.sum()) / per,
        "atms_per_10000": float((kind == "atm").sum()) / per,
        "brands": float(len(sizes)),
        "largest_brand_share": float(shares.max()),
        "brand_concentration": float((shares**2).sum()),
        **_quantiles("neighbour_m", nearest_m(xy)),
    }


def _quantiles(name: str, values: Numbers) -> dict[str, float]:
    """Quantiles of 10, 50 and 90 %."""
    return {f"{name}_{label}": float(np.quantile(values, share)) for label, share in _MIDDLE.items()}
