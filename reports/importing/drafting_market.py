"""A manuscript's market, dimensions and segments as draft rows. What is already there is left as it is."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.text import slugify

from forecasts.models import Assumption, Dimension, Market, Observation, Pin, Segment
from reports.importing.manuscript.model import Dimension as ReadDimension
from reports.importing.manuscript.model import Manuscript
from reports.importing.manuscript.model import Segment as ReadSegment
from reports.importing.markup import fitted
from reports.importing.settling import Start, in_unit


@dataclass(slots=True)
class DraftedMarket:
    """The market and where each path that was read now stands."""

    market: Market
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def market_name(manuscript: Manuscript, filename: str) -> str:
    """The market's name: the one the page gives, or its title, or the file's name."""
    return fitted(manuscript.market_name or manuscript.title or filename.rsplit(".", 1)[0], 200)


def begin_market(manuscript: Manuscript, start: Start, filename: str) -> Market:
    """A new market with the years, the unit and the places its claims have."""
    name = market_name(manuscript, filename)
    return Market.objects.create(
        name=name,
        slug=slugify(name)[:200] or "market",
        measure=fitted(start.measure, 100),
        currency=start.currency,
        unit_mult=start.unit_mult,
        decimals=start.decimals,
        first_year=start.first_year,
        base_year=start.base_year,
        last_year=start.last_year,
    )


def enter_headline(market: Market, start: Start, filename: str) -> None:
    """The total's base value as an observation, its end value as a pin, its growth as an assumption."""
    if start.base is not None and (value := in_unit(start.base, market.unit_mult)) is not None and value >= 0:
        Observation.objects.get_or_create(
            market=market,
            segment=None,
            dimension=None,
            year=start.base_year,
            defaults={
                "value": value,
                "status": Observation.Status.ESTIMATE,
                "source": fitted(f"{filename}, line {start.base.line}", 300),
            },
        )
    if start.growth is not None and Decimal(-100) <= Decimal(start.growth.value) < Decimal(10_000):
        Assumption.objects.get_or_create(
            market=market,
            segment=None,
            dimension=None,
            defaults={
                "method": Assumption.Method.GROWTH_RATE,
                "rate": Decimal(start.growth.value),
                "note": f"{filename}, line {start.growth.line}",
            },
        )
    if start.base is None or start.end is None or start.end.year != start.last_year:
        return
    if (value := in_unit(start.end, market.unit_mult)) is not None and value >= 0:
        Pin.objects.get_or_create(
            market=market,
            segment=None,
            dimension=None,
            year=start.last_year,
            defaults={"value": value, "reason": fitted(f"Headline of {filename}, line {start.end.line}", 300)},
        )


def draft_dimensions(market: Market, manuscript: Manuscript) -> DraftedMarket:
    """Every dimension and segment read that the market does not have yet; breakdowns after what they break down."""
    drafted = DraftedMarket(market)
    waiting = list(manuscript.dimensions)
    position = market.dimensions.count()
    order = {dimension.code: number for number, dimension in enumerate(manuscript.dimensions)}
    while waiting:
        ready = [d for d in waiting if d.coverage != "breakdown" or d.breakdown_of in drafted.segments]
        for read in ready or waiting:
            dimension = _dimension(market, read, drafted, position + order[read.code])
            drafted.dimensions[read.code] = dimension
            _segments(dimension, None, read.segments, drafted)
        waiting = [d for d in waiting if d.code not in drafted.dimensions]
    return drafted


def _dimension(market: Market, read: ReadDimension, drafted: DraftedMarket, position: int) -> Dimension:
    code = slugify(read.code)[:60].strip("-") or "dimension"
    code = "total-2" if code == "total" else code
    found = market.dimensions.filter(code=code).first()
    if found is not None:
        return found
    parent = drafted.segments.get(read.breakdown_of) if read.coverage == "breakdown" else None
    coverage = read.coverage
    if coverage == "breakdown" and parent is None:
        coverage = "complete"
        drafted.notes.append(
            f"{read.name} was read as a breakdown, but of a segment that is not there; its "
            f"coverage is set to complete. Check it."
        )
    geography = read.code == "geography" and not market.dimensions.filter(is_geography=True).exists()
    return Dimension.objects.create(
        market=market,
        name=fitted(read.name, 100),
        code=code,
        coverage=coverage,
        breaks_down=parent,
        is_geography=geography,
        position=position,
    )


def _segments(
    dimension: Dimension, parent: Segment | None, read: tuple[ReadSegment, ...], drafted: DraftedMarket
) -> None:
    for position, segment in enumerate(read):
        name = fitted(segment.name, 150)
        row = Segment.objects.filter(dimension=dimension, parent=parent, name=name).first()
        if row is None:
            code = slugify(segment.code)[:80].strip("-") or "segment"
            above = parent.path if parent else dimension.code
            while Segment.objects.filter(dimension=dimension, path=f"{above}/{code}").exists():
                code = f"{code[:76]}-2"
            if len(f"{above}/{code}") > 400:
                drafted.notes.append(f"Line {segment.line}: “{name}” lies too deep in the tree and was left out.")
                continue
            row = Segment.objects.create(
                dimension=dimension,
                parent=parent,
                name=name,
                code=code,
                kind=segment.kind,
                iso_code=segment.iso if segment.kind == "country" else "",
                position=position,
            )
        drafted.segments[segment.path] = row
        _segments(dimension, row, segment.children, drafted)
