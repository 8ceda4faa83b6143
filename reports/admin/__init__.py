"""The desk's screens for reports: the draft, its manuscript, its findings, and publishing."""

from reports.admin.editions import EditionAdmin
from reports.admin.report import IndustryAdmin, ReportAdmin

__all__ = ["EditionAdmin", "IndustryAdmin", "ReportAdmin"]
