"""The reporting room's tables: the words of a report (draft), what was imported, what was found, what was published."""

from reports.models.content import (
    Abbreviation,
    MarketForce,
    MatrixArea,
    MatrixCell,
    PestItem,
    Player,
    PorterForce,
    Section,
    SegmentNarrative,
    Takeaway,
)
from reports.models.editions import Edition, EditionValue, Withdrawal
from reports.models.findings import Finding, Waiver
from reports.models.manuscripts import AliasSuggestion, HeadlineClaim, ManuscriptImport, UnplacedLine
from reports.models.projections import EditionCompany, EditionDevelopment, EditionSegment, EditionSummary
from reports.models.report import Industry, Report, ReportDevelopment
from reports.models.sheets import ColumnMapping, SheetImport, SheetRow
from reports.models.workflow import DraftCheck, Presence, ReviewComment, Workflow

__all__ = [
    "Abbreviation",
    "AliasSuggestion",
    "ColumnMapping",
    "DraftCheck",
    "Edition",
    "EditionCompany",
    "EditionDevelopment",
    "EditionSegment",
    "EditionSummary",
    "EditionValue",
    "Finding",
    "HeadlineClaim",
    "Industry",
    "ManuscriptImport",
    "MarketForce",
    "MatrixArea",
    "MatrixCell",
    "PestItem",
    "Player",
    "PorterForce",
    "Presence",
    "Report",
    "ReportDevelopment",
    "ReviewComment",
    "Section",
    "SegmentNarrative",
    "SheetImport",
    "SheetRow",
    "Takeaway",
    "UnplacedLine",
    "Waiver",
    "Withdrawal",
    "Workflow",
]
