"""Compiles a draft - words, numbers and companies - into the document of an edition."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from companies.models import Company
from forecasts import explaining
from forecasts.models import Assumption, Driver, ForecastRun, ForecastValue, Market, Observation, Pin, Segment
from reports import document as doc
from reports.contents import anchor, contents, page_count
from reports.crossing import crossed_tables
from reports.figures import cagr, resolve_prose
from reports.models import MarketForce, PorterForce, Report, Section

TOTAL = "total"
ILLUSTRATIVE_SOURCE = "Illustrative, not market data"


@dataclass(frozen=True)
class MarketNumbers:
    """A market's current forecast, as figures are resolved against it. Values are as they will be printed."""

    currency: str
    unit_mult: int
    decimals: int
    cells: Mapping[tuple[str, str, int], ForecastValue]
    names: Mapping[str, str]
    parents: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def value(self, path: str, year: int, scenario: str = "base") -> Decimal | None:
        cell = self.cells.get((scenario, path, year))
        return None if cell is None else cell.value.quantize(Decimal(1).scaleb(-self.decimals))

    def exists(self, path: str) -> bool:
        return path in self.names

    def adds_to(self, path: str) -> str:
        return self.parents.get(path, "")

    def children(self, path: str) -> Sequence[str]:
        return self.below.get(path, ())

    def name(self, path: str) -> str:
        return self.names[path]

    def paths(self) -> Sequence[str]:
        return list(self.names)


def load_numbers(market: Market) -> MarketNumbers:
    """The current forecast of a market with its tree, in three queries."""
    names = {TOTAL: market.name}
    parents: dict[str, str] = {}
    below: dict[str, list[str]] = defaultdict(list)
    for dimension in market.dimensions.prefetch_related("segments__parent").select_related("breaks_down"):
        names[dimension.code] = f"{dimension.name}, all" if dimension.coverage == "partial" else dimension.name
        for segment in dimension.segments.all():
            names[segment.path] = segment.name
            parents[segment.path] = _adds_to(segment)
            below[segment.parent.path if segment.parent else dimension.code].append(segment.path)
    cells = {(v.scenario, v.path, v.year): v for v in ForecastValue.objects.filter(market=market)}
    return MarketNumbers(market.currency, market.unit_mult, market.decimals, cells, names, parents, below)


def _adds_to(segment: Segment) -> str:
    """The path of the node whose value this segment is a part of."""
    if segment.parent is not None:
        return segment.parent.path
    dimension = segment.dimension
    if dimension.breaks_down is not None:
        return dimension.breaks_down.path
    return dimension.code if dimension.coverage == "partial" else TOTAL


def compile_document(report: Report) -> doc.Document:
    """The document that publishing the report now would store.

    Reads the draft, the market's stored forecast and the companies; writes nothing. Equal drafts and forecasts give
    equal documents. Raises `reports.figures.UnknownFigure` when prose refers to a number that does not exist.
    """
    market = report.market
    numbers = load_numbers(market)
    run = ForecastRun.objects.filter(market=market, outcome="done").order_by("-pk").first()
    blocks = _blocks(report, numbers)
    account = explaining.account(market)
    series, sources = _series(report, market, numbers, account)
    draft = doc.Document(
        title=report.title,
        slug=report.slug,
        summary=report.summary,
        industry=report.industry.name,
        industry_slug=report.industry.slug,
        isic=report.industry.isic,
        naics=report.industry.naics,
        headline=_headline(report, market, numbers),
        overview=blocks["overview"],
        takeaways=tuple(resolve_prose(t.body, numbers) for t in report.takeaways.all()),
        developments=_developments(report),
        dimensions=_dimensions(report, market, numbers, run.not_estimated if run else {}),
        scenarios=tuple(doc.Scenario(s.code, s.name) for s in market.scenarios.all()),
        series=series,
        traces=_traces(account),
        cross_tables=crossed_tables(report, market, numbers.cells),
        ledger=_ledger(run),
        forces=_forces(report, numbers),
        matrix=_matrix(report, numbers),
        pest=tuple(
            doc.Block(item.get_factor_display(), resolve_prose(item.body, numbers), anchor("pest", item.factor))
            for item in report.pest_items.all()
            if item.body
        ),
        porter=tuple(
            doc.PorterForce(p.force, p.get_force_display(), p.rating, resolve_prose(p.body, numbers))
            for p in sorted(report.porter_forces.all(), key=lambda p: PorterForce.Force.values.index(p.force))
            if p.body or p.rating
        ),
        competitive=blocks["competitive"],
        players=tuple(
            doc.Player(p.company.name, p.company.slug, p.is_key, p.is_major, p.share, p.share_year, p.share_source)
            for p in report.players.select_related("company")
        ),
        profiles=_profiles(report),
        analyst_view=blocks["analyst-view"],
        outlook=blocks["outlook"],
        methodology=blocks["methodology"],
        definition=blocks["definition"],
        scope=blocks["scope"],
        introduction=blocks["introduction"],
        executive_summary=blocks["executive-summary"],
        abbreviations=tuple((a.short, a.long) for a in report.abbreviations.all()),
        decisions=tuple(
            doc.Decision(f"{c.get_kind_display()}: {c.shown}", c.quote, c.decision, c.reason)
            for c in report.claims.exclude(decision="open")
        ),
        sources=sources,
        engine_version=run.engine_version if run else "",
        inputs_digest=run.inputs_digest if run else "",
        values_digest=run.values_digest if run else "",
        notes=tuple(run.notes) if run else (),
    )
    with_contents = dataclasses.replace(draft, contents=contents(draft))
    return dataclasses.replace(with_contents, pages=page_count(with_contents))


