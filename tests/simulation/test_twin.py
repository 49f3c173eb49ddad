"""All runners meet the same day to the bit, whatever the outlet."""

import pytest
from hypothesis import HealthCheck, given, settings

from netsim.simulation.runners import RUNNERS
from netsim.simulation.totals import fold
from tests.simulation.hall import same_days
from tests.simulation.random_models import models

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
THOUSAND = settings(deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck))


def check_twins(drawn):
    """The kernel, its source as Python and SimPy: rows, repairs, spells, and the totals of them."""
    model, customers, failures = drawn
    kernel = RUNNERS["kernel"](model, customers, failures)
    totals = fold(model, customers, kernel)
    for name in ("python", "reference"):
        other = RUNNERS[name](model, customers, failures)
        assert same_days(kernel, other), name
        again = fold(model, customers, other)
        assert all(getattr(totals, field).tobytes() == getattr(again, field).tobytes() for field in totals.__slots__)


@given(models())
@QUICK
def test_runners_are_twins(drawn):
    """Sixty random outlets."""
    check_twins(drawn)


@pytest.mark.long
@given(models())
@THOUSAND
def test_runners_are_twins_on_a_thousand_outlets(drawn):
    """A thousand of them."""
    check_twins(drawn)
