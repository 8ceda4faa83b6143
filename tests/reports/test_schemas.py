"""Every schema a document was ever stored with is read for ever: one stored document of each stays here."""

import json
from pathlib import Path

import pytest

from reports.document import SCHEMA, Document
from reports.figures import prose_text
from reports.models import Edition
from tests.documents import sample_document

STORED = sorted((Path(__file__).parent / "schemas").glob("*.json"), key=lambda path: int(path.stem))


def test_a_document_of_every_earlier_schema_is_kept_here() -> None:
    assert [int(path.stem) for path in STORED] == list(range(1, SCHEMA + 1))


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"schema {path.stem}")
def test_a_stored_document_is_read_in_todays_schema_and_says_the_same(path: Path) -> None:
    stored = json.loads(path.read_text())["document"]
    assert stored["schema"] == int(path.stem)
    document = Document.from_json(stored)
    assert document.schema == SCHEMA
    assert document.title == stored["title"]
    assert prose_text(document.overview[0].body)
    said = {
        (one["scenario"], one["path"], cell["year"]): cell["value"] for one in stored["series"] for cell in one["cells"]
    }
    assert {place: str(cell.value) for place, cell in document.cells.items()} == said
    again = json.loads(json.dumps(document.to_json()))
    assert Document.from_json(again) == document


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"schema {path.stem}")
def test_the_digest_of_an_edition_is_that_of_what_was_stored(path: Path) -> None:
    import hashlib

    from reports.document import canonical

    kept = json.loads(path.read_text())
    assert hashlib.sha256(canonical(kept["document"])).hexdigest() == kept["digest"]


def test_the_first_schema_had_no_cross_tables() -> None:
    stored = json.loads(STORED[0].read_text())["document"]
    assert "cross_tables" not in stored
    assert Document.from_json(stored).cross_tables == ()


def test_an_edition_of_an_old_schema_is_read_like_any(db: None) -> None:
    kept = json.loads(STORED[0].read_text())
    edition = Edition(schema=1, document=kept["document"], digest=kept["digest"])
    assert edition.contents.schema == SCHEMA
    assert sample_document().schema == SCHEMA
