"""Headline claims against each other: years, values, spans and growth, as far as a printed page can be judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations

from reports.checks.claims import GrowthStatement, growth_statements, lines_of, place_of
from reports.checks.draft import Claim, Draft
from reports.checks.growth import Printed, fitting_years, implied_growth, shown_range
from reports.checks.registry import Fact, Hit, Severity, rule
from reports.checks.words import listed

DECIDE = "Accept the claim that is right and reject the others, each with a reason."


@rule("base-year-disagrees", severity="error", title="The base year is given in two ways", of_text=True)
def base_year_disagrees(draft: Draft) -> Iterator[Hit]:
    """Two base years, or one value that is said to be that of two base years."""
    stated = _by_year(draft.claims_of("base-year"))
    for value, by_year in _values_of_several_years(draft.claims_of("base-value")):
        claims = [claim for same in by_year.values() for claim in same]
        years = sorted(by_year)
        yield _hit(
            claims,
            f"The base year disagrees: {value} is given for {listed(map(str, years))} ({lines_of(claims)}).",
            DECIDE,
            {"value": value, "years": tuple(years)},
        )
    if len(stated) > 1:
        claims = [claim for same in stated.values() for claim in same]
        years = sorted(stated)
        yield _hit(
            claims,
            f"The base year disagrees: it is said to be {listed(map(str, years))} ({lines_of(claims)}).",
            DECIDE,
            {"base years": tuple(years)},
        )


@rule("base-value-outside-base-year", severity="warning", title="No value is given for the base year", of_text=True)
def base_value_outside_base_year(draft: Draft) -> Iterator[Hit]:
    stated, valued = _by_year(draft.claims_of("base-year")), _by_year(draft.claims_of("base-value", "start-value"))
    if len(stated) == 1 and valued and not stated.keys() & valued.keys():
        year = next(iter(stated))
        claims = stated[year] + [claim for same in valued.values() for claim in same]
        yield _hit(
            claims,
            f"The base year is said to be {year}, but the base value is given for "
            f"{listed(map(str, sorted(valued)))} ({lines_of(claims)}).",
            f"Give the value of {year}, or the base year the value belongs to.",
            {"base year": year, "valued": tuple(sorted(valued))},
        )


@rule("end-year-disagrees", severity="error", title="The end year is given in two ways", of_text=True)
def end_year_disagrees(draft: Draft) -> Iterator[Hit]:
    """One end value that is said to be that of two years."""
    for value, by_year in _values_of_several_years(draft.claims_of("end-value")):
        claims = [claim for same in by_year.values() for claim in same]
        years = sorted(by_year)
        yield _hit(
            claims,
            f"The end year disagrees: {value} is given for {listed(map(str, years))} ({lines_of(claims)}).",
            DECIDE,
            {"value": value, "years": tuple(years)},
        )


@rule("values-disagree", severity="error", title="Two values are given for one year", of_text=True)
def values_disagree(draft: Draft) -> Iterator[Hit]:
    """Two values of the whole market in one year that cannot be the same number rounded.

    Values far apart are more likely of two things, unless a point or a unit slipped: 3.2 and 32, million and billion.
    """
    for year, claims in sorted(_by_year(draft.claims_of("base-value", "start-value", "end-value")).items()):
        first = claims[0]
        for other in claims[1:]:
            if (
                first.printed
                and other.printed
                and first.measures_as(other)
                and not first.printed.may_equal(other.printed)
                and _could_be_one(first.printed, other.printed)
            ):
                yield _hit(
                    [first, other],
                    f"Two values are given for {year}: {first.shown} and {other.shown} ({lines_of([first, other])}).",
                    DECIDE,
                    {"year": year, "values": (first.shown, other.shown)},
                )


@rule("spans-disagree", severity="error", title="The years covered end differently", of_text=True)
def spans_disagree(draft: Draft) -> Iterator[Hit]:
    """Spans that end in different years: the study, the forecast and the timeline of one report end together."""
    spans = [span for span in draft.claims_of("span") if span.year and span.end_year and not _is_history(span)]
    if len({span.end_year for span in spans}) < 2:
        return
    distinct = {(span.year, span.end_year): span for span in spans}
    yield _hit(
        spans,
        f"{len(distinct)} spans of years are given and they do not end together: "
        f"{listed(_span_words(draft, span) for span in distinct.values())} ({lines_of(spans)}).",
        DECIDE,
        {"spans": tuple((span.year, span.end_year) for span in distinct.values())},
    )


@rule("span-leaves-out-base-year", severity="warning", title="A span leaves out the base year", of_text=True)
def span_leaves_out_base_year(draft: Draft) -> Iterator[Hit]:
    """A study period that begins after the base year: a forecast period may, but the study includes its own base."""
    base_years = {claim.year for claim in draft.claims_of("base-year") if claim.year}
    if len(base_years) != 1:
        return
    base = base_years.pop()
    for span in draft.claims_of("span"):
        is_forecast = (
            "forecast" in f"{span.label} {span.quote}".lower() and "study" not in f"{span.label} {span.quote}".lower()
        )
        if span.year and span.year > base and not (is_forecast and span.year == base + 1):
            yield _hit(
                [span],
                f"The years {span.year}–{span.end_year} leave out the base year {base} ({lines_of([span])}).",
                "Let the study period begin at or before the base year.",
                {"span": (span.year, span.end_year), "base year": base},
            )


@rule("growth-disagrees", severity="error", title="The growth rate cannot follow from its end points", of_text=True)
def growth_disagrees(draft: Draft) -> Iterator[Hit]:
    """An error only if no values that round to the printed ones give a rate that rounds to the stated one."""
    for growth in growth_statements(draft):
        if growth.verdict != "disagrees" or growth.first is None or growth.last is None or growth.implied is None:
            continue
        years_word = f"{growth.years} year{'s' if growth.years != 1 else ''}"
        yield _growth_hit(
            growth,
            f"A growth of {growth.claim.shown} a year is stated, but {growth.first.shown} in {growth.first_year} and "
            f"{growth.last.shown} in {growth.last_year} ({years_word}) give {shown_range(growth.implied)} "
            f"({lines_of([growth.claim, growth.first, growth.last])}).{_fits(growth)}",
            "Correct the rate, an end point or a year; or reject the claim with a reason.",
        )


@rule("growth-fits-other-years", severity="warning", title="The growth rate fits other years only", of_text=True)
def growth_fits_other_years(draft: Draft) -> Iterator[Hit]:
    """The rate agrees with the printed values over its own span, but not over the years the values are given for."""
    for growth in growth_statements(draft):
        if (
            growth.verdict != "fits-other-years"
            or growth.first is None
            or growth.last is None
            or growth.implied is None
        ):
            continue
        yield _growth_hit(
            growth,
            f"A growth of {growth.claim.shown} a year is stated for {growth.claim.year}–{growth.claim.end_year}, but "
            f"{growth.first.shown} in {growth.first_year} and {growth.last.shown} in {growth.last_year} give "
            f"{shown_range(growth.implied)} ({lines_of([growth.claim, growth.first, growth.last])}).{_fits(growth)}",
            "State the value of the year the rate is counted from.",
        )


@rule("growth-unverifiable", severity="note", title="A growth rate cannot be verified", of_text=True)
def growth_unverifiable(draft: Draft) -> Iterator[Hit]:
    for growth in growth_statements(draft):
        if growth.verdict == "unverifiable" and growth.claim.scope == "market":
            yield _growth_hit(
                growth,
                f"The growth of {growth.claim.shown} a year cannot be verified: {growth.reason} "
                f"({lines_of([growth.claim])}).",
                "State both end points with their years.",
            )


@rule("growth-rates-disagree", severity="error", title="Two growth rates are given for one span", of_text=True)
def growth_rates_disagree(draft: Draft) -> Iterator[Hit]:
    """An error where both state the same span; where one states no span it may be another one, so a warning."""
    claims = draft.claims_of("cagr")
    reported: set[frozenset[str]] = set()
    for one, other in combinations(claims, 2):
        spans = {(one.year, one.end_year), (other.year, other.end_year)}
        if one.printed is None or other.printed is None or one.printed.may_equal(other.printed):
            continue
        rates = frozenset({one.shown, other.shown})
        if (len(spans) > 1 and (None, None) not in spans) or rates in reported:
            continue
        reported.add(rates)
        same_span = len(spans) == 1 and one.year is not None
        of_span = f"for {one.year}–{one.end_year}" if same_span else "without saying that they are for different years"
        yield _hit(
            [one, other],
            f"Two growth rates are given {of_span}: {one.shown} and {other.shown} ({lines_of([one, other])}).",
            DECIDE if same_span else "Say for which years each of them is.",
            {"spans": tuple(sorted(spans, key=str)), "rates": (one.shown, other.shown)},
            None if same_span else "warning",
        )


def _by_year(claims: Iterable[Claim]) -> dict[int, list[Claim]]:
    grouped: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.year:
            grouped[claim.year].append(claim)
    return grouped


def _could_be_one(one: Printed, other: Printed) -> bool:
    """Whether two numbers may be meant for one: less than three times apart, or by a slipped point or unit."""
    low, high = sorted((one.value, other.value))
    slips = (10, 100, 1000, 1_000_000)
    return low > 0 and (high < low * 3 or any(low * slip * 9 < high * 10 < low * slip * 11 for slip in slips))


def _values_of_several_years(claims: Iterable[Claim]) -> Iterator[tuple[str, dict[int, list[Claim]]]]:
    """Values that are given, digit for digit, for more than one year."""
    by_value: dict[tuple[str, str, Decimal], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.printed and claim.year:
            by_value[claim.currency, claim.goods, claim.printed.value.normalize()].append(claim)
    for same in by_value.values():
        years = _by_year(same)
        if len(years) > 1:
            yield same[0].shown, years


def _is_history(span: Claim) -> bool:
    return "histor" in f"{span.label} {span.quote}".lower()


def _span_words(draft: Draft, span: Claim) -> str:
    assert span.year is not None
    assert span.end_year is not None
    years = span.end_year - span.year
    words = f"{span.year}–{span.end_year}"
    first, last = draft.claims_of("base-value"), draft.claims_of("end-value")
    if years > 0 and first and last and first[0].printed and last[0].printed and first[0].printed.low > 0:
        implied = implied_growth(first[0].printed, last[0].printed, years)
        words += f" ({years} years, over which the headline values would grow {shown_range(implied)} a year)"
    return words


def _fits(growth: GrowthStatement) -> str:
    first, last, stated = growth.first, growth.last, growth.claim.printed
    if first is None or last is None or first.printed is None or last.printed is None or stated is None:
        return ""
    fitting = fitting_years(first.printed, last.printed, stated)
    if not fitting:
        return " It fits no whole number of years."
    in_a_row = len(fitting) > 2 and fitting[-1] - fitting[0] == len(fitting) - 1
    years = f"{fitting[0]} to {fitting[-1]}" if in_a_row else listed(map(str, fitting), last="or")
    return f" It would fit {years} year{'' if fitting == [1] else 's'}."


def _growth_hit(growth: GrowthStatement, sentence: str, suggestion: str) -> Hit:
    ends = [_shown(growth.first), _shown(growth.last)]
    facts: dict[str, Fact] = {
        "stated": growth.claim.shown,
        "span": (growth.claim.year, growth.claim.end_year),
        "ends": tuple(ends),
        "years": (growth.first_year, growth.last_year),
    }
    return _hit([growth.claim], sentence, suggestion, facts)


def _shown(claim: Claim | None) -> str:
    return claim.shown if claim is not None else ""


def _hit(
    claims: list[Claim],
    sentence: str,
    suggestion: str,
    facts: dict[str, Fact],
    severity: Severity | None = None,
) -> Hit:
    return Hit(place_of(claims), sentence, suggestion, facts, claims[0].link, claims[0].line, severity)
