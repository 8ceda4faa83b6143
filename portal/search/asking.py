"""What a line in the search box asks for: words, and limits on growth, size and region. No Django."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

MILLIONS = {
    **dict.fromkeys(("k", "thousand"), "0.001"),
    **dict.fromkeys(("m", "mn", "million"), "1"),
    **dict.fromkeys(("b", "bn", "billion"), "1000"),
    **dict.fromkeys(("tn", "trillion"), "1000000"),
}
_UNIT = r"%|(?:per ?cent|thousand|million|billion|trillion|bn|mn|tn|k|m|b)\b"
_NUMBER = r"(?P<{0}>\d[\d,]*(?:\.\d+)?)\s*(?P<{0}_unit>" + _UNIT + ")?"
_LIMIT = re.compile(
    r"\b(?P<what>cagr|growth|growing|market size|size|worth)\s*(?:is|of|by|at)?\s*"
    r"(?:(?P<least>over|above|more than|at least|from|>=?|≥)|(?P<most>under|below|less than|at most|up to|<=?|≤)"
    r"|(?P<between>between))\s*"
    r"(?:usd|eur|gbp|us\$|\$|€|£)?\s*"
    + _NUMBER.format("first")
    + r"(?:\s*(?:and|to|-|–)\s*(?:usd|eur|gbp|us\$|\$|€|£)?\s*"
    + _NUMBER.format("second")
    + r")?(?:\s*a year)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Range:
    """From `least` to `most`, both included; None where it is open. Written "7..", "..3" or "5..10"."""

    least: Decimal | None = None
    most: Decimal | None = None

    def __bool__(self) -> bool:
        return self.least is not None or self.most is not None

    def __str__(self) -> str:
        shown = ["" if one is None else f"{one.normalize():f}" for one in (self.least, self.most)]
        return "..".join(shown) if self else ""

    def __contains__(self, value: Decimal | None) -> bool:
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


EVERYTHING = Range()


@dataclass(frozen=True, slots=True)
class Question:
    """`cagr` in per cent a year, `size` in millions of currency, `region` as a slug; `text` is the rest."""

    text: str
    cagr: Range = EVERYTHING
    size: Range = EVERYTHING
    region: str = ""

    @property
    def has_limits(self) -> bool:
        return bool(self.cagr or self.size or self.region)


def parse_range(written: str) -> Range:
    """Read "7..", "..3", "5..10". Raises ValueError for anything else."""
    if not written:
        return Range()
    least, dots, most = written.partition("..")
    if (
        not dots
        or not (least or most)
        or not all(re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", one) for one in (least, most) if one)
    ):
        raise ValueError(written)
    return Range(Decimal(least) if least else None, Decimal(most) if most else None)


def ask(line: str, regions: Mapping[str, str]) -> Question:
    """Read a line such as "CAGR over 7 %, size over 1 bn, Asia Pacific".

    `regions` gives slugs by name. A limit that can't be read stays among the words, so nothing typed is lost.
    """
    cagr, size = Range(), Range()

    def taken(match: re.Match[str]) -> str:
        nonlocal cagr, size
        of_growth = match["what"].lower() in ("cagr", "growth", "growing")
        first, second = (_amount(match, name, of_growth) for name in ("first", "second"))
        if first is None or (match["between"] and second is None):
            return match[0]
        if match["between"]:
            limit = Range(first, second)
        else:
            limit = Range(first, None) if match["least"] else Range(None, first)
        if of_growth:
            cagr = limit
        else:
            size = limit
        return ","

    rest = _LIMIT.sub(taken, line)
    slugs = {name.casefold(): slug for name, slug in regions.items()}
    region, words = "", []
    for piece in rest.split(","):
        piece = re.sub(r"^(?:and|in)\b|\band$", "", piece.strip(), flags=re.IGNORECASE).strip()
        if piece.casefold() in slugs and not region:
            region = slugs[piece.casefold()]
        elif piece:
            words.append(piece)
    return Question(" ".join(words), cagr, size, region)


def _amount(match: re.Match[str], name: str, of_growth: bool) -> Decimal | None:
    if match[name] is None:
        return None
    value = Decimal(match[name].replace(",", ""))
    unit = (match[f"{name}_unit"] or "").lower()
    per_cent = unit in ("%", "percent", "per cent")
    if of_growth:
        return value if not unit or per_cent else None
    if per_cent:
        return None
    return value * Decimal(MILLIONS[unit]) if unit else value / 1_000_000
