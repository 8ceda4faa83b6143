"""The report itself and the market it is on: one row a report."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import slugify

from forecasts.models import Market
from reports.importing.sheets.columns import Choice, Code, Column, Currency, Kind, Lines, UnitMult, Whole, YesNo
from reports.importing.sheets.parts.base import Part, Problem, Values
from reports.importing.sheets.places import Places
from reports.models import Industry, Report

_OF_MARKET = {
    "measure",
    "currency",
    "unit_mult",
    "decimals",
    "price_basis",
    "price_year",
    "first_year",
    "base_year",
    "last_year",
    "reconciliation",
}


class Reports(Part):
    code = "reports"
    title = "Reports"
    about = "The report and its market: one row a report. A new row makes a draft."
    model = Report
    key = ("report",)
    belongs_to = "report"
    columns = (
        Column(
            "report",
            "The report’s code: the last part of its address.",
            Code(),
            required=True,
            example="car-sunroof-market",
            attribute="slug",
        ),
        Column("title", "Its title.", Kind(200), required=True, example="Car Sunroof Market"),
        Column(
            "industry",
            "Its industry by name; a new name makes a new industry.",
            Kind(120),
            required=True,
            example="Automotive parts",
        ),
        Column("summary", "Two or three sentences for lists and search results.", Lines(2000)),
        Column("concentration", "low, medium, high or empty.", Choice(options=list(Report.Concentration.choices))),
        Column("illustrative", "yes: not market data, and said so everywhere.", YesNo(), example="no"),
        Column("market", "The market’s code.", Code(), required=True, example="car-sunroof-market"),
        Column("market_name", "The market’s name.", Kind(200), required=True, example="Car Sunroof Market"),
        Column("measure", "What is counted: revenue, units sold.", Kind(100), example="Revenue", never_empty=True),
        Column("currency", "ISO 4217 code.", Currency(), example="USD", never_empty=True),
        Column(
            "unit_mult",
            "units, thousand, million or billion: what values are in.",
            UnitMult(),
            example="million",
            never_empty=True,
        ),
        Column(
            "decimals",
            "Places that numbers are printed with, 0 to 4.",
            Whole(least=0, greatest=4),
            example="2",
            never_empty=True,
        ),
        Column(
            "price_basis",
            "current or constant prices.",
            Choice(options=list(Market.PriceBasis.choices)),
            example="current",
            never_empty=True,
        ),
        Column("price_year", "For constant prices: of which year.", Whole(least=1900, greatest=2200)),
        Column("first_year", "The first year shown.", Whole(least=1900, greatest=2200), required=True, example="2021"),
        Column("base_year", "The base year.", Whole(least=1900, greatest=2200), required=True, example="2024"),
        Column(
            "last_year",
            "The last year of the forecast.",
            Whole(least=1900, greatest=2200),
            required=True,
            example="2031",
        ),
        Column(
            "reconciliation",
            "top-down, structural or variance.",
            Choice(options=list(Market.Reconciliation.choices)),
            example="top-down",
            never_empty=True,
        ),
    )

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        slugs = {values["report"] for values in rows if values.get("report")}
        places.load_reports(slugs - places.reports.keys())
        places.load_markets({str(values.get("market", "")) for values in rows} - places.markets.keys())
        return {slug.casefold(): report for slug, report in places.reports.items() if slug in slugs}

    def values_of(self, stored: Any) -> Values:
        market = stored.market
        own = {
            "report": stored.slug,
            "industry": stored.industry.name,
            "market": market.slug,
            "market_name": market.name,
        }
        return {
            column.name: own[column.name]
            if column.name in own
            else getattr(market if column.name in _OF_MARKET else stored, column.name)
            for column in self.columns
        }

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems: list[Problem] = []
        if stored is None:
            needed = ("title", "industry", "market", "market_name", "first_year", "base_year", "last_year")
            problems += [
                Problem(name, f"A new report needs the column “{name}”.") for name in needed if name not in values
            ]
            market = places.markets.get(str(values.get("market", "")))
            if market is not None and hasattr(market, "report"):
                problems.append(Problem("market", f"The market “{market.slug}” has a report already: {market.report}."))
        elif values.get("market", stored.market.slug) != stored.market.slug:
            problems.append(Problem("market", f"This report is on the market “{stored.market.slug}”, and stays on it."))
        years: list[Any] = [
            values.get(name, stored and getattr(stored.market, name))
            for name in ("first_year", "base_year", "last_year")
        ]
        if all(years) and not years[0] <= years[1] < years[2] <= years[0] + 60:
            problems.append(
                Problem("base_year", "The years must be in order, first, base, last, and span at most 60 years.")
            )
        basis = values.get("price_basis", stored.market.price_basis if stored else "current")
        price_year = values.get("price_year", stored.market.price_year if stored else None)
        if (basis == "constant") != (price_year is not None):
            problems.append(
                Problem("price_year", "Constant prices need the year they are of; current prices have none.")
            )
        return problems

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        for values, stored in rows:
            market = stored.market if stored is not None else places.markets.get(values["market"])
            market = market or Market(slug=values["market"])
            market.name = values.get("market_name", market.name)
            for name in _OF_MARKET & values.keys():
                setattr(market, name, values[name])
            market.save()
            report = stored if stored is not None else Report(slug=values["report"])
            report.market = market
            for name in ("title", "summary", "concentration", "illustrative"):
                if name in values:
                    setattr(report, name, values[name])
            if "industry" in values:
                report.industry = _industry(values["industry"])
            report.save()
            places.markets[market.slug] = market
            places.reports[report.slug] = report
            places.changed_markets.add(market.pk)
            places.changed_reports.add(report.pk)

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        found = Report.objects.select_related("market", "industry").order_by("slug")
        return found if places_of is None else found.filter(market__in=[market.pk for market in places_of])


def _industry(name: str) -> Industry:
    found = Industry.objects.filter(name__iexact=name).first()
    return found or Industry.objects.get_or_create(slug=slugify(name)[:120] or "industry", defaults={"name": name})[0]


REPORTS = Reports()
