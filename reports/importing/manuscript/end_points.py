"""Amounts of a sentence with the years they are of: "from USD 4.0 bn to USD 5.4 bn between 2023 and 2028"."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from reports.importing.manuscript.amounts import (
    BARE,
    MONEY,
    PERIOD,
    RANGE,
    VOLUME,
    YEAR,
    money_parts,
    plain_number,
    range_parts,
    scale_name,
)

_FUTURE = re.compile(
    r"reach(?!ed)|project|expect|forecast|anticipat|predict|likely|surpass(?!ed)|exceed(?!ed)|attain(?!ed)|touch|cross"
    r"|hit\b|set to|poised|will|grow|rise|\bby\b|devrait|atteind|erreich|wird\b|alcan[zç]ar|llegar",
    re.I,
)
_ABOUT = (
    r"(?:about|around|approximately|approx\.?|some|an estimated|nearly|almost|roughly|over|more than|just|up|under"
    r"|close|a value of|the value of)"
)
_FROM = re.compile(rf"\bfrom\s+(?:{_ABOUT}\s+){{0,2}}$", re.I)
_TO = re.compile(rf"(?<!amount )(?<!amounts )(?<!amounted )\bto\s+(?:{_ABOUT}\s+){{0,2}}$", re.I)
_BY_AN_INCREMENT = re.compile(
    r"(?:grow|increase|rise|expand|growth)[^.]{0,30}\bby\s*$|incremental|\bopportunity of\b", re.I
)
_NOW = re.compile(r"(?:valued|estimated) at\s*$|stood at\s*$", re.I)
_FOLLOWS = re.compile(
    r"[^.;\d]{0,45}?\b(?P<link>in|by|for|during|as of|as at|of|at the end of|through|year|FY|en|im Jahr|bis|d['’]ici)"
    r"\s*(?:the\s+)?(?:end of\s+)?(?:the\s+)?(?:calendar\s+|fiscal\s+)?(?:year\s+|FY\s?)?(?P<year>(?:19|20)\d\d)",
    re.I,
)
_BRACKET = re.compile(r"\s*(?:today|now|currently|mark)?\s*[(\[](?:in |by |as of |FY\s?)?(?P<year>(?:19|20)\d\d)", re.I)
_AND_BY = re.compile(
    r"(?:\b(?:and|und|et|y|e)\b|,|;)\s+(?:it\s+)?(?:\w+\s+){0,2}?(?:by|in|bis|d['’]ici(?: à)?|en|hasta"
    r"|para|até|entro(?: il)?)\s+(?:the end of\s+)?(?:19|20)\d\d",
    re.I,
)
_BY = re.compile(r"\bby\s+(?:the\s+)?(?:end\s+of\s+)?(?:the\s+)?(?:year\s+)?(?:FY)?\d{4}$", re.I)
_RANGE = re.compile(r"\s?[-–—]\s?\d")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as printed, its year where it is said, and what it is: base-, start- or end-value, or an increment.

    `told` says how the year was found: after the amount, in brackets, before it, or by the sentence's span. Of a range
    `value` is the lower end and `value_to` the upper.
    """

    value: str
    unit: str
    currency: str
    kind: str
    year: int | None
    told: str
    start: int
    of_goods: bool = False
    value_to: str = ""


def money_in(sentence: str, *, bare: bool = False) -> list[re.Match[str]]:
    """The sums of money of a sentence; with `bare`, where there are none, amounts such as "1.2 bn" without a currency.

    A range such as "USD 3.0-3.2 billion" is one match, of RANGE; one without a currency is left out.
    """
    ranges = [match for match in RANGE.finditer(sentence) if _is_a_range(match, sentence)]
    single = [
        match
        for match in MONEY.finditer(sentence)
        if not _RANGE.match(sentence, match.end())
        and not any(one.start() <= match.start() < one.end() for one in ranges)
    ]
    found = sorted([*ranges, *single], key=lambda match: match.start())
    if not found and bare:
        found = [match for match in BARE.finditer(sentence) if not _RANGE.match(sentence, match.end())]
    return found[:8]


def _is_a_range(match: re.Match[str], sentence: str) -> bool:
    return range_parts(match) is not None and not _FROM.search(sentence[: match.start()])


