"""Developments that may be told twice: close in time and alike in words. Nothing is joined on its word."""

from dataclasses import dataclass

from django.db import connection

from companies.models import Development

DAYS_APART = 45
ALIKE = 0.45
"""Similarity by pg_trgm (0 to 1) from which two texts may tell one thing; 0.3 where they share company and type."""
_QUESTION = f"""
SELECT one.id, other.id, similarity(one.text, other.text) AS likeness
FROM companies_development AS one
JOIN companies_development AS other ON other.id > one.id
    AND other.date BETWEEN one.date - {DAYS_APART} AND one.date + {DAYS_APART}
WHERE NOT EXISTS (
    SELECT 1 FROM companies_differentdevelopments AS said WHERE said.one_id = one.id AND said.other_id = other.id
) AND (
    similarity(one.text, other.text) >= {ALIKE}
    OR (similarity(one.text, other.text) >= 0.3 AND one.kind = other.kind AND EXISTS (
        SELECT 1 FROM companies_development_companies AS mine JOIN companies_development_companies AS theirs
        ON theirs.company_id = mine.company_id
        WHERE mine.development_id = one.id AND theirs.development_id = other.id
    ))
) ORDER BY likeness DESC, one.id, other.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two developments that may be one; `one` was entered first."""

    one: Development
    other: Development


def possible_duplicates(limit: int = 50) -> list[Pair]:
    """Pairs that may tell one thing, the likeliest first, without those that somebody said are two. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [limit])
        rows = cursor.fetchall()
    asked = {pk for one, other, _ in rows for pk in (one, other)}
    found = Development.objects.filter(pk__in=asked).prefetch_related("companies").in_bulk()
    return [Pair(found[one], found[other]) for one, other, _ in rows]
