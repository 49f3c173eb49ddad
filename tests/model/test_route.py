"""The way of a task through an outlet."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netsim.model.behaviour import Behaviour
from netsim.model.route import DONE, NOWHERE, legs, offers
from netsim.model.service import END, Step, Task
from netsim.model.service_time import ServiceTime
from tests.halls import hall_study, loan
from tests.studies import DAYTIME


def _shown(study, task=None, **how):
    """Return the legs as {step: (place, {step or END or None: share})}."""
    task = task or study.tasks[1]
    found = legs(study.formats["hall"], task, **how)
    names = [task.steps[leg.step].id for leg in found]

    def name(goal):
        return END if goal == DONE else None if goal == NOWHERE else names[goal]

    return {names[k]: (leg.place, {name(goal): share for share, goal in leg.ways}) for k, leg in enumerate(found)}


def test_a_loan_in_a_hall_that_has_everything():
    """Every step is done; a quarter gets a card, half of the papers go to the back office."""
    assert _shown(hall_study()) == {
        "ask": ("reception", {"talk": 1.0}),
        "talk": ("counter", {"card": 0.25, "check": 0.5, END: 0.25}),
        "card": ("counter", {END: 1.0}),
        "check": ("office", {END: 1.0}),
    }


def test_optional_steps_are_left_out_where_they_cannot_be_done():
    """Without reception customers begin at the counter; without printer those with a card just go."""
    assert _shown(hall_study(stations=("vip", "office"))) == {
        "talk": ("counter", {"check": 0.5, END: 0.5}),
        "check": ("office", {END: 1.0}),
    }


def test_mandatory_steps_lead_nowhere_where_they_cannot_be_done():
    """Without a back office half of the visits stay unresolved."""
    assert _shown(hall_study(stations=("reception", "printer")))["talk"][1] == {"card": 0.25, None: 0.5, END: 0.25}


def test_a_desk_takes_the_counter_steps_of_its_customers():
    """The VIP desk stands in for the counter, not for the reception."""
    places = {step: place for step, (place, _) in _shown(hall_study(), behaviour=Behaviour(desk="vip")).items()}
    assert places == {"ask": "reception", "talk": "vip", "card": "vip", "check": "office"}
    without = {
        step: place
        for step, (place, _) in _shown(hall_study(stations=("office",)), behaviour=Behaviour(desk="vip")).items()
    }
    assert without == {"talk": "counter", "check": "office"}


def test_an_outlet_that_could_only_greet_does_not_offer_the_task():
    """With a reception but no counter nobody should be sent there."""
    study = hall_study()
    form = study.formats["hall"]
    assert offers(form, study.tasks[1])
    assert not offers(form, study.tasks[1], (True, False))
    assert offers(form, Task("info", {}, (study.tasks[1].steps[0],), DAYTIME, 1.0, 0.0), (False, False)) is False
    assert not offers(hall_study(stations=()).formats["hall"], loan(ask={"mandatory": True}))


def test_a_first_step_that_may_be_left_out_must_not_part_customers():
    """Nobody would know where they begin."""
    study = hall_study(stations=("office",))
    parted = loan(ask={"then": (("talk", 0.5), ("check", 0.5))})
    with pytest.raises(ValueError, match="customers part after a first step"):
        legs(study.formats["hall"], parted)


@st.composite
def blueprints(draw):
    """Return a task of steps in lanes and at stations, with ways, optional steps and printers."""
    time = ServiceTime(draw(st.floats(0.5, 10.0)), 0.5)
    steps = []
    count = draw(st.integers(1, 5))
    for number in range(count):
        at = draw(st.sampled_from([None, None, "reception", "office", "gone"]))
        targets = [f"s{k}" for k in range(number + 1, count)] + [END]
        chosen = draw(st.lists(st.sampled_from(targets), unique=True, max_size=3))
        then = tuple((name, 1.0 / len(chosen)) for name in chosen)
        lanes = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
        steps.append(
            Step(
                f"s{number}",
                terminal=time if at is None and lanes[0] else None,
                counter=time if at is None and lanes[1] else None,
                fail_over=0.3 if at is None and lanes[0] else 0.0,
                station=at,
                takes=time if at else None,
                also=draw(st.sampled_from([None, None, "printer"])) if at is None and not lanes[0] else None,
                mandatory=draw(st.booleans()) if number else True,
                then=then,
                rework=draw(st.sampled_from([0.0, 0.2])),
                incomplete=draw(st.sampled_from([0.0, 0.25])),
                returns_after=60.0,
            )
        )
    return Task("loan", {}, tuple(steps), DAYTIME, 1.0, 1.0)


@given(blueprints(), st.sampled_from([("reception", "office"), ("office", "printer"), ()]))
@settings(max_examples=200, deadline=None)
def test_ways_sum_to_one_and_lead_onward(task, stations):
    """Whatever the blueprint: all customers go somewhere, later in the route, and every leg is reached."""
    found = legs(hall_study(stations=stations).formats["hall"], task)
    assume(found is not None)
    reached = {0}
    for number, leg in enumerate(found):
        assert sum(share for share, _ in leg.ways) == pytest.approx(1.0)
        assert all(goal in {DONE, NOWHERE} or goal > number for _, goal in leg.ways)
        assert number in reached
        reached |= {goal for _, goal in leg.ways}
