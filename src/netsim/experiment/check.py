"""Look at a scenario without running it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from netsim.model.service import LANES
from netsim.model.study import Study


def describe(study: Study) -> dict[str, Any]:
    """Return what a scenario holds, in plain values: counts, demand, promises, evidence."""
    demand = study.demand.visits[0, 0].sum(axis=(1, 3))
    return {
        "netsim": 1,
        "status": "ok",
        "scenario": study.id,
        "name": dict(study.name),
        "plan": "as_is" if study.plan_as_is else "optimise",
        "zones": len(study.zones.ids),
        "people": {layer: float(people.sum()) for layer, people in study.zones.people.items()},
        "visits_per_day": {
            day.id: {task.id: float(demand[index, row]) for row, task in enumerate(study.tasks)}
            for index, day in enumerate(study.day_types)
        },
        "sites": dict(sorted(Counter(site.kind for site in study.sites).items())),
        "formats": sorted(study.formats),
        "promises": {
            lane: {"share": study.lanes[lane].promise.share, "within_minutes": study.lanes[lane].promise.within}
            for lane in LANES
            if lane in study.lanes
        },
        "evidence": dict(sorted(Counter(figure.provenance.evidence for figure in study.figures).items())),
        "weakest_evidence": study.evidence,
        "notes": list(study.notes),
        "seed": study.seed,
        "fingerprint": study.fingerprint,
    }
