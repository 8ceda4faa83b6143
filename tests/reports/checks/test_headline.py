"""Headline claims: contradictions are errors until an editor decides, roundings are not contradictions."""

from dataclasses import replace

import pytest

from reports.checks.claims import growth_statements
from reports.checks.draft import Draft
from tests.reports.checks.drafts import draft, growth, hits, sentence, span, value

FIRST, LAST = "2,274.97", "3,701.17"


def two_pages(*, decide: bool) -> Draft:
    """The contradiction of the seed: text 2024 to 2031, table 2025 to 2032; decided for the text, or open."""
    right, wrong = ("accepted", "rejected") if decide else ("open", "open")
    return draft(
        claims=(
            value("base-value", FIRST, 2024, line=10, decision=right),
            value("end-value", LAST, 2031, line=10, decision=right),
            growth("7.2 %", line=10, decision=right),
            value("base-value", FIRST, 2025, line=18, decision=wrong),
            value("end-value", LAST, 2032, line=19, decision=wrong),
            growth("7.2 %", line=17, decision=wrong),
            span(2024, 2031, line=1, decision=right),
            span(2021, 2031, line=8, decision=right),
            span(2026, 2032, line=14, decision=wrong),
        )
    )


@pytest.mark.parametrize("code", ["base-year-disagrees", "end-year-disagrees", "spans-disagree"])
def test_contradicting_years_are_errors_until_an_editor_decides(code: str) -> None:
    assert sentence(code, two_pages(decide=False))
    assert not hits(code, two_pages(decide=True))


def test_the_sentences_name_the_years_and_the_lines() -> None:
    assert sentence("base-year-disagrees", two_pages(decide=False)) == (
        "The base year disagrees: 2,274.97 is given for 2024 and 2025 (lines 10 and 18)."
    )
    said = sentence("spans-disagree", two_pages(decide=False))
    assert "2021–2031 (10 years, over which the headline values would grow 4.99 % a year)" in said
    assert "2026–2032 (6 years, over which the headline values would grow 8.45 % a year)" in said


def test_seven_years_fit_both_versions_so_growth_alone_finds_nothing() -> None:
    assert [one.verdict for one in growth_statements(two_pages(decide=False))] == ["agrees", "agrees"]


def test_two_base_years_are_an_error_and_one_is_not() -> None:
    years = (value("base-year", "", 2023), value("base-year", "", 2024, line=2))
    assert "2023 and 2024" in sentence("base-year-disagrees", draft(claims=years))
    assert not hits("base-year-disagrees", draft(claims=years[:1]))


def test_values_of_different_years_are_no_contradiction() -> None:
    claims = (value("base-value", "62.7", 2023), value("base-value", "65.1", 2024), value("end-value", "98.0", 2032))
    assert not hits("base-year-disagrees", draft(claims=claims))
    assert not hits("values-disagree", draft(claims=claims))


def test_a_base_year_without_its_value_is_doubtful() -> None:
    claims = (value("base-year", "", 2024), value("base-value", "10.0", 2025))
    assert "2024" in sentence("base-value-outside-base-year", draft(claims=claims))
    assert not hits("base-value-outside-base-year", draft(claims=(*claims, value("base-value", "9.0", 2024))))


def test_two_values_of_one_year_are_an_error_unless_one_is_the_other_rounded() -> None:
    assert "4.5 and 4.7" in sentence(
        "values-disagree", draft(claims=(value("base-value", "4.5", 2023), value("base-value", "4.7", 2023, line=3)))
    )
    assert not hits(
        "values-disagree", draft(claims=(value("base-value", "4.5", 2023), value("base-value", "4.52", 2023)))
    )


@pytest.mark.parametrize(("other", "is_meant_for_it"), [("45", True), ("4500", True), ("18", False), ("1.2", False)])
def test_values_far_apart_are_of_two_things_unless_the_point_or_the_unit_slipped(
    other: str, is_meant_for_it: bool
) -> None:
    claims = (value("base-value", "4.5", 2023), value("base-value", other, 2023, line=3))
    assert bool(hits("values-disagree", draft(claims=claims))) is is_meant_for_it


def test_spans_that_end_together_do_not_contradict_each_other_and_history_ends_earlier() -> None:
    claims = (span(2024, 2031), span(2021, 2031), span(2019, 2023, label="history-period"))
    assert not hits("spans-disagree", draft(claims=claims))


