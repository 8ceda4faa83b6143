"""Prose of an edition as safe HTML: its figures marked up and still traceable, everything else cleaned once more."""

from collections.abc import Callable
from functools import lru_cache
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe

from reports.document import Document, Figure, Prose
from reports.gating import LOCKED_FIGURE

# Sections have headings of their own; a heading inside prose would break the order of the page's outline.
_HEADINGS = (("<h3>", "<p><strong>"), ("</h3>", "</strong></p>"), ("<h4>", "<p><strong>"), ("</h4>", "</strong></p>"))
_TAGS = {
    "p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "data",
    "table", "thead", "tbody", "tr", "th", "td", "sub", "sup",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"class", "href", "title"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "data": {"class", "value", "title"},
}
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})


def prose_html(prose: Prose, document: Document | None = None, asked: Callable[[str], str] | None = None) -> SafeString:
    """`prose` as HTML in which each figure is a `<data>` that names its address, and a link to where it is explained.

    `asked` gives that place for an address; without it, or where it gives none, a figure is no link.

    An edition's prose was cleaned when it was written; it is cleaned again here because this is where it reaches a
    browser, and an edition stored by an older release must not be trusted more than a new one.
    """
    html = "".join(run if isinstance(run, str) else _figure(run, document, asked) for run in prose)
    for written, shown in _HEADINGS:
        html = html.replace(written, shown)
    return mark_safe(_CLEANER.clean(html))


def plain_text(prose: Prose) -> str:
    """`prose` without any markup, for places such as the description of a page."""
    shown = "".join(run if isinstance(run, str) else escape(run.shown) for run in prose)
    return " ".join(nh3.clean(shown, tags=set()).split())


def _figure(figure: Figure, document: Document | None, asked: Callable[[str], str] | None) -> str:
    says = escape(described(figure.figure, document))
    locked = " figure-locked" if figure.shown == LOCKED_FIGURE else ""
    data = f'<data class="figure{locked}" value="{escape(figure.figure)}" title="{says}">{escape(figure.shown)}</data>'
    place = asked(figure.figure) if asked else ""
    return f'<a class="ask" href="{escape(place)}">{data}</a>' if place else data


def described(address: str, document: Document | None) -> str:
    """A figure's address in words: "share/geography/europe/2031" is "Share of Europe, 2031"."""
    names = {path: node.name for path, node in document.by_path.items()} if document else {}
    return _described(address, tuple(sorted(names.items())))


@lru_cache(maxsize=2048)
def _described(address: str, names: tuple[tuple[str, str], ...]) -> str:
    address, _, scenario = address.partition("@")
    kind, _, rest = address.partition("/")
    path, _, years = rest.rpartition("/")
    of = dict(names).get(path, "the whole market" if path in ("", "total") else path)
    years = years.replace("-", "–")
    words = {
        "total": "The whole market",
        "segment": of,
        "cagr": f"Growth a year of {of}",
        "share": f"Share of {of}",
        "shift": f"Change in the share of {of}",
        "growth": f"Growth on the year before of {of}",
        "largest": f"Largest segment of {of}",
        "fastest": f"Fastest-growing segment of {of}",
    }.get(kind, address)
    return ", ".join(filter(None, (words, years, f"{scenario} scenario" if scenario else "")))
