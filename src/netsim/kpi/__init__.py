"""One measure = one function of simulated days, with unit and direction."""

from netsim.kpi import access, equity, generalised, money, outcomes, process, use, waits
from netsim.kpi.catalogue import KPIS, Kpi, KpiFamily, NetworkDays, VisitTable, visit_table
from netsim.kpi.measure import day_values, kpi_values, measures, values_of
from netsim.kpi.worse_off import worse_off

__all__ = [
    "KPIS",
    "Kpi",
    "KpiFamily",
    "NetworkDays",
    "VisitTable",
    "access",
    "day_values",
    "equity",
    "generalised",
    "kpi_values",
    "measures",
    "money",
    "outcomes",
    "process",
    "use",
    "values_of",
    "visit_table",
    "waits",
    "worse_off",
]
