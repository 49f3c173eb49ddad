"""Where choice and simulated waits agree."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from netsim.model.choice import ChoiceRules, Rival, Taste
from netsim.model.demand import TravelMatrix
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.planning.choice_equilibrium import FAMILIAR, choice_equilibrium, mean_waits
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_day import simulate_network
from tests.studies import MADE_UP, form, task, tiny_study

TASKS = (task("advice", counter=(10.0, 0.8)),)
DESK = form("desk", {"counter": ("advice",)}, levels={"counter": (1, 2, 3, 4)})


def town(rules, *, servers=(1, 2), visits=90.0, minutes=((5.0, 5.0),), rivals=(), **changes):
    """One task, desks side by side, every zone as far from them as ``minutes`` say."""
    minutes = np.asarray(minutes, dtype=float)
    options = tuple(Option("desk", "standard", count, 0) for count in servers)
    away = None
    if rivals:
        ways = np.full((len(minutes), len(rivals)), 5.0)
        away = TravelMatrix(
            tuple(f"z{i}" for i in range(len(minutes))), tuple(r.id for r in rivals), ways, ways * 80.0, "test"
        )
    study = tiny_study(
        tasks=TASKS,
        formats=(DESK,),
        visits=visits,
        zones=len(minutes),
        sites=len(servers),
        today=options,
        minutes=minutes,
        choice=rules,
        rivals=rivals,
        rival_travel=away,
        **changes,
    )
    on_duty = np.zeros((1, len(servers), 60), dtype=np.int64)
    on_duty[0, :, 16:32] = np.array(servers)[:, None]
    return study, options, on_duty


def rival(name: str, **how: object) -> Rival:
    return Rival(
        **{
            "id": name,
            "name": name,
            "kind": "rival",
            "brand": name.upper(),
            "x": 0.0,
            "y": 0.0,
            "attraction": 1.0,
            "wait": 0.0,
            "service": 0.0,
            "fee": 0.0,
            "tasks": ("advice",),
            "provenance": MADE_UP,
            **how,
        }
    )


def test_without_waits_in_mind_it_is_huff_in_closed_form():
    """Two outlets at 5 and 10 min one way, both ways counted, exponent 2: shares of 4/5 and 1/5."""
    rules = ChoiceRules("huff", taste=Taste(cost=2.0, wait=0.0))
    outcome = choice_equilibrium(*town(rules, minutes=[[5.0, 10.0]]))
    assert outcome.converged
    assert len(outcome.rounds) == 1
    np.testing.assert_allclose(outcome.shares.share, [0.8, 0.2], atol=1e-12)


def test_the_fixed_point_is_that_of_a_search_by_halves():
    """An independent search: the share of the first desk at which its logit with the simulated waits is itself."""
    slope = 0.08
    rules = ChoiceRules("logit", taste=Taste(cost=slope), days=80, tolerance=1e-3, max_rounds=80)
    study, options, on_duty = town(rules)
    outcome = choice_equilibrium(study, options, on_duty)
    assert outcome.converged
    days = range(FAMILIAR, FAMILIAR + rules.days)
    customers = draw_customers(study, days)

    def wanted(share: float) -> float:
        shares = Shares(np.zeros(2, np.int64), np.zeros(2, np.int64), np.arange(2), np.array([share, 1.0 - share]))
        log = simulate_network(study, options, shares, days, on_duty=on_duty, customers=customers)
        waits = [log.wait[(log.site == site) & (log.lane >= 0)].mean() for site in (0, 1)]
        return 1.0 / (1.0 + math.exp(slope * (waits[0] - waits[1])))

    low, high = 0.05, 0.95
    for _ in range(16):
        middle = (low + high) / 2.0
        low, high = (middle, high) if wanted(middle) > middle else (low, middle)
    first = float(outcome.shares.share[0])
    assert first == pytest.approx(middle, abs=0.004)
    assert 0.05 < first < 0.45  # half the servers, less than half of the customers


def test_one_more_server_draws_customers():
    rules = ChoiceRules("logit", taste=Taste(cost=0.1, outside=40.0), days=20)
    fewer, more = (choice_equilibrium(*town(rules, servers=(count, 2))) for count in (1, 2))
    assert more.shares.share[0] > fewer.shares.share[0] + 0.02
    assert more.captured[0] > fewer.captured[0]


def test_waits_drive_customers_to_competitors_and_home():
    """The same town, waits minded and not: who minds them goes elsewhere; every wish is somebody's or nobody's."""
    rivals = (rival("r1", brand="Other"), rival("r2", brand="Third", attraction=0.5))
    outcomes = []
    for wait in (0.0, 3.0):
        rules = ChoiceRules("huff", taste=Taste(cost=2.0, wait=wait, outside=30.0), days=20)
        study, options, on_duty = town(rules, servers=(1, 1), visits=140.0, rivals=rivals)
        outcomes.append(choice_equilibrium(study, options, on_duty))
    careless, careful = outcomes
    assert careful.brands == ("", "Other", "Third")
    wishes = 250.0 * 140.0
    for outcome in outcomes:
        assert outcome.captured.sum() == pytest.approx(wishes)
        own = (outcome.shares.share).sum() * wishes
        assert outcome.captured[0] == pytest.approx(own)
        assert outcome.captured[1] == pytest.approx(2.0 * outcome.captured[2])  # twice as attractive, as far
        np.testing.assert_allclose(outcome.own.sum() * wishes, outcome.captured[0])
    assert careful.captured[0] < careless.captured[0]
    assert (careful.captured[1:] > careless.captured[1:]).all()


def test_segments_choose_by_their_own_taste():
    """Those who hurry mind waits tenfold; each segment's customers split as its own shares say."""
    rules = ChoiceRules("logit", taste=Taste(cost=0.05), tastes={"quick": Taste(cost=0.05, wait=10.0)}, days=10)
    study, options, on_duty = town(rules, segments=("quick", "slow"), visits=60.0)
    outcome = choice_equilibrium(study, options, on_duty)
    quick, slow = outcome.shares.by_segment
    assert quick.share[0] < slow.share[0] - 0.05
    np.testing.assert_allclose(outcome.shares.share, (quick.share + slow.share) / 2.0, atol=1e-9)
    days = range(200)
    log = simulate_network(study, options, outcome.shares, days, on_duty=on_duty)
    for segment, own in enumerate((quick, slow)):
        here = log.site[(log.segment == segment) & (log.site >= 0)]
        share = float((here == 0).mean())
        wanted = float(own.share[0])
        assert abs(share - wanted) < 4.0 * math.sqrt(wanted * (1.0 - wanted) / len(here))


