"""The draft against its own forecast: accepted claims, figures, superlatives, typed rates, its state."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.checks.draft import Claim, CrossTable, Draft
from tests.reports.checks.drafts import (
    MARKET,
    dimension,
    draft,
    growth,
    hits,
    market_draft,
    sentence,
    span,
    text,
    value,
)

MATERIAL = dimension("Material", "Fabric Material", "Glass Material")
VALUES = {
    ("base", "total", 2024): "2274.97", ("base", "total", 2031): "3701.17",
    ("base", "material/fabric-material", 2024): "574.97", ("base", "material/fabric-material", 2031): "750.00",
    ("base", "material/glass-material", 2024): "1700.00", ("base", "material/glass-material", 2031): "2951.17",
}  # fmt: skip


def forecast(*bodies: str, **parts: object) -> Draft:
    values = {cell: Decimal(shown) for cell, shown in VALUES.items()}
    texts = tuple(text(body) for body in bodies)
    return market_draft(**({"dimensions": (MATERIAL,), "values": values, "texts": texts} | parts))


def accepted(claim: Claim) -> Draft:
    return forecast(claims=(replace(claim, decision="accepted"),))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (value("base-year", "", 2024), value("base-year", "", 2025)),
        (value("base-value", "2,274.97", 2024), value("base-value", "2,275.97", 2024)),
        (value("base-value", "2,275", 2024), value("base-value", "2,276", 2024)),
        (value("end-value", "3,701.17", 2031), value("end-value", "3,701.17", 2032)),
        (span(2024, 2031), span(2026, 2032)),
        (growth("7.2 %"), growth("7.4 %")),
        (growth("7.20 %", 2024, 2031), growth("7.30 %", 2024, 2031)),
    ],
)
def test_what_an_editor_accepted_is_what_the_market_says(right: Claim, wrong: Claim) -> None:
    assert not hits("claim-against-market", accepted(right))
    assert "The accepted claim says" in sentence("claim-against-market", accepted(wrong))
    assert not hits("claim-against-market", forecast(claims=(wrong,)))


def test_a_stale_forecast_is_an_error_of_its_own_and_proves_nothing_else() -> None:
    stale = replace(MARKET, is_current=False)
    late = replace(accepted(value("end-value", "9.99", 2031)), market=stale)
    assert "has not caught up" in sentence("forecast-stale", late)
    assert not hits("claim-against-market", late)
    assert not hits("forecast-stale", forecast())


def test_a_failed_forecast_says_why_and_is_not_also_called_stale() -> None:
    failed = forecast(market=replace(MARKET, is_current=False, problem="Two pins contradict each other."))
    assert "Two pins contradict" in sentence("forecast-failed", failed)
    assert not hits("forecast-stale", failed)
    assert not hits("forecast-failed", forecast())


def test_a_market_without_numbers_is_pointed_out() -> None:
    assert hits("no-forecast", forecast(values={}))
    assert not hits("no-forecast", forecast())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("[[total 2031]] and [[share material/glass-material 2031]], led by [[largest material 2031]].", None),
        ("[[cagr material/glass-material 2024-2031 | 2]]", None),
        ("[[total]]", "is not a figure"),
        ("[[share material/wood 2031]]", "no segment material/wood"),
        ("[[total 2031 @imagined]]", "no value"),
        ("[[total 2031]", "brackets do not match"),
        ("total 2031]]", "brackets do not match"),
    ],
)
def test_every_figure_in_the_prose_resolves(body: str, found: str | None) -> None:
    said = [hit.sentence for hit in hits("figure-unknown", forecast(body))]
    assert bool(said) is (found is not None)
    assert found is None or found in said[0]


def test_a_figure_is_for_a_year_the_market_covers() -> None:
    out = forecast("[[total 2035]]")
    assert "2035, but the market covers 2021–2031" in sentence("figure-year-out-of-range", out)
    assert not hits("figure-unknown", out)
    assert not hits("figure-year-out-of-range", forecast("[[total 2031]]"))


def test_figures_are_not_judged_by_a_forecast_that_is_on_its_way() -> None:
    waiting = forecast("[[total 2027]]", market=replace(MARKET, is_current=False))
    assert not hits("figure-unknown", waiting)
    assert hits("figure-unknown", forecast("[[total 2027]]"))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("Fabric Material is the largest segment.", True),
        ("Glass Material is the largest segment.", False),
        ("Glass Material is the fastest-growing segment.", False),
        ("Fabric Material is the fastest-growing segment.", True),
        ("Fabric Material is one of the largest segments.", False),
        ("Fabric Material and Glass Material share the market.", False),
        ("[[largest material 2031]] is the largest segment.", False),
    ],
)
def test_superlatives_follow_the_numbers(body: str, wrong: bool) -> None:
    assert bool(hits("superlative-disagrees", forecast(body))) is wrong


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("The market grows at a CAGR of 7.2 % from 2024 to 2031.", False),
        ("The market grows at a CAGR of 7.9%.", True),
        ("Glass Material grows at a CAGR of 8.2%.", False),
        ("Glass Material grows at a CAGR of 7.2%.", True),
        ("Fabric Material and Glass Material grow at a CAGR of 5%.", False),
        ("The market grows at a CAGR of 9% from 2015 to 2020.", False),
    ],
)
def test_typed_growth_rates_are_the_computed_ones(body: str, wrong: bool) -> None:
    assert bool(hits("growth-in-prose-disagrees", forecast(body))) is wrong


def test_drivers_explain_the_growth() -> None:
    assert "sum to 3 percentage points" in sentence(
        "driver-effects-unexplained", forecast(driver_effects=(Decimal(3),))
    )
    assert not hits("driver-effects-unexplained", forecast(driver_effects=(Decimal(8), Decimal("-0.8"))))


def test_rules_on_numbers_say_nothing_of_a_manuscript() -> None:
    for code in ("claim-against-market", "forecast-stale", "no-forecast", "superlative-disagrees"):
        assert not hits(code, draft(texts=(text("Glass Material is the largest segment."),)))


def test_a_cross_table_that_cannot_be_filled_is_said_with_its_reason() -> None:
    told = CrossTable("Material by Vehicle", "2024: The known cells of “Glass” exceed its total by 3.")
    found = sentence("cross-table-impossible", market_draft(cross_tables=(told, CrossTable("Vehicle by Geography"))))
    assert found == f"The cross-table Material by Vehicle can’t be filled. {told.problem}"


def test_a_cross_table_is_not_judged_by_a_stale_forecast() -> None:
    told = (CrossTable("Material by Vehicle", "Nothing fits."),)
    stale = market_draft(market=replace(MARKET, is_current=False), cross_tables=told)
    assert hits("cross-table-impossible", stale) == []
