"""The house style of numbers in sentences, and that another language is data, not code."""

from decimal import Decimal

import pytest

from reports.house_style import Style, amount, grouped, percent, points

GERMAN = Style(
    thousands=".",
    point=",",
    units={0: "", 3: "Tsd.", 6: "Mio.", 9: "Mrd.", 12: "Bio."},
    money="{number} {unit} {currency}",
    percent_in_words="{number} Prozent",
    points_in_words="{number} Prozentpunkte",
    one_point="{number} Prozentpunkt",
)


@pytest.mark.parametrize(
    ("value", "unit_mult", "in_words", "written"),
    [
        ("3701.17", 6, False, "USD 3,701.17 million"),
        ("3701.17", 6, True, "USD 3.70 billion"),
        ("999.999", 6, True, "USD 1.00 billion"),
        ("999.99", 6, True, "USD 999.99 million"),
        ("12", 0, False, "USD 12.00"),
        ("5000", 12, True, "USD 5,000.00 trillion"),
    ],
)
def test_money_is_written_in_the_unit_asked_for(value: str, unit_mult: int, in_words: bool, written: str) -> None:
    assert amount(Decimal(value), "USD", unit_mult, 2, in_words=in_words) == written


def test_percentages_and_points_are_told_apart() -> None:
    assert percent(Decimal("7.25")) == "7.3 %"
    assert percent(Decimal("7.2"), in_words=True) == "7.2 per cent"
    assert points(Decimal("1.44")) == "+1.4 percentage points"
    assert points(Decimal(1)) == "+1.0 percentage point"
    assert points(Decimal("-0.26"), short=True) == "−0.3 pp"
    assert points(Decimal("-0.01")) == "0.0 percentage points"


def test_another_language_writes_the_same_numbers_its_own_way() -> None:
    assert grouped(Decimal("1234567.5"), 2, GERMAN) == "1.234.567,50"
    assert amount(Decimal("3701.17"), "USD", 6, 1, in_words=True, style=GERMAN) == "3,7 Mrd. USD"
    assert percent(Decimal("7.2"), in_words=True, style=GERMAN) == "7,2 Prozent"
    assert points(Decimal("-1.4"), style=GERMAN) == "−1,4 Prozentpunkte"
