"""Names of segments: their codes, what makes two writings the same, and lists of them taken apart."""

import re
import unicodedata
from functools import lru_cache

_COUNTED = re.compile(
    r"^(?:(?:the\s+)?(?:following\s+)?(?:two|three|four|five|six|seven|eight|nine|ten"
    r"|\d{1,2}|several|various|different|major|key|main)\s+){1,3}(?:segments|regions"
    r"|categories|types|sub-?segments|parts|groups|key regions)?[^:]{0,30}:\s*",
    re.I,
)
_COMMA = re.compile(r",(?![^()]*\))")


def slug(text: str) -> str:
    """A name for a path: ASCII letters, digits and hyphens; "segment" when nothing of the kind is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80].strip("-") or "segment"


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Equal for two writings of one segment: case, brackets, plurals and "&" or "and" don't matter."""
    outside = re.sub(r"\s*\([^()]*\)", "", name).lower().replace("&", " and ")
    words = re.sub(r"[^\w]+", " ", outside or name.lower()).split()
    return (
        " ".join(
            word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words
        )
        or name.lower()
    )


def split_names(text: str) -> list[str]:
    """The names in a list along a line: "A, B & C and D (E)" is A, B & C, D (E)."""
    text = _COUNTED.sub("", text.strip()).rstrip(" .;:")
    separator = ";" if ";" in text else "|" if "|" in text else ""
    pieces = [p.strip() for p in (text.split(separator) if separator else _COMMA.split(text))]
    if not separator and pieces and not re.match(r"(?:and|&|or)\s", pieces[-1]):
        joints = list(re.finditer(r"\s(?:and|or)\s(?![^()]*\))", pieces[-1]))
        if joints:
            pieces[-1:] = [pieces[-1][: joints[-1].start()], pieces[-1][joints[-1].end() :]]
    names = [re.sub(r"^(?:and|&|or)\s+", "", piece).strip(" .*-–—:") for piece in pieces]
    return [
        name
        for name in names
        if 1 < len(name) <= 100 and len(name.split()) <= 12 and any(map(str.isalnum, name)) and name.lower() != "etc"
    ]