def test_a_study_that_begins_after_its_base_year_is_doubtful_but_a_forecast_may() -> None:
    base = value("base-year", "", 2025)
    assert hits("span-leaves-out-base-year", draft(claims=(base, span(2026, 2032, label="study-period"))))
    assert not hits("span-leaves-out-base-year", draft(claims=(base, span(2026, 2032, label="forecast-period"))))


def test_a_rate_that_cannot_follow_is_an_error_that_says_what_would_fit() -> None:
    claims = (value("base-value", FIRST, 2024), value("end-value", LAST, 2030), growth("7.2 %"))
    said = sentence("growth-disagrees", draft(claims=claims))
    assert "8.45 %" in said
    assert "It would fit 7 years." in said


@pytest.mark.parametrize(("stated", "wrong"), [("8.9 %", False), ("9.1 %", False), ("9.2 %", True), ("8.6 %", True)])
def test_coarse_values_are_given_the_benefit_of_rounding(stated: str, wrong: bool) -> None:
    claims = (value("base-value", "4.5", 2022), value("end-value", "8.9", 2030), growth(stated))
    assert bool(hits("growth-disagrees", draft(claims=claims))) is wrong


def test_a_rate_over_its_own_span_is_doubtful_not_wrong() -> None:
    claims = (value("base-value", "100.0", 2023), value("end-value", "200.0", 2032), growth("9.1 %", 2024, 2032))
    assert not hits("growth-disagrees", draft(claims=claims))
    assert "2024–2032" in sentence("growth-fits-other-years", draft(claims=claims))
    agreeing = (*claims[:2], growth("8.0 %", 2024, 2032))
    assert not hits("growth-fits-other-years", draft(claims=agreeing))


def test_a_rate_is_counted_from_the_value_of_the_year_it_names() -> None:
    claims = (
        value("base-value", "62.7", 2023), value("start-value", "65.1", 2024), value("end-value", "98.0", 2032),
        growth("5.2 %", 2024, 2032),
    )  # fmt: skip
    (judged,) = growth_statements(draft(claims=claims))
    assert (judged.first_year, judged.years, judged.verdict) == (2024, 8, "agrees")


@pytest.mark.parametrize(
    "claims",
    [
        (growth("7.2 %"),),
        (growth("7.2 %"), value("base-value", "10.0", 2024)),
        (growth("7.2 %"), value("base-value", "10.0", None), value("end-value", "20.0", None)),
    ],
)
def test_a_rate_without_years_or_values_is_unverifiable_and_not_wrong(claims: tuple[object, ...]) -> None:
    assert not hits("growth-disagrees", draft(claims=claims))
    assert "cannot be verified" in sentence("growth-unverifiable", draft(claims=claims))


def test_a_verifiable_rate_is_not_called_unverifiable() -> None:
    claims = (value("base-value", FIRST, 2024), value("end-value", LAST, 2031), growth("7.2 %"))
    assert not hits("growth-unverifiable", draft(claims=claims))


def test_two_rates_for_one_span_are_an_error_and_for_two_spans_are_not() -> None:
    claims = (growth("5.1 %", 2024, 2032), growth("6.3 %", 2024, 2032, line=9))
    assert "5.1 % and 6.3 %" in sentence("growth-rates-disagree", draft(claims=claims))
    assert not hits("growth-rates-disagree", draft(claims=(claims[0], growth("6.3 %", 2018, 2023))))


def test_a_rate_without_years_beside_another_rate_is_doubtful_not_wrong() -> None:
    claims = (
        growth("10 %", line=1), value("base-value", "30.0", 2020, line=9), value("end-value", "60.0", 2030, line=9),
        growth("7.2 %", 2021, 2030, line=9),
    )  # fmt: skip
    assert not hits("growth-disagrees", draft(claims=claims))
    assert "another rate (7.2 %)" in sentence("growth-unverifiable", draft(claims=claims))
    (hit,) = hits("growth-rates-disagree", draft(claims=claims))
    assert hit.severity == "warning"


def test_claims_on_a_part_of_the_market_are_left_out() -> None:
    part = replace(value("base-value", FIRST, 2025), scope="part")
    assert not hits("base-year-disagrees", draft(claims=(value("base-value", FIRST, 2024), part)))
