"""The desk's screens for reports: the draft, its manuscript, its findings, and publishing."""

from reports.admin.editions import EditionAdmin
from reports.admin.register import CompanyOfReports, DevelopmentFeed
from reports.admin.report import IndustryAdmin, ReportAdmin
from reports.admin.sheets import ColumnMappingAdmin, SheetImportAdmin

__all__ = [
    "ColumnMappingAdmin",
    "CompanyOfReports",
    "DevelopmentFeed",
    "EditionAdmin",
    "IndustryAdmin",
    "ReportAdmin",
    "SheetImportAdmin",
]
