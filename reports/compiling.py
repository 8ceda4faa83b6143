"""Compiles a draft - words, numbers and companies - into the document of an edition."""

import dataclasses
from collections.abc import Iterable
from decimal import Decimal

from companies.models import Company
from forecasts import explaining
from forecasts.models import Driver, ForecastRun, Market
from reports import compiling_market
from reports import document as doc
from reports.contents import anchor, contents, page_count
from reports.crossing import crossed_tables
from reports.figures import cagr, resolve_prose
from reports.market_numbers import TOTAL, MarketNumbers, load_numbers
from reports.models import MarketForce, PorterForce, Report, Section


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
    series, sources = compiling_market.series(report, market, numbers, account)
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
        dimensions=compiling_market.dimensions(report, market, numbers, run.not_estimated if run else {}),
        scenarios=tuple(doc.Scenario(s.code, s.name) for s in market.scenarios.all()),
        series=series,
        traces=compiling_market.traces(account),
        cross_tables=crossed_tables(report, market, numbers.cells),
        ledger=compiling_market.ledger(run),
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
