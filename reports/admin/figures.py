"""Suggestions while an editor types `[[`: figures of the report's market by name or address, with their values now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from forecasts.models import Market
from reports.figures import TOTAL, UnknownFigure, resolve
from reports.market_numbers import MarketNumbers, load_numbers
from reports.models import Report

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin

SHOWN = 12
VALUES_ASKED = 500
FORMATS = ("words", "words 2", "per cent", "pp", "number", "0", "1", "2")


def figures_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> JsonResponse:
    """`?q=europe 2031`: up to a dozen figures that match every word; what to insert, name and value of each.

    `?ref=total 2031&ref=…`: what each reference reads now, or in a sentence why it names nothing.
    """
    report = get_object_or_404(Report.objects.select_related("market"), pk=pk)
    if not desk.has_view_permission(request, report):
        raise PermissionDenied
    if asked := request.GET.getlist("ref")[:VALUES_ASKED]:
        return JsonResponse({"values": values(report.market, asked)})
    typed = request.GET.get("q", "")[:100].lower()
    before, bar, _ = typed.partition("|")
    found = formats(report.market, before.strip()) if bar else suggestions(report.market, typed.split())
    return JsonResponse({"figures": list(found)})


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
    """Figures whose address or name holds every word, the total's first. Those without a value are left out.

    Those whose name begins with the first word come before the others: "europe" means Europe, not a country in it.
    """
    numbers = load_numbers(market)
    fitting = [
        (reference, name)
        for reference, name in _candidates(market, numbers)
        if all(word in f"{reference} {name}".lower() for word in words)
    ]
    if words:
        fitting.sort(key=lambda one: not one[1].lower().startswith(words[0]))
    found = 0
    for reference, name in fitting:
        if found == SHOWN:
            return
        try:
            shown = resolve(reference, numbers).shown
        except UnknownFigure:
            continue
        found += 1
        yield {"insert": f"[[{reference}]]", "name": name, "value": shown}


def formats(market: Market, reference: str) -> Iterator[dict[str, str]]:
    """The figure in every format it has, after an editor typed a bar."""
    numbers = load_numbers(market)
    for form in FORMATS:
        asked = f"{reference} | {form}"
        try:
            yield {"insert": f"[[{asked}]]", "name": f"| {form}", "value": resolve(asked, numbers).shown}
        except UnknownFigure:
            continue


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
        yield f"shift {path} {span}", f"{name}, change in share"
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
