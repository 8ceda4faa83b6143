"""What the database itself refuses, and how it notices every edit."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from forecasts.models import (
    Assumption,
    Dimension,
    Driver,
    ForecastState,
    ForecastValue,
    Market,
    Observation,
    Pin,
    Segment,
)


@pytest.fixture
def market(db: None) -> Market:
    return Market.objects.create(name="Sunroofs", slug="sunroofs", first_year=2021, base_year=2024, last_year=2031)


@pytest.fixture
def glass(market: Market) -> Segment:
    dimension = Dimension.objects.create(market=market, name="Material", code="material")
    return Segment.objects.create(dimension=dimension, name="Glass")


def version(market: Market) -> int:
    return ForecastState.objects.get(market=market).inputs_version


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"base_year": 2031}, "market_years_in_order"),
        ({"first_year": 2025}, "market_years_in_order"),
        ({"currency": "usd"}, "market_currency_is_iso_4217"),
        ({"price_basis": "constant"}, "market_price_year_with_constant_prices"),
        ({"last_year": 2099}, "market_spans_at_most_60_years"),
    ],
)
def test_a_market_that_cannot_be_is_refused(db: None, fields: dict[str, object], constraint: str) -> None:
    good = {"name": "M", "slug": "m", "first_year": 2021, "base_year": 2024, "last_year": 2031}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Market.objects.create(**{**good, **fields})


def test_a_breakdown_must_name_the_segment_it_breaks_down(market: Market) -> None:
    with pytest.raises(IntegrityError, match="dimension_breakdown_names_its_segment"), transaction.atomic():
        Dimension.objects.create(market=market, name="Fabric", code="fabric", coverage="breakdown")


def test_only_a_country_has_an_iso_code(glass: Segment) -> None:
    with pytest.raises(IntegrityError, match="segment_iso_code_is_a_countrys"), transaction.atomic():
        Segment.objects.create(dimension=glass.dimension, name="Germany", iso_code="DE")


def test_a_segments_path_outlives_its_name(glass: Segment) -> None:
    assert glass.path == "material/glass"
    glass.name = "Laminated glass"
    glass.save()
    glass.refresh_from_db()
    assert glass.path == "material/glass"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"value": -1}, "observation_is_not_negative"),
        ({"source": ""}, "observation_has_a_source"),
        ({"status": "F"}, "observation_status_is_sdmx_a_or_e"),
    ],
)
def test_an_observation_needs_a_value_a_status_and_a_source(
    market: Market, fields: dict[str, object], constraint: str
) -> None:
    good = {"market": market, "year": 2024, "value": 1, "source": "Page", "status": "A"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Observation.objects.create(**{**good, **fields})


def test_a_node_has_one_observation_a_year_even_the_total(market: Market) -> None:
    Observation.objects.create(market=market, year=2024, value=1, source="Page")
    with pytest.raises(IntegrityError, match="observation_once_per_node_and_year"), transaction.atomic():
        Observation.objects.create(market=market, year=2024, value=2, source="Page")


def test_intervals_must_be_nested(market: Market) -> None:
    with pytest.raises(IntegrityError, match="value_intervals_are_nested"), transaction.atomic():
        ForecastValue.objects.create(
            market=market,
            scenario="base",
            path="total",
            year=2031,
            value=5,
            status="F",
            low80=1,
            high80=9,
            low95=2,
            high95=8,
        )


def test_every_kind_of_edit_by_any_door_raises_the_version_once(market: Market, glass: Segment) -> None:
    seen = version(market)

    def raised() -> bool:
        nonlocal seen
        before, seen = seen, version(market)
        return seen == before + 1

    Observation.objects.bulk_create(
        Observation(market=market, segment=glass, year=year, value=1, source="Page") for year in range(2021, 2025)
    )
    assert raised()
    Observation.objects.update(value=2)
    assert raised()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forecasts_observation SET value = 3 WHERE year = 2024")
    assert raised()
    assumption = Assumption.objects.create(market=market, segment=glass, method="growth-path")
    assert raised()
    assumption.growth_steps.create(year=2025, rate=7)
    assert raised()
    Pin.objects.create(market=market, year=2031, value=5, reason="Published")
    assert raised()
    Market.objects.filter(pk=market.pk).update(last_year=2030)
    assert raised()
    Observation.objects.all().delete()
    assert raised()


def test_what_is_no_input_leaves_the_version_alone(market: Market) -> None:
    seen = version(market)
    market.name = "Car sunroofs"
    market.save()
    assert version(market) == seen


def test_saving_a_market_held_in_memory_cannot_undo_an_edit(market: Market) -> None:
    held = Market.objects.select_related("state").get(pk=market.pk)
    Observation.objects.create(market=market, year=2024, value=1, source="Page")
    seen = version(market)
    held.save()
    assert version(market) == seen


def test_an_edited_market_is_stale_until_its_forecast_has_caught_up(market: Market) -> None:
    assert market in Market.objects.stale()
    ForecastState.objects.update(forecast_version=1)
    assert market not in Market.objects.stale()
    Observation.objects.create(market=market, year=2024, value=1, source="Page")
    assert market in Market.objects.stale()


def test_a_driver_is_named_with_its_effect_without_idle_zeros() -> None:
    assert str(Driver(name="Comfort", effect=Decimal("2.3000"))) == "Comfort (+2.3 pp)"
    assert str(Driver(name="Cost", effect=Decimal("-10"))) == "Cost (-10 pp)"
