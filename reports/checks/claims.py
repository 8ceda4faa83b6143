"""Growth claims with the end points they belong to: which values, which years, and whether they agree. No Django."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Literal

from reports.checks.draft import Claim, Draft
from reports.checks.growth import Printed, agrees, implied_growth

type Verdict = Literal["agrees", "disagrees", "fits-other-years", "unverifiable"]


@dataclass(frozen=True, slots=True)
class GrowthStatement:
    """A stated growth rate beside its end points. `implied` is the range, in per cent, that the end points allow.

    agrees            some values that round to the printed ones give the stated rate
    disagrees         none do
    fits-other-years  none do over the years of the values, but some over the years the rate is stated for
    unverifiable      an end point or a year is not stated; `reason` says which
    """

    claim: Claim
    verdict: Verdict
    first: Claim | None = None
    last: Claim | None = None
    first_year: int | None = None
    last_year: int | None = None
    implied: tuple[Decimal, Decimal] | None = None
    reason: str = ""

    @property
    def years(self) -> int | None:
        """How many years lie between the end points."""
        return self.last_year - self.first_year if self.first_year and self.last_year else None


def growth_statements(draft: Draft) -> Iterator[GrowthStatement]:
    """Every growth claim that no editor has rejected, judged against the end points that stand nearest to it."""
    for claim in draft.claims:
        if claim.kind == "cagr" and claim.holds and claim.printed is not None:
            yield judge(claim, draft.claims)


def judge(claim: Claim, claims: Sequence[Claim]) -> GrowthStatement:
    """Judge one growth claim by its end points among `claims`. Of several readings the first that agrees is taken."""
    values = [
        one
        for one in claims
        if one.kind in ("base-value", "start-value", "end-value")
        and one.holds
        and one.printed
        and one.scope == claim.scope
    ]
    firsts, lasts = _end_points(claim, values)
    if not firsts or not lasts:
        firsts, lasts = _only_pair(claim, claims) or (firsts, lasts)
    # Whatever else the paragraph gives for an earlier year may be what the rate is counted from.
    firsts += [
        one
        for one in (values if _may_look_around(claim) else ())
        if one not in firsts
        and one not in lasts
        and one.line == claim.line is not None
        and one.year
        and any(last.year and last.year > one.year for last in lasts)
    ]
    firsts += [
        one
        for one in claims
        if one.kind == "other-value" and one.printed and one.quote == claim.quote and one.year == claim.year is not None
    ]
    if not firsts and not lasts:
        return GrowthStatement(claim, "unverifiable", reason="no values are stated")
    if not firsts or not lasts:
        missing = "first" if not firsts else "last"
        return GrowthStatement(claim, "unverifiable", reason=f"the {missing} value is not stated")
    readings = [_read(claim, first, last) for first, last in product(firsts, lasts) if _may_pair(first, last)]
    if not readings:
        return GrowthStatement(claim, "unverifiable", reason="its two values are not in one currency or unit")
    readings.sort(key=_likelihood)
    rate = _rate_of_the_values(claim, lasts, claims)
    if rate and not any(reading.verdict == "agrees" for reading in readings):
        reason = f"its years are not stated, and the nearest values go with another rate ({rate})"
        return GrowthStatement(claim, "unverifiable", reason=reason)
    for verdict in ("agrees", "fits-other-years", "disagrees", "unverifiable"):
        for reading in readings:
            if reading.verdict == verdict:
                return reading
    return readings[0]


def lines_of(claims: Iterable[Claim]) -> str:
    """Where claims stand, for a sentence: "lines 10 and 16"."""
    lines = sorted({claim.line for claim in claims if claim.line})
    if not lines:
        return "in the headline"
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"


def place_of(claims: Iterable[Claim]) -> str:
    return next((claim.place for claim in claims), "headline")


def _end_points(claim: Claim, values: list[Claim]) -> tuple[list[Claim], list[Claim]]:
    """The values a rate may be counted from and to: of its own sentence, else of its paragraph, else the nearest."""
    same_sentence = [value for value in values if value.quote == claim.quote]
    same_line = [value for value in values if value.line is not None and value.line == claim.line]
    pools = [same_sentence]
    if _may_look_around(claim):
        pools += [same_line] if claim.scope != "market" else [same_line, values]
    firsts: list[Claim] = []
    lasts: list[Claim] = []
    for pool in pools:
        near = sorted(pool, key=lambda value: _distance(claim, value))
        if not lasts:
            lasts = [value for value in near if value.kind == "end-value"]
            if claim.end_year and any(value.year == claim.end_year for value in lasts):
                lasts = [value for value in lasts if value.year == claim.end_year]
            lasts = _of_nearest_line(lasts)
        if not firsts:
            firsts = [value for value in near if value.kind != "end-value"]
            if claim.year and any(value.year == claim.year for value in firsts):
                firsts = [value for value in firsts if value.year == claim.year]
            firsts = _of_nearest_line(firsts)
        if firsts and lasts:
            break
    return firsts, lasts


_PLAUSIBLE = (Decimal(-30), Decimal(80))
"""A yearly growth, in per cent, beyond which two values of different sentences are hardly those of one market."""

_CONTINUES = re.compile(
    r"(?:it|this|that|the (?:figure|value|segment|region|market|industry))\b|by (?:19|20)\d\d,? it\b", re.I
)


def _may_look_around(claim: Claim) -> bool:
    """Whether the values of other sentences may be the rate's own.

    Two segments or countries follow one another in a paragraph, so a part's rate takes values from the sentences before
    only where it says that it goes on with them.
    """
    return claim.scope == "market" or bool(_CONTINUES.match(claim.quote))


def _only_pair(claim: Claim, claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]] | None:
    """The one start and the one end that the rate's own sentence gives, whatever each is said to be a value of."""
    own = [one for one in claims if one.quote == claim.quote and one.printed and one.holds and one.year]
    firsts = [one for one in own if one.kind in ("base-value", "start-value")]
    lasts = [one for one in own if one.kind == "end-value"]
    return (firsts, lasts) if len(firsts) == len(lasts) == 1 else None


