"""Reports written once for all tests of the room."""

from __future__ import annotations

import pytest

from netsim.report import write_comparison_report, write_run_report
from tests.report import samples


@pytest.fixture(scope="session", params=["en", "zh"])
def run_report(request, tmp_path_factory):
    """Return ``(language, files)`` of the report of a plan next to today."""
    folder = tmp_path_factory.mktemp(f"run_{request.param}")
    return request.param, write_run_report(
        samples.run(), samples.study(), samples.basemap(), folder, language=request.param, today=samples.run(0)
    )


@pytest.fixture(scope="session")
def today_report(tmp_path_factory):
    """Return the report of a run that plans nothing."""
    folder = tmp_path_factory.mktemp("today")
    return write_run_report(samples.run(0), samples.study(plan_as_is=True), samples.basemap(), folder, language="en")


@pytest.fixture(scope="session", params=["en", "zh"])
def comparison_report(request, tmp_path_factory):
    """Return ``(language, files)`` of the report of a comparison."""
    comparison, studies = samples.comparison()
    folder = tmp_path_factory.mktemp(f"comparison_{request.param}")
    return request.param, write_comparison_report(
        comparison, studies, samples.basemap(), folder, language=request.param
    )
