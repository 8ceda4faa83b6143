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
from portal.search.models import ONE_IN
from portal.search.names import all_names
from reports.document import Tier

MOST = 20
FEW = 5
LOOKED_AT = 300
"""Places whose words are ranked. A word that stands in more is in every other report: which of them come first says
little, so names that have it do."""
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "report": ("Reports", ("Report",)),
    "segment": ("Segments", ("Segment", "Segments")),
    "company": ("Companies", ("Company", "Company profile")),
    "development": ("Developments", ("Development",)),
    "section": ("Sections", ()),
}
"""Kinds of places: what they are called, and the entries' own words for them. A section is whatever is none other."""
EDGE = 24
"""Letters at either end of a text by which it is told whether a snippet reaches so far."""
MARKS = " .,;:!?()“”"
START, STOP = "\ue000", "\ue001"
"""Marks around what matched, from Unicode's private use: no text has them, so they can't be mistaken for markup."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place that was found. `heading` is its title with what matched marked, `snippet` its words around a match."""

    place: str
    title: str
    report: str
    address: str
    heading: SafeString
    snippet: SafeString


READABLE = """(entry.tier <= %(least)s
    OR (entry.tier <= %(licensed)s AND (%(everything)s OR entry.report_id = ANY(%(reports)s)
        OR (%(industries)s::bigint[] <> '{}' AND (
            SELECT one.industry_id FROM reports_report one WHERE one.id = entry.report_id) = ANY(%(industries)s)))))"""
"""What this reader may read, licensed reports by their own names or their industries. The industry is asked for place
by place, for few are looked at: as an EXISTS PostgreSQL would gather every report of those industries first."""

AMONG = """(%(anywhere)s OR entry.report_id = ANY(%(among)s::bigint[]))
    AND (%(kinds)s::text[] IS NULL OR entry.place = ANY(%(kinds)s)) AND entry.place <> ALL(%(others)s::text[])"""
"""The reports and kinds of places that are looked into; all where none are named."""

CURRENT = """NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = entry.edition_id)
    AND NOT EXISTS (
        SELECT FROM reports_edition newer
        WHERE newer.report_id = entry.report_id AND newer.number > edition.number
          AND NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = newer.id))"""

SHOWN = """entry.place, entry.title, coalesce(summary.title, '') AS named, report.slug, entry.anchor,
    CASE WHEN entry.place = 'Company' THEN (
        SELECT company.slug FROM reports_editioncompany company
        WHERE company.report_id = entry.report_id AND company.name = entry.title AND company.last_edition IS NULL
        LIMIT 1) END AS company"""
"""What is shown of a place. A company is led to by its own page; the list of a report's players only names it."""

JOINED = """JOIN reports_edition edition ON edition.id = entry.edition_id
    JOIN reports_report report ON report.id = entry.report_id
    LEFT JOIN reports_editionsummary summary ON summary.edition_id = entry.edition_id"""

# Places with the words, no more than are ranked. To gather a quarter of a million of them takes PostgreSQL 40 ms, be
# ever so few of them wanted: words with as many places as are ranked in the sample alone are looked for no further.
# (Reading back from the newest place would need no sample, but reads them all for a rare phrase of frequent words.)
_PLACE = """entry.id, entry.tier, entry.place, entry.edition_id, entry.report_id, entry.anchor, entry.title,
        ts_rank(entry.vector, websearch_to_tsquery('english', %(text)s)) AS rank"""
_MATCHED = f"""sampled AS MATERIALIZED (
    SELECT {_PLACE} FROM search_searchentry entry
    WHERE entry.vector @@ websearch_to_tsquery('english', %(text)s) AND mod(entry.id, {ONE_IN}) = 0
      AND {AMONG} AND {READABLE}
    LIMIT %(looked_at)s
), matched AS MATERIALIZED (
    SELECT * FROM sampled
    UNION ALL
    (SELECT {_PLACE} FROM search_searchentry entry
     WHERE entry.vector @@ websearch_to_tsquery('english', %(text)s) AND mod(entry.id, {ONE_IN}) <> 0
       AND {AMONG} AND {READABLE}
     LIMIT (SELECT CASE WHEN count(*) < %(looked_at)s THEN %(looked_at)s - count(*) ELSE 0 END FROM sampled))
)"""

# Of places with the words, and of names, the best that are current.
_WORDS = f"""
WITH {_MATCHED}, known AS MATERIALIZED (
    (SELECT entry.id, entry.tier, ts_rank(entry.vector, websearch_to_tsquery('english', %(text)s)) AS rank
     FROM search_searchentry entry
     WHERE to_tsvector('english', coalesce(entry.title, '')) @@ websearch_to_tsquery('english', %(text)s)
       AND entry.place IN ('Report', 'Segment', 'Company') AND {AMONG} AND {READABLE}
     LIMIT %(looked_at)s)
    UNION
    SELECT id, tier, rank FROM matched
), best AS MATERIALIZED (
    SELECT id, tier, rank FROM known ORDER BY rank DESC, tier, id LIMIT %(most)s * 10
), shown AS MATERIALIZED (
    SELECT entry.id, best.rank, best.tier FROM best JOIN search_searchentry entry USING (id)
    JOIN reports_edition edition ON edition.id = entry.edition_id
    WHERE {CURRENT}
    ORDER BY best.rank DESC, best.tier, entry.id LIMIT %(most)s
)
SELECT {SHOWN},
    ts_headline('english', entry.title, websearch_to_tsquery('english', %(text)s), %(whole)s),
    ts_headline('english', entry.body, websearch_to_tsquery('english', %(text)s), %(marks)s),
    left(entry.body, {EDGE}), right(entry.body, {EDGE})
FROM shown JOIN search_searchentry entry USING (id) {JOINED}
ORDER BY shown.rank DESC, shown.tier, entry.id
"""

