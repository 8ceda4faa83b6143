"""Saving the grid is one transaction: either every cell is stored or none is, and each wrong cell says why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from forecasts.datagrid.numbers import parse_number
from forecasts.datagrid.reading import entered_cells, inputs_of, node_key
from forecasts.models import Assumption, Dimension, ForecastState, Market, Observation, Segment

VALUE_LIMIT = Decimal(10) ** 14
type Place = Mapping[str, Segment | Dimension | None]


class GridRefused(ValueError):
    """Nothing was saved. `cells` maps a cell's key to the sentence that says what is wrong with it."""

    def __init__(self, sentence: str, cells: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.cells = dict(cells or {})


class GridOutdated(GridRefused):
    """Somebody else saved since the grid was loaded. `now` is what is entered now, by cell key, at `version`."""

    def __init__(self, sentence: str, cells: Mapping[str, str], now: dict[str, dict[str, Any]], version: int) -> None:
        super().__init__(sentence, cells)
        self.now = now
        self.version = version


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


def apply_grid(
    market: Market,
    typed: Mapping[str, str],
    *,
    source: str,
    version: int,
    status: Observation.Status = Observation.Status.ESTIMATE,
) -> Applied:
    """Store what an editor typed: a value where there was none is a new observation, an emptied cell removes one.

    `typed` maps cell keys ("s34-2024", "t-2031", "s34-growth") to texts; keys left out are left alone. `version` is the
    inputs_version the grid was loaded at; `source` and `status` go with every new number. Raises GridRefused, with
    nothing saved, when any cell is wrong or a new number has no source, and GridOutdated when somebody else saved in
    the meantime.
    """
    with transaction.atomic():
        state = ForecastState.objects.select_for_update(no_key=True).get(market=market)
        if state.inputs_version != version:
            raise _outdated(market, state, typed)
        observations = {f"{node_key(o.segment, o.dimension)}-{o.year}": o for o in inputs_of(Observation, market)}
        rates = {f"{node_key(a.segment, a.dimension)}-growth": a for a in inputs_of(Assumption, market)}
        segments = {f"s{s.pk}": s for s in Segment.objects.filter(dimension__market=market).select_related("dimension")}
        partial = {f"d{d.pk}": d for d in market.dimensions.filter(coverage=Dimension.Coverage.PARTIAL)}
        errors: dict[str, str] = {}
        changes = _Changes(market, source.strip(), status)
        for key, raw in typed.items():
            node, _, column = key.rpartition("-")
            if node != "t" and node not in segments and node not in partial:
                errors[key] = "This row no longer exists. Reload the page."
                continue
            place: Place = {"segment": segments.get(node), "dimension": partial.get(node)}
            text = raw.strip()
            try:
                number = parse_number(text) if text else None
                if column == "growth":
                    changes.growth(place, rates.get(key), number)
                else:
                    changes.value(place, int(column), observations.get(key), text, number)
            except ValueError as problem:
                errors[key] = str(problem)
        if errors:
            count = len(errors)
            cells = "One cell is wrong. It says why." if count == 1 else f"{count} cells are wrong. Each says why."
            raise GridRefused(f"Nothing was saved. {cells}", errors)
        return changes.store()


def _outdated(market: Market, state: ForecastState, typed: Mapping[str, str]) -> GridOutdated:
    """The refusal of a save over somebody else's: who, and beside each cell that differs what is stored now."""
    now = entered_cells(market)
    stored = {key: str(now[key]["typed"]) if key in now else "" for key in typed}
    cells = {
        key: f"Stored now: {stored[key] or 'nothing'}." for key, text in typed.items() if not _same(text, stored[key])
    }
    edited = state.asked_by if state.asked_trigger == "edit" else None
    return GridOutdated(
        f"{(edited and edited.get_full_name()) or 'Somebody'} saved this market while you were typing, so nothing was "
        "saved. What you typed is still here: compare it with what is stored now, then save again.",
        cells,
        now,
        state.inputs_version,
    )


def _same(text: str, stored: str) -> bool:
    """Whether two texts of a cell say the same number."""
    try:
        return bool(text.strip()) == bool(stored) and (not stored or parse_number(text.strip()) == parse_number(stored))
    except ValueError:
        return False


@dataclass(slots=True)
class _Changes:
    """What a save will store, gathered cell by cell. Nothing is written before `store`."""

    market: Market
    source: str
    status: Observation.Status
    save: list[Observation | Assumption] = field(default_factory=list)
    remove: list[Observation | Assumption] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def value(self, place: Place, year: int, old: Observation | None, text: str, number: Decimal | None) -> None:
        """A year's cell. Raises ValueError with a sentence."""
        if number is None:
            if old is not None:
                self.remove.append(old)
                self.counts["removed"] += 1
            return
        if text.endswith("%"):
            raise ValueError(f"“{text}” is a percentage; this column holds values. Rates belong in the last column.")
        if number < 0:
            raise ValueError("A market’s value cannot be negative.")
        if number >= VALUE_LIMIT:
            raise ValueError("The number is too large. Check the unit of this market.")
        if year not in self.market.years:
            raise ValueError(f"{year} lies outside the years of this market.")
        if old is None:
            if not self.source:
                raise ValueError("Say where the new number comes from, in the field “Source of new numbers”.")
            new = Observation(
                market=self.market, year=year, value=number, source=self.source, status=self.status, **place
            )
            self.save.append(new)
            self.counts["added"] += 1
        elif old.value != number:
            old.value = number
            old.source = self.source or old.source
            self.save.append(old)
            self.counts["changed"] += 1

    def growth(self, place: Place, old: Assumption | None, number: Decimal | None) -> None:
        """The last column's cell. Raises ValueError with a sentence."""
        constant = Assumption.Method.GROWTH_RATE
        if number is None:
            if old is not None and old.method == constant:
                self.remove.append(old)
                self.counts["growth"] += 1
            return
        if not -100 <= number <= 1000:
            raise ValueError("A growth rate lies between −100 and 1,000 % a year.")
        if old is None:
            self.save.append(Assumption(market=self.market, method=constant, rate=number, **place))
            self.counts["growth"] += 1
        elif old.method != constant or old.rate != number:
            old.method, old.rate = constant, number
            self.save.append(old)
            self.counts["growth"] += 1

    def store(self) -> Applied:
        for gone in self.remove:
            gone.delete()
        for one in self.save:
            one.full_clean()
            one.save()
        return Applied(*(self.counts[name] for name in ("added", "changed", "removed", "growth")))
