"""Which figure a typed number is: the one figure of the report that, rounded as the number is typed, equals it."""

import re
from collections.abc import Iterator
from decimal import Decimal

from reports.checks.draft import TOTAL, Draft
from reports.checks.growth import Printed, agrees, implied_growth, printed, scale_of
from reports.checks.rules.story import named_segments
from reports.figures import UnknownFigure, resolve

_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)(?![\d.,]\d)")
_MONEY = re.compile(r"[A-Z]{3}\b|(?:US)?[$€£₹¥]")
_GROWTH = re.compile(r"\bCAGR\b|compound|annual growth|growth rate|grow(?:s|ing|th)?\b", re.I)
_SHARE = re.compile(r"\bshares?\b|\baccount\w*\b|\bholds?\b|\bheld\b|\bof the market\b", re.I)


def figure_for(typed: str, sentence: str, about: str, draft: Draft) -> str:
    """The reference, such as [[total 2031]], that a number typed in a sentence stands for; "" unless exactly one fits.

    Looked for among the figures of the segments the sentence names, or that its text is about, or else of the market,
    for the years the sentence names, or else the market's base and last year.
    """
    candidates = {inside for inside in _candidates(typed, sentence, about, draft) if _resolves(inside, draft)}
    return f"[[{candidates.pop()}]]" if len(candidates) == 1 else ""


def _candidates(typed: str, sentence: str, about: str, draft: Draft) -> Iterator[str]:
    market, number = draft.market, printed(typed)
    if market is None or number is None:
        return
    named = [segment.path for segment in named_segments(draft, sentence)]
    paths = named or ([about] if about in draft.segments else [TOTAL])
    stated = [int(year) for year in _YEAR.findall(sentence)]
    years = [year for year in stated if year in market.years] or [market.base_year, market.last_year]
    if stated and not set(stated) & set(market.years):
        return
    is_rate = bool(re.search(r"%|per ?cent", typed))
    if market.currency and not (is_rate or _MONEY.match(typed)):
        return  # its figure would bring the currency, which may stand beside the number already, or be none
    for path in paths:
        if not is_rate:
            yield from _values(typed, number, path, years, draft)
        elif _GROWTH.search(sentence):
            yield from _rates(number, path, years, draft)
        elif path != TOTAL and _SHARE.search(sentence):
            yield from _shares(number, path, years, draft)


def _values(typed: str, number: Printed, path: str, years: list[int], draft: Draft) -> Iterator[str]:
    assert draft.market is not None
    power = scale_of(typed)
    scale = Decimal(1).scaleb(power - draft.market.unit_mult)
    stated = Printed(number.value * scale, number.half * scale)
    for year in years:
        value = draft.printed_value(path, year)
        if value is not None and value.may_equal(stated):
            form = " | words" if power > draft.market.unit_mult else _places(number, draft.market.decimals)
            yield f"{'total' if path == TOTAL else f'segment {path}'} {year}{form}"


def _rates(number: Printed, path: str, years: list[int], draft: Draft) -> Iterator[str]:
    first_year, last_year = min(years), max(years)
    first, last = draft.printed_value(path, first_year), draft.printed_value(path, last_year)
    if first is None or last is None or first.low <= 0 or last_year <= first_year:
        return
    if agrees(number, implied_growth(first, last, last_year - first_year)):
        yield f"cagr {'' if path == TOTAL else path + ' '}{first_year}-{last_year}{_places(number, 1)}"


def _shares(number: Printed, path: str, years: list[int], draft: Draft) -> Iterator[str]:
    assert draft.numbers is not None
    for year in years:
        part, whole = draft.numbers.value(path, year), draft.numbers.value(draft.numbers.adds_to(path) or TOTAL, year)
        if part is not None and whole and number.low <= part / whole * 100 <= number.high:
            yield f"share {path} {year}{_places(number, 1)}"


def _places(number: Printed, usual: int) -> str:
    """The form that prints as many decimals as were typed; "" where that is usual."""
    exponent = (number.half * 2).normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return "" if places == usual else f" | {places}"


def _resolves(inside: str, draft: Draft) -> bool:
    assert draft.numbers is not None
    try:
        return bool(resolve(inside, draft.numbers).shown)
    except UnknownFigure:
        return False
