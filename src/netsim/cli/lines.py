"""Answers in some lines for people."""

from __future__ import annotations

from collections import Counter
from typing import Any


def run_lines(answer: dict[str, Any]) -> list[str]:
    """Return what a planner wants to see first of a run."""
    currency, kpis = answer["currency"], answer["kpis"]
    lines = [f"{answer['scenario']}: {answer['status']}"]
    lines.extend(
        f"  round {trace['round']}: cost {_money(trace['cost'])} {currency}/a, {trace['outlets']} outlets, "
        f"kept {trace['kept']}, missed {trace['missed']}, undecided {trace['undecided']}, "
        f"gap {_percent(trace['gap'])} ({trace['solver_status']})"
        for trace in answer["trace"]
    )
    actions = Counter(site["action"] for site in answer["sites"])
    lines.append("  sites: " + ", ".join(f"{count} {action}" for action, count in sorted(actions.items())))
    lines.append(f"  operator's cost {_money(answer['cost'])} {currency}/a")
    if answer["gap"] is not None:
        lines.append(f"  MILP gap {_percent(answer['gap'])}; the bound refers to {answer['bound_refers_to']}")
    lines.extend(
        f"  {name} {kpis[name]['value']:.3f} ± {kpis[name]['half_width']:.3f} {kpis[name]['unit']}"
        for name in ("share_in_time.counter", "share_in_time.terminal", "wait_p90", "leavers", "served_share")
        if name in kpis
    )
    missed = [site["id"] for site in answer["sites"] if site["verdict"] == "missed"]
    if missed:
        lines.append(f"  promise missed at {len(missed)} sites: {', '.join(missed)}")
    lines.extend(_stopping(answer))
    lines.append(f"  report: {answer['report']}")
    if answer["visit_log"]:
        lines.append(f"  visit log: {answer['visit_log']}")
    lines.extend(told["words"] for told in answer.get("visit_trace", ()))
    return lines


def _stopping(answer: dict[str, Any]) -> list[str]:
    """Return how many days it took, where days were added until measures were known well enough."""
    stopping = answer["stopping"]
    if not stopping or not stopping["goals"]:
        return []
    short = ", ".join(goal["kpi"] for goal in stopping["goals"] if not goal["reached"])
    end = f"not reached: {short}" if short else f"{stopping['decided_by']} was the last to be known well enough"
    return [f"  measured on {answer['measured_days']} days; {end}"]


def comparison_lines(answer: dict[str, Any]) -> list[str]:
    """Return the differences that stand out of chance, scenario by scenario."""
    lines = [f"baseline {answer['baseline']}, {answer['days']} common days"]
    for scenario in answer["scenarios"][1:]:
        lines.append(f"{scenario} ({answer['statuses'][scenario]}):")
        rows = [row for row in answer["kpis"] if row["scenario"] == scenario and row["significant"]]
        lines.extend(
            f"  {row['kpi']:28s} {row['baseline_value']:14,.3f} -> {row['value']:14,.3f}  "
            f"{row['difference']:+14,.3f} ± {row['half_width']:,.3f} {row['unit'].replace('money', answer['currency'])}"
            f"{_better(row)}"
            for row in rows
        )
    lines.append(f"report: {answer['report']}")
    return lines


def _better(row: dict[str, Any]) -> str:
    """Return whether a difference that stands out of chance is good news."""
    if row["better"] == "none":
        return ""
    return "  better" if (row["difference"] < 0) == (row["better"] == "lower") else "  worse"


def _money(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