# How many places of each kind have the words, counted among no more than are ranked; one that is there twice, with a
# locked figure and without it, is one place.
_KINDS = f"""
WITH {_MATCHED}
SELECT entry.place, count(DISTINCT (entry.report_id, entry.anchor, entry.title)),
    (SELECT count(*) FROM matched) >= %(looked_at)s
FROM matched entry JOIN reports_edition edition ON edition.id = entry.edition_id
WHERE {CURRENT} GROUP BY entry.place
"""

# Names like what was typed, each with the most open of its places that this reader may read.
_ALIKE = f"""
WITH alike AS MATERIALIZED (
    SELECT name, word_similarity(%(text)s, name) AS likeness FROM unnest(%(names)s::text[]) AS name
    WHERE name %%> %(text)s OR name ILIKE %(holding)s
    ORDER BY likeness DESC, name ILIKE %(beginning)s DESC, name LIMIT %(most)s * 8
)
SELECT place.place, place.title, place.named, place.slug, place.anchor, place.company, place.title, '', '', ''
FROM alike CROSS JOIN LATERAL (
    SELECT {SHOWN}, entry.tier, entry.id FROM search_searchentry entry {JOINED}
    WHERE entry.title = alike.name AND entry.place IN ('Report', 'Segment', 'Company') AND {READABLE} AND {CURRENT}
    ORDER BY entry.tier, entry.id LIMIT %(each)s
) place
ORDER BY alike.likeness DESC, alike.name ILIKE %(beginning)s DESC, alike.name, place.tier, place.id LIMIT %(most)s
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
    marks = f"StartSel={START}, StopSel={STOP}"
    # One fragment, so that a match stands among its words and not at their beginning.
    marking = {
        "marks": f"{marks}, MaxFragments=1, MinWords=18, MaxWords=36, ShortWord=0",
        "whole": f"{marks}, HighlightAll=true",
    }
    asked = {"text": text, "most": most, "looked_at": LOOKED_AT} | marking
    matched = _asked(_WORDS, gate | _among(kind, reports) | asked)
    # Words with a locked figure and without it are two entries of one place; a reader of both is shown the better.
    found = list({(one.place, one.address, one.title): one for one in reversed(matched)}.values())[::-1]
    if len(found) >= FEW or kind or reports is not None:
        return found, False
    known = {(one.address, one.title) for one in found}
    alike = {(one.address, one.title): one for one in _alike(text, gate, most)}  # two entries of one place, as above
    more = [one for place, one in alike.items() if place not in known]
    return [*found, *more][:most], bool(more and not found)


def kinds_of(
    text: str, reader: Reader, *, at: datetime, reports: Collection[int] | None = None
) -> tuple[dict[str, int], bool]:
    """How many places of each kind have these words, of those the reader may read, and whether there may be more: no
    more than LOOKED_AT are counted in all."""
    if not text.strip():
        return {}, False
    given = _gate(reader, at) | _among("", reports) | {"text": text, "looked_at": LOOKED_AT}
    found: dict[str, int] = {}
    rows = _rows(_KINDS, given)
    for place, count, _ in rows:
        kind = next((kind for kind, (_, places) in KINDS.items() if place in places), "section")
        found[kind] = found.get(kind, 0) + count
    return {kind: found[kind] for kind in KINDS if kind in found}, any(capped for _, _, capped in rows)


def _among(kind: str, reports: Collection[int] | None) -> dict[str, Any]:
    """The parameters of `AMONG`."""
    named = [place for _, places in KINDS.values() for place in places]
    return {
        "anywhere": reports is None,
        "among": f"{{{','.join(map(str, reports or ()))}}}",  # as text: thousands of numbers one by one take long
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
    literal = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    patterns = {"holding": f"%{literal}%", "beginning": f"{literal}%"}
    given = patterns | {"text": text, "names": all_names().near(text), "most": most, "each": each}
    return _asked(_ALIKE, gate | given)


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
    return [_found(row) for row in _rows(statement, given)]


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The statement's rows, read by its indexes alone. One query: what is set for it is set back at its end.

    Of a phrase of frequent words PostgreSQL expects many places and would read the whole table for the few there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = off; {statement}; SET LOCAL enable_seqscan TO DEFAULT", given)
        cursor.nextset()
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _found(row: tuple[str, ...]) -> Found:
    place, title, report, slug, anchor, company, heading, snippet, first, last = row
    if company:
        address = reverse("company", args=[company])
    else:
        address = reverse("report", args=[slug]) + (f"#{anchor}" if anchor else "")
    return Found(place, title, report or "", address, _marked(heading), _marked(_with_dots(snippet, first, last)))


def _marked(text: str) -> SafeString:
    return mark_safe(html.escape(text).replace(START, "<mark>").replace(STOP, "</mark>"))


def _with_dots(snippet: str, first: str, last: str) -> str:
    """The snippet with dots where its text goes on; `first` and `last` are the text's own ends."""
    plain = snippet.replace(START, "").replace(STOP, "").strip()
    if not plain:
        return ""
    first, last = first.lstrip(MARKS), last.rstrip(MARKS)  # a snippet ends with a word
    before = "" if plain.lstrip(MARKS).startswith(first[: len(plain)]) else "… "
    after = "" if plain.rstrip(MARKS).endswith(last[-len(plain) :]) else " …"
    return before + snippet.strip() + after
