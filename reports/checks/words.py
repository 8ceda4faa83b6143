"""Words of names and sentences, compared the way a reader would: case, plural and filler aside. No Django."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“(]?[A-Z0-9])|\n+")
_FILLER = frozenset({
    "the", "a", "an", "and", "or", "of", "in", "on", "by", "for", "to", "with", "other", "others", "rest", "global",
    "world", "worldwide", "market",
})  # fmt: skip
GENERIC = frozenset({
    "type", "product", "application", "end", "use", "user", "industry", "vertical", "channel", "component", "service",
    "solution", "material", "technology", "region", "geography", "country", "category", "class", "segment", "form",
    "size", "grade", "mode", "model", "system", "sale", "distribution", "offering", "source", "process", "function",
    "capacity", "design", "platform", "age", "gender", "price", "range",
})  # fmt: skip


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in small letters, accents and plural endings gone, fillers left out."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return tuple(_singular(word) for word in _WORD.findall(letters) if word not in _FILLER)


@lru_cache(maxsize=20_000)
def squeezed(name: str) -> str:
    """Equal for spellings that differ by case, accents, spaces and punctuation only."""
    decomposed = unicodedata.normalize("NFKD", name.replace("&", "and"))
    return "".join(c for c in decomposed.casefold() if c.isalnum())


@lru_cache(maxsize=4_000)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a plain text; a line break ends one."""
    return tuple(sentence.strip() for sentence in _SENTENCE.split(text) if sentence and sentence.strip())


def telling(name: str, common: Iterable[str]) -> frozenset[str]:
    """The words of a name that tell it from its siblings: not `common`, not generic, of at least three letters."""
    shared = set(common)
    return frozenset(word for word in words(name) if word not in shared and word not in GENERIC and len(word) > 2)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names as a reader would list them: "A, B and C"."""
    several = list(names)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {last} {several[-1]}"


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
