"""docs/spreadsheets.md describes every column of every template, so that nobody has to guess."""

from pathlib import Path

import pytest

from reports.importing.sheets.parts import PARTS

DOCS = (Path(__file__).parents[3] / "docs" / "spreadsheets.md").read_text()


@pytest.mark.parametrize("code", list(PARTS))
def test_every_column_is_described(code: str) -> None:
    after = DOCS.split(f"### `{code}`: {PARTS[code].about}", 1)
    assert len(after) == 2, "the table has a section with its own words"
    section = after[1].split("\n##", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == PARTS[code].names
    needed = [row.split("`")[1] for row in rows if "| yes |" in row]
    assert needed == [column.name for column in PARTS[code].columns if column.required]
