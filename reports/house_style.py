"""The house style of numbers in sentences: one place for separators, signs, unit words and per cent. No Django.

Another language is another `Style`; nothing outside this file joins a number and its unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
UNIT_WORDS: Mapping[int, str] = {0: "", 3: "thousand", 6: "million", 9: "billion", 12: "trillion"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a language writes numbers. Patterns are filled by `str.format` and may put their parts in any order."""

    thousands: str = ","
    point: str = "."
    units: Mapping[int, str] = field(default_factory=lambda: UNIT_WORDS)
    money: str = "{currency} {number} {unit}"
    percent: str = "{number} %"
    percent_in_words: str = "{number} per cent"
    points: str = "{number} pp"
    points_in_words: str = "{number} percentage points"
    one_point: str = "{number} percentage point"


ENGLISH = Style()


def grouped(value: Decimal, places: int, style: Style = ENGLISH, rounding: str = ROUND_HALF_EVEN) -> str:
    """1234.5 -> "1,234.50"."""
    plain = f"{value.quantize(Decimal(1).scaleb(-places), rounding=rounding):,f}"
    return plain.translate({ord(","): style.thousands, ord("."): style.point})


def amount(
    value: Decimal, currency: str, unit_mult: int, places: int, *, in_words: bool = False, style: Style = ENGLISH
) -> str:
    """A value of 10**unit_mult units of a currency: "USD 3,701.17 million"; in words, in the unit that fits: "USD 3.7
    billion"."""
    while in_words and value.quantize(Decimal(1).scaleb(-places)) >= 1000 and unit_mult + 3 in style.units:
        value, unit_mult = value / 1000, unit_mult + 3
    number, unit = grouped(value, places, style), style.units[unit_mult]
    return style.money.format(currency=currency, number=number, unit=unit).strip()


def percent(value: Decimal, places: int = 1, *, in_words: bool = False, style: Style = ENGLISH) -> str:
    """A percentage: "7.2 %", in words "7.2 per cent"."""
    pattern = style.percent_in_words if in_words else style.percent
    return pattern.format(number=grouped(value, places, style, ROUND_HALF_UP))


def points(value: Decimal, places: int = 1, *, short: bool = False, style: Style = ENGLISH) -> str:
    """A difference of percentages, always signed: "+1.4 percentage points", short "−0.3 pp"."""
    size = abs(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = "" if size == 0 else MINUS if value < 0 else "+"
    pattern = style.points if short else style.one_point if size == 1 else style.points_in_words
    return pattern.format(number=sign + grouped(size, places, style))
