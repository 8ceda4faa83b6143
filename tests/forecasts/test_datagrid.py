"""The data grid: what an editor may type or paste, and that a save is all or nothing."""

from decimal import Decimal

import pytest

from forecasts.datagrid import GridOutdated, GridRefused, apply_grid, load_grid, parse_number, sheet
from forecasts.models import Assumption, Dimension, ForecastState, Market, Observation, Segment

SOURCE = "Interview, November 2026"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2274.97", "2274.97"),
        ("2,274.97", "2274.97"),
        ("2 274.97", "2274.97"),
        ("2\u00a0274.97", "2274.97"),
        ("1,002,274", "1002274"),
        ("7.2 %", "7.2"),
        ("7.2%", "7.2"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("(3)", "-3"),
        (".5", "0.5"),
    ],
)
def test_numbers_as_people_type_and_paste_them(typed: str, number: str) -> None:
    assert parse_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["2274,97", "1,2,3", "12a", "n/a", "1.2.3", "=1+1", "1e5", "∞"])
def test_what_is_no_number_is_refused_rather_than_guessed_at(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|two ways"):
        parse_number(typed)


@pytest.fixture
def market(db: None) -> Market:
    market = Market.objects.create(name="Sunroofs", slug="sunroofs", first_year=2021, base_year=2024, last_year=2031)
    dimension = Dimension.objects.create(market=market, name="Material", code="material")
    Segment.objects.create(dimension=dimension, name="Glass")
    Segment.objects.create(dimension=dimension, name="Fabric")
    Observation.objects.create(market=market, year=2024, value="2274.97", source="Published page")
    return market


def version(market: Market) -> int:
    return ForecastState.objects.get(market=market).inputs_version


def key(name: str, year: int | str) -> str:
    return f"s{Segment.objects.get(name=name).pk}-{year}"


def test_a_saved_grid_adds_changes_and_removes(market: Market) -> None:
    Observation.objects.create(market=market, year=2023, value="2100", source="Published page")
    applied = apply_grid(
        market,
        {"t-2024": "2,280.00", "t-2023": "", key("Glass", 2024): "1,500", key("Glass", "growth"): "8.1 %"},
        source=SOURCE,
        version=version(market),
    )
    assert (applied.added, applied.changed, applied.removed, applied.growth) == (1, 1, 1, 1)
    assert Observation.objects.get(segment__name="Glass").source == SOURCE
    assert Observation.objects.get(segment=None).value == Decimal("2280")
    assert Assumption.objects.get().rate == Decimal("8.1")


def test_one_wrong_cell_saves_nothing_and_says_why(market: Market) -> None:
    with pytest.raises(GridRefused, match="One cell is wrong") as refused:
        apply_grid(market, {"t-2024": "9,999", key("Glass", 2024): "a lot"}, source=SOURCE, version=version(market))
    assert refused.value.cells == {key("Glass", 2024): "“a lot” is not a number. Write, for example, 2,274.97."}
    assert Observation.objects.get().value == Decimal("2274.97")


def test_a_new_number_needs_a_source(market: Market) -> None:
    with pytest.raises(GridRefused) as refused:
        apply_grid(market, {key("Glass", 2024): "1,500"}, source=" ", version=version(market))
    assert "where the new number comes from" in refused.value.cells[key("Glass", 2024)]


def test_a_negative_market_is_refused(market: Market) -> None:
    with pytest.raises(GridRefused) as refused:
        apply_grid(market, {"t-2024": "-5"}, source=SOURCE, version=version(market))
    assert refused.value.cells["t-2024"] == "A market’s value cannot be negative."


def test_a_save_over_somebody_elses_is_refused(market: Market) -> None:
    seen = version(market)
    Observation.objects.update(value="2300")
    with pytest.raises(GridOutdated, match="Somebody saved this market") as refused:
        apply_grid(market, {"t-2024": "2,280", "t-2023": ""}, source=SOURCE, version=seen)
    assert Observation.objects.get().value == Decimal("2300")
    assert refused.value.cells == {"t-2024": "Stored now: 2,300.00."}
    assert refused.value.now["t-2024"]["typed"] == "2,300.00"
    assert refused.value.version == version(market)


def test_a_percentage_is_no_value_of_a_market(market: Market) -> None:
    with pytest.raises(GridRefused) as refused:
        apply_grid(market, {"t-2024": "7.2 %"}, source=SOURCE, version=version(market))
    assert "Rates belong in the last column" in refused.value.cells["t-2024"]


def test_new_numbers_carry_the_status_that_was_chosen(market: Market) -> None:
    cells = {key("Glass", 2024): "1,500"}
    apply_grid(market, cells, source=SOURCE, version=version(market), status=Observation.Status.ACTUAL)
    assert Observation.objects.get(segment__name="Glass").status == "A"


def test_the_sheet_knows_what_each_row_is_a_part_of(market: Market) -> None:
    glass = Segment.objects.get(name="Glass")
    laminated = Segment.objects.create(dimension=glass.dimension, name="Laminated", parent=glass)
    partial = Dimension.objects.create(market=market, name="Electric", code="electric", coverage="partial")
    finer = Dimension.objects.create(market=market, name="Tint", code="tint", coverage="breakdown", breaks_down=glass)
    rows = {row["key"]: row for row in sheet(market, load_grid(market), 7)["rows"]}
    assert rows[f"s{laminated.pk}"]["parent"] == f"s{glass.pk}"
    assert rows[f"s{glass.pk}"]["parent"] == f"g{glass.dimension_id}"
    assert rows[f"g{glass.dimension_id}"]["whole"] == "t"
    assert rows[f"g{partial.pk}"]["whole"] == f"d{partial.pk}"
    assert rows[f"g{finer.pk}"]["whole"] == f"s{glass.pk}"


def test_cells_that_were_not_changed_leave_the_forecast_alone(market: Market) -> None:
    before = version(market)
    applied = apply_grid(market, {"t-2024": "2,274.97", key("Glass", 2024): ""}, source="", version=before)
    assert applied.nothing
    assert version(market) == before


def test_the_grid_shows_the_tree_with_what_was_entered(market: Market) -> None:
    groups = load_grid(market)
    assert [group.name for group in groups] == ["Market total", "By Material"]
    assert [row.name for row in groups[1].rows] == ["Glass", "Fabric"]
    assert {cell.year: cell.typed for cell in groups[0].rows[0].cells}[2024] == "2,274.97"


def test_what_was_typed_is_still_there_after_a_refusal(market: Market) -> None:
    groups = load_grid(market, {"t-2024": "a lot"}, {"t-2024": "wrong"})
    cell = next(cell for cell in groups[0].rows[0].cells if cell.year == 2024)
    assert (cell.typed, cell.error) == ("a lot", "wrong")
