"""Finding places in current editions by words, as far as their reader may read them: the gate of every search.

Each question looks at a bounded number of places, however often its words stand in ten thousand reports: names first,
then words anywhere, ranked, and snippets are cut for those shown alone.
"""

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from portal.access.entitlement import Reader, least, opened_by
from reports.document import Tier

MOST = 20
FEW = 5
LOOKED_AT = 800
"""Places that are counted, and names that are ranked. A word that stands in more is in every other report."""
RANKED = 300
"""Places whose words are ranked, the newest: of more, which come first says little, so names that have the word do."""
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "report": ("Reports", ("Report",)),
    "segment": ("Segments", ("Segment", "Segments")),
    "company": ("Companies", ("Company", "Company profile")),
    "development": ("Developments", ("Development",)),
    "section": ("Sections", ()),
}
"""Kinds of places: what they are called, and the entries' own words for them. A section is whatever is none other."""
START, STOP = "\ue000", "\ue001"
"""Marks around what matched, from Unicode's private use: no text has them, so they can't be mistaken for markup."""


@dataclass(frozen=True, slots=True)
class Found:
    place: str
    title: str
    report: str
    address: str
    snippet: SafeString


READABLE = """(entry.tier <= %(least)s
    OR (entry.tier <= %(licensed)s AND (%(everything)s OR entry.report_id = ANY(%(reports)s)
        OR (%(industries)s::bigint[] <> '{}' AND EXISTS (
            SELECT FROM reports_report one
            WHERE one.id = entry.report_id AND one.industry_id = ANY(%(industries)s))))))"""
"""What this reader may read, licensed reports by their own names or their industries."""

AMONG = """(%(among)s::bigint[] IS NULL OR entry.report_id = ANY(%(among)s))
    AND (%(kinds)s::text[] IS NULL OR entry.place = ANY(%(kinds)s)) AND entry.place <> ALL(%(others)s::text[])"""
"""The reports and kinds of places that are looked into; all where none are named."""

CURRENT = """NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = entry.edition_id)
    AND NOT EXISTS (
        SELECT FROM reports_edition newer
        WHERE newer.report_id = entry.report_id AND newer.number > edition.number
          AND NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = newer.id))"""

SHOWN = "entry.place, entry.title, coalesce(summary.title, '') AS named, report.slug, entry.anchor"
JOINED = """JOIN reports_edition edition ON edition.id = entry.edition_id
    JOIN reports_report report ON report.id = entry.report_id
    LEFT JOIN reports_editionsummary summary ON summary.edition_id = entry.edition_id"""

# Places with the words: of names and of all words, no more than are ranked; the best of these that are current. In
# order of age, so that a word of every other place is met at once by reading back from the newest, where the index of
# words would first list a hundred thousand places; a rare word is still looked up there.
_WORDS = f"""
WITH known AS MATERIALIZED (
    (SELECT entry.id, entry.tier, ts_rank(entry.vector, websearch_to_tsquery('english', %(text)s)) AS rank
     FROM search_searchentry entry
     WHERE to_tsvector('english', coalesce(entry.title, '')) @@ websearch_to_tsquery('english', %(text)s)
       AND entry.place IN ('Report', 'Segment', 'Company') AND {AMONG} AND {READABLE}
     LIMIT %(looked_at)s)
    UNION
    (SELECT entry.id, entry.tier, ts_rank(entry.vector, websearch_to_tsquery('english', %(text)s))
     FROM search_searchentry entry
     WHERE entry.vector @@ websearch_to_tsquery('english', %(text)s) AND {AMONG} AND {READABLE}
     ORDER BY entry.id DESC LIMIT %(ranked)s)
), best AS MATERIALIZED (
    SELECT id, tier, rank FROM known ORDER BY rank DESC, tier, id LIMIT %(most)s * 10
), shown AS MATERIALIZED (
    SELECT entry.id, best.rank, best.tier FROM best JOIN search_searchentry entry USING (id)
    JOIN reports_edition edition ON edition.id = entry.edition_id
    WHERE {CURRENT}
    ORDER BY best.rank DESC, best.tier, entry.id LIMIT %(most)s
)
SELECT {SHOWN},
    ts_headline('english', entry.body, websearch_to_tsquery('english', %(text)s), %(marks)s)
FROM shown JOIN search_searchentry entry USING (id) {JOINED}
ORDER BY shown.rank DESC, shown.tier, entry.id
"""

# How many places of each kind have the words, counted among no more than are ranked; one that is there twice, with a
# locked figure and without it, is one place.
_KINDS = f"""
WITH known AS MATERIALIZED (
    SELECT entry.place, entry.edition_id, entry.report_id, entry.anchor, entry.title FROM search_searchentry entry
    WHERE entry.vector @@ websearch_to_tsquery('english', %(text)s) AND {AMONG} AND {READABLE}
    ORDER BY entry.id DESC LIMIT %(looked_at)s
)
SELECT entry.place, count(DISTINCT (entry.report_id, entry.anchor, entry.title))
FROM known entry JOIN reports_edition edition ON edition.id = entry.edition_id
WHERE {CURRENT} GROUP BY entry.place
"""

