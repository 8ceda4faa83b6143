"""How pages say that something grows by so much a year: "a CAGR of 6.1 %", "6.1% annually", "at a rate of 6.1%"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.importing.manuscript.amounts import PERIOD

PERCENT = r"\d{1,3}(?:[.,]\d{1,4})?"

_SIGN = r"\s?(?:%|per ?cent\b)"
_RATE = (
    r"(?:CAGR|C\.A\.G\.R\.?|AAGR|TCAC|TCCA"
    r"|compound(?:ed)?[- ](?:average[- ])?(?:annual(?:i[sz]ed)?|yearly)(?: growth)?(?: rates?)?"
    r"|(?:average )?annual(?:i[sz]ed)? growth(?: rates?)?|growth rates?|growth momentum)"
)
_INSIDE = r"(?:19|20)\d\d\s*(?:[-–—‒]|to|through|until|and)\s*(?:19|20)?\d\d"
_AFTER = re.compile(
    rf"\b{_RATE}(?!\w)(?:[^.%\d]{{0,40}}?(?P<inside>{_INSIDE}))?[^.%\d]{{0,60}}?"
    rf"(?:\((?P<span>[^()%]{{4,30}})\)[^.%\d]{{0,20}}?)?(?P<value>[-−]?{PERCENT})"
    rf"(?:\s?(?:[-–—]|to)\s?(?P<value_to>{PERCENT}))?{_SIGN}",
    re.I,
)
_BEFORE = re.compile(rf"(?<![\d.,])(?P<value>[-−]?{PERCENT}){_SIGN}\s\(?(?:\w+\s){{0,3}}{_RATE}(?!\w)", re.I)
_YEARLY = re.compile(
    rf"(?<![\d.,])(?P<value>[-−]?{PERCENT}){_SIGN},?\s(?:compounded\s|on average\s)?"
    r"(?:annually|(?:per|a|each|every) year|per annum|p\.\s?a\.|yearly|(?:per|on an) annual basis)",
    re.I,
)
_OVER = re.compile(
    rf"\b(?:gr[eo]w|ris|expand|increas|declin)\w* at (?:a |an )?(?:\w+ ){{0,2}}?(?P<value>[-−]?{PERCENT}){_SIGN}"
    r"\s(?:from|between|during|through|over)\s(?:the\s)?(?:forecast|(?:19|20)\d\d)",
    re.I,
)
_AT_A_RATE = re.compile(
    rf"\bat (?:a|an)(?: \w+)? (?:rate|pace) of [^.%\d]{{0,20}}?(?P<value>[-−]?{PERCENT}){_SIGN}", re.I
)
_MOVES = re.compile(
    r"\b(?P<up>grow|gr[eo]w|ris|rose|increas|expand|climb|advanc|gain|up\b|surg|rate|pace)"
    r"|\b(?P<down>declin|contract|shrink|shrank|decreas|fall|fell|drop|down\b)",
    re.I,
)
_UP_TO = re.compile(rf"\s?(?P<link>[-–—]|to|and)\s?(?P<value>{PERCENT}){_SIGN}", re.I)
_PAST = re.compile(
    r"\b(?:having grown|has grown|had grown|grew|rose|historical(?:ly)?|in the past|previous(?:ly)?|declined"
    r"|increased)\b"
    r"[^.;]{0,60}$",
    re.I,
)
_SINCE = re.compile(r"^[^.;%\d]{0,25}\bsince\s+((?:19|20)\d\d)", re.I)


@dataclass(frozen=True, slots=True)
class GrowthRate:
    """A stated rate: its digits in per cent, where it begins in the sentence, the years it is said for, if any.

    `is_past` for a rate that speaks of what has been, so that end points in the future are not its own. Of a range
    such as "7-8 %" `value` is the lower end and `value_to` the upper.
    """

    value: str
    start: int
    years: tuple[int, int | None] | None
    is_past: bool = False
    value_to: str = ""


def growth_rates(sentence: str, *, of_values: bool) -> Iterator[GrowthRate]:
    """The yearly growth rates a sentence states. `of_values` says that it gives amounts a plain rate may belong to."""
    found = list(_AFTER.finditer(sentence))[:4] or list(_BEFORE.finditer(sentence))[:4]
    if not found:
        yearly = [one for one in _YEARLY.finditer(sentence) if _says_where(sentence[: one.start()])]
        found = yearly[:4] or list(_OVER.finditer(sentence))[:2]
    if not found and of_values:
        found = list(_AT_A_RATE.finditer(sentence))[:2]
    for match in found:
        before = sentence[: match.start("value")]
        value = match["value"].replace("−", "-").replace(",", ".")
        value_to = _upper_end(match, sentence)
        if _direction(before) == "down" and not value.startswith("-"):
            value, value_to = (f"-{value_to}", f"-{value}") if value_to else (f"-{value}", "")
        years = _years(match, sentence)
        is_past = bool(_PAST.search(before)) or bool(years and years[1] is None)
        yield GrowthRate(value, match.start(), years, is_past, value_to)


def _upper_end(match: re.Match[str], sentence: str) -> str:
    """The upper end where a rate is a range: "7-8 %", "7 % to 8 %", "between 7 % and 8 %"; "" where it is none."""
    before = sentence[: match.start("value")].rstrip().lower()
    upper = match.groupdict().get("value_to") or ""
    if not upper and (more := _UP_TO.match(sentence, match.end())):
        is_range = before.endswith("between") if more["link"].lower() == "and" else not before.endswith("from")
        upper = more["value"] if is_range else ""
    upper = upper.replace(",", ".")
    return upper if upper and float(upper) > float(match["value"].lstrip("-−").replace(",", ".")) else ""


def _says_where(before: str) -> bool:
    """Whether a yearly percentage is one of growth: after a verb of movement, or with a plus sign."""
    return bool(_direction(before)) or before.endswith("+")


def _direction(before: str) -> str:
    """Whether the last verb of movement before a rate, within its clause, goes up or down; "" for none."""
    last = ""
    for match in _MOVES.finditer(re.split(r"[;.]\s", before)[-1][-80:]):
        if match[0].lower() in ("rate", "pace") and last:
            continue  # "declining at a rate of": the verb counts
        last = "up" if match["up"] else "down"
    return last


def _years(match: re.Match[str], sentence: str) -> tuple[int, int | None] | None:
    groups = match.groupdict()
    period = (
        PERIOD.search(groups.get("inside") or "")
        or PERIOD.search(groups.get("span") or "")
        or PERIOD.search(sentence, match.end())
        or PERIOD.search(sentence)
    )
    if since := _SINCE.match(sentence[match.end() :]):
        return int(since[1]), None
    if period is None:
        return None
    first, last = period[1], period[2]
    return int(first), int(last if len(last) == 4 else first[:2] + last)