def _headline(report: Report, market: Market, numbers: MarketNumbers) -> doc.Headline:
    first, last = numbers.value(TOTAL, market.base_year), numbers.value(TOTAL, market.last_year)
    growth = None
    if first and last:
        growth = cagr(first, last, market.last_year - market.base_year).quantize(Decimal("0.01"))
    return doc.Headline(
        market=market.name,
        measure=market.measure,
        currency=market.currency,
        unit_mult=market.unit_mult,
        unit=market.unit_label,
        decimals=market.decimals,
        price_basis=market.get_price_basis_display(),
        price_year=market.price_year,
        first_year=market.first_year,
        base_year=market.base_year,
        last_year=market.last_year,
        base_value=first,
        end_value=last,
        cagr=growth,
        concentration=report.get_concentration_display(),
        illustrative=report.illustrative,
    )


def _blocks(report: Report, numbers: MarketNumbers) -> dict[str, tuple[doc.Block, ...]]:
    blocks: dict[str, list[doc.Block]] = {kind: [] for kind in Section.Kind.values}
    for section in report.sections.all():
        prefix = section.kind
        place = anchor(prefix, section.heading) if section.heading else prefix
        taken = {block.anchor for block in blocks[prefix]}
        if place in taken:
            place = f"{place}-{len(taken) + 1}"
        blocks[prefix].append(doc.Block(section.heading, resolve_prose(section.body, numbers), place))
    return {kind: tuple(parts) for kind, parts in blocks.items()}


def _developments(report: Report) -> tuple[doc.Development, ...]:
    return tuple(
        doc.Development(
            date=d.date.isoformat(),
            precision=d.precision,
            when=d.when,
            kind=d.get_kind_display(),
            text=d.text,
            companies=tuple((c.name, c.slug) for c in d.companies.all()),
            source=d.source,
            source_url=d.source_url,
        )
        for d in report.developments.prefetch_related("companies")
    )


def _dimensions(
    report: Report, market: Market, numbers: MarketNumbers, reasons: Mapping[str, str]
) -> tuple[doc.Dimension, ...]:
    introductions = {}
    narratives = {}
    for narrative in report.narratives.all():
        if narrative.segment_id is None:
            introductions[narrative.dimension_id] = resolve_prose(narrative.body, numbers)
        else:
            narratives[narrative.segment_id] = resolve_prose(narrative.body, numbers)
    estimated = {path for scenario, path, _ in numbers.cells if scenario == "base"}
    dimensions = []
    for dimension in market.dimensions.prefetch_related("segments__parent").select_related("breaks_down"):
        nodes: list[doc.Node] = []
        if dimension.coverage == "partial":
            own = dimension.code
            nodes.append(_node(own, numbers, own, "total", 0, TOTAL, "", False, "", estimated, reasons))
        for segment, level in _in_tree_order(list(dimension.segments.all())):
            above = numbers.adds_to(segment.path)
            leaf = not numbers.children(segment.path)
            text = narratives.get(segment.pk, ())
            nodes.append(
                _node(
                    segment.path,
                    numbers,
                    dimension.code,
                    segment.kind,
                    level,
                    above,
                    above,
                    leaf,
                    segment.iso_code,
                    estimated,
                    reasons,
                    text,
                )
            )
        dimensions.append(
            doc.Dimension(
                dimension.code,
                dimension.name,
                dimension.coverage,
                dimension.breaks_down.path if dimension.breaks_down else "",
                dimension.is_geography,
                introductions.get(dimension.pk, ()),
                tuple(nodes),
            )
        )
    return tuple(dimensions)


