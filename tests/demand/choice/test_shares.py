"""Choice with an outside option: known answers, laws of all models, sparse rows, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.choice import (
    CHOICE_MODELS,
    ChoiceProbabilities,
    CostWeights,
    choose,
    choose_rows,
    shares,
    shares_of,
    to_shares,
)
from netsim.demand.choice.huff import HuffParameters
from netsim.demand.choice.logit import LogitParameters
from netsim.demand.choice.mci import MciParameters
from tests.demand.choice.towns import PARAMETERS, WEIGHTS, alternatives, chosen, town, without

MODELS = st.sampled_from(sorted(PARAMETERS))
SEEDS = st.integers(0, 10_000)
FAR = CostWeights()
"""Only the way counts, however long."""


def one(model, outlets, parameters, weights=FAR):
    found = choose(CHOICE_MODELS[model], outlets, weights, parameters)
    return found.tables[0], found.outside[0]


def test_huff_by_hand():
    # D. L. Huff (1964): sizes 5 and 10 at 10 and 20 minutes, exponent 2: 5 / 100 against 10 / 400
    share, outside = one("huff", alternatives([[10.0, 20.0]], [5.0, 10.0]), HuffParameters(1.0, 2.0))
    assert share[0] == pytest.approx([2 / 3, 1 / 3])
    assert outside.tolist() == [0.0]


def test_huff_with_an_outside_option_by_hand():
    parameters = HuffParameters(1.0, 2.0, outside_attraction=10.0, outside_cost=20.0)
    share, outside = one("huff", alternatives([[10.0, 20.0]], [5.0, 10.0]), parameters)
    assert [*share[0], *outside] == pytest.approx([0.5, 0.25, 0.25])


def test_exponential_huff_is_the_logit_of_log_size():
    outlets = alternatives([[3.0, 9.0, 14.0], [20.0, 1.0, 5.0]], [2.0, 7.0, 3.0], constant=np.array([0.3, 0.0, -0.2]))
    two = one("huff", outlets, HuffParameters(0.8, 0.2, decay="exponential", outside_attraction=1.0, outside_cost=10.0))
    three = one("logit", outlets, LogitParameters(cost=-0.2, attraction=0.8, outside_utility=-2.0))
    assert two[0] == pytest.approx(three[0])
    assert two[1] == pytest.approx(three[1])


def test_mci_of_size_and_cost_is_huff():
    outlets = alternatives([[3.0, 9.0, 0.2], [20.0, 1.0, 5.0]], [2.0, 7.0, 3.0])
    two = one("mci", outlets, MciParameters({"attraction": 1.3, "cost": -1.9}))
    assert two[0] == pytest.approx(one("huff", outlets, HuffParameters(1.3, 1.9))[0])


def test_mci_takes_attributes_of_outlets_and_of_ways():
    outlets = alternatives([[5.0, 5.0]], attributes={"hours": np.array([8.0, 10.0]), "stops": np.array([[1.0, 4.0]])})
    share, outside = one("mci", outlets, MciParameters({"hours": 2.0, "stops": 0.5}, outside_value=36.0))
    assert [*share[0], *outside] == pytest.approx(np.array([64.0, 200.0, 36.0]) / 300.0)


def test_a_brand_with_the_constant_log_2_draws_twice_as_many():
    outlets = alternatives([[5.0, 5.0]], constant=np.array([math.log(2.0), 0.0]))
    for model, parameters in (
        ("huff", HuffParameters(1.0, 2.0)),
        ("mci", MciParameters({"cost": -1.0})),
        ("logit", LogitParameters(-0.1)),
    ):
        assert one(model, outlets, parameters)[0][0] == pytest.approx([2 / 3, 1 / 3])


@given(MODELS, SEEDS)
@settings(deadline=None, max_examples=60)
def test_shares_are_shares_and_nobody_goes_where_the_task_is_not_done(name, seed):
    outlets = town(seed)
    table, outside = chosen(name, outlets).dense()
    assert table.sum(axis=-1) + outside == pytest.approx(1.0, abs=1e-12)
    assert table.min() >= 0.0
    closed = ~outlets.offers[:, None, :] | (outlets.minutes > WEIGHTS.reach)[None]
    assert not table[closed].any()
    assert (outside[closed.all(axis=-1)] == 1.0).all()


@given(MODELS, SEEDS)
@settings(deadline=None, max_examples=60)
def test_the_ratio_of_two_outlets_does_not_depend_on_a_third(name, seed):
    outlets = town(seed)
    table, outside = chosen(name, outlets).dense()
    fewer, away = chosen(name, without(outlets, 3)).dense()
    assert table[..., 0] * fewer[..., 1] == pytest.approx(table[..., 1] * fewer[..., 0])
    assert table[..., 0] * away == pytest.approx(outside * fewer[..., 0])


@given(MODELS, SEEDS)
@settings(deadline=None, max_examples=60)
def test_one_more_outlet_raises_no_share_of_another(name, seed):
    outlets = town(seed)
    table, outside = chosen(name, outlets).dense()
    fewer, away = chosen(name, without(outlets, 3)).dense()
    assert (table[..., :3] <= fewer + 1e-12).all()
    assert (outside <= away + 1e-12).all()


@given(st.sampled_from(["huff", "mci", "logit"]), SEEDS)
@settings(deadline=None, max_examples=60)
def test_who_waits_longer_draws_fewer(name, seed):
    outlets = town(seed)
    wait = outlets.wait.copy()
    wait[:, 0] += 10.0
    longer = alternatives(**{field: getattr(outlets, field) for field in outlets.__slots__} | {"wait": wait})
    now, then = chosen(name, outlets).dense(), chosen(name, longer).dense()
    assert (then[0][..., 0] <= now[0][..., 0] + 1e-12).all()
    assert (then[0][..., 1:] >= now[0][..., 1:] - 1e-12).all()
    assert (then[1] >= now[1] - 1e-12).all()


def test_utilities_far_beyond_what_an_exponential_can_hold():
    share, outside = shares_of(np.array([[2000.0, 2000.0], [-2000.0, -np.inf], [-np.inf, -np.inf]]), -np.inf)
    assert share.tolist() == [[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]]
    assert outside.tolist() == [0.0, 0.0, 1.0]
    assert shares_of(np.array([[1000.0]]), 1000.0)[1].tolist() == [0.5]
    assert shares_of(np.zeros((2, 0)), -np.inf)[1].tolist() == [1.0, 1.0]


def test_reach_is_a_way_and_most_is_a_cost():
    outlets = alternatives([[10.0, 10.5]], wait=np.array([[5.0, 0.0]]))
    near, _ = one("logit", outlets, LogitParameters(-0.1), CostWeights(reach=10.0))
    cheap, _ = one("logit", outlets, LogitParameters(-0.1), CostWeights(most=10.5))
    assert (near > 0).tolist() == [[True, False]]
    assert (cheap > 0).tolist() == [[False, True]]


def test_an_outlet_that_never_serves_is_not_chosen_by_those_who_mind():
    outlets = alternatives([[1.0, 9.0]], wait=np.array([[np.inf, 0.0]]))
    assert one("huff", outlets, HuffParameters(1.0, 2.0))[0].tolist() == [[0.0, 1.0]]
    share, _ = one("huff", outlets, HuffParameters(1.0, 2.0), CostWeights(wait=0.0))
    assert share[0, 0] > share[0, 1]


def test_tasks_at_the_same_costs_share_a_table():
    outlets = alternatives([[1.0, 9.0]], offers=np.array([[True, True], [True, False], [True, True]]))
    found = choose(CHOICE_MODELS["huff"], outlets, FAR, HuffParameters(1.0, 2.0))
    assert len(found.tables) == 2
    assert found.group[0] == found.group[2] != found.group[1]


@given(MODELS, SEEDS, st.sampled_from([0.0, 1e-4, 0.05, 0.4]))
@settings(deadline=None, max_examples=60)
def test_sparse_rows_keep_what_goes_to_outlets_and_what_stays_outside(name, seed, least):
    outlets = town(seed, zones=7)
    whole = chosen(name, outlets)
    table, outside = whole.dense()
    rows = to_shares(whole, least)
    kept = np.zeros(table.shape)
    kept[rows.task, rows.zone, rows.site] = rows.share
    assert kept.sum(axis=-1) + outside == pytest.approx(1.0, abs=1e-12)
    assert (rows.share > 0.0).all()
    assert (kept >= table - 1e-12)[kept > 0.0].all()
    assert ((kept > 0.0) == (table > 0.0))[table >= max(least, 1e-300)].all()
    assert np.array_equal(np.lexsort((rows.site, rows.zone, rows.task)), np.arange(len(rows.share)))


@given(MODELS, SEEDS)
@settings(deadline=None, max_examples=30)
def test_rows_made_block_by_block_are_those_of_the_whole_tables(name, seed):
    outlets = town(seed, zones=7)
    expected, (_, outside) = to_shares(chosen(name, outlets), 0.01), chosen(name, outlets).dense()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "BLOCK", 3)
        rows, away = choose_rows(CHOICE_MODELS[name.split(",")[0]], outlets, WEIGHTS, PARAMETERS[name], 0.01)
    for column in ("task", "zone", "site"):
        assert np.array_equal(getattr(rows, column), getattr(expected, column))
    assert rows.share == pytest.approx(expected.share)
    assert away == pytest.approx(outside)


def test_no_task_and_no_zone_give_no_rows():
    nothing = alternatives(np.zeros((0, 2)))
    rows, outside = choose_rows(CHOICE_MODELS["huff"], nothing, FAR, HuffParameters(1.0, 2.0))
    assert (len(rows.share), outside.shape) == (0, (1, 0))
    no_task = alternatives([[1.0, 2.0]], offers=np.zeros((0, 2), dtype=bool))
    assert len(choose_rows(CHOICE_MODELS["huff"], no_task, FAR, HuffParameters(1.0, 2.0))[0].share) == 0


def test_the_models_stand_in_the_catalogue():
    assert list(CHOICE_MODELS) == ["huff", "logit", "mci"]


def test_parameters_of_another_model_are_told():
    with pytest.raises(TypeError, match="takes HuffParameters, got LogitParameters"):
        choose(CHOICE_MODELS["huff"], alternatives([[1.0]]), FAR, LogitParameters(-0.1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attraction": np.array([1.0, 0.0])}, r"attraction at \(1,\) is 0.0; it must be positive"),
        ({"constant": np.array([np.nan, 0.0])}, r"constant at \(0,\) is nan"),
        ({"wait": np.array([[0.0, -1.0]])}, r"wait at \(0, 1\) is -1.0; it must be non-negative"),
        ({"fee": np.array([[0.0, np.inf]])}, r"fee at \(0, 1\) is inf"),
        ({"own": np.array([True])}, r"own has the shape \(1,\); expected \(2,\)"),
        ({"brands": ("ours",)}, "1 brands for 2 sites"),
        ({"sites": ("a", "a")}, "a site id comes twice"),
        ({"minutes": np.array([[1.0, np.nan]])}, r"minutes at \(0, 1\) is nan.*write inf where there is no way"),
        ({"attributes": {"hours": np.ones(3)}}, r"attribute 'hours' has the shape \(3,\)"),
        ({"attributes": {"hours": np.array([1.0, 0.0])}}, r"attribute 'hours' at \(1,\) is 0.0"),
    ],
)
def test_outlets_that_make_no_sense_are_told(change, message):
    with pytest.raises(ValueError, match=message):
        alternatives(**({"minutes": [[1.0, 2.0]]} | change))


def test_a_fee_without_a_value_of_time_is_told():
    outlets = alternatives([[1.0, 2.0]], fee=np.array([[0.0, 2.5]]))
    with pytest.raises(ValueError, match=r"fees \(up to 2.5\): give value_of_time, money per hour"):
        one("huff", outlets, HuffParameters(1.0, 2.0))
    # at 30 money an hour a fee of 2.5 feels like 5 minutes
    share, _ = one("logit", outlets, LogitParameters(-0.1), CostWeights(value_of_time=30.0))
    assert share[0, 0] / share[0, 1] == pytest.approx(math.exp(0.1 * (1.0 + 5.0)))


def test_an_attribute_that_the_outlets_lack_is_told():
    outlets = alternatives([[1.0, 2.0]], attributes={"hours": np.ones(2)})
    with pytest.raises(ValueError, match=r"no attribute 'hour' \(known: attraction, cost, travel, hours\)"):
        one("mci", outlets, MciParameters({"hour": 1.0}))
    with pytest.raises(ValueError, match="'travel' is the model's own attribute"):
        one("mci", alternatives([[1.0]], attributes={"travel": np.ones(1)}), MciParameters({"cost": -1.0}))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HuffParameters(1.0, -2.0), "non-negative .its sign is in the model., got -2.0"),
        (lambda: HuffParameters(math.inf, 2.0), "exponent of attraction must be finite"),
        (lambda: HuffParameters(1.0, 2.0, decay="linear"), "'power' or 'exponential', got 'linear'"),
        (lambda: HuffParameters(1.0, 2.0, outside_attraction=-1.0), "both must be non-negative"),
        (lambda: HuffParameters(1.0, 2.0, least_cost=0.0), "least cost must be positive"),
        (lambda: MciParameters({"cost": math.nan}), "exponent of 'cost' must be finite"),
        (lambda: MciParameters({}, outside_value=-1.0), "outside option must be non-negative"),
        (lambda: MciParameters({}, least_cost=0.0), "least cost must be positive"),
        (lambda: LogitParameters(0.1), "must not rise with the cost, got 0.1"),
        (lambda: LogitParameters(-0.1, attraction=math.nan), "attraction must be finite"),
        (lambda: LogitParameters(-0.1, outside_utility=math.inf), "must be a number, got inf"),
        (lambda: CostWeights(trips=0.0), "trips must be positive"),
        (lambda: CostWeights(wait=-1.0), "wait must be non-negative"),
        (lambda: CostWeights(value_of_time=0.0), "value of time must be positive"),
        (lambda: CostWeights(reach=-1.0), "reach must be non-negative"),
        (lambda: shares_of(np.array([[np.nan]]), 0.0), "no number or endless"),
        (lambda: to_shares(chosen("huff", town(1)), 1.0), r"least share .* in \[0, 1\), got 1.0"),
    ],
)
def test_parameters_that_make_no_sense_are_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_probabilities_that_do_not_fit_are_told():
    good = chosen("huff", town(1))
    fields = {name: getattr(good, name) for name in good.__slots__}
    with pytest.raises(ValueError, match="miss the sum 1 by"):
        ChoiceProbabilities(**fields | {"tables": good.tables * 0.9})
    with pytest.raises(ValueError, match="do not fit 4 sites"):
        ChoiceProbabilities(**fields | {"brands": ("ours",)})
    with pytest.raises(ValueError, match="a task has table 9 of"):
        ChoiceProbabilities(**fields | {"group": np.array([0, 9, 1])})
