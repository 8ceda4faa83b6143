"""The consistency checker: what a draft says against itself, against its numbers and against the register.

check(report, now=...)                      run all rules, replace the report's findings
open_errors(report)                         what stands in the way of publishing
waive(finding, by=..., reason=..., now=...) let a finding stand, for exactly these facts

A rule is one function in `reports.checks.rules`, registered by code, over a frozen `reports.checks.draft.Draft`.
"""

from reports.checks.findings import check, open_errors, open_findings, waive

__all__ = ["check", "open_errors", "open_findings", "waive"]
