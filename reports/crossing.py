"""From a market's cross-tables to those of a document."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from forecasts.crossing import cross_tables
from forecasts.models import ForecastValue, Market, Observation
from reports import document as doc
from reports.models import Report


def crossed_tables(
    report: Report, market: Market, cells: Mapping[tuple[str, str, int], ForecastValue]
) -> tuple[doc.CrossTable, ...]:
    """The cross-tables that can be filled; the checker speaks of the others. Modelled from illustrative data, a table
    is illustrative itself."""
    places = Decimal(1).scaleb(-market.decimals)
    values = {place: cell.value.quantize(places) for place, cell in cells.items()}
    made_up = report.illustrative or Observation.objects.filter(market=market, illustrative=True).exists()
    tables = []
    for crossed in cross_tables(market, values):
        if crossed.problem:
            continue
        by_place: dict[tuple[str, str, str], list[doc.CrossCell]] = defaultdict(list)
        for (scenario, row, column, year), cell in crossed.cells.items():
            known = None if cell.modelled else crossed.known[row, column, year]
            by_place[scenario, row, column].append(
                doc.CrossCell(
                    year=year,
                    value=cell.value.quantize(places),
                    modelled=cell.modelled,
                    source=known.source if known else "",
                    illustrative=report.illustrative or (known.illustrative if known else made_up),
                )
            )
        tables.append(
            doc.CrossTable(
                code=crossed.table.code,
                title=crossed.table.title,
                rows_dimension=crossed.table.rows.code,
                columns_dimension=crossed.table.columns.code,
                rows=crossed.rows,
                columns=crossed.columns,
                without=crossed.without,
                series=tuple(
                    doc.CrossSeries(row, column, scenario, tuple(of_years))
                    for (scenario, row, column), of_years in sorted(by_place.items())
                ),
            )
        )
    return tuple(tables)
