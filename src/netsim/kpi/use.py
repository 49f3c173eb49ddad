"""How much of what is paid for is used, and through which channel customers are served."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, KpiFamily, NetworkDays, lanes_in_use, ratio
from netsim.model.service import LANES
from netsim.model.study import Study


def _available(days: NetworkDays, lane: str) -> float:
    """Return the server minutes a year of a lane."""
    if lane == "counter":
        return float((days.staffed.sum(axis=1) * days.weights).sum())
    minutes = sum(
        option.terminals * days.study.hours_of(option, "terminal").minutes
        for option in days.options
        if option is not None and option.terminals
    )
    return float(minutes * days.weights.sum())


def utilisation(days: NetworkDays, lane: str) -> NDArray[np.float64]:
    """Return busy minutes over staffed (counter) or open (terminal) server minutes; overtime counts as busy."""
    index = LANES.index("counter" if lane == "counter" else "terminal")
    rows = days.log.lane == index
    busy = days.log.work[rows] * days.weights[days.log.day_type[rows]]
    total = days.sums(days.log_day()[rows], busy)
    return ratio(total, np.full(len(total), _available(days, lane)))


def _channel_tags(study: Study) -> tuple[str, ...]:
    used = [study.channels[c] for form in study.formats.values() for c in form.channels.values()]
    tags = [f"contact.{channel.contact}" for channel in used] + [f"medium.{channel.medium}" for channel in used]
    return tuple(sorted(set(tags)))


def channel_share(days: NetworkDays, tag: str) -> NDArray[np.float64]:
    """
    Return the share of services at lanes given through channels with a tag; the shares of one tag kind sum to 1.

    Parameters
    ----------
    tag
        ``contact.direct``, ``contact.indirect``, ``medium.staffed``, ``medium.self``, ...
    """
    kind, value = tag.split(".")
    carries = np.zeros((len(days.options), len(LANES)), dtype=bool)
    for site, option in enumerate(days.options):
        if option is None:
            continue
        for lane, channel in days.study.formats[option.format].channels.items():
            carries[site, LANES.index(lane)] = getattr(days.study.channels[channel], kind) == value
    rows = (days.log.lane >= 0) & (days.log.lane < len(LANES)) & ~np.isnan(days.log.call)
    weight = days.weights[days.log.day_type[rows]]
    tagged = carries[days.log.site[rows], days.log.lane[rows]]
    day = days.log_day()[rows]
    return ratio(days.sums(day, weight * tagged), days.sums(day, weight))


KPIS.register("utilisation")(KpiFamily(unit="share", better="none", members=lanes_in_use, measure=utilisation))
KPIS.register("channel_share")(KpiFamily(unit="share", better="none", members=_channel_tags, measure=channel_share))
