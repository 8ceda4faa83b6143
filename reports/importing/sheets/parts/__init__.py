"""What can be imported: each part is a table of its own, with its columns, its key and its model."""

from reports.importing.sheets.parts.analysis import ANALYSIS_PARTS
from reports.importing.sheets.parts.base import Part
from reports.importing.sheets.parts.crossing import CROSSING_PARTS
from reports.importing.sheets.parts.inputs import INPUT_PARTS
from reports.importing.sheets.parts.market import DIMENSIONS, SEGMENTS
from reports.importing.sheets.parts.profiles import PROFILE_PARTS
from reports.importing.sheets.parts.register import COMPANIES, DEVELOPMENTS
from reports.importing.sheets.parts.reports import REPORTS
from reports.importing.sheets.parts.words import WORD_PARTS

# In the order in which they are stored: what others refer to comes first.
PARTS: dict[str, Part] = {
    part.code: part
    for part in (
        COMPANIES, *PROFILE_PARTS, REPORTS, DIMENSIONS, SEGMENTS, *INPUT_PARTS, *CROSSING_PARTS, *WORD_PARTS,
        *ANALYSIS_PARTS, DEVELOPMENTS,
    )
}  # fmt: skip
ORDER: dict[str, int] = {code: number for number, code in enumerate(PARTS)}

__all__ = ["ORDER", "PARTS", "Part"]
