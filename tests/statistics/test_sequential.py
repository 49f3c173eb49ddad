"""The sequential test: looks, verdicts and the rate of wrong ones."""

import numpy as np
import pytest
from scipy.stats import binom

from netsim.statistics.sequential import ShareTest
from tests.statistics.test_intervals import clustered_days


def verdict_of(test, rng, share, mean_arrivals=60, correlation=0.03):
    """Return the verdict on planted days."""
    return test.run(lambda first, last: clustered_days(rng, share, mean_arrivals, correlation, last - first))


@pytest.mark.parametrize(
    ("block", "most", "looks"),
    [(20, 320, (20, 40, 80, 160, 320)), (20, 300, (20, 40, 80, 160, 300)), (20, 20, (20,)), (10, 25, (10, 20, 25))],
)
def test_looks_double_and_end_at_the_most(block, most, looks):
    """Days at each look."""
    assert ShareTest(0.9, 0.05, block, most).looks == looks


@pytest.mark.parametrize("share", [0.895, 0.8])
def test_a_broken_promise_is_seldom_called_kept(share):
    """The share of wrong verdicts over all looks stays below the error."""
    test, rng, runs = ShareTest(0.9, 0.05, 20, 160), np.random.default_rng(3), 400
    wrong = sum(verdict_of(test, rng, share).verdict == "kept" for _ in range(runs))
    assert wrong <= binom.ppf(0.999, runs, 0.05)


@pytest.mark.parametrize("share", [0.9, 0.97])
def test_a_kept_promise_is_seldom_called_missed(share):
    """The other way round, also exactly at the target."""
    test, rng, runs = ShareTest(0.9, 0.05, 20, 160), np.random.default_rng(4), 400
    wrong = sum(verdict_of(test, rng, share).verdict == "missed" for _ in range(runs))
    assert wrong <= binom.ppf(0.999, runs, 0.05)


def test_clear_cases_are_decided_at_the_first_look():
    """Far from the target the answer comes early and is right."""
    test, rng = ShareTest(0.9, 0.05, 20, 320), np.random.default_rng(5)
    good, bad = verdict_of(test, rng, 0.995), verdict_of(test, rng, 0.6)
    assert (good.verdict, good.days, good.final) == ("kept", 20, True)
    assert (bad.verdict, bad.days, bad.final) == ("missed", 20, True)
    assert good.lower >= 0.9 > bad.upper


def test_a_share_on_the_target_ends_undecided():
    """At the target itself the test runs out of days, or stops once the indifference is reached."""
    days = (np.full(320, 50), np.tile([45, 44, 46, 45], 80))

    def planted(first, last):
        return days[0][first:last], days[1][first:last]

    slow = ShareTest(0.9, 0.05, 20, 320).run(planted)
    assert (slow.verdict, slow.days, slow.final) == ("undecided", 320, True)
    early = ShareTest(0.9, 0.05, 20, 320, indifference=0.02).run(planted)
    assert early.verdict == "undecided"
    assert early.days < 320
    assert early.half_width <= 0.02


def test_a_lane_without_arrivals_stays_undecided():
    """No customer, no verdict."""
    found = ShareTest(0.9, 0.05, 20, 40).run(lambda first, last: (np.zeros(last - first), np.zeros(last - first)))
    assert (found.verdict, found.arrivals, found.days) == ("undecided", 0, 40)


def test_ranges_are_checked():
    """Blocks of one day and targets above 1 are refused."""
    with pytest.raises(ValueError, match="2 <= block 1"):
        ShareTest(0.9, 0.05, 1, 20)
    with pytest.raises(ValueError, match=r"target 1\.2"):
        ShareTest(1.2, 0.05, 20, 40)
