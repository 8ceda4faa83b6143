"""Finding places in current editions by words, as far as their reader may read them: the gate of every search."""

import html
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from portal.access.entitlement import Reader, least, licensed_reports
from portal.search.models import SearchEntry
from reports.document import Tier
from reports.models import Edition, Report

MOST = 20
FEW = 5
NAMES = ("Report", "Segment", "Company")
START, STOP = "\ue000", "\ue001"
"""Marks around what matched, from Unicode's private use: no text has them, so they can't be mistaken for markup."""


@dataclass(frozen=True, slots=True)
class Found:
    place: str
    title: str
    report: str
    address: str
    snippet: SafeString


def readable_entries(reader: Reader, *, at: datetime) -> QuerySet[SearchEntry]:
    """Everything in current editions that this reader may read. What is locked is not among it, nor counted."""
    tier = least(reader, at=at)
    allowed = Q(tier__lte=tier)
    if tier is Tier.REGISTERED:
        licensed = Report.objects.filter(licensed_reports(reader, at=at)).values("pk")
        allowed |= Q(tier__lte=Tier.LICENSED, edition__report__in=licensed)
    newer = Edition.objects.filter(
        report=OuterRef("edition__report"), number__gt=OuterRef("edition__number"), withdrawal__isnull=True
    )
    return SearchEntry.objects.filter(allowed, ~Exists(newer), edition__withdrawal__isnull=True)


def find(text: str, reader: Reader, *, at: datetime, most: int = MOST) -> tuple[list[Found], bool]:
    """The best places for some words, and whether they were found by likeness of letters only.

    Snippets are cut from texts that the reader may read. Titles are found in spite of typing errors.
    """
    if not text.strip():
        return [], False
    entries = readable_entries(reader, at=at)
    query = SearchQuery(text, config="english", search_type="websearch")
    matched = (
        entries.filter(vector=query)
        .annotate(rank=SearchRank(F("vector"), query))
        .annotate(
            snippet=SearchHeadline(
                "body", query, config="english", start_sel=START, stop_sel=STOP, min_words=18, max_words=36
            )
        )
        .order_by("-rank", "tier", "pk")
    )
    found = [_found(row) for row in matched.values_list(*COLUMNS, "snippet")[:most]]
    if len(found) >= FEW:
        return found, False
    alike = (
        entries.filter(place__in=NAMES, title__trigram_word_similar=text)
        .annotate(likeness=TrigramWordSimilarity(text, "title"))
        .order_by("-likeness", "tier", "pk")
    )
    known = {(one.address, one.title) for one in found}
    more = [_found((*row, "")) for row in alike.values_list(*COLUMNS)[:most]]
    more = [one for one in more if (one.address, one.title) not in known]
    return [*found, *more][:most], bool(more and not found)


def suggest(text: str, reader: Reader, *, at: datetime, most: int = 8) -> list[Found]:
    """Names of reports, segments and companies that begin with, hold or resemble what was typed so far."""
    if len(text.strip()) < 2:
        return []
    entries = readable_entries(reader, at=at).filter(place__in=NAMES)
    rows = (
        entries.filter(Q(title__icontains=text) | Q(title__trigram_word_similar=text))
        .annotate(likeness=TrigramWordSimilarity(text, "title"))
        .order_by("-likeness", "title", "pk")
        .values_list(*COLUMNS)[: most * 4]
    )
    unique: dict[str, Found] = {}
    for row in rows:
        one = _found((*row, ""))
        unique.setdefault(one.title.casefold(), one)
    return list(unique.values())[:most]


COLUMNS = ("place", "title", "edition__summary__title", "edition__report__slug", "anchor")


def _found(row: tuple[str, ...]) -> Found:
    place, title, report, slug, anchor, snippet = row
    address = reverse("report", args=[slug]) + (f"#{anchor}" if anchor else "")
    marked = html.escape(snippet).replace(START, "<mark>").replace(STOP, "</mark>")
    return Found(place, title, report or "", address, mark_safe(marked))
