"""What the rows of a batch refer to: looked up once for all of them, with what other rows of the file will make."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from companies.alike import alike_names
from companies.models import Company, CompanyAlias, name_key
from forecasts.models import CrossTable, Dimension, Driver, Market, Segment
from reports.models import Report

TOTAL = "total"


class Places:
    """Markets, reports, nodes and companies by the names that rows call them by.

    `announced` has what rows before in the same file will make, so that a dry run understands a workbook whose
    segments are new and whose observations speak of them.
    """

    def __init__(self, announced_companies: Callable[[set[str]], set[str]] = lambda keys: set()) -> None:
        self.markets: dict[str, Market] = {}
        self.reports: dict[str, Report] = {}
        self.dimensions: dict[tuple[str, str], Dimension] = {}
        self.segments: dict[tuple[str, str], Segment] = {}
        self.drivers: dict[tuple[str, str], Driver] = {}
        self.cross_tables: dict[tuple[str, str, str], CrossTable] = {}
        self.companies: dict[str, Company] = {}
        self.announced: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
        self._announced_companies = announced_companies
        self._alike: dict[str, list[tuple[int, str]]] = {}
        self.changed_markets: set[int] = set()
        self.changed_reports: set[int] = set()

    def load_markets(self, slugs: Iterable[str]) -> None:
        """Look up markets with their dimensions, segments and drivers, anew if they are known already."""
        asked = {slug for slug in slugs if slug}
        if not asked:
            return
        self.markets |= {market.slug: market for market in Market.objects.filter(slug__in=asked)}
        for dimension in Dimension.objects.filter(market__slug__in=asked).select_related("market"):
            self.dimensions[dimension.market.slug, dimension.code] = dimension
        segments = Segment.objects.filter(dimension__market__slug__in=asked).select_related("dimension__market")
        for segment in segments:
            self.segments[segment.dimension.market.slug, segment.path] = segment
        for driver in Driver.objects.filter(market__slug__in=asked).select_related("market"):
            self.drivers[driver.market.slug, driver.code] = driver
        tables = CrossTable.objects.filter(market__slug__in=asked).select_related("market", "rows", "columns")
        for table in tables:
            self.cross_tables[table.market.slug, table.rows.code, table.columns.code] = table

    def reload(self) -> None:
        """Look everything up anew, after a part of it was rolled back."""
        markets, reports = list(self.markets), list(self.reports)
        for known in (
            self.markets, self.reports, self.dimensions, self.segments, self.drivers, self.cross_tables, self.companies
        ):  # fmt: skip
            known.clear()
        self.load_markets(markets)
        self.load_reports(reports)

    def load_reports(self, slugs: Iterable[str]) -> None:
        """Look up reports, and the markets they are on."""
        asked = {slug for slug in slugs if slug}
        if not asked:
            return
        found = Report.objects.filter(slug__in=asked).select_related("market", "industry")
        self.reports |= {report.slug: report for report in found}
        self.load_markets(report.market.slug for report in found)

    def load_companies(self, names: Iterable[str]) -> None:
        """Look up companies by their names and aliases, spelling aside; and those that the file brings itself."""
        keys = {name_key(name) for name in names} - {""}
        missing = keys - self.companies.keys()
        if not missing:
            return
        found = CompanyAlias.objects.filter(key__in=missing).select_related("company")
        self.companies |= {alias.key: alias.company for alias in found}
        for key in self._announced_companies(missing - self.companies.keys()):
            self.announced["companies"].setdefault(key, {})

    def company(self, name: str) -> Company | None:
        """The registered company of this name or alias."""
        return self.companies.get(name_key(name))

    def knows_company(self, name: str) -> bool:
        """Whether the company is registered, or will be by this file."""
        key = name_key(name)
        return key in self.companies or key in self.announced["companies"]

    def load_alike(self, names: Iterable[str]) -> None:
        """Look up, for names that nobody has, which registered names are much like them."""
        unknown = {name for name in names if name and self.company(name) is None} - self._alike.keys()
        if unknown:
            self._alike |= {key: [] for key in unknown} | alike_names(unknown)

    def alike(self, name: str) -> list[tuple[int, str]]:
        """The companies, by number and name, that `load_alike` found to be much like this name."""
        return self._alike.get(name, [])

    def market_of(self, report: str) -> str:
        """The slug of the market that a report is on, or will be on; empty when there is no such report."""
        if report in self.reports:
            return self.reports[report].market.slug
        return str(self.announced["reports"].get(report, {}).get("market", ""))

    def trouble_with_market(self, slug: str) -> str:
        """A sentence when there is no such market and none will come."""
        if slug in self.markets or any(values.get("market") == slug for values in self.announced["reports"].values()):
            return ""
        return f"There is no market “{slug}”. Its code is the last part of its report’s address."

    def trouble_with_report(self, slug: str) -> str:
        """A sentence when there is no such report and none will come."""
        if slug in self.reports or slug in self.announced["reports"]:
            return ""
        return f"There is no report “{slug}”. Its code is the last part of its address."

    def years(self, market: str) -> range | None:
        """The market's years, where they are known."""
        announced = next((v for v in self.announced["reports"].values() if v.get("market") == market), {})
        first, last = announced.get("first_year"), announced.get("last_year")
        if market in self.markets:
            known = self.markets[market]
            first, last = first or known.first_year, last or known.last_year
        return range(first, last + 1) if first and last else None

    def trouble_with_node(self, market: str, path: str) -> str:
        """A sentence when the market has no such node and none will come."""
        if path == TOTAL or (market, path) in self.segments or (market, path) in self.announced["segments"]:
            return ""
        if "/" in path:
            return f"The market has no segment “{path}”."
        dimension = self.dimensions.get((market, path))
        coverage = (
            dimension.coverage if dimension else self.announced["dimensions"].get((market, path), {}).get("coverage")
        )
        if coverage == Dimension.Coverage.PARTIAL:
            return ""
        if coverage:
            return f"Only a partial dimension has numbers of its own; “{path}” is none. Write “total” for the market."
        return f"The market has nothing called “{path}”. Write “total” for the market, or a segment’s path."

    def node(self, market: str, path: str) -> tuple[Dimension | None, Segment | None]:
        """The dimension or segment of a path that `trouble_with_node` found nothing wrong with."""
        if path == TOTAL:
            return None, None
        segment = self.segments.get((market, path))
        return (None, segment) if segment is not None else (self.dimensions[market, path], None)

    def announce(self, part: str, values: dict[str, Any]) -> None:
        """Note what a row will make, for the rows after it."""
        match part:
            case "reports":
                self.announced[part][values.get("report")] = values
            case "dimensions" | "drivers":
                self.announced[part][values.get("market"), values.get("code")] = values
            case "segments":
                self.announced[part][values.get("market"), values.get("path")] = values
            case "cross-tables":
                self.announced[part][values.get("market"), values.get("rows"), values.get("columns")] = values
            case "companies":
                for name in (values.get("name", ""), *(values.get("aliases") or [])):
                    self.announced[part].setdefault(name_key(name), values)
            case "forces":
                self.announced[part][values.get("report"), values.get("title")] = values
