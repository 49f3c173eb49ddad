"""Reports for boards and planners: pages, workbooks, maps; reads records, never runs anything."""

from netsim.report.comparison_report import write_comparison_report
from netsim.report.fit_report import write_fit_report
from netsim.report.records import ReportFiles
from netsim.report.run_report import write_run_report

__all__ = ["ReportFiles", "write_comparison_report", "write_fit_report", "write_run_report"]
