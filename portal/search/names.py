"""Every name that entries have, in this process, so that those like what was typed are found in the same time among a
hundred thousand as among a thousand.

Names tell nothing by themselves: `portal.search.finding` asks the database which of these few the reader may see.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import Max
from numpy.typing import NDArray

from portal.search.keeping import KeptWhileUnchanged
from portal.search.models import NAMES, SearchEntry, SearchName

LIKE = 0.6
"""The least share of what was typed that a name has: PostgreSQL's own limit for ``%>``, which has the last word."""
MOST_LIKE, MOST_HOLDING = 128, 64
BUCKETS = 2**16
LATE = 10_000
"""Entries whose ids may come to be seen later than higher ones, from transactions that were open at once."""
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """Some names by their trigrams. `owners[bounds[b]:bounds[b + 1]]` are the names with a trigram of bucket b, each
    once; `folded` has every name on a line of its own, which begins at `starts`."""

    names: tuple[str, ...]
    folded: str
    starts: NDArray[np.int64]
    bounds: NDArray[np.int64]
    owners: NDArray[np.int32]
    lengths: NDArray[np.int32]

    def like(self, buckets: NDArray[np.uint16]) -> Iterator[tuple[int, str]]:
        """How many of the trigrams a name has, and the name: the best MOST_LIKE of those that have enough."""
        have = np.zeros(len(self.names), np.int32)
        for bucket in buckets.tolist():
            have[self.owners[self.bounds[bucket] : self.bounds[bucket + 1]]] += 1
        enough = np.flatnonzero(have >= LIKE * len(buckets))
        if len(enough) > MOST_LIKE:
            # Among names that have as many, the shorter is more alike.
            order = np.lexsort((self.lengths[enough], -have[enough]))
            enough = enough[order[:MOST_LIKE]]
        for place in enough.tolist():
            yield int(have[place]), self.names[place]

    def holding(self, typed: str) -> Iterator[str]:
        """Names that begin with what was typed, then those with a word that does, then those that hold it anywhere."""
        found: set[int] = set()
        for wanted in ("\n" + typed, " " + typed, typed):
            at = self.folded.find(wanted)
            while at >= 0:
                # The line break before a name belongs to it.
                place = int(np.searchsorted(self.starts, at + (wanted[0] == "\n"), side="right")) - 1
                if place not in found:
                    yield self.names[place]
                    found.add(place)
                    if len(found) == MOST_HOLDING:
                        return
                line_end = self.folded.index("\n", at + 1)
                at = self.folded.find(wanted, line_end)


@dataclass(frozen=True, slots=True)
class Names:
    """All names, those that came lately in a small part of their own. `newest` is the id of the newest entry seen."""

    newest: int
    known: frozenset[str]
    parts: tuple[Part, ...]

    def near(self, text: str) -> list[str]:
        """Names that may resemble or hold `text`: no more than MOST_LIKE and MOST_HOLDING of each part, best first."""
        buckets = np.unique(_trigrams([text])[0])
        typed = " ".join(text.casefold().split())
        if not typed:
            return []
        alike = sorted((one for part in self.parts for one in part.like(buckets)), key=lambda one: -one[0])
        names = [name for _, name in alike[:MOST_LIKE]]
        return list(dict.fromkeys([*names, *(name for part in self.parts for name in part.holding(typed))]))


def part_of(names: Iterable[str]) -> Part:
    """The arrays of these names."""
    known = tuple(names)
    lines = [" ".join(name.casefold().split()) for name in known]
    lengths = np.array([len(line) for line in lines], np.int32)
    starts = 1 + np.concatenate(([0], np.cumsum(lengths[:-1] + 1))) if known else np.zeros(0)
    buckets, owners = _trigrams(lines)
    order = np.argsort(buckets, kind="stable")
    buckets, owners = buckets[order], owners[order]
    once = np.ones(len(owners), np.bool_)
    once[1:] = (buckets[1:] != buckets[:-1]) | (owners[1:] != owners[:-1])
    bounds = np.concatenate(([0], np.cumsum(np.bincount(buckets[once], minlength=BUCKETS))))
    return Part(known, "\n" + "".join(line + "\n" for line in lines), starts.astype(np.int64), bounds.astype(np.int64),
                owners[once], lengths)  # fmt: skip


def _trigrams(texts: list[str]) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """uint16[n] and int32[n]: the bucket of every trigram of every text, as pg_trgm cuts them, and whose it is.

    Words have two spaces before them and one after. Trigrams that fall into one bucket count as the same.
    """
    # Two spaces before each word; of those between "e" and "v" the first also ends the word before.
    padded = ["  " + _BETWEEN.sub("  ", text.casefold()).strip() for text in texts]
    letters = np.frombuffer("".join([*padded, "  "]).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(padded), dtype=np.int32), [len(one) for one in padded])
    first, second, third = letters[:-2], letters[1:-1], letters[2:]
    counted = (second != ord(" ")) | ((first == ord(" ")) & (third != ord(" ")))
    code = (first << np.uint64(42)) | (second << np.uint64(21)) | third
    bucket = (code * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)  # Fibonacci hashing: its high bits are well mixed
    return bucket[counted].astype(np.uint16), owner[counted]


def _read(before: Names | None) -> Names:
    """All names, or those of before and what came since: a publication costs as much as it brings."""
    newest = SearchEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if before is None or newest < before.newest:
        names = frozenset(SearchName.objects.values_list("name", flat=True))
        return Names(newest, names, (part_of(names),))
    came = SearchEntry.objects.filter(pk__gt=before.newest - LATE, place__in=NAMES)
    fresh = set(came.values_list("title", flat=True).distinct()) - before.known
    if not fresh:
        return Names(newest, before.known, before.parts)
    largest, *late = before.parts
    lately = [*(name for part in late for name in part.names), *fresh]
    known = before.known | fresh
    if len(lately) * 8 > len(largest.names):
        return Names(newest, known, (part_of(known),))
    return Names(newest, known, (largest, part_of(lately)))


def _state() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM search_searchentry")
        return tuple(cursor.fetchone() or ())


all_names = KeptWhileUnchanged(_read, _state)
"""Today's names."""
