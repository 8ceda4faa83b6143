"""Which headline claims the draft market starts from; every claim is stored all the same. No Django."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.importing.manuscript.amounts import amount_of
from reports.importing.manuscript.model import HeadlineClaim, Manuscript

_MULTIPLIERS = {"": 0, "thousand": 3, "lakh": 3, "million": 6, "crore": 6, "billion": 9, "trillion": 9}
NO_CURRENCY = "XXX"
_CURRENCIES = frozenset(
    ["USD", "EUR", "GBP", "INR", "JPY", "CNY", "AUD", "CAD", "CHF", "KRW", "BRL", "SGD", "AED", "SAR", "ZAR", "SEK"]
)


@dataclass(frozen=True, slots=True)
class Start:
    """What a draft market is begun with. Values are in `currency` and units of 10**unit_mult; growth in per cent.

    A value is None where the page gives none. `notes` are sentences on what was chosen or assumed.
    """

    first_year: int
    base_year: int
    last_year: int
    currency: str
    unit_mult: int
    decimals: int
    measure: str
    base: HeadlineClaim | None
    end: HeadlineClaim | None
    growth: HeadlineClaim | None
    notes: tuple[str, ...]


def settle(manuscript: Manuscript, *, this_year: int) -> Start:
    """Choose the claims a draft market starts from: where they disagree, the running text's with the most support."""
    claims = [claim for claim in manuscript.claims if claim.scope == "market" and not claim.value_to]
    notes: list[str] = []
    base = _chosen([c for c in claims if c.kind == "base-value"], notes, "base value")
    end = _chosen([c for c in claims if c.kind == "end-value"], notes, "end value")
    growth = _chosen([c for c in claims if c.kind == "cagr"], notes, "growth rate")
    stated = Counter(c.year for c in claims if c.kind in ("base-year", "estimated-year") and c.year)
    spans = [
        c for c in claims if c.kind in ("study-period", "forecast-period", "timeline") and c.year_from and c.year_to
    ]
    history = [c.year_from for c in claims if c.kind == "history-period" and c.year_from]
    base_year = base.year if base and base.year else stated.most_common(1)[0][0] if stated else None
    if base and base.year and stated and base.year not in stated:
        notes.append(
            f"The draft market starts in {base.year}, the year of its base value, although the "
            f"page names {next(iter(stated))} as base year."
        )
    if base_year is None:
        base_year = min((c.year_from for c in spans if c.year_from), default=None)
    if base_year is None:
        base_year = this_year - 1
        notes.append(f"The page names no base year; the draft market takes {base_year} until you enter one.")
    ends = Counter(c.year_to for c in spans if c.year_to and c.year_to > base_year)
    ends.update(c.year for c in claims if c.kind == "end-year" and c.year and c.year > base_year)
    last_year = end.year if end and end.year and end.year > base_year else ends.most_common(1)[0][0] if ends else None
    if last_year is None:
        last_year = base_year + 5
        notes.append(f"The page names no last year; the draft market ends in {last_year} until you enter one.")
    starts = [*history, *(c.year_from for c in spans if c.kind in ("timeline", "study-period"))]
    first_year = min([year for year in starts if year and base_year - 30 <= year <= base_year], default=base_year)
    last_year = min(last_year, first_year + 60)
    currency, unit, measure = _unit(base or end, claims)
    digits = max((len(c.value.partition(".")[2]) for c in (base, end) if c), default=2)
    return Start(
        first_year,
        base_year,
        last_year,
        currency,
        _MULTIPLIERS.get(unit, 6),
        min(max(digits, 2), 4),
        measure,
        base,
        end,
        growth,
        tuple(notes),
    )


def in_unit(claim: HeadlineClaim, unit_mult: int) -> Decimal | None:
    """A claim's value in units of 10**unit_mult, to six decimals; growth stays per cent. None without one number."""
    amount = amount_of(claim)
    if amount is None or claim.value_to:
        return None
    value = amount[0] if claim.unit == "%" or not claim.value else amount[0] / Decimal(10) ** unit_mult
    return value.quantize(Decimal("0.000001")) if abs(value) < Decimal(10) ** 14 else None


def _chosen(claims: Iterable[HeadlineClaim], notes: list[str], what: str) -> HeadlineClaim | None:
    groups: dict[tuple[object, ...], list[HeadlineClaim]] = {}
    for claim in claims:
        amount = amount_of(claim)
        if amount is not None and (claim.kind == "cagr" or claim.year):
            groups.setdefault((claim.year, amount[0]), []).append(claim)
    if not groups:
        return None

    def support(group: list[HeadlineClaim]) -> tuple[int, int, int]:
        return sum(c.source != "table" for c in group), len(group), -min(c.line for c in group)

    best = max(groups.values(), key=support)
    claim = max(best, key=lambda c: (c.source != "table", -c.line))
    if len(groups) > 1:
        others = len(groups) - 1
        notes.append(
            f"The {what} is stated in {others + 1} ways; the draft market starts from line "
            f"{claim.line}, and every claim waits for your decision."
        )
    return claim


def _unit(claim: HeadlineClaim | None, claims: list[HeadlineClaim]) -> tuple[str, str, str]:
    """Currency, scale and measure. Volumes have no currency: ISO 4217 calls that XXX."""
    if claim is None:
        currency = next((c.currency for c in claims if c.currency in _CURRENCIES), "USD")
        return currency, "million", "Revenue"
    scale, _, goods = claim.unit.partition(" ")
    if scale not in _MULTIPLIERS:
        scale, goods = "", claim.unit
    if goods:
        return NO_CURRENCY, scale, f"Volume, {goods}"
    currency = claim.currency or next((c.currency for c in claims if c.currency in _CURRENCIES), "USD")
    return currency if currency in _CURRENCIES else "USD", scale or "million", "Revenue"
