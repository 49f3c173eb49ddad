"""Lockers in a network: who finds the parcel there, who fetches it at an outlet, who has it brought home."""

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.locker import Parcels
from netsim.model.network import Option
from netsim.model.service_time import ServiceTime
from netsim.model.visits import Outcome
from netsim.simulation.locker_fates import locker_use
from netsim.simulation.network_day import measure_network, simulate_network
from tests.studies import everyone_to, form, task, tiny_study

LOCKER, DESK = Option("locker", "standard", 0, 1), Option("desk", "standard", 1, 0)
PARCELS = Parcels(
    "collect", (("small", 0.6), ("large", 0.4)), 0.8, ServiceTime(900.0, 0.8), ((480.0, 0.5), (840.0, 0.5)),
    1440.0, 4320.0, 0.7, 3.0,
)  # fmt: skip


def town(cells=(30, 20), **changes):
    """Return a study of a locker at site 0 and a desk at site 1 beside it."""
    locker = form("locker", {"terminal": ("collect",)}, hours={"terminal": "always"})
    study = tiny_study(
        tasks=(task("collect", terminal=(0.7, 0.4), counter=(2.0, 0.4), flexible=1.0),),
        formats=(replace(locker, cells=cells), form("desk", {"counter": ("collect",)})),
        visits=np.array([25.0, 0.0]),
        zones=2,
        sites=2,
        hours={"always": [(0.0, 1440.0)]},
    )
    return replace(study, parcels=replace(PARCELS, **changes))


def log_of(study, days=30):
    return simulate_network(study, [LOCKER, DESK], everyone_to(study, 0), range(days))


def share(count, of):
    """Return a share and four of its standard deviations."""
    part = count / of
    return part, 4.0 * np.sqrt(max(part * (1.0 - part), 1e-9) / of)


def test_with_cells_for_all_only_those_without_consent_go_elsewhere():
    """A fifth does not agree: seven in ten of them fetch at the desk, the others have it brought home."""
    log = log_of(town((200, 200)))
    first = log.take(np.unique(np.stack([log.replication, log.visit]), axis=1, return_index=True)[1])
    home, width = share(int(np.sum(first.outcome == Outcome.HOME)), len(first))
    assert abs(home - 0.2 * 0.3) <= width
    desk, width = share(int(np.sum(first.site == 1)), len(first))
    assert abs(desk - 0.2 * 0.7) <= width
    assert set(first.lane[first.outcome == Outcome.HOME].tolist()) == {-1}


def test_a_full_locker_sends_as_many_elsewhere_as_find_no_cell():
    """The share that goes elsewhere is that without consent and that of the locker's own rejections."""
    study = town((6, 3))
    log, totals = measure_network(study, [LOCKER, DESK], everyone_to(study, 0), range(80))
    (use,) = locker_use(study, [LOCKER, DESK], totals.lockers)
    assert use.rejected > 0.1
    assert use.parcels == pytest.approx(0.8 * 25.0, rel=0.05)
    first = log.take(np.unique(np.stack([log.replication, log.visit]), axis=1, return_index=True)[1])
    elsewhere = np.mean((first.site == 1) | (first.outcome == Outcome.HOME))
    assert elsewhere == pytest.approx(0.2 + 0.8 * use.rejected, abs=0.03)
    assert 0.0 < use.occupied["small"] <= 1.0
    assert use.upgraded > 0.0
    assert use.cells == {"small": 6, "large": 3}


def test_days_in_parts_are_the_same_days():
    """Lockers are added up like everything else."""
    study = town((6, 3))
    shares = everyone_to(study, 0)
    _, whole = measure_network(study, [LOCKER, DESK], shares, range(4))
    _, half = measure_network(study, [LOCKER, DESK], shares, range(2))
    _, both = measure_network(study, [LOCKER, DESK], shares, range(2, 4), onto=half)
    assert locker_use(study, [LOCKER, DESK], whole.lockers) == locker_use(study, [LOCKER, DESK], both.lockers)


def test_without_an_outlet_in_reach_everything_goes_home():
    """The desk is closed: nobody can hand the parcel out."""
    study = town((6, 3))
    log = simulate_network(study, [LOCKER, None], everyone_to(study, 0), range(10))
    assert set(log.site[log.lane >= 0].tolist()) == {0}
    assert np.any(log.outcome == Outcome.HOME)


def test_no_lockers_no_change():
    """Parcels without a format that has cells change nothing."""
    study = town(())
    plain = replace(study, parcels=None)
    one, two = (simulate_network(s, [LOCKER, DESK], everyone_to(s, 0), range(3)) for s in (study, plain))
    np.testing.assert_array_equal(one.arrive, two.arrive)
    np.testing.assert_array_equal(one.site, two.site)
