"""A manuscript's paragraphs as the HTML that drafts hold: paragraphs, lists and headings, nothing else."""

import html
import re

_HEADING = re.compile(r"^#{1,6}\s+(.*)$")


def as_html(text: str) -> str:
    """Paragraphs apart by blank lines become <p>, lines with "- " a list, "### " a heading. Escapes the rest."""
    out: list[str] = []
    items: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        for line in paragraph.split("\n"):
            line = line.strip()
            if line.startswith("- "):
                items.append(f"<li>{html.escape(line[2:], quote=False)}</li>")
                continue
            if items:
                out.append(f"<ul>{''.join(items)}</ul>")
                items = []
            if match := _HEADING.match(line):
                out.append(f"<h3>{html.escape(match[1], quote=False)}</h3>")
            elif line:
                out.append(f"<p>{html.escape(line, quote=False)}</p>")
    if items:
        out.append(f"<ul>{''.join(items)}</ul>")
    return "".join(out)


def table_as_html(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A table as HTML with one heading row."""

    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell, quote=False)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f"<table><thead>{row(header, 'th')}</thead><tbody>{body}</tbody></table>"


def fitted(text: str, length: int) -> str:
    """The text, cut with an ellipsis where a column is too short for it."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