def test_a_closed_outlet_gets_nobody_and_the_rest_share():
    rules = ChoiceRules("huff", taste=Taste(wait=0.0))
    study, options, on_duty = town(rules, servers=(1, 2, 2), minutes=[[5.0, 5.0, 5.0]])
    outcome = choice_equilibrium(study, (options[0], None, options[2]), on_duty)
    assert outcome.shares.site.tolist() == [0, 2]
    np.testing.assert_allclose(outcome.shares.share, 0.5)


def test_rounds_that_run_out_say_which_outlet_swings():
    rules = ChoiceRules("logit", taste=Taste(cost=2.0), damping=1.0, max_rounds=2, tolerance=1e-6, days=10)
    outcome = choice_equilibrium(*town(rules, visits=150.0))
    assert not outcome.converged
    assert len(outcome.rounds) == 2
    assert outcome.rounds[-1].outlet in {"s0", "s1"}
    assert outcome.rounds[-1].moving > 0.01


def test_an_overshooting_step_is_shortened_until_it_agrees():
    rules = ChoiceRules("logit", taste=Taste(cost=0.5), damping=1.0, max_rounds=60, tolerance=0.005, days=20)
    outcome = choice_equilibrium(*town(rules, servers=(1, 1), visits=100.0))
    assert outcome.converged
    steps = [item.step for item in outcome.rounds[:-1]]
    assert min(steps) < 1.0


def test_waits_are_means_over_visits():
    rules = ChoiceRules("huff")
    study, options, on_duty = town(rules)
    shares = Shares(np.zeros(2, np.int64), np.zeros(2, np.int64), np.arange(2), np.array([0.4, 0.6]))
    log = simulate_network(study, options, shares, range(5), on_duty=on_duty)
    waits = mean_waits(study, log, 1, options)
    for site in (0, 1):
        assert waits[0, site] == pytest.approx(log.wait[(log.site == site) & (log.lane >= 0)].mean())
    nobody = mean_waits(study, log.take(np.flatnonzero(log.site == 0)), 1, options)
    assert nobody[0, 1] == 0.0


def test_a_study_without_choice_is_refused():
    study, options, on_duty = town(ChoiceRules("huff"))
    with pytest.raises(ValueError, match="says nothing about how customers choose"):
        choice_equilibrium(replace(study, choice=None), options, on_duty)
