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
_ENGLISH_WORDS = frozenset({"the", "of", "and", "is", "to", "for", "by", "from", "with", "at", "that", "will", "was"})
_FOREIGN_WORDS = frozenset({
    "der", "die", "das", "und", "von", "für", "mit", "auf", "wird", "le", "la", "les", "des", "du", "et", "dans", "est",
    "une", "el", "los", "las", "del", "de", "en", "se", "con", "una", "il", "di", "che", "da", "em", "os", "het", "van",
    "een", "voor", "och", "av", "w", "na", "ve", "ile",
})  # fmt: skip
_LATIN = 0x24F
_NARROW = (56, 110)
"""The widths at which mail programs and converters break lines."""
_STANDS_ALONE = re.compile(r"\s*(?:[-*•▪●#>|]|\d{1,3}[.)]\s|[A-Z][\w ]{2,30}:)")


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


def is_english(text: str) -> bool:
    """Whether a text may be in English, judged by its letters and by the little words that every sentence has."""
    sample = text[:40_000]
    letters = sum(map(str.isalpha, sample))
    if sum(1 for c in sample if ord(c) > _LATIN and c.isalpha()) * 5 > letters:
        return False
    found = re.findall(r"[^\W\d_]+", sample.casefold())
    foreign = sum(map(_FOREIGN_WORDS.__contains__, found))
    return foreign * 30 < len(found) or foreign < sum(map(_ENGLISH_WORDS.__contains__, found))


def unwrapped(text: str) -> str:
    """Paragraphs that were broken at a fixed width made whole; each stays on its first line's number.

    Where no line is long and many are nearly as long as the longest, a line was broken if the next line's first word
    would not have fitted behind it. Lists, tables and headings keep their lines.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = max(map(len, lines))
    full = sum(len(line) > width - 14 for line in lines)
    if not _NARROW[0] <= width <= _NARROW[1] or full < 3 or full * 8 < sum(1 for line in lines if line.strip()):
        return text
    whole: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        if number and _goes_on(lines[number - 1], line, width):
            whole[start] += f" {line.strip()}"
            whole.append("")
        else:
            start = number
            whole.append(line)
    return "\n".join(whole)


def _goes_on(above: str, line: str, width: int) -> bool:
    """Whether a line was broken off the one above it because its first word did not fit there."""
    if (
        not above.strip()
        or not line.strip()
        or _STANDS_ALONE.match(line)
        or "|" in above + line
        or "\t" in above + line
    ):
        return False
    return len(above.rstrip()) + 1 + len(line.split(maxsplit=1)[0]) > width


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
