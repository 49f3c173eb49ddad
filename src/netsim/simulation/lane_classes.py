"""The kinds of customers that come to a lane, and when: what the ways of all tasks bring to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from netsim.model.calendar import OpeningHours
from netsim.model.channel import outlet_share
from netsim.model.route import DONE
from netsim.model.service import LANES, Lane
from netsim.model.study import Study
from netsim.simulation.blueprint import StepModel, route_of
from netsim.simulation.laws import NO_DELAY, Law
from netsim.simulation.profiles import Pieces, attended, joined
from netsim.simulation.stations import COUNTER, stands

Origin = Literal["step", "fail_over", "misrouted"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
"""Why customers come to a lane: for the step itself, after a failure at the terminal, sent there in error."""
ALONE = ((1.0, DONE),)
"""Ways of a step after which nothing comes."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneClass:
    """
    Customers of one kind at a lane.

    Parameters
    ----------
    task, group, step
        Positions of the task, of the group of customers and of the step.
    booked
        Whether they have an appointment.
    origin
        Why they come: for the step itself, after a failure at the terminal, or sent here in error.
    model
        The step as they do it at the lane, alone: nothing comes after it.
    together
        Whether they come straight from the street, in the parties of their group.
    per_visit
        Their arrivals at the open lane by minute, for one wished visit of the task at the outlet.
    """

    task: int
    group: int
    booked: bool
    step: int
    origin: Origin
    model: StepModel
    together: bool
    per_visit: Pieces

    @property
    def after_fail_over(self) -> bool:
        """Whether they come from the terminal of the same outlet."""
        return self.origin == "fail_over"

    @property
    def law(self) -> Law:
        """Law of one service."""
        return NO_DELAY if self.model.service is None else self.model.service

    @property
    def minutes(self) -> float:
        """Mean service minutes of one of them, repeated services included."""
        return self.law.mean / (1.0 - self.model.rework)


def lane_classes(study: Study, format_id: str, pattern: str, lane: Lane) -> tuple[LaneClass, ...]:
    """
    Return the kinds of customers that come to a lane of a format which has servers in all its lanes.

    First steps come by the task's profile, captured by the hours of their lane. Later steps, fail-overs and
    return visits are taken to come at the same minutes as the first step; those that find the lane closed
    do not come.

    Parameters
    ----------
    study
        The study.
    format_id, pattern
        Format and opening pattern.
    lane
        The lane.

    Raises
    ------
    ValueError
        If the format lacks the lane.
    """
    form = study.formats[format_id]
    if lane not in form.levels:
        raise ValueError(f"format {format_id!r} has no {lane}")
    has = ("terminal" in form.levels, "counter" in form.levels)
    hours = {
        number: study.doors_at(form, pattern, name)
        for number, name in enumerate(study.places)
        if stands(form, name, has) or name in form.shared
    }
    found = []
    for index, task in enumerate(study.tasks):
        visits, _ = outlet_share(task.remote, study.remote)
        for group, behaviour in enumerate(study.groups.kinds):
            route = route_of(study, form, task, has, behaviour)
            if route is not None and study.groups.share_of(index, group) > 0:
                for booked, own in enumerate(attended(task, behaviour.profile(task.profile), hours[route[0].place])):
                    pieces = own if visits == 1.0 else own.scaled(visits)
                    who = (index, group, booked == 1)
                    found += _along(who, route, pieces, hours, LANES.index(lane)) if pieces.total > 0 else []
    return tuple(item for item in found if item.per_visit.total > 0)


def _along(
    who: tuple[int, int, bool], route: Sequence[StepModel], pieces: Pieces, hours: dict[int, OpeningHours], lane: int
) -> list[LaneClass]:
    """Return the kinds of customers that one route brings to a lane; ``who`` tells their task, group and kind."""
    comers = _Comers(who, hours, lane, route[0], [])
    coming: list[list[Pieces]] = [[] for _ in route]
    coming[0].append(pieces)
    for number, step in enumerate(route):
        if coming[number]:
            pieces = comers.done(step, joined(coming[number]))
            for share, goal in step.onward(number, len(route)):
                if goal >= 0:
                    coming[goal].append(pieces if share == 1.0 else pieces.scaled(share))
    return comers.found


@dataclass(frozen=True, slots=True, eq=False)
class _Comers:
    """Those who come to a lane on the way of one task."""

    who: tuple[int, int, bool]
    hours: dict[int, OpeningHours]
    lane: int
    first: StepModel
    found: list[LaneClass]

    def done(self, step: StepModel, pieces: Pieces) -> Pieces:
        """Return who has done a step, of those who come for it."""
        pieces = self._inside("step", step, step.place, step.service, pieces)
        if step.fail_over > 0:
            failed, pieces = pieces.scaled(step.fail_over), pieces.scaled(1.0 - step.fail_over)
            if step.at_counter is not None:
                pieces = joined([pieces, self._inside("fail_over", step, COUNTER, step.at_counter, failed)])
        if step.misrouted is not None:
            share, wrong, takes = step.misrouted
            lost, pieces = pieces.scaled(share), pieces.scaled(1.0 - share)
            pieces = joined([pieces, self._inside("misrouted", step, wrong, takes, lost)])
        return pieces

    def _inside(self, origin: Origin, step: StepModel, place: int, service: Law | None, pieces: Pieces) -> Pieces:
        """Return who finds a place open; they are a kind of customers if the place is the lane."""
        inside = pieces.within(self.hours[place].windows)
        if place == self.lane:
            model, begun = StepModel(place, service, step=0, ways=ALONE), inside
            if origin != "misrouted":
                begun = inside.scaled(1.0 / (1.0 - step.incomplete))
                model = replace(
                    model, rework=step.rework, skill=step.skill, also=step.also if origin == "step" else None
                )
            together = step is self.first and origin == "step" and not self.who[2]
            self.found.append(LaneClass(*self.who, step.step or 0, origin, model, together, begun))
        return inside