def _in_tree_order(segments: Sequence[Segment]) -> Iterator[tuple[Segment, int]]:
    """Each segment after its parent and before its parent's next sibling, with its level from 1."""
    below: dict[int | None, list[Segment]] = defaultdict(list)
    for segment in segments:
        below[segment.parent_id].append(segment)
    waiting = [(segment, 1) for segment in reversed(below[None])]
    while waiting:
        segment, level = waiting.pop()
        yield segment, level
        waiting += [(child, level + 1) for child in reversed(below[segment.pk])]


def _node(
    path: str,
    numbers: MarketNumbers,
    dimension: str,
    kind: str,
    level: int,
    parent: str,
    adds_to: str,
    leaf: bool,
    iso_code: str,
    estimated: set[str],
    reasons: Mapping[str, str],
    narrative: doc.Prose = (),
) -> doc.Node:
    has_values = path in estimated
    # The engine speaks of addresses; readers know names.
    reason = reasons.get(path, "No data has been entered for it.").replace(f"“{path}”", numbers.name(path))
    why_not = "" if has_values else reason
    return doc.Node(
        path,
        numbers.name(path),
        dimension,
        kind,
        level,
        parent,
        adds_to,
        leaf,
        iso_code,
        has_values,
        why_not,
        narrative,
    )


def _traces(account: explaining.Account) -> tuple[doc.Trace, ...]:
    """What pages and the API tell of how each computed value came about."""
    steps: dict[tuple[str, str], list[tuple[int, Decimal, Decimal, bool]]] = defaultdict(list)
    for (scenario, path, year), trace in account.traces.items():
        if trace.method != "observed":
            pinned = trace.pin is not None
            steps[path, scenario].append((year, trace.base_value, trace.reconciliation_adjustment, pinned))
    return tuple(doc.Trace(path, scenario, tuple(found)) for (path, scenario), found in sorted(steps.items()))


def _series(
    report: Report, market: Market, numbers: MarketNumbers, account: explaining.Account
) -> tuple[tuple[doc.Series, ...], tuple[str, ...]]:
    """Every value with its status and source. A forecast made from illustrative data is illustrative itself."""
    observed: dict[tuple[str, int], Observation] = {}
    latest: dict[str, Observation] = {}
    sources: set[str] = set()
    for one in Observation.objects.filter(market=market).select_related("segment", "dimension").order_by("year"):
        observed[one.path, one.year] = latest[one.path] = one
        sources.add(one.source)
    methods = _methods(market, numbers, account.methods)
    grouped: dict[tuple[str, str], list[doc.Cell]] = defaultdict(list)
    places = Decimal(1).scaleb(-market.decimals)
    for (scenario, path, year), value in sorted(numbers.cells.items()):
        source = observed.get((path, year))
        rests_on = source or latest.get(path)
        grouped[path, scenario].append(
            doc.Cell(
                year=year,
                value=value.value.quantize(places),
                status=value.status,
                low80=_quantized(value.low80, places),
                high80=_quantized(value.high80, places),
                low95=_quantized(value.low95, places),
                high95=_quantized(value.high95, places),
                source=source.source if source else "",
                illustrative=report.illustrative or (rests_on is not None and rests_on.illustrative),
            )
        )
    series = tuple(
        doc.Series(path, scenario, tuple(cells), methods.get(path, ""))
        for (path, scenario), cells in sorted(grouped.items())
    )
    return series, tuple(sorted(sources))


