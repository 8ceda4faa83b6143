"""How a market is split, in a workbook: dimensions and segments; and what all tables of a market have in common."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from forecasts.models import Dimension, Market, Segment
from reports.importing.sheets.columns import Choice, Code, Column, Country, Kind, Whole, YesNo
from reports.importing.sheets.parts.base import Part, Problem, Values
from reports.importing.sheets.places import Places

MARKET = Column("market", "The market’s code.", Code(), required=True, example="car-sunroof-market")
PATH = Column(
    "path",
    "Where in the market: “total”, the code of a partial dimension, or a segment’s path.",
    Code(most=400, path=True),
    required=True,
    example="geography/europe/germany",
)
POSITION = Column("position", "Its place in the order, from 0.", Whole(), never_empty=True)


class MarketPart(Part):
    """A table whose rows belong to markets."""

    belongs_to = "market"
    related: tuple[str, ...] = ("market",)

    def stored_in(self, markets: Q) -> Any:
        return self.model._default_manager.filter(markets).select_related(*self.related)

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        slugs = {values["market"] for values in rows if values.get("market")}
        places.load_markets(slugs - places.markets.keys())
        return {self.key_of(self.values_of(one)): one for one in self.stored_in(self.of_markets(slug__in=slugs))}

    @staticmethod
    def of_markets(**condition: Any) -> Q:
        return Q(market__in=Market.objects.filter(**condition))

    def values_of(self, stored: Any) -> Values:
        fields = (column for column in self.columns if column.name != "market" and column.name not in self.not_fields)
        return {"market": stored.market.slug} | {column.name: getattr(stored, column.field) for column in fields}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        trouble = places.trouble_with_market(values["market"])
        return [Problem("market", trouble)] if trouble else []

    def begin(self, values: Values, places: Places) -> Any:
        return self.model(market=places.markets[values["market"]])

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        super().store(rows, places)
        places.changed_markets |= {places.markets[values["market"]].pk for values, _ in rows}

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        chosen = self.of_markets() if places_of is None else self.of_markets(pk__in=[one.pk for one in places_of])
        return sorted(self.stored_in(chosen), key=lambda one: self.order_of(self.values_of(one)))

    def order_of(self, values: Values) -> Any:
        return (values["market"], *(str(values[name]) for name in self.key))


class Dimensions(MarketPart):
    code = "dimensions"
    title = "Dimensions"
    about = "The ways to split a market."
    model = Dimension
    key = ("market", "code")
    related = ("market", "breaks_down")
    not_fields = ("breaks_down",)
    columns = (
        MARKET,
        Column(
            "code", "Its code, with which its segments’ paths begin.", Code(most=60), required=True, example="material"
        ),
        Column("name", "Its name.", Kind(100), required=True, example="Material"),
        Column(
            "coverage",
            "complete (sums to the market), breakdown (sums to one segment) or partial.",
            Choice(options=[(value, value) for value in Dimension.Coverage.values], default="complete"),
            example="complete",
        ),
        Column("breaks_down", "For a breakdown: the path of the segment that it splits.", Code(most=400, path=True)),
        Column("is_geography", "yes: its segments are regions and countries.", YesNo(), example="no"),
        POSITION,
    )

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"breaks_down": stored.breaks_down.path if stored.breaks_down else ""}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if values["code"] == "total":
            problems.append(Problem("code", "“total” is the market itself; choose another code."))
        coverage = values.get("coverage", stored.coverage if stored is not None else "complete")
        splits = values.get("breaks_down", stored.breaks_down if stored is not None else "")
        if coverage == "breakdown" and not splits:
            problems.append(Problem("breaks_down", "A breakdown needs the path of the segment that it splits."))
        if coverage != "breakdown" and values.get("breaks_down"):
            problems.append(Problem("breaks_down", "Only a breakdown splits a segment; leave this empty."))
        split = (values["market"], values.get("breaks_down"))
        if split[1] and split not in places.segments and split not in places.announced["segments"]:
            problems.append(Problem("breaks_down", f"The market has no segment “{split[1]}”."))
        return problems

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        """Breakdowns come without their segment first: it may be of a dimension that comes after."""
        for values, stored in rows:
            target = stored if stored is not None else self.begin(values, places)
            self.fill(target, values, places)
            if target.coverage != Dimension.Coverage.BREAKDOWN:
                target.breaks_down = None
            elif values.get("breaks_down"):
                target.breaks_down = places.segments.get((values["market"], values["breaks_down"]))
            if target.coverage == Dimension.Coverage.BREAKDOWN and target.breaks_down is None:
                target.coverage = Dimension.Coverage.COMPLETE
            target.save()
            places.dimensions[values["market"], target.code] = target
        places.changed_markets |= {places.markets[values["market"]].pk for values, _ in rows}

    def settle(self, rows: Sequence[Values], places: Places) -> None:
        """Say of breakdowns what they split, now that all segments are there."""
        for values in rows:
            split = places.segments.get((values["market"], values.get("breaks_down") or ""))
            if values.get("coverage") == Dimension.Coverage.BREAKDOWN and split is not None:
                dimension = places.dimensions[values["market"], values["code"]]
                dimension.coverage, dimension.breaks_down = Dimension.Coverage.BREAKDOWN, split
                dimension.save()

    def order_of(self, values: Values) -> Any:
        return (values["market"], values["position"], values["code"])


class Segments(MarketPart):
    code = "segments"
    title = "Segments"
    about = "What dimensions are split into; a segment’s path says under which it lies."
    model = Segment
    key = ("market", "path")
    related = ("dimension__market", "parent")
    columns = (
        MARKET,
        Column(
            "path",
            "Its path: the dimension’s code, then each segment down to it.",
            Code(most=400, path=True),
            required=True,
            example="geography/europe/germany",
        ),
        Column("name", "Its name.", Kind(150), required=True, example="Germany"),
        Column(
            "kind",
            "segment, region, country, group (of countries) or rest.",
            Choice(options=list(Segment.Kind.choices), default="segment"),
            example="country",
        ),
        Column("iso_code", "For a country: its ISO 3166 code.", Country(), example="DE"),
        POSITION,
    )

    @staticmethod
    def of_markets(**condition: Any) -> Q:
        return Q(dimension__market__in=Market.objects.filter(**condition))

    def values_of(self, stored: Any) -> Values:
        return {"market": stored.dimension.market.slug} | {
            column.name: getattr(stored, column.name) for column in self.columns if column.name != "market"
        }

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if problems:
            return problems
        market, path = values["market"], values["path"]
        above, slash, _ = path.rpartition("/")
        if not slash:
            problems.append(
                Problem("path", "A segment’s path begins with its dimension’s code, such as material/glass.")
            )
        elif (
            "/" in above
            and (market, above) not in places.segments
            and (market, above) not in places.announced["segments"]
        ):
            problems.append(
                Problem("path", f"There is no segment “{above}” for this one to lie under; list it before.")
            )
        elif (
            "/" not in above
            and (market, above) not in places.dimensions
            and (market, above) not in places.announced["dimensions"]
        ):
            problems.append(Problem("path", f"The market has no dimension “{above}”."))
        if values.get("iso_code") and values.get("kind", stored.kind if stored is not None else "segment") != "country":
            problems.append(Problem("iso_code", "Only a country has an ISO 3166 code."))
        return problems

    def turn(self, values: Values) -> int:
        return int(values["path"].count("/"))

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        for values, stored in rows:
            market, path = values["market"], values["path"]
            above, _, code = path.rpartition("/")
            target = stored
            if target is None:
                parent = places.segments.get((market, above))
                dimension = parent.dimension if parent is not None else places.dimensions[market, above]
                target = Segment(dimension=dimension, parent=parent, code=code[:80], path=path)
            for name in ("name", "kind", "iso_code", "position"):
                if name in values:
                    setattr(target, name, values[name])
            target.save()
            places.segments[market, path] = target
        places.changed_markets |= {places.markets[values["market"]].pk for values, _ in rows}

    def order_of(self, values: Values) -> Any:
        return (values["market"], values["path"].count("/"), values["path"].rpartition("/")[0], values["position"])


DIMENSIONS = Dimensions()
SEGMENTS = Segments()
