"""The data grid: years across, the segment tree down. Reads it for the screen, and applies what an editor typed.

Saving is one transaction: either every cell is stored or none is, and each wrong cell says why.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db import transaction

from forecasts.models import (
    Assumption,
    Dimension,
    ForecastState,
    ForecastValue,
    Market,
    Observation,
    Pin,
    Segment,
)

TOTAL = "total"
VALUE_LIMIT = Decimal(10) ** 14


class GridRefused(ValueError):
    """Nothing was saved. `cells` maps a cell's key to the sentence that says what is wrong with it."""

    def __init__(self, sentence: str, cells: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.cells = dict(cells or {})


@dataclass(slots=True)
class GridCell:
    """One cell on the screen. `typed` is what the input holds; `computed` what the engine says, in grey."""

    key: str
    year: int
    typed: str = ""
    computed: str = ""
    status: str = ""
    pinned: str = ""
    source: str = ""
    error: str = ""


@dataclass(slots=True)
class GridRow:
    node: str
    path: str
    name: str
    level: int
    coverage: str = ""
    cells: list[GridCell] = field(default_factory=list)
    growth: GridCell | None = None
    method: str = ""


@dataclass(slots=True)
class GridGroup:
    """One dimension's rows under its name."""

    name: str
    about: str
    rows: list[GridRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Applied:
    """What saving the grid changed."""

    added: int
    changed: int
    removed: int
    growth: int

    @property
    def nothing(self) -> bool:
        return not (self.added or self.changed or self.removed or self.growth)

    def __str__(self) -> str:
        parts = [
            f"{count} {word}"
            for count, word in (
                (self.added, "added"),
                (self.changed, "changed"),
                (self.removed, "removed"),
                (self.growth, "growth rates changed"),
            )
            if count
        ]
        return ", ".join(parts) or "nothing changed"


def parse_number(text: str) -> Decimal:
    """What an editor typed or pasted, as a number: "2,274.97", "2 274.97", "7.2 %", "(12.5)". Raises ValueError.

    A comma is a thousands separator only where three digits follow it; "2274,97" is refused rather than guessed at.
    """
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).removesuffix("%").replace("\u2212", "-")
    if re.fullmatch(r"\(.+\)", plain):
        plain = "-" + plain[1:-1]
    if "," in plain:
        if not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
            raise ValueError(
                f"“{text}” can be read in two ways. Write thousands as 2,274.97 and decimals with a point."
            )
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", plain):
        raise ValueError(f"“{text}” is not a number. Write, for example, 2,274.97.")
    try:
        return Decimal(plain)
    except InvalidOperation as problem:  # pragma: no cover - the pattern above admits only numbers
        raise ValueError(f"“{text}” is not a number.") from problem


def shown(value: Decimal, decimals: int) -> str:
    """A number as the grid shows it: thousands grouped, at least the market's decimals, none lost."""
    exponent = value.normalize().as_tuple().exponent
    places = max(decimals, -exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return f"{value:,.{places}f}"


def node_key(segment: Segment | None = None, dimension: Dimension | None = None) -> str:
    """A node's short name in form fields: "t" for the total, "d12" a partial dimension's own total, "s34" a segment."""
    if segment is not None:
        return f"s{segment.pk}"
    return f"d{dimension.pk}" if dimension is not None else "t"


def computed_cells(market: Market, scenario: str = "base") -> dict[str, str]:
    """Cell key -> computed value as shown, for refreshing a grid that is already on screen."""
    nodes = {TOTAL: "t"}
    for dimension in market.dimensions.all():
        nodes[dimension.code] = node_key(dimension=dimension)
    for segment in Segment.objects.filter(dimension__market=market):
        nodes[segment.path] = node_key(segment)
    return {
        f"{nodes[v.path]}-{v.year}": shown(v.value, market.decimals)
        for v in ForecastValue.objects.filter(market=market, scenario=scenario)
        if v.path in nodes
    }


def load_grid(
    market: Market, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> list[GridGroup]:
    """The grid of a market, dimension by dimension; with `typed` and `errors` laid over it after a refusal."""
    typed, errors = typed or {}, errors or {}
    observations = {(node_key(o.segment, o.dimension), o.year): o for o in _inputs(Observation, market)}
    pins = {(node_key(p.segment, p.dimension), p.year): p for p in _inputs(Pin, market)}
    assumptions = {node_key(a.segment, a.dimension): a for a in _inputs(Assumption, market)}
    values = {(v.path, v.year): v for v in ForecastValue.objects.filter(market=market, scenario="base")}

    def row(node: str, path: str, name: str, level: int) -> GridRow:
        one = GridRow(node, path, name, level)
        for year in market.years:
            key = f"{node}-{year}"
            cell = GridCell(key, year, error=errors.get(key, ""))
            observation, pin, value = observations.get((node, year)), pins.get((node, year)), values.get((path, year))
            if value is not None:
                cell.computed, cell.status = shown(value.value, market.decimals), value.status
            if observation is not None:
                cell.typed, cell.source = shown(observation.value, market.decimals), observation.source
                cell.status = observation.status
            if pin is not None:
                cell.pinned = f"Pinned at {shown(pin.value, market.decimals)}: {pin.reason}"
            cell.typed = typed.get(key, cell.typed)
            one.cells.append(cell)
        assumption = assumptions.get(node)
        rate = ""
        if assumption is not None:
            one.method = assumption.get_method_display()
            if assumption.method == Assumption.Method.GROWTH_RATE and assumption.rate is not None:
                rate = f"{assumption.rate.normalize():f}"
        key = f"{node}-growth"
        one.growth = GridCell(key, 0, typed.get(key, rate), error=errors.get(key, ""))
        return one

    groups = [GridGroup("Market total", market.unit_label, [row("t", TOTAL, market.name, 0)])]
    for dimension in market.dimensions.select_related("breaks_down").prefetch_related("segments"):
        about = (
            f"breakdown of {dimension.breaks_down.name}"
            if dimension.breaks_down
            else {"complete": "sums to the market", "partial": "covers part of the market"}[dimension.coverage]
        )
        group = GridGroup(f"By {dimension.name}", about)
        if dimension.coverage == Dimension.Coverage.PARTIAL:
            node = node_key(dimension=dimension)
            group.rows.append(row(node, dimension.code, f"{dimension.name}, all", 0))
        below: dict[int | None, list[Segment]] = defaultdict(list)
        for segment in dimension.segments.all():
            below[segment.parent_id].append(segment)
        waiting = [(segment, 1) for segment in reversed(below[None])]
        while waiting:
            segment, level = waiting.pop()
            group.rows.append(row(node_key(segment), segment.path, segment.name, level))
            waiting += [(child, level + 1) for child in reversed(below[segment.pk])]
        groups.append(group)
    return groups


def apply_grid(market: Market, typed: Mapping[str, str], *, source: str, version: int) -> Applied:
    """Store what an editor typed: a value where there was none is a new observation, an emptied cell removes one.

    `typed` maps cell keys ("s34-2024", "t-2031", "s34-growth") to texts; keys left out are left alone. `version` is the
    inputs_version the grid was loaded at. Raises GridRefused, with nothing saved, when any cell is wrong, when somebody
    else saved in the meantime, or when a new number has no source.
    """
    with transaction.atomic():
        state = ForecastState.objects.select_for_update(no_key=True).get(market=market)
        if state.inputs_version != version:
            raise GridRefused(
                "Somebody saved this market while you were typing, so nothing was saved. What you typed is still here: "
                "compare it with the numbers in grey, then save again."
            )
        observations = {f"{node_key(o.segment, o.dimension)}-{o.year}": o for o in _inputs(Observation, market)}
        rates = {f"{node_key(a.segment, a.dimension)}-growth": a for a in _inputs(Assumption, market)}
        segments = {f"s{s.pk}": s for s in Segment.objects.filter(dimension__market=market).select_related("dimension")}
        partial = {f"d{d.pk}": d for d in market.dimensions.filter(coverage=Dimension.Coverage.PARTIAL)}
        errors: dict[str, str] = {}
        save: list[Observation | Assumption] = []
        remove: list[Observation | Assumption] = []
        counts = {"added": 0, "changed": 0, "removed": 0, "growth": 0}
        for key, raw in typed.items():
            node, _, column = key.rpartition("-")
            if node != "t" and node not in segments and node not in partial:
                errors[key] = "This row no longer exists. Reload the page."
                continue
            place = {"segment": segments.get(node), "dimension": partial.get(node)}
            text = raw.strip()
            try:
                number = parse_number(text) if text else None
                if column == "growth":
                    _growth(market, place, rates.get(key), number, save, remove, counts)
                else:
                    _value(market, place, int(column), observations.get(key), number, source, save, remove, counts)
            except ValueError as problem:
                errors[key] = str(problem)
        if errors:
            count = len(errors)
            cells = "One cell is wrong. It says why." if count == 1 else f"{count} cells are wrong. Each says why."
            raise GridRefused(f"Nothing was saved. {cells}", errors)
        for gone in remove:
            gone.delete()
        for one in save:
            one.full_clean()
            one.save()
        return Applied(**counts)


def _value(
    market: Market,
    place: Mapping[str, Segment | Dimension | None],
    year: int,
    old: Observation | None,
    number: Decimal | None,
    source: str,
    save: list[Observation | Assumption],
    remove: list[Observation | Assumption],
    counts: dict[str, int],
) -> None:
    if number is None:
        if old is not None:
            remove.append(old)
            counts["removed"] += 1
        return
    if number < 0:
        raise ValueError("A market’s value cannot be negative.")
    if number >= VALUE_LIMIT:
        raise ValueError("The number is too large. Check the unit of this market.")
    if year not in market.years:
        raise ValueError(f"{year} lies outside the years of this market.")
    if old is None:
        if not source.strip():
            raise ValueError("Say where the new number comes from, in the field “Source of new numbers”.")
        save.append(Observation(market=market, year=year, value=number, source=source.strip(), **place))
        counts["added"] += 1
    elif old.value != number:
        old.value = number
        if source.strip():
            old.source = source.strip()
        save.append(old)
        counts["changed"] += 1


def _growth(
    market: Market,
    place: Mapping[str, Segment | Dimension | None],
    old: Assumption | None,
    number: Decimal | None,
    save: list[Observation | Assumption],
    remove: list[Observation | Assumption],
    counts: dict[str, int],
) -> None:
    constant = Assumption.Method.GROWTH_RATE
    if number is None:
        if old is not None and old.method == constant:
            remove.append(old)
            counts["growth"] += 1
        return
    if not -100 <= number <= 1000:
        raise ValueError("A growth rate lies between −100 and 1,000 % a year.")
    if old is None:
        save.append(Assumption(market=market, method=constant, rate=number, **place))
        counts["growth"] += 1
    elif old.method != constant or old.rate != number:
        old.method, old.rate = constant, number
        save.append(old)
        counts["growth"] += 1


def _inputs[T: (Observation, Assumption, Pin)](kind: type[T], market: Market) -> list[T]:
    return list(kind.objects.filter(market=market).select_related("segment__dimension", "dimension"))
