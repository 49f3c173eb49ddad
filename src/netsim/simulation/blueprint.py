"""From a study's formats, tasks and hours to the outlet that runners simulate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netsim.model.behaviour import PLAIN, Behaviour
from netsim.model.network import Format, Option
from netsim.model.route import DONE, Leg, legs
from netsim.model.route import NOWHERE as NOT_HERE
from netsim.model.service import Task
from netsim.model.service_time import ServiceTime
from netsim.model.study import Study
from netsim.simulation.laws import (
    Law,
    exponential_law,
    fixed,
    gamma_law,
    lognormal_law,
    weibull_law,
    weibull_shape,
)
from netsim.simulation.outlet import GONE, NOWHERE, Exit, Node
from netsim.simulation.stations import COUNTER, NO_LANE, lanes_of, patience_of, skill_bits, stands


@dataclass(frozen=True, slots=True)
class StepModel:
    """
    One step of a task at an outlet.

    Parameters
    ----------
    place
        Where it is done: 0 terminal, 1 counter, from 2 on a station of the study, -1 nowhere here.
    service
        Service time there; None when the step is done nowhere.
    fail_over
        Share of terminal services that go on to the counter for the same step.
    at_counter
        Counter service time after a fail-over; None when the outlet cannot take these customers.
    rework
        Share of services, at any place, that have to be done again at once.
    hand_off
        Minutes until the next step begins.
    incomplete
        Share of services after which the customer has to come back for the same step.
    returns_after
        Minutes until then.
    step
        Position in the blueprint; None for the position in the route.
    ways
        Shares of customers by the step of the route that they go on with, ``DONE`` or ``NOWHERE``; None: all with
        the next one.
    also
        Position of a station whose server is needed at the same time.
    skill
        Bits that a named server needs.
    misrouted
        Share of those who leave that turns up at a wrong place, its position, and the time there.
    """

    place: int
    service: Law | None
    fail_over: float = 0.0
    at_counter: Law | None = None
    rework: float = 0.0
    hand_off: float = 0.0
    incomplete: float = 0.0
    returns_after: float = 0.0
    step: int | None = None
    ways: tuple[tuple[float, int], ...] | None = None
    also: int | None = None
    skill: int = 0
    misrouted: tuple[float, int, Law] | None = None

    @property
    def times(self) -> float:
        """How often the step is begun on average, return visits included but not rework."""
        return 1.0 / (1.0 - self.incomplete)

    def onward(self, here: int, length: int) -> tuple[tuple[float, int], ...]:
        """Return the ways of the step at a position of a route of some length."""
        if self.ways is not None:
            return self.ways
        return ((1.0, here + 1 if here + 1 < length else DONE),)


def outlet_nodes(study: Study, option: Option, task: Task, behaviour: Behaviour) -> tuple[Node, ...]:
    """
    Return the way of some customers through an outlet; empty where it does not do their task.

    Parameters
    ----------
    study
        The study.
    option
        What stands at the site.
    task, behaviour
        Whose way it is.
    """
    form = study.formats[option.format]
    route = route_of(study, form, task, lanes_of(form, option), behaviour)
    return () if route is None else nodes_of(route, patience_of(study, behaviour))


def nodes_of(route: Sequence[StepModel], patience: Sequence[Law]) -> tuple[Node, ...]:
    """
    Return the way of a customer through the steps of a task.

    Parameters
    ----------
    route
        The steps; the first is done at some place.
    patience
        Law of the patience by place.
    """
    places, size = [], 0
    for step in route:  # behind its own node a step has one at the counter, if it fails over, and one at a wrong place
        places.append(size)
        if step.place != NO_LANE:
            size += 1 + _fails_over(step) + (step.misrouted is not None)
    nodes: list[Node] = []
    for number, step in enumerate(route):
        if step.place == NO_LANE:
            continue
        if step.service is None:
            raise ValueError(f"step {number} is done at a lane but has no service time")
        here, occurs = len(nodes), number if step.step is None else step.step
        ways = [_way(share, goal, route, places, step.hand_off) for share, goal in step.onward(number, len(route))]
        on = ways
        if step.misrouted is not None:
            share, wrong, takes = step.misrouted
            lost = Exit(share, here + 1 + _fails_over(step), fixed(step.hand_off))
            on = [lost, *(way._replace(share=way.share * (1.0 - share)) for way in ways)]
        failed = NOWHERE if step.at_counter is None else here + 1
        fails = [Exit(step.fail_over, failed)] if step.fail_over > 0 else []
        rest = [way._replace(share=way.share * (1.0 - step.fail_over)) for way in on]
        own = _again([*fails, *rest], step, here)
        nodes.append(Node(step.place, occurs, step.service, patience[step.place], own, step.skill, step.also))
        if step.at_counter is not None and step.fail_over > 0:
            again = _again(on, step, here + 1)
            nodes.append(Node(COUNTER, occurs, step.at_counter, patience[COUNTER], again, step.skill))
        if step.misrouted is not None:
            nodes.append(Node(wrong, occurs, takes, patience[wrong], tuple(ways)))
    return tuple(nodes)


def _fails_over(step: StepModel) -> bool:
    return step.at_counter is not None and step.fail_over > 0


def _way(share: float, goal: int, route: Sequence[StepModel], places: Sequence[int], hand_off: float) -> Exit:
    """Return the exit to a step of the route, or out of it."""
    if goal == DONE:
        return Exit(share, GONE)
    if goal == NOT_HERE or route[goal].place == NO_LANE:
        return Exit(share, NOWHERE)
    return Exit(share, places[goal], fixed(hand_off))


def _again(exits: Sequence[Exit], step: StepModel, here: int) -> tuple[Exit, ...]:
    """Return exits with the shares of services that are done again at the same node, at once or at another visit."""
    again = [Exit(step.rework, here)] if step.rework > 0 else []
    if step.incomplete > 0:
        share = (1.0 - step.rework) * step.incomplete
        again.append(Exit(share, here, fixed(step.returns_after), outside=True))
    rest = (1.0 - step.rework) * (1.0 - step.incomplete)
    return (*again, *(item._replace(share=item.share * rest) for item in exits))


def rank(task: Task, behaviour: Behaviour, *, booked: bool = False) -> tuple[int, bool]:
    """Return the level in every queue and whether services of a higher level are interrupted."""
    level = task.priority if behaviour.priority is None else behaviour.priority
    if booked and task.appointments is not None and task.appointments.priority is not None:
        level = task.appointments.priority
    return (
        level,
        task.preempts if behaviour.preempts is None else behaviour.preempts,
    )


def route_of(
    study: Study, form: Format, task: Task, has: tuple[bool, bool], behaviour: Behaviour = PLAIN
) -> tuple[StepModel, ...] | None:
    """
    Return the steps of a task at an outlet of this format, or None if its first step cannot be done there.

    Parameters
    ----------
    study
        The study, for its stations and skills.
    form
        The format: which place does which step, and how fast.
    task
        The task.
    has
        Whether the outlet has a terminal and a counter.
    behaviour
        Whose route it is: service times are divided by their speed, and by that of the format.
    """
    found = legs(form, task, has, behaviour)
    return None if found is None else tuple(_step_model(study, form, task, leg, has, behaviour) for leg in found)


def _step_model(
    study: Study, form: Format, task: Task, leg: Leg, has: tuple[bool, bool], behaviour: Behaviour
) -> StepModel:
    """Return where and how a step is done."""
    step, speed = task.steps[leg.step], form.speed * behaviour.speed
    time = step.terminal if leg.place == "terminal" else step.counter if step.station is None else step.takes
    if time is None:  # a leg is done where the step has a time
        raise ValueError(f"step {step.id!r} of {task.id!r} has no service time at {leg.place}")
    at_counter = None
    if leg.place == "terminal":
        after = step.after_fail_over or step.counter
        takes = after is not None and has[COUNTER] and task.id in form.tasks.get("counter", ())
        at_counter = service_law(after, speed) if takes and after is not None else None
    wrong = step.misrouted
    return StepModel(
        place=study.places.index(leg.place),
        service=service_law(time, speed),
        fail_over=step.fail_over if leg.place == "terminal" else 0.0,
        at_counter=at_counter,
        rework=step.rework,
        hand_off=step.hand_off,
        incomplete=step.incomplete,
        returns_after=step.returns_after,
        step=leg.step,
        ways=leg.ways,
        also=None if step.also is None else study.places.index(step.also),
        skill=skill_bits(step.skills, study.skills),
        misrouted=None
        if wrong is None or not stands(form, wrong.to, has)
        else (wrong.share, study.places.index(wrong.to), service_law(wrong.takes, speed)),
    )


def service_law(time: ServiceTime, speed: float) -> Law:
    """Return the law of a service time at an outlet of the given speed."""
    mean = time.mean / speed
    if time.law == "exponential":
        return exponential_law(mean)
    if time.law == "fixed":
        return fixed(mean)
    if time.law == "gamma":
        return gamma_law(mean, time.cv)
    return weibull_law(mean, weibull_shape(time.cv)) if time.law == "weibull" else lognormal_law(mean, time.cv)
