"""A check that cannot fail is a defect: every case is seen to fail, each on a bug planted into the kernel."""

import pytest

from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck import SYSTEMS, identities
from netsim.simulation.selfcheck.examine import examine
from tests.simulation.selfcheck.bugs import BUGS

ERROR = 1e-4


def few(name, days):
    """Days that are enough to see a bug."""
    if name == "a busy day" or name.startswith("path"):
        return 2
    return 16 * days if name.startswith("M(t)") else days


def plant(monkeypatch, bug, runner="kernel"):
    monkeypatch.setitem(RUNNERS._parts, runner, BUGS[bug])


def failing(name, days):
    """Names of the cases of a system that fail."""
    found = examine(name, SYSTEMS[name](), seed=1, error=ERROR, days=days)
    return {finding.name.removeprefix(f"{name}: ") for finding in found if not finding.ok}


@pytest.mark.parametrize(
    ("bug", "name", "cases"),
    [
        ("service 5 % longer", "M/M/1", {"mean wait", "wait > 5", "busy"}),
        ("service 5 % longer", "M/M/7", {"mean wait", "wait > 2", "busy"}),
        ("service 5 % longer", "M/M/10/10", {"rejected", "busy"}),
        ("service 5 % longer", "preemptive M/M/1", {"class 0", "class 1"}),
        ("service without variation", "M/M/3", {"mean wait", "wait > 5"}),
        ("patience ignored", "M/M/3+M", {"mean wait", "abandoned", "called in 5"}),
        ("double staff at shift changes", "M/M/4, crews", {"mean wait", "wait > 2"}),
        ("double staff at shift changes", "a busy day", {"staff"}),
        ("one place more", "M/M/2/3", {"mean number", "rejected"}),
        ("one place more", "M/M/2/3, waiting room", {"mean number", "rejected"}),
        ("priorities reversed", "priority M/G/1", {"class 0", "class 2"}),
        ("nobody interrupts", "preemptive M/G/1", {"class 0", "class 1", "class 2"}),
        ("servers finish", "M(t)/M/s(t)", {"number 120", "number 180"}),
        ("arrivals evened out", "M[3]/M/1", {"mean wait"}),
        ("arrivals evened out", "M(t)/G/inf", {"busy at 45", "busy at 92"}),
        ("a row lost", "a busy day", {"nobody lost"}),
        ("repairs longer", "breakdowns", {"availability"}),
        ("half the failures", "breakdowns", {"availability", "failures"}),
    ],
)
def test_a_bug_is_found_where_it_shows(monkeypatch, bug, name, cases):
    days = few(name, 150)
    assert failing(name, days) == set()
    plant(monkeypatch, bug)
    assert failing(name, days) >= cases


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_every_case_can_fail(monkeypatch, name):
    """Under some bug or other: what no bug can break says nothing."""
    days = few(name, 50)
    left = {case.name for case in SYSTEMS[name]().cases}
    for bug in BUGS:
        if bug == "one bit" or (bug == "priorities reversed" and name == "technicians"):
            continue
        plant(monkeypatch, bug)
        left -= failing(name, days)
        if not left:
            return
    if name == "a busy day":
        monkeypatch.undo()
        monkeypatch.setattr(identities, "fold", lose_the_evening)
        left -= failing(name, days)
    assert left == set()


def lose_the_evening(model, arrivals, days, fold=identities.fold):
    """Count the half-hours but for the last ones of a day."""
    totals = fold(model, arrivals, days)
    totals.queue[:, 19:] = totals.busy[:, 19:] = 0.0
    return totals


@pytest.mark.parametrize("runner", ["python", "reference"])
def test_a_runner_that_differs_in_one_bit_is_told(monkeypatch, runner):
    names = ("M/M/2/3", "path G/G/1")
    plant(monkeypatch, "one bit", runner)
    for name in names:
        for finding in examine(name, SYSTEMS[name](), seed=1, error=ERROR, witnesses=("python", "reference"), days=12):
            assert finding.within
            assert not finding.ok
            said = finding.runners
            assert said[runner].startswith("differs in rows[")
            assert said[runner].endswith("].call")
            assert [other for other, what in said.items() if what == "equal"] == [
                other for other in ("python", "reference") if other != runner
            ]


def test_other_runners_see_the_same_bug_as_the_kernel(monkeypatch):
    """The named runner alone is examined, not the kernel in its place."""
    plant(monkeypatch, "service 30 % longer", "python")
    kwargs = {"seed": 1, "error": ERROR, "days": 12}
    assert not all(item.ok for item in examine("M/M/3", SYSTEMS["M/M/3"](), runner="python", **kwargs))
    assert all(item.ok for item in examine("M/M/3", SYSTEMS["M/M/3"](), runner="kernel", **kwargs))
