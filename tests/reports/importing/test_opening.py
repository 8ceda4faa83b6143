"""Strangers' files are opened within bounds: whatever they hold, the answer is a sentence, soon."""

import io
import resource
import time
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis.strategies import text

from reports.importing.opening import CannotOpen, open_html, open_word, open_workbook
from reports.importing.opening.words import text_of_html
from reports.importing.reading import ManuscriptError, read_bytes
from reports.importing.sheets.escaping import escaped, unescaped
from reports.importing.sheets.tables import read_tables


def workbook(*cells: tuple[int, int, object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("data")
        for row, column, value in cells:
            sheet.write(row, column, value)
    return out.getvalue()


def packed(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def many_files() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def lying_bomb() -> bytes:
    """A zip bomb whose headers say that it unpacks to nothing much."""
    content = bytearray(packed(xl__workbook_xml=b"<x/>", xl__sheet_xml=b"0" * 200_000_000))
    size = (200_000_000).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return packed(
        word__document_xml=f'<!DOCTYPE d [<!ENTITY l0 "lol">{levels}]><d>&l11;</d>'.encode(),
        xl__workbook_xml=f'<!DOCTYPE d [<!ENTITY l0 "lol">{levels}]><d>&l11;</d>'.encode(),
    )


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a zip bomb": lambda: packed(xl__workbook_xml=b"<x/>", word__document_xml=b"<x/>", a=b"0" * 300_000_000),
    "a zip bomb that lies": lying_bomb,
    "many files": many_files,
    "two cells far apart": lambda: workbook((0, 0, "a"), (1_048_575, 16_383, "b")),
    "two cells not so far apart": lambda: workbook((0, 0, "a"), (59_000, 16_000, "b")),
    "too many rows": lambda: workbook(*((row, 0, row) for row in range(61_000))),
    "entities within entities": entity_bomb,
    "a PDF": lambda: b"%PDF-1.7\n...",
    "half a workbook": lambda: workbook((0, 0, "name"), (1, 0, "Foo"))[:-300],
    "a zip file of something else": lambda: packed(readme=b"hello"),
    "an empty file": lambda: b"",
    "noise": lambda: b"PK\x03\x04" + bytes(range(256)) * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("opens", [open_workbook, open_word], ids=["workbook", "Word"])
def test_a_hostile_file_is_refused_in_a_sentence_soon_and_in_little_memory(
    name: str, opens: Callable[[bytes, str], object]
) -> None:
    content = HOSTILE[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    busy = _processor_seconds()
    with pytest.raises(CannotOpen) as refused:
        opens(content, "file.xlsx")
    assert str(refused.value).startswith("file.xlsx ")
    assert str(refused.value).endswith(".")
    assert _processor_seconds() - busy < 4, "the child is ended after three seconds of the processor"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024, "KB in the server's own process"


def _processor_seconds() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def test_a_workbook_of_20_000_rows_is_read() -> None:
    content = workbook(*((row, at, f"{row} {at}") for row in range(20_000) for at in range(6)))
    assert len(read_tables(content, "big.xlsx")[0].rows) == 19_999


def test_cells_are_read_as_they_would_be_typed() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["a", "b", "c", "d", "e", "f"])
        sheet.write_row(1, 0, [2024.0, 0.1, True, 1e-7, "=1+1"])
        sheet.write_datetime(1, 5, date(2023, 11, 15), day)
    (table,) = read_tables(out.getvalue(), "cells.xlsx")
    assert table.rows[0].cells == ("2024", "0.1", "yes", "0.0000001", "=1+1", "2023-11-15")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'name\n"Foo\nBar', "quotation mark"),
        (b"name\n" + b"x" * 200_000, "proper csv"),
        (b"a," * 300 + b"\n1", "200 columns"),
        (b"\x00\x01\x02", "no text"),
        (b"PK\x03\x04...", "named like a csv"),
        (b"name\n", "no row below a header"),
        (b"", "empty"),
        (b"name\n" + b"x\n" * 50_100, "more than 50,000 rows"),
    ],
)
def test_what_is_no_csv_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(CannotOpen, match=says):
        read_tables(content, "file.csv")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_may_be_parted_and_encoded_as_spreadsheets_do(mark: str, encoding: str) -> None:
    content = f'name{mark}country\n"Société{mark} SA"{mark}FR\n'.encode(encoding)
    (table,) = read_tables(content, "file.csv")
    assert table.rows[0].cells == (f"Société{mark} SA", "FR")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+49 30", "'+49 30"),
        ("@name", "'@name"),
        ("- dash", "'- dash"),
        ("-12.5", "-12.5"),
        ("+3", "+3"),
        ("'=x", "''=x"),
        ("'tis", "'tis"),
        ("'-5", "''-5"),
        ("plain", "plain"),
    ],
)
def test_no_text_is_run_as_a_formula_and_each_comes_back_as_it_was(text: str, written: str) -> None:
    assert escaped(text) == written
    assert unescaped(written) == text


