"""Why a number is what it is: the parts add up to it, and what can't be explained is refused in a sentence."""

from decimal import Decimal

import pytest

from forecasts.explaining import CannotExplain, explain, methods
from forecasts.models import ForecastRun, ForecastValue, Market, Observation, Pin
from forecasts.recompute import recompute
from forecasts.requesting import mark_stale
from tests.factories import sunroof_draft

pytestmark = pytest.mark.django_db
GLASS = "material/glass-material"


@pytest.fixture
def market() -> Market:
    market = sunroof_draft().market
    assert recompute(market.pk, trigger="test") is not None
    return market


def test_the_parts_of_every_stored_value_add_up_to_it(market: Market) -> None:
    values = ForecastValue.objects.filter(market=market, year__in=(2024, 2028, 2031))
    assert values.exists()
    for stored in values:
        trace = explain(market, stored.scenario, stored.path, stored.year)
        parts = trace["base_value"] + trace["reconciliation_adjustment"] + trace["rounding"]
        assert parts == trace["value"] == stored.value


def test_an_observed_value_names_its_source(market: Market) -> None:
    trace = explain(market, "base", "total", 2024)
    assert (trace["method"], trace["status"]) == ("observed", "A")
    assert trace["observations"][0]["value"] == Decimal("2274.97")
    assert "Published page" in trace["observations"][0]["source"]


def test_a_pinned_value_says_so(market: Market) -> None:
    trace = explain(market, "base", "total", 2031)
    assert (trace["method"], trace["pin"]) == ("pinned", Decimal("3701.17"))


def test_a_stale_forecast_is_not_explained(market: Market) -> None:
    Observation.objects.filter(year=2024, segment=None).update(value="2300")
    with pytest.raises(CannotExplain, match="has not caught up"):
        explain(market, "base", "total", 2024)
    assert methods(market) == {}


def test_a_failed_forecast_says_what_to_mend(market: Market) -> None:
    Pin.objects.create(market=market, year=2024, value=1, reason="A slip")
    recompute(market.pk, trigger="test")
    with pytest.raises(CannotExplain, match=r"failed.*2024"):
        explain(market, "base", "total", 2024)


def test_a_forecast_of_another_engine_is_not_explained_by_this_one(market: Market) -> None:
    ForecastRun.objects.update(engine_version="0.0.1")
    with pytest.raises(CannotExplain, match="another version"):
        explain(market, "base", "total", 2024)


def test_marked_stale_it_is_explained_again_after_the_recompute(market: Market) -> None:
    mark_stale()
    with pytest.raises(CannotExplain):
        explain(market, "base", "total", 2024)
    recompute(market.pk, trigger="test")
    assert explain(market, "base", "total", 2024)["value"] == Decimal("2274.97")


@pytest.mark.parametrize(
    ("scenario", "path", "year", "sentence"),
    [
        ("base", "geography/europe", 2024, "Not estimated"),
        ("dream", "total", 2024, "no scenario “dream”"),
        ("base", "nowhere", 2024, "no segment at “nowhere”"),
        ("base", "total", 1999, "not estimated in 1999"),
    ],
)
def test_what_there_is_no_value_of_is_refused_in_words(
    market: Market, scenario: str, path: str, year: int, sentence: str
) -> None:
    with pytest.raises(CannotExplain, match=sentence):
        explain(market, scenario, path, year)


def test_every_projected_node_has_its_method_in_words(market: Market) -> None:
    found = methods(market)
    assert "growth rate of 8.2" in found[GLASS]
    assert "geography/europe" not in found
