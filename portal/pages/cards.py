"""The pictures shown where a page is linked (Open Graph): drawn here from public facts, the same for every reader.

A card of an edition never changes, so it is drawn once and kept in the portal's shared cache.
"""

import hashlib
import textwrap
from collections.abc import Callable
from decimal import Decimal
from xml.sax.saxutils import escape

import vl_convert
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portal.exports.citing import ILLUSTRATIVE, PUBLISHER
from portal.pages.choosing import choose
from portal.pages.companies import said_now
from portal.pages.library import headline_of
from reports.document import Document
from reports.figures import grouped, percent
from reports.models import EditionSummary

WIDTH, HEIGHT = 1200, 630
SANS = "Liberation Sans, Arial, Helvetica, sans-serif"
PAPER, INK, QUIET, RULE, BRASS = "#fcfbf8", "#15191e", "#5b626b", "#e1ddd3", "#c08a1e"
OBSERVED, PROJECTED = "#134a75", "#a9c6dd"
VERSION = 1
KEPT_FOR = 60 * 60 * 24 * 30
ON_LINE, LINES = 34, 3


@require_safe
def report_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The card of a report's current edition, or of the one asked for: its two public values and its growth."""
    edition = choose(slug, request.GET).edition
    document = headline_of(edition)
    return _answer(request, f"report-{edition.digest}", lambda: report_svg(document, edition.number))


@require_safe
def company_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The card of a company: its name and the reports that name it. Shares and profiles are not public."""
    rows = list(said_now().filter(slug=slug).values_list("name", "edition_id"))
    if not rows:
        raise Http404("No current report names this company.")
    titles = list(
        EditionSummary.objects.filter(edition__in=[pk for _, pk in rows])
        .order_by("title")
        .values_list("title", flat=True)
    )
    named = hashlib.sha256("\0".join([rows[0][0], *titles]).encode()).hexdigest()
    return _answer(request, f"company-{named}", lambda: company_svg(rows[0][0], titles))


@require_safe
def site_card(request: HttpRequest) -> HttpResponseBase:
    """The card of every page that has none of its own."""
    return _answer(request, "site", site_svg)


def report_svg(document: Document, number: int) -> str:
    """A report's card. Only the headline is read, all of which is public."""
    headline = document.headline
    parts = [_text(72, 116, document.industry, size=26, fill="#8c5c00", weight=600)]
    lines = _lines(document.title)
    parts += [_text(70, 184 + 66 * place, line, size=54, weight=700) for place, line in enumerate(lines)]
    top = 226 + 66 * (len(lines) - 1)
    values = [(headline.base_year, headline.base_value, OBSERVED), (headline.last_year, headline.end_value, PROJECTED)]
    known = [(year, value, colour) for year, value, colour in values if value is not None]
    highest = max((value for _, value, _ in known), default=Decimal(0))
    y = max(top + 40, 318)
    for year, value, colour in known:
        width = 440 * float(value / highest) if highest > 0 else 0
        parts.append(_text(72, y + 38, str(year), size=28, fill=QUIET))
        parts.append(f'<rect x="160" y="{y + 8}" width="{width:.1f}" height="40" fill="{colour}"/>')
        parts.append(_text(180 + width, y + 40, grouped(value, headline.decimals), size=34, weight=600))
        y += 66
    if known:
        projected = f"; {headline.last_year} is projected" if headline.end_value is not None else ""
        parts.append(_text(160, y + 28, f"{headline.unit}{projected}", size=24, fill=QUIET))
    else:
        parts.append(_text(72, y + 30, "Size not estimated", size=34, fill=QUIET))
    if headline.cagr is not None:
        parts.append(_text(1128, 436, percent(headline.cagr), size=84, weight=700, anchor="end"))
        parts.append(_text(1128, 474, "growth a year", size=24, fill=QUIET, anchor="end"))
    return _card(parts, f"Edition {number}", illustrative=headline.illustrative, says=document.title)


def company_svg(name: str, titles: list[str]) -> str:
    """A company's card."""
    lines = _lines(name)
    parts = [_text(72, 116, "Company", size=26, fill="#8c5c00", weight=600)]
    parts += [_text(70, 200 + 72 * place, line, size=62, weight=700) for place, line in enumerate(lines)]
    y = 280 + 72 * (len(lines) - 1)
    parts.append(_text(72, y, "In these market reports", size=26, fill=QUIET))
    shown = titles[:4] if len(titles) <= 4 else [*titles[:3], f"and {len(titles) - 3} more"]
    parts += [_text(72, y + 44 + 40 * place, textwrap.shorten(title, 62, placeholder="…"), size=30)
              for place, title in enumerate(shown)]  # fmt: skip
    return _card(parts, "", says=name)


def site_svg() -> str:
    """The card of the whole portal."""
    parts = [
        _text(70, 260, "Market reports in which", size=66, weight=700),
        _text(70, 340, "every number agrees", size=66, weight=700),
        _text(72, 410, "Sizes, growth, segments and companies, in numbered editions", size=30, fill=QUIET),
    ]
    return _card(parts, "", says=PUBLISHER)


def _card(parts: list[str], note: str, *, says: str, illustrative: bool = False) -> str:
    bob = (
        f'<path d="M1112 0V66" stroke="{QUIET}" stroke-width="3"/>'
        f'<path d="M1105 66h14v8l10 18-17 30-17-30 10-18z" fill="{BRASS}"/>'
    )
    foot = [
        f'<rect x="72" y="556" width="1056" height="1.500" fill="{RULE}"/>',
        _text(72, 598, PUBLISHER, size=30, weight=600),
        _text(1128, 598, note, size=24, fill=QUIET, anchor="end"),
    ]
    if illustrative:
        foot.append('<rect x="250" y="572" width="356" height="38" fill="#fcf3dc" stroke="#d9b45a"/>')
        foot.append(_text(428, 598, ILLUSTRATIVE, size=22, weight=600, fill="#5d4200", anchor="middle"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>{escape(says)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>{bob}{"".join(parts)}{"".join(foot)}</svg>'
    )


def _lines(words: str) -> list[str]:
    """Words on at most three lines; what does not fit is cut with a mark."""
    lines = textwrap.wrap(words, ON_LINE) or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], textwrap.shorten(" ".join(lines[LINES - 1 :]), ON_LINE, placeholder="…")]
    return lines


def _text(
    x: float, y: float, words: str, *, size: int, fill: str = INK, weight: int = 400,
    anchor: str = "start",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{SANS}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _answer(request: HttpRequest, name: str, draw: Callable[[], str]) -> HttpResponseBase:
    """The picture, from the cache or drawn now. It is public, so any cache may keep it for a day."""
    key = f"card-{VERSION}-{name}"
    etag = f'"{hashlib.sha256(key.encode()).hexdigest()[:24]}"'
    headers = {"Cache-Control": "public, max-age=86400", "ETag": etag, "X-Robots-Tag": "noindex"}
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    picture = cache.get(key)
    if picture is None:
        picture = bytes(vl_convert.svg_to_png(draw(), scale=1))
        cache.set(key, picture, KEPT_FOR)
    return HttpResponse(picture, content_type="image/png", headers=headers)
