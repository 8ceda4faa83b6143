"""What an address of the explorer asks for: which reports, which rows of them, which years, and how they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict

MOST_REPORTS = 5
MOST_SEGMENTS = 40
SHOWN = {"absolute": "Values", "share": "Share of the whole", "index": "Index", "growth": "Growth on the year before"}
CHARTS = {"lines": "Lines", "stacked": "Stacked columns", "bars": "Bars, last year", "table": "Table only"}
COMPANY_SHARE = "company-share"
EARLIEST, LATEST = 1900, 2200


@dataclass(frozen=True, slots=True)
class Question:
    """The state of the explorer. Empty means: what is usual. Its `query` is the address that leads back to it."""

    report: tuple[str, ...] = ()
    by: str = ""
    segment: tuple[str, ...] = ()
    region: str = ""
    company: str = ""
    measure: str = ""
    first: int | None = None
    last: int | None = None
    scenario: str = "base"
    show: str = "absolute"
    chart: str = "lines"
    as_of: date | None = None

    @property
    def any(self) -> bool:
        return self != Question()

    @property
    def query(self) -> str:
        """The address's query: equal questions have equal ones, and nothing usual is written."""
        usual = Question()
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value: Any = getattr(self, field.name)
            if value == getattr(usual, field.name):
                continue
            for one in value if isinstance(value, tuple) else (value,):
                pairs.append((WRITTEN.get(field.name, field.name), str(one)))
        return urlencode(pairs, safe="/")

    def but(self, **changed: Any) -> "Question":
        return replace(self, **changed)

    def without_report(self, slug: str) -> "Question":
        return replace(self, report=tuple(one for one in self.report if one != slug))


WRITTEN = {"first": "from", "last": "to"}
"""Names in the address where Python keeps the word for itself or another reads better."""


def asked(query: QueryDict) -> Question:
    """The question an address asks. Raises BadRequest with a sentence where a part of it makes no sense."""
    first, last = _year(query, "from"), _year(query, "to")
    if first and last and first > last:
        raise BadRequest(f"The years run from {first} to {last}: choose a first year before the last.")
    return Question(
        report=_some(query.getlist("report"), MOST_REPORTS),
        by=query.get("by", "")[:60],
        segment=_some(query.getlist("segment"), MOST_SEGMENTS),
        region=query.get("region", "")[:120],
        company=query.get("company", "")[:200],
        measure=query.get("measure", "")[:120],
        first=first,
        last=last,
        scenario=query.get("scenario", "")[:60] or "base",
        show=_one_of(query, "show", SHOWN),
        chart=_one_of(query, "chart", CHARTS),
        as_of=_day(query.get("as_of", "")),
    )


def _some(values: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:400].replace("\0", "") for value in values if value))[:most]


def _one_of(query: QueryDict, name: str, known: Iterable[str]) -> str:
    first, *rest = known
    value = query.get(name, "") or first
    if value not in (first, *rest):
        raise BadRequest(f"“{name}” is one of {', '.join((first, *rest))}.")
    return value


def _year(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and EARLIEST <= int(text) <= LATEST):
        raise BadRequest(f"Write the year as four digits, such as {name}=2026.")
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("Give the day as year, month and day, such as as_of=2026-11-30.") from None
