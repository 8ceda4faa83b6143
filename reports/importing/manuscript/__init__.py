"""Reads the text of a published market report, plain or Markdown, into a Manuscript. Knows nothing of Django."""

from reports.importing.manuscript.model import Manuscript
from reports.importing.manuscript.output import as_json, as_table
from reports.importing.manuscript.reader import parse

__all__ = ["Manuscript", "as_json", "as_table", "parse"]
