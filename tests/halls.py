"""Outlets with more than two lanes, made by hand: a hall with reception, printer, VIP desk and back office."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from netsim.model.behaviour import Behaviour, Groups
from netsim.model.service import LanePolicy, Misroute, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.model.station import NO_PROMISE, StationKind, StationUse, Worker
from netsim.model.study import Study
from tests.studies import DAYTIME, form, task, tiny_study


def kind(name: str, *, patience: float = float("inf"), **changes: Any) -> StationKind:
    """Return a station of the study."""
    return StationKind(name, {"en": name}, LanePolicy(NO_PROMISE, patience, "finish_and_close_queue"), **changes)


RECEPTION, PRINTER, VIP, OFFICE = (
    kind("reception"),
    kind("printer", on_system=False),
    kind("vip"),
    kind("office", customers_wait=False),
)
ANNA = Worker("anna", "advisers", ("loans", "cash"), 1.25, ((480.0, 720.0), (750.0, 960.0)))
BEN = Worker("ben", "tellers", ("cash",), 1.0, ((480.0, 690.0), (735.0, 960.0)))


def loan(**changes: Any) -> Task:
    """Return a task that begins at the reception, is done at the counter and ends in the back office."""
    steps = (
        Step("ask", station="reception", takes=ServiceTime(1.0, 0.3), mandatory=False),
        Step("talk", counter=ServiceTime(8.0, 0.5), then=(("card", 0.25), ("check", 0.5), ("end", 0.25))),
        Step("card", counter=ServiceTime(3.0, 0.3), also="printer", mandatory=False, then=(("end", 1.0),)),
        Step("check", station="office", takes=ServiceTime(5.0, 1.0), hand_off=2.0),
    )
    named = {step.id: step for step in steps}
    named.update({name: replace(named[name], **change) for name, change in changes.items()})
    return Task("loan", {"en": "loan"}, tuple(named.values()), DAYTIME, 1.0, 5.0)


def hall_study(
    *, stations: tuple[str, ...] = ("reception", "printer", "vip", "office"), loans: float = 30.0, **changes: Any
) -> Study:
    """Return a study of one format, ``hall``, with some stations, and the tasks ``cash`` and ``loan``."""
    hall = form("hall", {"terminal": ("cash",), "counter": ("cash", "loan")})
    hall = replace(hall, stations={name: StationUse(1) for name in stations})
    cash = task("cash", terminal=(2.0, 0.6), counter=(4.0, 0.6), fail_over=0.1)
    tasks = changes.pop("tasks", (cash, loan()))
    return tiny_study(
        tasks=tasks,
        formats=changes.pop("formats", (hall,)),
        visits=changes.pop("visits", np.array([40.0, loans])[:, None]),
        zones=1,
        sites=1,
        stations=(RECEPTION, PRINTER, VIP, OFFICE),
        **changes,
    )


def with_business(study: Study, behaviour: Behaviour, share: float = 0.5) -> Study:
    """Return a study of two segments of which the second behaves otherwise."""
    visits = study.demand.visits * np.array([1.0 - share, share])[:, None, None]
    demand = replace(study.demand, segments=("people", "business"), visits=visits)
    shares = np.tile([1.0 - share, share], (len(study.tasks), 1))
    groups = Groups((Behaviour(), behaviour), (("people",), ("business",)), (0, 1), shares)
    return replace(study, demand=demand, groups=groups)


WRONG = Misroute(0.2, "terminal", ServiceTime(1.0, 0.0))
