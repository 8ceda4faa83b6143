"""HTML as the Markdown that the importer of manuscripts reads. Scripts, styles and everything unseen are left out.

Pure: no Django.
"""

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object", "select", "button"}
_FURNITURE = {"nav", "footer"}
"""The site's own parts of a page, which often advertise other reports."""
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "ul", "ol", "dl", "blockquote", "pre",
    "table", "form", "figure", "figcaption", "address", "dt", "dd", "hr", "body", "html",
}  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source", "track", "param"}
MAX_DEPTH = 200


def looks_like_html(text: str) -> bool:
    """Whether a text is written in HTML: it has a closing or a paragraph tag."""
    return bool(re.search(r"</(p|div|h[1-6]|li|ul|ol|table|body|html|span|strong|b)>|<(p|br)\s*/?>", text, re.I))


def text_of_html(html: str) -> str:
    """The text that a reader of the page would see, with its headings, lists and tables in Markdown.

    Never fails, whatever the markup; links and pictures leave their words behind. Menus and the site's footer are left
    out, unless one is never closed or holds everything.
    """
    reader = _read(html, _SILENT | _FURNITURE)
    without = reader.text()
    if reader.is_inside(_FURNITURE) or not without:
        return _read(html, _SILENT).text()
    return without


def _read(html: str, silent: set[str]) -> "_Reader":
    reader = _Reader(silent)
    reader.feed(html)
    reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self, silent: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._leave_out = silent
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent: list[str] = []
        self._lists: list[str] = []
        self._items: list[int] = []
        self._prefix = ""
        self._rows: list[list[str]] | None = None
        self._cell: list[str] | None = None
        self._title: list[str] | None = None
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self.title:
            self._title = []
        if self._silent or tag in self._leave_out:
            if tag not in _VOID and len(self._silent) < MAX_DEPTH and tag in self._leave_out:
                self._silent.append(tag)
            return
        if self._cell is not None and tag not in ("td", "th", "tr"):
            if tag in _BLOCKS or tag in ("br", "li"):
                self._cell.append(" ")
            return
        match tag:
            case "br":
                self._end_line()
            case "table":
                self._end_block()
                self._rows = []
            case "tr" if self._rows is not None:
                self._end_cell()
                self._rows.append([])
            case "td" | "th" if self._rows is not None:
                self._end_cell()
                if not self._rows:
                    self._rows.append([])
                self._cell = []
            case "ul" | "ol":
                self._end_block() if not self._lists else self._end_line()
                if len(self._lists) < MAX_DEPTH:
                    self._lists.append(tag)
                    self._items.append(0)
            case "li":
                self._end_line()
                if self._items:
                    self._items[-1] += 1
                ordered = bool(self._lists) and self._lists[-1] == "ol"
                mark = f"{self._items[-1]}." if ordered else "-"
                self._prefix = "  " * (min(len(self._lists), 8) - 1) + mark + " "
            case _ if tag in _HEADINGS:
                self._end_block()
                self._prefix = "#" * _HEADINGS[tag] + " "
            case _ if tag in _BLOCKS:
                self._end_block() if not self._lists else self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self.title, self._title = " ".join("".join(self._title).split()), None
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        match tag:
            case "table" if self._rows is not None:
                self._end_cell()
                self._table(self._rows)
                self._rows = None
            case "td" | "th":
                self._end_cell()
            case "ul" | "ol" if self._lists:
                self._end_line()
                self._lists.pop()
                self._items.pop()
                if not self._lists:
                    self._end_block()
            case _ if self._cell is None and (tag in _HEADINGS or tag in _BLOCKS):
                self._end_block() if not self._lists else self._end_line()
            case "li":
                self._end_line()

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)
        if self._silent:
            return
        (self._cell if self._cell is not None else self._line).append(data)

    def is_inside(self, tags: set[str]) -> bool:
        """Whether one of these elements has not been closed."""
        return not tags.isdisjoint(self._silent)

    def text(self) -> str:
        """Everything read, with no more than one empty line in a row."""
        self._end_cell()
        if self._rows:
            self._table(self._rows)
        self._end_block()
        whole = re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()
        if self.title and not re.search(r"^# ", whole, re.M):
            whole = f"# {self.title}\n\n{whole}"
        return whole + "\n" if whole else ""

    def _end_line(self) -> None:
        words = " ".join("".join(self._line).split())
        self._line = []
        if words:
            self._lines.append(self._prefix + words)
            self._prefix = ""

    def _end_block(self) -> None:
        self._end_line()
        self._prefix = ""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def _end_cell(self) -> None:
        if self._cell is not None and self._rows:
            self._rows[-1].append(" ".join("".join(self._cell).split()).replace("|", "/"))
        self._cell = None

    def _table(self, rows: list[list[str]]) -> None:
        kept = [row for row in rows if any(row)]
        if not kept:
            return
        width = max(map(len, kept))
        self._end_block()
        for number, row in enumerate(kept):
            self._lines.append("| " + " | ".join([*row, *[""] * (width - len(row))]) + " |")
            if number == 0:
                self._lines.append("|" + "---|" * width)
        self._lines.append("")
