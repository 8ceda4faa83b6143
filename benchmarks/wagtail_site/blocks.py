"""Our page's content taken apart into the blocks that a Wagtail editor would have entered."""

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag

_HEADINGS, _PARAGRAPHS = ("h1", "h2", "h3", "h4", "figcaption", "summary"), ("p", "li", "dt", "dd")


def blocks_of(html: str) -> list[tuple[str, Any]]:
    """Headings, paragraphs, tables and drawings of a page, in its order, as StreamField's pairs of name and value.

    Links to explanations of numbers, buttons, forms and the frame of the page are left out: Wagtail has none of them.
    """
    soup = BeautifulSoup(html, "html.parser")
    for part in soup(["script", "style", "form", "button", "nav", "header", "footer", "template"]):
        part.decompose()
    return list(_blocks(soup.body or soup))


def _blocks(within: Tag) -> Iterator[tuple[str, Any]]:
    for part in within.children:
        if not isinstance(part, Tag):
            continue
        if part.name == "table":
            rows = [[_text(cell) for cell in row.find_all(["th", "td"])] for row in part.find_all("tr")]
            width = max(map(len, rows), default=0)
            data = [row + [""] * (width - len(row)) for row in rows if row]
            yield "table", {"data": data, "first_row_is_table_header": True, "first_col_is_header": True}
        elif part.name == "svg":
            yield "chart", str(part)
        elif part.name in _HEADINGS and (text := _text(part)):
            yield "heading", text
        elif part.name in _PARAGRAPHS and not part.find(["table", "svg", *_HEADINGS, "p"]):
            if text := _text(part):
                yield "paragraph", f"<p>{text}</p>"
        else:
            yield from _blocks(part)


def _text(part: Tag) -> str:
    return " ".join(part.get_text(" ").split())
