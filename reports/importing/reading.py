"""A manuscript's bytes as text, or one sentence on why they are not one."""

import re
from pathlib import Path

from reports.importing.opening import CannotOpen, open_html, open_word, weighing

MAX_BYTES = 5 * 1024 * 1024
_FORMATS = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
}
_PAGE = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype\s+html|<html|<head|<body)", re.I | re.S)


class ManuscriptError(ValueError):
    """A manuscript cannot be imported; the message is a sentence for the editor."""


def read_file(path: Path) -> str:
    """The text of a manuscript's file. Raises ManuscriptError, with a sentence, for anything that is not one."""
    try:
        size = path.stat().st_size
        if size > weighing.MAX_BYTES:
            raise ManuscriptError(_too_large(path.name, size))
        return read_bytes(path.read_bytes(), path.name)
    except FileNotFoundError:
        raise ManuscriptError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise ManuscriptError(f"{path} is a folder; name the manuscript's file.") from None
    except OSError as error:
        raise ManuscriptError(f"{path} can't be read: {error.strerror or error}.") from None


def read_bytes(content: bytes, name: str) -> str:
    """The text of an uploaded manuscript. Raises ManuscriptError.

    Plain text and Markdown come as UTF-8, or UTF-16 with a byte order mark; a Word document (.docx) and a web page
    (.html) give the text that their readers see, in Markdown.
    """
    if content.startswith(b"PK\x03\x04"):
        try:
            return checked(open_word(content, name), name)
        except CannotOpen as refused:
            raise ManuscriptError(str(refused)) from None
    if len(content) > MAX_BYTES:
        raise ManuscriptError(_too_large(name, len(content)))
    if kind := kind_of_file(content):
        raise ManuscriptError(
            f"{name} is {kind}. Save its text as Word (.docx), HTML, plain text or Markdown and import that."
        )
    try:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManuscriptError(
            f"{name} is not UTF-8: byte {error.start + 1} does not fit. Save it as UTF-8 and import it again."
        ) from None
    if name.lower().endswith((".html", ".htm", ".xhtml")) or _PAGE.match(text[:2000]):
        try:
            text = open_html(text, name)
        except CannotOpen as refused:
            raise ManuscriptError(str(refused)) from None
    return checked(text, name)


def kind_of_file(content: bytes) -> str:
    """What a file is that is no text, as "a PDF" or "a picture"; "" where its beginning does not tell."""
    return next((kind for magic, kind in _FORMATS.items() if content.startswith(magic)), "")


def checked(text: str, name: str) -> str:
    """The text itself. Raises ManuscriptError when it is empty or holds what no text holds."""
    if not text.strip("\ufeff \t\r\n\u00a0"):
        raise ManuscriptError(f"{name} is empty: there is nothing to import.")
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ManuscriptError(_too_large(name, len(text)))
    strange = sum(1 for character in text if character < " " and character not in "\t\r\n\f\v")
    if "\x00" in text or strange > len(text) // 50:
        raise ManuscriptError(f"{name} is not a text file. Save the page as plain text or Markdown and import that.")
    return text


def _too_large(name: str, size: int) -> str:
    megabytes = f"{size / 1024 / 1024:.1f} MB"
    return f"{name} is {megabytes}; a manuscript may be 5 MB at most. Split it or leave out what is no text."
