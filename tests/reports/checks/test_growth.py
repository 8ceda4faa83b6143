"""Rounding-aware growth: a stated rate is wrong only if no values that round to the printed ones give it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.checks.growth import Printed, agrees, fitting_years, implied_growth, printed


def number(text: str) -> Printed:
    found = printed(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("2,274.97", "2274.97", "0.005"),
        ("USD 4.5 billion", "4.5", "0.05"),
        ("7 %", "7", "0.5"),
        ("1 234,5", None, None),
    ],
)
def test_a_printed_number_carries_half_a_unit_of_its_last_digit(text: str, value: str | None, half: str | None) -> None:
    if value is not None and half is not None:
        assert number(text) == Printed(Decimal(value), Decimal(half))


def test_a_number_printed_in_billions_keeps_its_precision_in_millions() -> None:
    assert printed("USD 3.7 billion", Decimal("3700.000000")) == Printed(Decimal("3700"), Decimal("50"))


def test_a_text_without_a_number_gives_none() -> None:
    assert printed("Medium") is None


def test_the_seed_rate_fits_seven_years_only() -> None:
    first, last, stated = number("2,274.97"), number("3,701.17"), number("7.2")
    assert fitting_years(first, last, stated) == [7]
    low, high = implied_growth(first, last, 6)
    assert low.quantize(Decimal("0.01")) == high.quantize(Decimal("0.01")) == Decimal("8.45")
    assert implied_growth(first, last, 8)[0].quantize(Decimal("0.01")) == Decimal("6.27")


@pytest.mark.parametrize(
    ("stated", "agreed"), [("8.6", False), ("8.7", True), ("8.9", True), ("9.1", True), ("9.2", False)]
)
def test_coarse_end_points_allow_a_range_of_rates(stated: str, agreed: bool) -> None:
    implied = implied_growth(number("4.5"), number("8.9"), 8)
    assert agrees(number(stated), implied) is agreed


def test_growth_over_no_years_or_from_nothing_is_not_defined() -> None:
    with pytest.raises(ValueError, match="no years"):
        implied_growth(number("1.0"), number("2.0"), 0)
    with pytest.raises(ValueError, match="positive"):
        implied_growth(number("-1.0"), number("2.0"), 3)


def test_a_first_value_that_may_be_nothing_allows_any_growth() -> None:
    low, high = implied_growth(number("0"), number("5"), 3)
    assert not high.is_finite()
    assert low > 0


@given(
    first=st.decimals(min_value=1, max_value=10_000, places=4),
    rate=st.decimals(min_value=-30, max_value=60, places=5),
    years=st.integers(min_value=1, max_value=20),
    value_digits=st.integers(min_value=0, max_value=3),
    rate_digits=st.integers(min_value=0, max_value=2),
)
def test_a_rate_computed_from_true_values_and_rounded_is_never_called_wrong(
    first: Decimal, rate: Decimal, years: int, value_digits: int, rate_digits: int
) -> None:
    last = first * (1 + rate / 100) ** years
    ends = [number(f"{value:.{value_digits}f}") for value in (first, last)]
    if all(end.high > 0 for end in ends):
        assert agrees(number(f"{rate:.{rate_digits}f}"), implied_growth(ends[0], ends[1], years))
