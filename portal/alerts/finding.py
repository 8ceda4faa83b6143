"""What changed in what a search finds in one report, between two editions cut to what their reader may read."""

from collections.abc import Sequence

from django.db import connection
from django.utils.text import slugify

from portal.alerts.changes import Changes
from portal.search.asking import Question, ask
from portal.search.entries import Entry, entries_by_tier
from portal.search.facets import within
from reports.document import Document, Tier

MOST_PLACES = 8

_MATCH = """
SELECT place FROM unnest(%s::text[]) WITH ORDINALITY AS texts(body, place)
WHERE to_tsvector('english', body) @@ websearch_to_tsquery('english', %s) ORDER BY place
"""


def search_changes(before: Document | None, after: Document, line: str, tier: Tier) -> Changes:
    """What a reader of `tier` finds otherwise by `line` in `after` than in `before`. Two queries at most.

    A report outside the line's limits on growth, size and region says nothing; one that comes within them says so.
    """
    question = _asked(line, after)
    old = _found(before, question, tier) if before is not None else None
    new = _found(after, question, tier)
    if new is None:
        gone = old is not None
        return Changes(gone, "", others=("It is no longer within what you search for.",) if gone else ())
    if old == new:
        return Changes(False, "")
    if old is None:
        said = ["It is found for the first time."]
        old = []
    else:
        said = []
    known = set(old)
    fresh = [one for one in new if one not in known]
    said += [f"{one.place}: {one.title}" for one in fresh[:MOST_PLACES]]
    if len(fresh) > MOST_PLACES:
        said.append(f"And {len(fresh) - MOST_PLACES} more places.")
    if not fresh and not said:
        said.append("Places that were found before are no longer in the report.")
    return Changes(True, "", others=tuple(said))


def _asked(line: str, document: Document) -> Question:
    regions = {node.name: slugify(node.name) for one in document.dimensions for node in one.nodes
               if node.kind == "region"}  # fmt: skip
    return ask(line, regions)


def _found(document: Document, question: Question, tier: Tier) -> list[Entry] | None:
    """The places that match, None where the report is not within the limits or nothing in it has the words."""
    if question.has_limits and not within(document, question):
        return None
    if not question.text:
        return []
    entries = [entry for least, entry in entries_by_tier(document) if least <= tier]
    places = _matching([f"{one.title} {one.body}" for one in entries], question.text)
    return [entries[place] for place in places] or None


def _matching(texts: Sequence[str], words: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_MATCH, [list(texts), words])
        return [place - 1 for (place,) in cursor.fetchall()]
