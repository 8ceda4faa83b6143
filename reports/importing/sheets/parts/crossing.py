"""Cross-tables in a workbook: which dimensions are crossed, and the cells that analysts know."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q

from forecasts.models import CrossCell, CrossTable, Dimension
from reports.importing.sheets.columns import Choice, Code, Column, Kind, Number, Whole, YesNo
from reports.importing.sheets.parts.base import Problem, Values
from reports.importing.sheets.parts.market import MARKET, POSITION, MarketPart
from reports.importing.sheets.places import Places

_DETAIL = [(value, value) for value in CrossTable.Detail.values]


class CrossTables(MarketPart):
    code = "cross-tables"
    title = "Cross-tables"
    about = "Which dimensions of a market are crossed with each other."
    model = CrossTable
    key = ("market", "rows", "columns")
    related = ("market", "rows", "columns")
    not_fields = ("rows", "columns")
    columns = (
        MARKET,
        Column("rows", "The code of the dimension down the side.", Code(most=60), required=True, example="material"),
        Column("columns", "The code of the dimension across.", Code(most=60), required=True, example="geography"),
        Column("row_detail", "top or finest: the level that the rows show.", Choice(options=_DETAIL), never_empty=True),
        Column(
            "column_detail",
            "top or finest: the level that the columns show.",
            Choice(options=_DETAIL),
            never_empty=True,
        ),
        POSITION,
    )

    def values_of(self, stored: Any) -> Values:
        return super().values_of(stored) | {"rows": stored.rows.code, "columns": stored.columns.code}

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if not problems and values["rows"] == values["columns"]:
            return [Problem("columns", "A cross-table needs two different dimensions.")]
        for name in ("rows", "columns"):
            place = (values["market"], values[name])
            if place not in places.dimensions and place not in places.announced["dimensions"]:
                problems.append(Problem(name, f"The market has no dimension “{values[name]}”."))
            elif _coverage(place, places) == Dimension.Coverage.PARTIAL:
                sentence = f"“{values[name]}” covers only a part of the market, so it can’t be crossed."
                problems.append(Problem(name, sentence))
        return problems

    def begin(self, values: Values, places: Places) -> Any:
        rows, columns = (places.dimensions[values["market"], values[name]] for name in ("rows", "columns"))
        return CrossTable(market=places.markets[values["market"]], rows=rows, columns=columns)

    def fill(self, target: Any, values: Values, places: Places) -> set[str]:
        fields = super().fill(target, values, places)
        target.clean()
        return fields

    def order_of(self, values: Values) -> Any:
        return (values["market"], values["position"], values["rows"], values["columns"])


class CrossCells(MarketPart):
    code = "cross-cells"
    title = "Known cells"
    about = "Cells of cross-tables that analysts know: they are held, and the others fitted to them."
    model = CrossCell
    key = ("market", "row", "column", "year")
    related = ("table__market", "row", "column")
    not_fields = ("row", "column")
    columns = (
        MARKET,
        Column("row", "The segment down the side.", Code(most=400, path=True), required=True, example="material/glass"),
        Column("column", "The segment across.", Code(most=400, path=True), required=True, example="geography/europe"),
        Column(
            "year", "The year, up to the base year.", Whole(least=1900, greatest=2200), required=True, example="2024"
        ),
        Column("value", "The value, in the market’s unit.", Number(least=Decimal(0)), required=True, example="410.5"),
        Column("source", "Where the number comes from.", Kind(300), required=True, example="Survey 2024"),
        Column("illustrative", "yes: not market data, and shown so everywhere. Empty: no.", YesNo(), example="no"),
    )

    @staticmethod
    def of_markets(**condition: Any) -> Q:
        return Q(**{f"table__market__{name}": value for name, value in condition.items()})

    def values_of(self, stored: Any) -> Values:
        own = {column.name: getattr(stored, column.name) for column in self.columns[3:]}
        return {"market": stored.table.market.slug, "row": stored.row.path, "column": stored.column.path} | own

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        problems = super().check(values, stored, places)
        if problems:
            return problems
        market = values["market"]
        for name in ("row", "column"):
            place = (market, values[name])
            if place not in places.segments and place not in places.announced["segments"]:
                problems.append(Problem(name, f"The market has no segment “{values[name]}”."))
        table = _table(values)
        if not problems and table not in places.cross_tables and table not in places.announced["cross-tables"]:
            sentence = f"The market has no cross-table of “{table[1]}” by “{table[2]}”. Add it to “cross-tables”."
            problems.append(Problem("row", sentence))
        known = places.markets.get(market)
        if known is not None and not known.first_year <= values["year"] <= known.base_year:
            span = f"{known.first_year} to the base year, {known.base_year}"
            problems.append(Problem("year", f"Known cells are of the past: from {span}."))
        if stored is None:
            problems += [
                Problem(name, f"A new cell needs the column “{name}”.")
                for name in ("value", "source")
                if name not in values
            ]
        return problems

    def begin(self, values: Values, places: Places) -> Any:
        row, column = (places.segments[values["market"], values[name]] for name in ("row", "column"))
        return CrossCell(table=places.cross_tables[_table(values)], row=row, column=column)

    def fill(self, target: Any, values: Values, places: Places) -> set[str]:
        fields = super().fill(target, values, places)
        target.clean()
        return fields


def _coverage(place: tuple[str, str], places: Places) -> str:
    announced = places.announced["dimensions"].get(place, {}).get("coverage")
    return str(announced or places.dimensions[place].coverage) if place in places.dimensions else str(announced or "")


def _table(values: Values) -> tuple[str, str, str]:
    """Which cross-table a cell is of: its segments' dimensions, which are the first parts of their paths, say it."""
    return values["market"], values["row"].split("/")[0], values["column"].split("/")[0]


CROSSING_PARTS: Sequence[MarketPart] = (CrossTables(), CrossCells())
