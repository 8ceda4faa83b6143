"""Drafts for the rules' tests: built from dataclasses, without a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from reports.checks import rules as _rules  # noqa: F401 - importing them registers them
from reports.checks.draft import Claim, Dimension, Draft, Market, Segment, Text
from reports.checks.growth import printed
from reports.checks.registry import RULES, Hit

TODAY = date(2026, 11, 23)
MARKET = Market(name="Car Sunroof Market", first_year=2021, base_year=2024, last_year=2031)
TOTALS = {2024: "2274.97", 2031: "3701.17"}


def draft(**parts: Any) -> Draft:
    """A sound, empty draft of a manuscript, with some parts."""
    return replace(Draft(title="Car Sunroof Market", today=TODAY, subject="Car Sunroof"), **parts)


def market_draft(**parts: Any) -> Draft:
    """A sound draft with a market, a current forecast of its total, and some parts."""
    values = {("base", "total", year): Decimal(value) for year, value in TOTALS.items()}
    return replace(draft(market=MARKET, values=values), **parts)


def hits(code: str, of: Draft) -> list[Hit]:
    """What one rule says of a draft."""
    return list(RULES[code].find(of))


def sentence(code: str, of: Draft) -> str:
    """The one sentence that one rule says of a draft."""
    found = hits(code, of)
    assert len(found) == 1, [hit.sentence for hit in found]
    return found[0].sentence


def value(kind: str, shown: str, year: int | None, *, line: int = 1, quote: str = "", decision: str = "open") -> Claim:
    return Claim(
        kind,
        quote or f"{kind} line {line}",
        printed=printed(shown),
        shown=shown,
        year=year,
        line=line,
        decision=decision,
    )


def growth(
    shown: str, first: int | None = None, last: int | None = None, *, line: int = 1, decision: str = "open"
) -> Claim:
    return Claim(
        "cagr",
        f"cagr line {line}",
        printed=printed(shown),
        shown=shown,
        year=first,
        end_year=last,
        line=line,
        decision=decision,
    )


def span(first: int, last: int, *, label: str = "", line: int = 1, decision: str = "open") -> Claim:
    return Claim("span", f"span line {line}", year=first, end_year=last, label=label, line=line, decision=decision)


def dimension(name: str, *names: str, coverage: str = "complete", **parts: Any) -> Dimension:
    """A dimension with top segments of the given names."""
    code = slug(name)
    segments = tuple(Segment(f"{code}/{slug(one)}", one, code) for one in names)
    return Dimension(code, name, coverage, segments=segments, **parts)


def geography(**regions: tuple[str, ...]) -> Dimension:
    """A geography: region_name=(countries)."""
    segments: list[Segment] = []
    for key, countries in regions.items():
        region = key.replace("_", " ").title()
        path = f"geography/{slug(region)}"
        segments.append(Segment(path, region, "geography", kind="region"))
        for country in countries:
            kind = "rest" if country.startswith("Rest of") else "country"
            segments.append(Segment(f"{path}/{slug(country)}", country, "geography", path, kind))
    return Dimension("geography", "Geography", is_geography=True, segments=tuple(segments))


def text(body: str, **parts: Any) -> Text:
    return Text(parts.pop("place", "overview"), parts.pop("kind", "overview"), body, **parts)


def slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


type DraftMaker = Callable[..., Draft]