def _methods(market: Market, numbers: MarketNumbers, chosen: Mapping[str, str]) -> dict[str, str]:
    """How each node is projected, in words: as the editor entered it, else as the engine says it chose."""
    methods = {}
    for path, words in chosen.items():
        named = re.sub("“([^”]+)”", lambda found: f"“{_name_or_self(numbers, found[1])}”", words)
        methods[path] = named[0].upper() + named[1:]
    for a in Assumption.objects.filter(market=market).select_related("segment", "dimension"):
        if a.method == Assumption.Method.GROWTH_RATE and a.rate is not None:
            methods[a.path] = f"Constant growth of {a.rate.normalize():f} % a year"
        elif a.method == Assumption.Method.SHARE and a.share is not None:
            methods[a.path] = f"Share of {a.share.normalize():f} % of its parent"
        else:
            # The engine knows better: a trend without enough history follows the parent instead.
            methods.setdefault(a.path, a.get_method_display())
    for pin in Pin.objects.filter(market=market).select_related("segment", "dimension"):
        held = f"held at the value of {pin.year}: {pin.reason}"
        methods[pin.path] = f"{methods[pin.path]}; {held}" if pin.path in methods else held[0].upper() + held[1:]
    return methods


def _name_or_self(numbers: MarketNumbers, path: str) -> str:
    return numbers.name(path) if numbers.exists(path) else path


def _quantized(value: Decimal | None, places: Decimal) -> Decimal | None:
    return None if value is None else value.quantize(places)


def _ledger(run: ForecastRun | None) -> tuple[doc.LedgerLine, ...]:
    lines = []
    for scenario, ledger in (run.ledger if run else {}).items():
        for entry in ledger["entries"]:
            lines.append(doc.LedgerLine(scenario, entry["name"], Decimal(entry["contribution"])))
        if ledger["entries"]:
            lines.append(doc.LedgerLine(scenario, "Not explained by a driver", Decimal(ledger["residual"])))
    return tuple(lines)


def _forces(report: Report, numbers: MarketNumbers) -> tuple[doc.Force, ...]:
    order = MarketForce.Kind.values

    def effect(driver: Driver | None) -> Decimal | None:
        return driver.effect if driver else None

    forces: Iterable[MarketForce] = report.forces.select_related("driver")
    return tuple(
        doc.Force(f.kind, f.title, resolve_prose(f.body, numbers), effect(f.driver), anchor("force", f.kind, f.title))
        for f in sorted(forces, key=lambda f: (order.index(f.kind), f.position, f.pk))
    )


def _matrix(report: Report, numbers: MarketNumbers) -> doc.Matrix | None:
    areas = list(report.matrix_areas.prefetch_related("cells"))
    if not areas:
        return None
    texts = {(cell.kind, area.pk): cell.body for area in areas for cell in area.cells.all()}
    rows = tuple(
        (kind, tuple(resolve_prose(texts.get((kind, area.pk), ""), numbers) for area in areas))
        for kind in MarketForce.Kind.values
        if any((kind, area.pk) in texts for area in areas)
    )
    return doc.Matrix(tuple(area.name for area in areas), rows)


def _profiles(report: Report) -> tuple[doc.Profile, ...]:
    companies = (
        Company.objects.filter(plays__report=report)
        .order_by("plays__position", "plays__pk")
        .prefetch_related("products", "financial_years", "strategies", "swot_items", "aliases")
    )
    return tuple(
        doc.Profile(
            company=c.name,
            slug=c.slug,
            country=c.country,
            founded_year=c.founded_year,
            website=c.website,
            overview=c.overview,
            products=tuple((p.name, p.description) for p in c.products.all()),
            financials=tuple(
                doc.FinancialYear(
                    f.year,
                    f.currency,
                    f.unit_mult,
                    f.revenue,
                    f.operating_income,
                    f.net_income,
                    f.research_and_development,
                    f.employees,
                    f.source,
                )
                for f in c.financial_years.all()
            ),
            strategies=tuple((s.title, s.body) for s in c.strategies.all()),
            swot=tuple((s.kind, s.text) for s in c.swot_items.all()),
            aliases=tuple(a.name for a in c.aliases.all() if a.name != c.name),
        )
        for c in companies
        if c.overview or c.products.all() or c.strategies.all() or c.swot_items.all() or c.financial_years.all()
    )
