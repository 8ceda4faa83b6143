"""Names that are much like others: asked of the database, by the letters they share. Nothing is merged on its word."""

import re
from collections.abc import Iterable

from django.db import connection

from companies.legal_forms import LEGAL_FORMS
from companies.models import name_key

ALIKE = 0.5
"""Similarity by pg_trgm (0 to 1) from which two names may be one company's; below it only a common beginning counts."""
_DIGITS = re.compile(r"\d+")
_QUESTION = """
SELECT asked.name, near.company_id, near.name, near.key, near.likeness
FROM unnest(%s::text[], %s::text[]) AS asked(name, key)
CROSS JOIN LATERAL (
    SELECT company_id, name, key, similarity(key, asked.key) AS likeness
    FROM companies_companyalias WHERE key %% asked.key ORDER BY likeness DESC, id LIMIT 5
) AS near ORDER BY asked.name, near.likeness DESC
"""


def alike_names(names: Iterable[str], *, at_most: int = 2) -> dict[str, list[tuple[int, str]]]:
    """For each of these names the registered companies that may be meant: (number, name they have), likeliest first.

    Names that differ in a number ("Plant 1", "Plant 2") are not alike. One query for all names.
    """
    asked = {name: key for name in names if (key := name_key(name))}
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [list(asked), list(asked.values())])
        rows = cursor.fetchall()
    found: dict[str, list[tuple[int, str]]] = {}
    for name, company, other, key, likeness in rows:
        near = found.setdefault(name, [])
        if len(near) < at_most and company not in {pk for pk, _ in near} and _alike(asked[name], key, likeness):
            near.append((company, other))
    return {name: near for name, near in found.items() if near}


def _alike(one: str, other: str, likeness: float) -> bool:
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    mine, theirs = _bare(one), _bare(other)
    shorter = min(len(mine), len(theirs))
    beginning = mine[:shorter]
    return likeness >= ALIKE or (beginning == theirs[:shorter] and len(" ".join(beginning)) >= 4)


def _bare(key: str) -> list[str]:
    """The words of a name without its legal form."""
    words = key.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return words
