"""P-values of laws whose parameters were taken from the sample."""

from __future__ import annotations

import numpy as np
from scipy import stats

from netsim.fit.goodness import BOOTSTRAP, distances, goodness
from netsim.fit.laws import LAWS

LAW = LAWS["lognormal"]
TRUE = np.array([3.4, 0.55])


def p_values(draw, size, logs):
    """Return bootstrap p-values of the lognormal law over some logs, and those of the usual table."""
    rng = np.random.default_rng(11)
    ours, ad, table = [], [], []
    for _ in range(logs):
        sample = draw(rng, size)
        of = LAW.estimate(sample)
        found = goodness(LAW, of, sample, rng)
        ours.append(found.ks_p)
        ad.append(found.ad_p)
        table.append(stats.kstwo.sf(found.ks, size))
    return np.array(ours), np.array(ad), np.array(table)


def test_a_true_law_is_refused_as_often_as_the_level_says():
    ours, ad, table = p_values(lambda rng, size: LAW.quantile(rng.random(size), TRUE), 100, 80)
    for found in (ours, ad):
        most = stats.binom.ppf(1 - 5e-4, 80, 0.1)
        least = stats.binom.ppf(5e-4, 80, 0.1)
        assert least <= np.sum(found <= 0.1) <= most
        assert stats.kstest(found, "uniform").pvalue > 1e-3
    # the table for laws given beforehand calls fitted laws far too good
    assert stats.kstest(table, "uniform").pvalue < 1e-3
    assert table.mean() > 0.7


def test_a_wrong_law_is_refused():
    ours, ad, table = p_values(lambda rng, size: rng.exponential(4.0, size), 150, 20)
    assert np.mean(ours <= 0.05) > 0.6
    assert np.mean(ad <= 0.05) > 0.6
    assert np.mean(table <= 0.05) < np.mean(ours <= 0.05)


def test_distances_equal_scipy():
    shares = np.sort(np.random.default_rng(2).random(57))
    ks, ad = distances(shares)
    assert np.isclose(ks, stats.kstest(shares, "uniform").statistic)
    by_hand = -57 - sum((2 * i + 1) * (np.log(shares[i]) + np.log(1 - shares[56 - i])) for i in range(57)) / 57
    assert np.isclose(ad, by_hand)


def test_a_large_sample_is_compared_at_the_same_scale():
    rng = np.random.default_rng(4)
    sample = LAW.quantile(rng.random(20_000), TRUE)
    found = goodness(LAW, LAW.estimate(sample), sample, rng)
    assert found.ks_p > 0.001
    assert found.ks < 0.02
    assert 1 / (BOOTSTRAP + 1) <= found.ad_p <= 1