def _rate_of_the_values(claim: Claim, lasts: Sequence[Claim], claims: Iterable[Claim]) -> str:
    """The rate that stands with the end points in their own paragraph, when `claim` stands elsewhere without years."""
    if claim.year or any(value.line == claim.line for value in lasts):
        return ""
    owners = (
        one
        for one in claims
        if one.kind == "cagr" and one.holds and one.printed and one.scope == claim.scope and one.line == lasts[0].line
    )
    return next((one.shown for one in owners), "")


def _distance(claim: Claim, value: Claim) -> int:
    return abs(claim.line - value.line) if claim.line is not None and value.line is not None else 0


def _of_nearest_line(values: list[Claim]) -> list[Claim]:
    """A paragraph's values go together; another paragraph's are another statement."""
    return [value for value in values if value.line == values[0].line]


def _may_pair(first: Claim, last: Claim) -> bool:
    return first.measures_as(last)


def _likelihood(reading: GrowthStatement) -> tuple[bool, bool, bool]:
    """Sorts readings, the likeliest first: of the stated years, of one sentence, of what is said to be the start."""
    first, last, claim = reading.first, reading.last, reading.claim
    assert first is not None
    assert last is not None
    of_stated_years = claim.year is not None and first.year == claim.year
    return not of_stated_years, first.quote != last.quote, first.kind != "start-value"


def _read(claim: Claim, first: Claim, last: Claim) -> GrowthStatement:
    first_year, last_year = first.year or claim.year, last.year or claim.end_year
    if other := _speaks_of_other_years(claim, first, last):
        return GrowthStatement(claim, "unverifiable", first, last, first_year, last_year, None, other)
    if first_year is None or last_year is None:
        which = (
            "no years are"
            if first_year is last_year is None
            else f"the {'first' if first_year is None else 'last'} year is not"
        )
        return GrowthStatement(claim, "unverifiable", first, last, first_year, last_year, None, f"{which} stated")
    if last_year <= first_year:
        return GrowthStatement(
            claim, "unverifiable", first, last, first_year, last_year, None, "its two values are of the same year"
        )
    assert first.printed is not None
    assert last.printed is not None
    try:
        implied = implied_growth(first.printed, last.printed, last_year - first_year)
        verdict: Verdict = "agrees" if _holds(claim, implied) else "disagrees"
        if verdict == "disagrees" and claim.year and claim.end_year and claim.end_year > claim.year:
            own_span = implied_growth(first.printed, last.printed, claim.end_year - claim.year)
            verdict = "fits-other-years" if _holds(claim, own_span) else verdict
    except ValueError:
        return GrowthStatement(
            claim, "unverifiable", first, last, first_year, last_year, None, "growth from nothing is not defined"
        )
    if verdict == "disagrees" and first.quote != last.quote and not _PLAUSIBLE[0] < implied[1] < _PLAUSIBLE[1]:
        reason = "the values nearest to it are too far apart to be of one market"
        return GrowthStatement(claim, "unverifiable", first, last, first_year, last_year, None, reason)
    return GrowthStatement(claim, verdict, first, last, first_year, last_year, implied)


def _holds(claim: Claim, implied: tuple[Decimal, Decimal]) -> bool:
    """Whether the stated rate may be true: "over 6 %" of any rate above, "about 6 %" of one a digit further away."""
    stated = claim.printed
    assert stated is not None
    if claim.hedge == "at-least":
        return stated.low <= implied[1]
    if claim.hedge == "at-most":
        return implied[0] <= stated.high
    return agrees(Printed(stated.value, stated.half * 3) if claim.hedge == "about" else stated, implied)


def _speaks_of_other_years(claim: Claim, first: Claim, last: Claim) -> str:
    """Why the end points are not those of the rate, as a reason; "" where they may be.

    A rate of the past beside values of the future, or one for 2019-2023 beside values of 2024 and 2030, is another
    statement. Spans that differ by a year are two readings of one forecast and are compared.
    """
    if claim.end_year and last.year and abs(claim.end_year - last.year) > 1:
        return f"it is for the years to {claim.end_year}, and the values nearest to it go to {last.year}"
    if claim.year and claim.end_year is None and first.year and claim.year != first.year:
        return f"it is counted from {claim.year}, and the value of that year is not stated"
    if claim.is_past and last.quote != claim.quote:
        return "it speaks of the past, and the values nearest to it do not"
    return ""
