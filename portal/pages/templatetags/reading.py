"""Filters with which templates print an edition: prose, numbers, growth."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from portal.exports.citing import cite
from portal.pages.prose import prose_html
from portal.pages.report_page import ReportPage
from reports.document import Document, Prose
from reports.figures import grouped, percent

register = template.Library()


@register.filter
def prose(value: Prose, page: ReportPage | Document | None = None) -> SafeString:
    """Prose as safe HTML with its figures marked up. `page` gives the figures' names, and where they are explained."""
    if isinstance(page, ReportPage):
        return prose_html(value, page.document, page.asking.of)
    return prose_html(value, page or None)


@register.simple_tag(takes_context=True)
def asked(context: Context, kind: str, path: str, years: Any) -> str:
    """Where a number on the report page is explained: `{% asked "cagr" row.path table.growth_span %}`; else nothing."""
    page = context["page"]
    scenario = "" if page.scenario.code == "base" else f"@{page.scenario.code}"
    kind, path = ("total", "") if kind == "segment" and path == "total" else (kind, f"/{path}")
    return str(page.asking.of(f"{kind}{path}/{years}{scenario}".replace("–", "-")))


@register.filter
def number(value: Decimal | None, places: int = 2) -> str:
    """1234.5 -> "1,234.50"; nothing for None."""
    return "" if value is None else grouped(value, places)


@register.filter
def rate(value: Decimal | None, places: int = 1) -> str:
    """A percentage in the house style, with a space that does not break."""
    return "" if value is None else percent(value, places).replace(" ", "\u00a0")


@register.filter
def signed(value: Decimal | None, places: int = 2) -> str:
    """+1.20 or −0.60: a change, with a true minus sign."""
    if value is None:
        return ""
    shown = grouped(abs(value), places)
    if not Decimal(shown.replace(",", "")):
        return shown
    return ("−" if value < 0 else "+") + shown


@register.filter
def initial(value: str) -> str:
    """A word with a capital first letter, the rest as it is."""
    return value[:1].upper() + value[1:]


@register.inclusion_tag("components/take.html", takes_context=True)
def take(context: Context, code: str = "", name: str = "", place: str = "", pictures: bool = True) -> dict[str, Any]:
    """The files and the citation of one table or chart, of the very edition and scenario that is on the page.

    `code` is the dimension's or cross-table's, "total" for the whole market, empty for the whole report; `place` is its
    anchor. `pictures` says whether it is drawn as a chart too. A figure that is no table has a `place` and no `code`.
    """
    edition, document = context["edition"], context["document"]
    scenario = context["page"].scenario.code
    asked = {"edition": edition.number} | ({"scenario": scenario} if code and scenario != "base" else {})
    part = {"edition": edition.number} | ({"table": code} if code else {})
    return {
        "code": code,
        "place": place,
        "pictures": pictures,
        "name": name or document.title,
        "slug": edition.report.slug,
        "query": f"?{urlencode(asked)}",
        "part_query": f"?{urlencode(part)}",
        "citation": cite(edition, code=code, part=name, anchor=place),
    }
