"""Suggestions while an editor types `[[`: figures of the report's market by name or address, with their values now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from forecasts.models import Market
from reports.compiling import MarketNumbers, load_numbers
from reports.figures import TOTAL, UnknownFigure, resolve
from reports.models import Report

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin

SHOWN = 12
VALUES_ASKED = 500


def figures_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> JsonResponse:
    """`?q=europe 2031`: up to a dozen figures that match every word; what to insert, name and value of each.

    `?ref=total 2031&ref=…`: what each reference reads now, or in a sentence why it names nothing.
    """
    report = get_object_or_404(Report.objects.select_related("market"), pk=pk)
    if not desk.has_view_permission(request, report):
        raise PermissionDenied
    if asked := request.GET.getlist("ref")[:VALUES_ASKED]:
        return JsonResponse({"values": values(report.market, asked)})
    words = request.GET.get("q", "")[:100].lower().split()
    return JsonResponse({"figures": list(suggestions(report.market, words))})


def values(market: Market, references: list[str]) -> dict[str, dict[str, str]]:
    """Reference -> {"value": as it will be printed} or {"problem": sentence}."""
    numbers = load_numbers(market)
    answers = {}
    for reference in references:
        try:
            answers[reference] = {"value": resolve(reference, numbers).shown}
        except UnknownFigure as unknown:
            answers[reference] = {"problem": str(unknown)}
    return answers


def suggestions(market: Market, words: list[str]) -> Iterator[dict[str, str]]:
    """Figures whose address or name holds every word, the total's first. Those without a value are left out."""
    numbers = load_numbers(market)
    found = 0
    for reference, name in _candidates(market, numbers):
        if found == SHOWN:
            return
        if not all(word in f"{reference} {name}".lower() for word in words):
            continue
        try:
            shown = resolve(reference, numbers).shown
        except UnknownFigure:
            continue
        found += 1
        yield {"insert": f"[[{reference}]]", "name": name, "value": shown}


def _candidates(market: Market, numbers: MarketNumbers) -> Iterator[tuple[str, str]]:
    first, last = market.base_year, market.last_year
    years = [first, last, *(year for year in market.years if year not in (first, last))]
    span = f"{first}-{last}"
    for year in (first, last):
        yield f"total {year}", f"{market.name}, {year}"
        yield f"total {year} | words", f"{market.name}, {year}, in words"
    yield f"cagr {span}", f"{market.name}, growth a year"
    codes = [dimension.code for dimension in market.dimensions.all()]
    for path in numbers.paths():
        if path == TOTAL or path in codes:
            continue
        name = numbers.name(path)
        yield f"segment {path} {last}", f"{name}, {last}"
        yield f"share {path} {last}", f"{name}, share in {last}"
        yield f"cagr {path} {span}", f"{name}, growth a year"
    for code in codes:
        yield f"largest {code} {last}", f"{numbers.name(code)}: the largest in {last}"
        yield f"fastest {code} {span}", f"{numbers.name(code)}: the fastest growing"
    for year in years[2:]:
        yield f"total {year}", f"{market.name}, {year}"
        yield f"growth {year}", f"{market.name}, change on the year before {year}"
    for path in numbers.paths():
        if path == TOTAL or path in codes:
            continue
        for year in (first, *years[2:]):
            yield f"segment {path} {year}", f"{numbers.name(path)}, {year}"
            yield f"share {path} {year}", f"{numbers.name(path)}, share in {year}"
