"""Growth rates as printed: what true values could lie behind rounded ones. Interval arithmetic, no Django.

A printed number stands for every value that rounds to it: 7.2 for 7.15 to 7.25. A stated growth rate is wrong only when
no pair of values that round to the printed end points gives a rate that rounds to the stated one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

_NUMBER = re.compile(r"-?\d[\d,\s\u00a0\u202f]*(?:\.\d+)?")
_SCALES = {"trillion": 12, "tn": 12, "billion": 9, "bn": 9, "crore": 7, "million": 6, "mn": 6, "lakh": 5, "thousand": 3}
_SCALE = re.compile(rf"(?<![a-z])(?:{'|'.join(_SCALES)})(?![a-z])", re.I)
_PRECISION = 28
INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: `value`, and `half`, half a unit of its last printed digit, both in the same unit."""

    value: Decimal
    half: Decimal

    @property
    def low(self) -> Decimal:
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        return self.value + self.half

    def may_equal(self, other: "Printed") -> bool:
        """Whether one true value could have been printed as both."""
        return self.low <= other.high and other.low <= self.high


def printed(text: str, value: Decimal | None = None) -> Printed | None:
    """The first number of a text as printed, or None where there is none.

    `value` is the same number in another unit (3.7 of "USD 3.7 billion" is 3,700 in millions): value and half-unit are
    then given in that unit. Where the text holds no number, or one that is no multiple of a power of ten of `value`,
    the digits of `value` itself are taken as printed.
    """
    match = _NUMBER.search(text)
    if match is None:
        return None if value is None else _by_own_digits(value)
    number = Decimal(re.sub(r"[,\s\u00a0\u202f]", "", match.group()))
    unit = _last_digit(number)
    if value is None:
        return Printed(number, unit / 2)
    if number == 0 or value == 0:
        return Printed(value, unit / 2) if number == value else _by_own_digits(value)
    scale = value / number
    if scale <= 0 or not _could_be_a_unit(scale):
        return _by_own_digits(value)
    return Printed(value, unit * scale / 2)


def scale_of(text: str) -> int:
    """The power of ten that an amount's words give: 9 for "USD 3.7 billion", 6 for "3,701 mn", 0 for "USD 3,701"."""
    match = _SCALE.search(text)
    return _SCALES[match[0].lower()] if match else 0


def implied_growth(first: Printed, last: Printed, years: int) -> tuple[Decimal, Decimal]:
    """The lowest and highest compound annual growth, in per cent, that the printed end points allow.

    Raises ValueError when `years` is not positive or an end point cannot be positive: no growth is defined then.
    """
    if years <= 0:
        raise ValueError("Growth over no years is not defined.")
    if first.high <= 0 or last.high <= 0:
        raise ValueError("Growth is defined between positive values only.")
    low = Decimal(-100) if last.low <= 0 else _rate(first.high, last.low, years)
    high = INFINITE if first.low <= 0 else _rate(first.low, last.high, years)
    return low, high


def agrees(stated: Printed, implied: tuple[Decimal, Decimal]) -> bool:
    """Whether some growth within the implied range would be printed as the stated one. All in per cent."""
    low, high = implied
    return stated.low <= high and low <= stated.high


def fitting_years(
    first: Printed, last: Printed, stated: Printed, candidates: Iterable[int] = range(1, 41)
) -> list[int]:
    """The numbers of years for which the stated growth agrees with the end points."""
    return [years for years in candidates if agrees(stated, implied_growth(first, last, years))]


def shown_range(implied: tuple[Decimal, Decimal]) -> str:
    """An implied range for a sentence: "7.20 %", or "8.67 to 9.13 %"."""
    low, high = (bound.quantize(Decimal("0.01")) if bound.is_finite() else bound for bound in implied)
    if not high.is_finite():
        return f"{low} % or more"
    return f"{low} %" if low == high else f"{low} to {high} %"


def _rate(first: Decimal, last: Decimal, years: int) -> Decimal:
    with localcontext(prec=_PRECISION):
        return ((last / first) ** (Decimal(1) / years) - 1) * 100


def _last_digit(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "only finite numbers are printed"
    return Decimal(1).scaleb(min(exponent, 0))


def _by_own_digits(value: Decimal) -> Printed:
    return Printed(value, _last_digit(value.normalize()) / 2)


def _could_be_a_unit(scale: Decimal) -> bool:
    """Whether the same number could have been printed in another unit: a power of ten, give or take stored digits."""
    nearest = Decimal(1).scaleb(round(float(scale.log10())))
    return abs(scale - nearest) <= nearest * Decimal("0.0001")
