"""The numbers of a document: a market's dimensions, its series and how they came about, from the stored forecast."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from forecasts import explaining
from forecasts.models import Assumption, ForecastRun, Market, Observation, Pin, Segment
from reports import document as doc
from reports.figures import resolve_prose
from reports.market_numbers import TOTAL, MarketNumbers
from reports.models import Report


def dimensions(
    report: Report, market: Market, numbers: MarketNumbers, reasons: Mapping[str, str]
) -> tuple[doc.Dimension, ...]:
    """The trees in which the market is divided, with what the report says of each part.

    ``reasons`` says, by path, why a node has no values.
    """
    introductions = {}
    narratives = {}
    for narrative in report.narratives.all():
        if narrative.segment_id is None:
            introductions[narrative.dimension_id] = resolve_prose(narrative.body, numbers)
        else:
            narratives[narrative.segment_id] = resolve_prose(narrative.body, numbers)
    estimated = {path for scenario, path, _ in numbers.cells if scenario == "base"}
    found = []
    for dimension in market.dimensions.prefetch_related("segments__parent").select_related("breaks_down"):
        nodes = [_whole(dimension.code, numbers)] if dimension.coverage == "partial" else []
        nodes += [
            _node(segment, level, dimension.code, numbers, narratives.get(segment.pk, ()))
            for segment, level in _in_tree_order(list(dimension.segments.all()))
        ]
        found.append(
            doc.Dimension(
                dimension.code,
                dimension.name,
                dimension.coverage,
                dimension.breaks_down.path if dimension.breaks_down else "",
                dimension.is_geography,
                introductions.get(dimension.pk, ()),
                tuple(node if node.path in estimated else _left_out(node, reasons) for node in nodes),
            )
        )
    return tuple(found)


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


def _whole(dimension: str, numbers: MarketNumbers) -> doc.Node:
    """The row of a partial dimension's own total."""
    return doc.Node(
        path=dimension, name=numbers.name(dimension), dimension=dimension, kind="total", level=0, parent=TOTAL,
        adds_to="", leaf=False, iso_code="", estimated=True, why_not="",
    )  # fmt: skip


def _node(segment: Segment, level: int, dimension: str, numbers: MarketNumbers, narrative: doc.Prose) -> doc.Node:
    above = numbers.adds_to(segment.path)
    return doc.Node(
        path=segment.path, name=numbers.name(segment.path), dimension=dimension, kind=segment.kind, level=level,
        parent=above, adds_to=above, leaf=not numbers.children(segment.path), iso_code=segment.iso_code,
        estimated=True, why_not="", narrative=narrative,
    )  # fmt: skip


def _left_out(node: doc.Node, reasons: Mapping[str, str]) -> doc.Node:
    """The node as one without values. The engine speaks of addresses; readers know names."""
    reason = reasons.get(node.path, "No data has been entered for it.").replace(f"“{node.path}”", node.name)
    return replace(node, estimated=False, why_not=reason)


def traces(account: explaining.Account) -> tuple[doc.Trace, ...]:
    """What pages and the API tell of how each computed value came about."""
    steps: dict[tuple[str, str], list[tuple[int, Decimal, Decimal, bool]]] = defaultdict(list)
    for (scenario, path, year), trace in account.traces.items():
        if trace.method != "observed":
            pinned = trace.pin is not None
            steps[path, scenario].append((year, trace.base_value, trace.reconciliation_adjustment, pinned))
    return tuple(doc.Trace(path, scenario, tuple(found)) for (path, scenario), found in sorted(steps.items()))


def series(
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


def ledger(run: ForecastRun | None) -> tuple[doc.LedgerLine, ...]:
    lines = []
    for scenario, ledger in (run.ledger if run else {}).items():
        for entry in ledger["entries"]:
            lines.append(doc.LedgerLine(scenario, entry["name"], Decimal(entry["contribution"])))
        if ledger["entries"]:
            lines.append(doc.LedgerLine(scenario, "Not explained by a driver", Decimal(ledger["residual"])))
    return tuple(lines)