def goods_in(sentence: str) -> list[re.Match[str]]:
    """The amounts of goods of a sentence: "12,500 tons", "2.4 million units"."""
    return [match for match in VOLUME.finditer(sentence) if not _RANGE.match(sentence, match.end())][:4]


def end_points(sentence: str, matches: list[re.Match[str]]) -> list[Amount]:
    """The amounts with their years and kinds, in the order of the sentence."""
    found: list[Amount] = []
    used = 0
    for position, match in enumerate(matches):
        start = matches[position - 1].end() if position else 0
        end = matches[position + 1].start() if position + 1 < len(matches) else len(sentence)
        before = sentence[max(start, match.start() - 90) : match.start()]
        kind = _kind(before)
        after = sentence[match.end() : min(end, match.end() + 70)]
        year, told, taken = _year(before, after, start=max(start, match.start() - 90), used=used, kind=kind)
        if told in ("after", "bracket"):
            used = match.end() + taken
        if kind == "base-value" and year and _BY.search(after[:taken]):
            kind = "end-value"
        value, unit, currency, of_goods, value_to = _parts(match)
        found.append(Amount(value, unit, currency, kind, year, told, match.start(), of_goods, value_to))
    return _settled(_by_span(sentence, found))


def _parts(match: re.Match[str]) -> tuple[str, str, str, bool, str]:
    """Value, unit, currency, whether of goods, and the upper end of a range."""
    groups = match.groupdict()
    if "low" in groups and (ends := range_parts(match)):
        return ends[0], ends[2], ends[3], False, ends[1]
    if groups.get("unit"):
        unit = f"{scale_name(match['scale'] or '')} {match['unit']}".strip()
        return plain_number(match["number"]), unit, "", True, ""
    return *money_parts(match), False, ""


def _kind(before: str) -> str:
    if _BY_AN_INCREMENT.search(before):
        return "increment"
    if _FROM.search(before):
        return "start-value"
    if (_FUTURE.search(before) or _TO.search(before)) and not _NOW.search(before):
        return "end-value"
    return "base-value"


def _year(before: str, after: str, *, start: int, used: int, kind: str) -> tuple[int | None, str, int]:
    """The year of an amount, how it was told, and how many characters after the amount tell it.

    What stands before the amount tells it unless that year has told the amount before already: in "4.5 bn in 2022 and
    will reach 7.2 bn in eight years" the second amount has no year.
    """
    earlier = [match for match in YEAR.finditer(before) if start + match.start() >= used or kind != "end-value"]
    if bracket := _BRACKET.match(after):
        return int(bracket["year"]), "bracket", bracket.end()
    if follows := _FOLLOWS.match(after):
        of_the_next = earlier and _AND_BY.search(after[: follows.end()])
        if not of_the_next:
            return int(follows["year"]), "after", follows.end()
    if earlier:
        return int(earlier[-1][1]), "before", 0
    return None, "", 0


def _by_span(sentence: str, found: list[Amount]) -> list[Amount]:
    """From one amount to another between two years, or over 2023-2028: the years of the span are theirs."""
    period = PERIOD.search(sentence)
    for position, (first, last) in enumerate(pairwise(found)):
        pair = (first.kind, last.kind)
        if period is None or pair not in (("start-value", "end-value"), ("end-value", "start-value")):
            continue
        if first.told in ("", "before") and last.told in ("", "before"):
            years = int(period[1]), int(period[2] if len(period[2]) == 4 else period[1][:2] + period[2])
            of_first, of_last = years if first.kind == "start-value" else years[::-1]
            found[position] = replace(first, year=of_first, told="span")
            found[position + 1] = replace(last, year=of_last, told="span")
    return found


def _settled(found: list[Amount]) -> list[Amount]:
    """Of amounts of several years the first is the base, the last the end, those between are starts."""
    known = sorted({one.year for one in found if one.year and one.kind != "increment"})
    if len(known) < 2:
        return found
    kinds = {known[0]: "base-value", known[-1]: "end-value"}
    return [
        replace(one, kind=kinds.get(one.year, "start-value"))
        if one.year and one.kind in ("base-value", "end-value")
        else one
        for one in found
    ]
