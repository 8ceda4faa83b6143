"""Cross-tables: they sum to both dimensions, hold what is known, and say why where they can't be filled."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from forecasts.crossing import Crossed, cross_tables, fill_years
from forecasts.models import (
    Assumption,
    CrossCell,
    CrossTable,
    Dimension,
    ForecastState,
    ForecastValue,
    Market,
    Observation,
    Segment,
)
from forecasts.recompute import recompute
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    """300 in 2024, split twice: glass and fabric; Europe (with Germany and France) and Asia."""
    market = MarketFactory.create()
    kind = Dimension.objects.create(market=market, name="Kind", code="kind", position=0)
    for name, value in (("Glass", 200), ("Fabric", 100)):
        segment = Segment.objects.create(dimension=kind, name=name)
        Observation.objects.create(market=market, segment=segment, year=2024, value=value, source="test")
    place = Dimension.objects.create(market=market, name="Place", code="place", position=1)
    europe = Segment.objects.create(dimension=place, name="Europe")
    asia = Segment.objects.create(dimension=place, name="Asia")
    for parent, name, value in ((europe, "Germany", 100), (europe, "France", 80)):
        segment = Segment.objects.create(dimension=place, parent=parent, name=name)
        Observation.objects.create(market=market, segment=segment, year=2024, value=value, source="test")
    Observation.objects.create(market=market, segment=asia, year=2024, value=120, source="test")
    Observation.objects.create(market=market, year=2024, value=300, source="test")
    for projected in (None, *Segment.objects.filter(parent=europe)):
        Assumption.objects.create(market=market, segment=projected, method="growth-rate", rate=5)
    return market


@pytest.fixture
def table(market: Market) -> CrossTable:
    rows, columns = market.dimensions.all()
    return CrossTable.objects.create(market=market, rows=rows, columns=columns)


def known(table: CrossTable, row: str, column: str, value: str, year: int = 2024) -> CrossCell:
    return CrossCell(
        table=table,
        row=Segment.objects.get(path=row),
        column=Segment.objects.get(path=column),
        year=year,
        value=Decimal(value),
        source="A count of ours",
    )


def values_of(market: Market) -> dict[tuple[str, str, int], Decimal]:
    recompute(market.pk, trigger="test")
    rows = ForecastValue.objects.filter(market=market).values_list("scenario", "path", "year", "value")
    return {(scenario, path, year): value.quantize(Decimal("0.01")) for scenario, path, year, value in rows}


def crossed(market: Market) -> Crossed:
    (one,) = cross_tables(market, values_of(market))
    return one


def assert_adds_up(one: Crossed, values: dict[tuple[str, str, int], Decimal]) -> None:
    for scenario, year in {(scenario, year) for scenario, _, _, year in one.cells}:
        for row in one.rows:
            cells = [one.cells[scenario, row, column, year].value for column in one.columns]
            assert sum(cells) == values[scenario, row, year]
        for column in one.columns:
            cells = [one.cells[scenario, row, column, year].value for row in one.rows]
            assert sum(cells) == values[scenario, column, year]


def test_without_known_cells_rows_and_columns_are_independent(market: Market, table: CrossTable) -> None:
    one = crossed(market)
    assert one.problem == ""
    assert one.rows == ("kind/glass", "kind/fabric")
    assert one.columns == ("place/europe", "place/asia")
    assert one.cells["base", "kind/glass", "place/europe", 2024].value == Decimal("120.00")
    assert all(cell.modelled for cell in one.cells.values())
    assert_adds_up(one, values_of(market))


def test_known_cells_are_held_and_the_rest_is_fitted_to_them(market: Market, table: CrossTable) -> None:
    known(table, "kind/glass", "place/europe", "150.00").save()
    one = crossed(market)
    held = one.cells["base", "kind/glass", "place/europe", 2024]
    assert (held.value, held.modelled) == (Decimal("150.00"), False)
    assert one.cells["base", "kind/fabric", "place/europe", 2024].value == Decimal("30.00")
    assert [place for place, cell in one.cells.items() if not cell.modelled] == [
        (scenario, "kind/glass", "place/europe", 2024) for scenario in ("base", "optimistic", "pessimistic")
    ]
    assert_adds_up(one, values_of(market))


def test_what_is_known_of_one_year_shapes_the_others(market: Market, table: CrossTable) -> None:
    independent = crossed(market).cells["base", "kind/glass", "place/europe", 2031].value
    known(table, "kind/glass", "place/europe", "150.00").save()
    shaped = crossed(market).cells["base", "kind/glass", "place/europe", 2031]
    assert shaped.modelled
    assert shaped.value > independent


def test_a_cell_known_to_be_nothing_stays_nothing(market: Market, table: CrossTable) -> None:
    known(table, "kind/fabric", "place/asia", "0").save()
    one = crossed(market)
    assert {cell.value for place, cell in one.cells.items() if place[1:3] == ("kind/fabric", "place/asia")} == {
        Decimal(0)
    }


def test_the_finest_level_is_crossed_where_it_is_asked_for(market: Market, table: CrossTable) -> None:
    CrossTable.objects.update(column_detail="finest")
    one = crossed(market)
    assert set(one.columns) == {"place/europe/germany", "place/europe/france", "place/asia"}
    assert_adds_up(one, values_of(market))


def test_a_segment_that_is_not_estimated_has_no_row(market: Market, table: CrossTable) -> None:
    Segment.objects.create(dimension=table.rows, name="Solar")
    one = crossed(market)
    assert one.rows == ("kind/glass", "kind/fabric")
    assert one.without == ("kind/solar",)


@pytest.mark.parametrize(
    ("value", "says"), [("250.00", "2024: The known cells of “Glass” exceed its total"), ("80.00", "")]
)
def test_known_cells_that_do_not_fit_are_said_with_their_year(
    market: Market, table: CrossTable, value: str, says: str
) -> None:
    known(table, "kind/glass", "place/europe", value).save()
    one = crossed(market)
    assert one.problem.startswith(says)
    assert bool(one.problem) == bool(says)
    assert bool(one.cells) != bool(says)


def test_a_known_cell_of_a_segment_that_is_not_shown_is_said(market: Market, table: CrossTable) -> None:
    known(table, "kind/glass", "place/europe/germany", "10").save()
    assert "Remove it, or change its detail" in crossed(market).problem


def test_a_market_without_numbers_says_that_there_is_nothing_to_cross(market: Market, table: CrossTable) -> None:
    Observation.objects.all().delete()
    assert "nothing to cross" in crossed(market).problem


def test_years_before_and_after_known_cells_follow_the_nearest() -> None:
    values = {
        (scenario, path, year): Decimal(10)
        for scenario in ("base",)
        for path in ("a", "b", "x", "y")
        for year in range(2020, 2027)
    }
    given = {2021: {("a", "x"): Decimal(9)}, 2025: {("a", "x"): Decimal(1)}}
    cells = fill_years(["a", "b"], ["x", "y"], given, values, "base", range(2020, 2027), 0)
    assert [int(cells["base", "a", "x", year].value) for year in range(2020, 2027)] == [9, 9, 9, 9, 1, 1, 1]


def test_a_change_of_a_cross_table_makes_the_draft_newer_and_the_forecast_no_other(
    market: Market, table: CrossTable
) -> None:
    values_of(market)
    before = ForecastState.objects.get(pk=market.pk)
    known(table, "kind/glass", "place/europe", "150.00").save()
    assert not ForecastState.objects.get(pk=market.pk).is_current
    assert recompute(market.pk, trigger="test") is None
    after = ForecastState.objects.get(pk=market.pk)
    assert after.is_current
    assert after.forecast_version == before.forecast_version + 1
    assert after.inputs_digest == before.inputs_digest


def test_only_dimensions_of_the_same_whole_can_be_crossed(market: Market, table: CrossTable) -> None:
    glass = Segment.objects.get(path="kind/glass")
    pane = Dimension.objects.create(market=market, name="Pane", code="pane", coverage="breakdown", breaks_down=glass)
    part = Dimension.objects.create(market=market, name="Electric", code="electric", coverage="partial")
    other = Dimension.objects.create(market=MarketFactory.create(), name="Other", code="other")
    for columns, sentence in ((pane, "don’t split the same whole"), (part, "only a part"), (other, "another market")):
        with pytest.raises(ValidationError, match=sentence):
            CrossTable(market=market, rows=table.rows, columns=columns).full_clean()
    with pytest.raises(ValidationError, match="two different dimensions"):
        CrossTable(market=market, rows=table.rows, columns=table.rows).full_clean()


def test_a_known_cell_lies_in_its_table_and_in_the_past(market: Market, table: CrossTable) -> None:
    known(table, "kind/glass", "place/europe", "150").full_clean()
    with pytest.raises(ValidationError, match="to the base year, 2024"):
        known(table, "kind/glass", "place/europe", "150", 2030).full_clean()
    with pytest.raises(ValidationError, match="Choose a segment of Kind"):
        known(table, "place/asia", "place/europe", "150").full_clean()
