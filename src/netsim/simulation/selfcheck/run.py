"""The whole suite: every system, every runner, one level for all cases together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netsim.jit import AVAILABLE
from netsim.simulation.runners import RUNNERS
from netsim.simulation.selfcheck import SYSTEMS
from netsim.simulation.selfcheck.catalogue import Case, System
from netsim.simulation.selfcheck.examine import Finding, examine
from netsim.simulation.streams import key_of
from netsim.statistics.corrections import bonferroni

ERROR = 0.01
"""Probability that any case at all fails although everything is right."""
SEED = 1
FAST = "kernel"
"""The runner that simulates all days, if none is named; the others witness the first day of each system."""
SHORT_CUSTOMERS, SHORT_DAYS = 30_000, 10
"""Customers of a system, and fewest days, where one runner goes through the suite alone."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """
    What became of all cases.

    Parameters
    ----------
    seed
        Seed of the customers.
    error, error_per_case
        Probability that any case fails although all is right, and what each interval may spend of it.
    runner, witnesses
        Who simulated all days, and who simulated the first day of every system again.
    findings
        The cases.
    days, customers
        Simulated by the first runner, over all systems.
    """

    seed: int
    error: float
    error_per_case: float
    runner: str
    witnesses: tuple[str, ...]
    findings: tuple[Finding, ...]
    days: int
    customers: int

    @property
    def ok(self) -> bool:
        """Whether every case holds, for every runner."""
        return all(finding.ok for finding in self.findings)

    def answer(self) -> dict[str, Any]:
        """Return the check as one JSON object; the same seed gives the same bytes."""
        return {
            "netsim": 1,
            "status": "ok" if self.ok else "failed",
            "seed": self.seed,
            "error": self.error,
            "error_per_case": float(f"{self.error_per_case:.9g}"),
            "correction": "bonferroni",
            "runners": {self.runner: "all days"} | dict.fromkeys(self.witnesses, "first day"),
            "days": self.days,
            "customers": self.customers,
            "cases": [
                {
                    "name": finding.name,
                    "holds": finding.holds,
                    "expected": finding.expected,
                    "observed": _number(finding.observed),
                    "half_width": _number(finding.half_width),
                    "ok": finding.ok,
                    "days": finding.days,
                    "customers": finding.customers,
                    "runners": finding.runners,
                }
                for finding in self.findings
            ],
        }


def selfcheck(*, seed: int = SEED, runner: str | None = None, progress: Tell | None = None) -> SelfCheck:
    """
    Return what became of all cases: the engine held to the closed forms of queueing theory.

    Parameters
    ----------
    seed
        Seed of the customers.
    runner
        A runner that goes through a shorter suite alone; None for the kernel on all days and every other
        runner on the first day of each system, where all have to give the same rows to the bit.
    progress
        Called with (label, done, total) after each system.

    Raises
    ------
    UnknownPartError
        If there is no such runner.
    """
    if runner is not None:
        RUNNERS[runner]
    systems = {name: SYSTEMS[name]() for name in SYSTEMS}
    questions = sum(isinstance(case, Case) for system in systems.values() for case in system.cases)
    error = bonferroni(ERROR, questions)
    fast = runner or FAST
    witnesses = () if runner else tuple(name for name in RUNNERS if name != FAST)
    short = runner is not None or not AVAILABLE  # without a compiler all days would take an hour
    findings: list[Finding] = []
    days = customers = 0
    for done, (name, system) in enumerate(systems.items(), 1):
        number = _short(system) if short else system.days
        found = examine(name, system, seed=seed, error=error, runner=fast, witnesses=witnesses, days=number)
        findings += found
        days += found[0].days
        customers += found[0].customers
        if progress is not None:
            progress(f"selfcheck: {name}", done, len(systems))
    return SelfCheck(seed, ERROR, error, fast, witnesses, tuple(findings), days, customers)


def _number(value: float) -> float | None:
    """Return a number as JSON knows it: null where there is none."""
    return value if math.isfinite(value) else None


def _short(system: System) -> int:
    """Return the days that one runner simulates alone."""
    a_day = len(system.customers(key_of(0, "selfcheck"), [0]).comers)
    return min(system.days, max(SHORT_DAYS, -(-SHORT_CUSTOMERS // max(a_day, 1))))
