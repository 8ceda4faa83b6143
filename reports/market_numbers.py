"""A market's current forecast as a draft cites it: values as they will be printed, and the tree they stand in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from forecasts.models import ForecastValue, Market, Segment

TOTAL = "total"


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
