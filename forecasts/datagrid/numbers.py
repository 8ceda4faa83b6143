"""Numbers as editors type, paste and read them. The grid's script reads them by the same rules."""

import re
from decimal import Decimal, InvalidOperation


def parse_number(text: str) -> Decimal:
    """What an editor typed or pasted, as a number: "2,274.97", "2 274.97", "7.2 %", "(12.5)". Raises ValueError.

    A comma is a thousands separator only where three digits follow it; "2274,97" is refused rather than guessed at.
    """
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).removesuffix("%").replace("\u2212", "-")
    if re.fullmatch(r"\(.+\)", plain):
        plain = "-" + plain[1:-1]
    if re.search(r"\d", plain) and re.search(r"[A-Za-z$€£¥₹]", plain):
        raise ValueError(f"“{text}” is not a number alone. Leave out the currency or the unit.")
    if "," in plain:
        if not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
            raise ValueError(
                f"“{text}” can be read in two ways. Write thousands as 2,274.97 and decimals with a point."
            )
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", plain):
        raise ValueError(f"“{text}” is not a number. Write, for example, 2,274.97.")
    try:
        return Decimal(plain)
    except InvalidOperation as problem:  # pragma: no cover - the pattern above admits only numbers
        raise ValueError(f"“{text}” is not a number.") from problem


def shown(value: Decimal, decimals: int) -> str:
    """A number as the grid shows it: thousands grouped, at least the market's decimals, none lost."""
    exponent = value.normalize().as_tuple().exponent
    places = max(decimals, -exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return f"{value:,.{places}f}"
