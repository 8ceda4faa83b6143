"""Horizontal bars: market shares of players, revenue of a company over the years."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.pages.charts.scale import pc
from reports.document import Document, FinancialYear
from reports.figures import grouped, percent


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    slug: str
    width: str
    label: str
    note: str = ""


def player_shares(document: Document) -> tuple[Bar, ...]:
    """Players with a known share, largest first. Empty when the document holds none."""
    known = [(player, player.share) for player in document.players if player.share is not None]
    known.sort(key=lambda pair: pair[1], reverse=True)
    largest = known[0][1] if known else Decimal(1)
    return tuple(
        Bar(p.company, p.slug, pc(float(share / largest)), percent(share), f"{p.share_year}, {p.share_source}")
        for p, share in known
        if largest
    )


def revenue_bars(financials: Sequence[FinancialYear]) -> tuple[Bar, ...]:
    """A company's revenue by year, oldest first; years without a figure are left out."""
    known = [(year, year.revenue) for year in financials if year.revenue is not None]
    largest = max((revenue for _, revenue in known), default=Decimal(0))
    if largest <= 0:
        return ()
    return tuple(
        Bar(str(year.year), "", pc(max(float(revenue / largest), 0.0)), grouped(revenue, 1), year.source)
        for year, revenue in known
    )


@dataclass(frozen=True, slots=True)
class RankedBar:
    """A bar from zero, to the left where its value is negative. `tone` is the colour its row has elsewhere."""

    name: str
    label: str
    tone: int
    x: str
    width: str
    projected: bool
    whisker: tuple[str, str] | None


def ranked_bars(
    rows: Sequence[tuple[str, Decimal, str, int, bool, Decimal | None, Decimal | None]],
) -> tuple[RankedBar, ...]:
    """Rows of (name, value, printed value, tone, projected, low, high) as bars on one scale, the largest first."""
    ends = [float(one) for row in rows for one in (row[1], row[5], row[6]) if one is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    reach = (high - low) or 1.0

    def x(value: Decimal | float) -> float:
        return (float(value) - low) / reach

    made = []
    for name, value, label, tone, projected, lowest, highest in sorted(rows, key=lambda row: row[1], reverse=True):
        left, right = sorted((x(0), x(value)))
        whisker = (pc(x(lowest)), pc(x(highest))) if lowest is not None and highest is not None else None
        made.append(RankedBar(name, label, tone, pc(left), pc(max(right - left, 0.002)), projected, whisker))
    return tuple(made)
