"""What common customers are worth: the variance of a difference between two plans."""

import numpy as np

from netsim.model.network import Option
from netsim.simulation.network_day import simulate_network
from tests.studies import everyone_to, tiny_study

DAYS = 150


def daily_wait(staff, seed):
    """Return the mean wait at the counter of each day with this staff from 08:00, shape ``(days,)``."""
    endless = {"terminal": float("inf"), "counter": float("inf")}
    study = tiny_study(visits=[[0.0], [28.0]], patience=endless)
    on_duty = np.zeros((1, 2, 60), dtype=int)
    on_duty[0, 0, 16:32] = staff
    option = Option("branch", "standard", 4, 2)
    log = simulate_network(study, [option, None], everyone_to(study, 0), range(DAYS), on_duty=on_duty, seed=seed)
    log = log.take(log.lane == 1)
    return np.bincount(log.replication, log.wait, DAYS) / np.bincount(log.replication, minlength=DAYS)


def test_common_customers_make_a_small_difference_visible():
    """One extra counter-hour at 13:00: the variance of the difference is at least ten times smaller."""
    staff = np.array([2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2])
    more = staff.copy()
    more[10:12] += 1
    base, extra, strangers = daily_wait(staff, 1), daily_wait(more, 1), daily_wait(more, 2)
    assert np.all(extra <= base + 1e-9)
    assert extra.mean() < base.mean()
    assert np.var(base - strangers) >= 10 * np.var(base - extra)