# Names like what was typed, each with the most open of its places that this reader may read.
_ALIKE = f"""
WITH alike AS MATERIALIZED (
    SELECT name, word_similarity(%(text)s, name) AS likeness FROM search_searchname
    WHERE name %%> %(text)s OR name ILIKE %(holding)s
    ORDER BY likeness DESC, name LIMIT %(most)s * 8
)
SELECT place.place, place.title, place.named, place.slug, place.anchor, ''
FROM alike CROSS JOIN LATERAL (
    SELECT {SHOWN}, entry.tier, entry.id FROM search_searchentry entry {JOINED}
    WHERE entry.title = alike.name AND entry.place IN ('Report', 'Segment', 'Company') AND {READABLE} AND {CURRENT}
    ORDER BY entry.tier, entry.id LIMIT %(each)s
) place
ORDER BY alike.likeness DESC, alike.name, place.tier, place.id LIMIT %(most)s
"""


def find(
    text: str, reader: Reader, *, at: datetime, most: int = MOST, kind: str = "", reports: Collection[int] | None = None
) -> tuple[list[Found], bool]:
    """The best places for some words, and whether they were found by likeness of letters only.

    Snippets are cut from texts that the reader may read. Names are found in spite of typing errors. `kind` is one of
    KINDS; `reports`, where given, are the only ones looked into.
    """
    if not text.strip():
        return [], False
    gate = _gate(reader, at)
    marks = f"StartSel={START}, StopSel={STOP}, MinWords=18, MaxWords=36"
    asked = {"text": text, "most": most, "looked_at": LOOKED_AT, "ranked": RANKED, "marks": marks}
    matched = _asked(_WORDS, gate | _among(kind, reports) | asked)
    # Words with a locked figure and without it are two entries of one place; a reader of both is shown the better.
    found = list({(one.place, one.address, one.title): one for one in reversed(matched)}.values())[::-1]
    if len(found) >= FEW or kind or reports is not None:
        return found, False
    known = {(one.address, one.title) for one in found}
    more = [one for one in _alike(text, gate, most) if (one.address, one.title) not in known]
    return [*found, *more][:most], bool(more and not found)


def kinds_of(text: str, reader: Reader, *, at: datetime, reports: Collection[int] | None = None) -> dict[str, int]:
    """How many places of each kind have these words, of those the reader may read; no more than LOOKED_AT in all."""
    if not text.strip():
        return {}
    given = _gate(reader, at) | _among("", reports) | {"text": text, "looked_at": LOOKED_AT}
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, given)
        for place, count in cursor.fetchall():
            kind = next((kind for kind, (_, places) in KINDS.items() if place in places), "section")
            found[kind] = found.get(kind, 0) + count
    return {kind: found[kind] for kind in KINDS if kind in found}


def _among(kind: str, reports: Collection[int] | None) -> dict[str, Any]:
    """The parameters of `AMONG`."""
    named = [place for _, places in KINDS.values() for place in places]
    return {
        "among": None if reports is None else sorted(reports),
        "kinds": list(KINDS[kind][1]) if kind and kind != "section" else None,
        "others": named if kind == "section" else [],
    }


def suggest(text: str, reader: Reader, *, at: datetime, most: int = 8) -> list[Found]:
    """Names of reports, segments and companies that begin with, hold or resemble what was typed so far."""
    if len(text.strip()) < 2:
        return []
    unique: dict[str, Found] = {}
    for one in _alike(text, _gate(reader, at), most * 2, each=1):
        unique.setdefault(one.title.casefold(), one)
    return list(unique.values())[:most]


def _alike(text: str, gate: dict[str, Any], most: int, each: int = MOST) -> list[Found]:
    holding = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return _asked(_ALIKE, gate | {"text": text, "holding": holding, "most": most, "each": each})


def _gate(reader: Reader, at: datetime) -> dict[str, Any]:
    """The parameters of `READABLE` for this reader. One query at most."""
    opened = opened_by(reader, at=at)
    return {
        "least": int(least(reader, at=at)),
        "licensed": int(Tier.LICENSED),
        "everything": opened.everything,
        "reports": sorted(opened.reports),
        "industries": sorted(opened.industries),
    }


def _asked(statement: str, given: dict[str, Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [_found(row) for row in cursor.fetchall()]


def _found(row: tuple[str, ...]) -> Found:
    place, title, report, slug, anchor, snippet = row
    address = reverse("report", args=[slug]) + (f"#{anchor}" if anchor else "")
    marked = html.escape(snippet).replace(START, "<mark>").replace(STOP, "</mark>")
    return Found(place, title, report or "", address, mark_safe(marked))
