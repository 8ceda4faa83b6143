"""Company names: taken apart, compared without their legal form, and suggested as aliases - never merged."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from companies.legal_forms import LEGAL_FORMS
from reports.importing.manuscript.model import Alias

_LEGAL_WORDS = LEGAL_FORMS - {"l", "p", "de"}
_SUFFIX = (
    r"(?:co|inc|ltd|limited|llc|l\.l\.c|llp|lp|l\.p|corp|corporation|company|gmbh|ag|se"
    r"|s\.?a|s\.?a\.?s|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|plc|oyj?|ab|asa?"
    r"|aps|pte|pty|pvt|kg|kgaa|k\.?k|sdn|bhd|jsc|pjsc|incorporated|tbk|s\.?r\.?o|s\.?a\.? de c\.?v)\b\.?"
)
_COMMA = re.compile(rf",(?!\s*{_SUFFIX}(?:\s|,|;|\.|\)|$))(?!\d)(?![^()]*\))", re.I)
_TRAILING_AND = re.compile(r"^(?:and|&)\s+", re.I)
_OTHERS = re.compile(
    r"^(?:and |& )?(?:among )?(?:many )?(?:others?|etc|more|among others|other (?:key "
    r"|prominent |major |market )?(?:players|companies|vendors).*|several others)\.?$",
    re.I,
)
_AMONG = re.compile(
    r",?\s+(?:and )?(?:among(?:st)?(?: many)? others?|and others?|etc\.?|to name a few|and more)\.?$", re.I
)
_COUNTRY_TAIL = re.compile(r"\s*\(([^()]{2,40})\)\s*$")


@lru_cache(maxsize=4096)
def strict_key(name: str) -> str:
    """Equal for two spellings that differ only by case, punctuation or spaces: "Donghee" and "DONGHEE"."""
    return re.sub(r"[\W_]+", "", name.casefold().replace("&", "and"))


def company_key(name: str) -> str:
    """The name without its legal form, in lower case: "webasto" of "Webasto SE". Never empty for a non-empty name."""
    words = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", name.casefold()).replace("&", " and ")
    words = re.sub(r"\([^()]*\)", " ", words) if "(" in words and not words.startswith("(") else words
    tokens = re.sub(r"[^\w]+", " ", words).split()
    kept = list(tokens)
    while len(kept) > 1 and (kept[-1] in _LEGAL_WORDS or kept[-1] == "and"):
        kept.pop()
    if len(kept) > 1 and kept[0] == "the":
        kept.pop(0)
    return " ".join(kept) or name.casefold().strip()


def is_company_name(name: str) -> bool:
    """False for a legal form on its own ("Inc.") and for text that is no name at all."""
    tokens = re.sub(r"[^\w]+", " ", name.casefold()).split()
    return bool(tokens) and any(token not in LEGAL_FORMS for token in tokens) and any(map(str.isalpha, name))


def split_companies(text: str) -> list[str]:
    """The names in a list that runs along a line. "ASC, Inc." stays one name; "among others" is dropped."""
    text = _AMONG.sub("", text.strip().rstrip("."))
    if text.lower().endswith((" inc", " ltd", " co", " corp", " b.v", " s.a", " n.v", " l.p", " s.p.a")):
        text += "."
    semicolons = ";" in text
    pieces = text.split(";") if semicolons else _COMMA.split(text)
    pieces = [piece.strip(" \t") for piece in pieces]
    if not semicolons and pieces and not _TRAILING_AND.match(pieces[-1]):
        head, joint, tail = pieces[-1].rpartition(" and ")
        if joint and head and is_company_name(tail) and tail[:1].isupper():
            pieces[-1:] = [head, tail]
    names = [_TRAILING_AND.sub("", piece).strip(" \t,") for piece in pieces]
    return [name for name in names if name and not _OTHERS.match(name) and is_company_name(name) and len(name) <= 120]


def without_country(name: str) -> tuple[str, str]:
    """Split "Bosch (Germany)" into the name and the bracket; the bracket is empty when there is none."""
    match = _COUNTRY_TAIL.search(name)
    return (name[: match.start()].strip(), match[1].strip()) if match and match.start() else (name, "")


def suggest_aliases(names: Iterable[str]) -> tuple[Alias, ...]:
    """Pairs of names that may mean one company: alike but for the legal form, or one the beginning of the other."""
    unique: dict[str, str] = {}
    for name in names:
        unique.setdefault(strict_key(name), name)
    families: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for name in unique.values():
        tokens = company_key(name).split()
        families[tokens[0]].append((tokens, name))
    suggestions: list[Alias] = []
    for first, family in families.items():
        if len(first) < 3 and len(family) > 2:
            continue
        family = sorted(family, key=lambda member: (len(member[0]), member[1]))[:20]
        for position, (shorter, short_name) in enumerate(family):
            for longer, long_name in family[position + 1 :]:
                if shorter == longer:
                    reason = "The names are alike but for the legal form."
                elif longer[: len(shorter)] == shorter:
                    reason = "One name is the beginning of the other."
                else:
                    continue
                suggestions.append(Alias(long_name, short_name, reason))
    return tuple(suggestions)