@given(text())
def test_whatever_the_text_it_comes_back_as_it_was(any_text: str) -> None:
    assert unescaped(escaped(any_text)) == any_text


PAGE = """<!doctype html><html><head><title>Wiper Blade Market</title><style>p{}</style>
<script>alert("Worth USD 9,999 million in 2024")</script></head><body>
<h1>Wiper Blade Market</h1><p>The market was valued at <b>USD 1,200&nbsp;million</b> in 2024.<br>It grows.</p>
<h2>Key Players</h2><ul><li>Foo, Inc.</li><li onclick="x()">Bar AG<ul><li>Deep</li></ul></li></ul>
<table><tr><th>Attribute</th><th>Details</th></tr><tr><td>Base Year</td><td>2024</td></tr></table>
<template>unseen</template><noscript>unseen</noscript></body></html>"""


def test_a_page_gives_the_text_that_its_readers_see() -> None:
    text = open_html(PAGE, "page.html")
    assert text.splitlines()[:4] == [
        "# Wiper Blade Market",
        "",
        "The market was valued at USD 1,200 million in 2024.",
        "It grows.",
    ]
    assert "- Foo, Inc.\n- Bar AG\n  - Deep" in text
    assert "| Attribute | Details |\n|---|---|\n| Base Year | 2024 |" in text
    assert "9,999" not in text
    assert "unseen" not in text
    assert read_bytes(PAGE.encode(), "page.txt") == text, "a page is known by its first tag, whatever its name"


@pytest.mark.parametrize(
    "html", ["", "<", "<p", "</p></p>", "<table><td>x", "<li>" * 5000, "<![CDATA[", "<!--", "&#xFFFFFFFF;"]
)
def test_any_markup_is_read_without_failing(html: str) -> None:
    assert isinstance(text_of_html(html), str)


def word(*paragraphs: str) -> bytes:
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in (paragraph.split("|") for paragraph in paragraphs)
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2)
    )
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{types}/relationships"><Relationship Id="a" Type="{kinds}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{types}/relationships"><Relationship Id="s" Type="{kinds}/styles" '
            'Target="styles.xml"/></Relationships>',
        )
        archive.writestr("word/styles.xml", f"<w:styles {space}>{styles}</w:styles>")
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def test_a_word_document_gives_its_text_with_headings() -> None:
    content = word("Heading1|Wiper Blade Market", "Normal|Valued at USD 1,200 million in 2024.", "Heading2|Key Players")
    text = read_bytes(content, "wipers.docx")
    assert text == "# Wiper Blade Market\n\nValued at USD 1,200 million in 2024.\n\n## Key Players\n"


def test_a_workbook_is_no_manuscript_and_says_so() -> None:
    with pytest.raises(ManuscriptError, match="not a Word document"):
        read_bytes(workbook((0, 0, "a")), "book.docx")


def test_a_refusal_takes_less_than_two_seconds_on_an_idle_machine() -> None:
    started, busy = time.monotonic(), _processor_seconds()
    with pytest.raises(CannotOpen):
        open_workbook(HOSTILE["a zip bomb"](), "bomb.xlsx")
    # Making the bomb itself takes a second; on a busy machine the clock says little.
    assert _processor_seconds() - busy < 2.5 or time.monotonic() - started < 2
