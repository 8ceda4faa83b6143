"""Prose against the forecast: what is called largest or fastest, and values and rates typed into sentences."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.checks.draft import BASE, TOTAL, Draft, Segment, Text
from reports.checks.growth import agrees, implied_growth, printed, shown_range
from reports.checks.registry import Hit, rule
from reports.checks.words import sentences, squeezed, words
from reports.figures import REFERENCE, UnknownFigure, cagr

_LARGEST = re.compile(
    r"\b(?:largest|biggest|leading|dominant)\s+(?:regional\s+)?"
    r"(?:(?:market\s+)?share|region|segment|regional market|market|category)\b",
    re.I,
)
_FASTEST = re.compile(r"\bfastest[- ]growing\b|\bgrows? (?:the )?fastest\b", re.I)
_HEDGED = re.compile(
    r"\bone of\b|\bamong\b|\bsecond\b|\bthird\b|\bnot\b|\bno longer\b|\bif\b|\bwas\b|\bwere\b|\bexcept\b", re.I
)
_RATE = re.compile(
    r"(?:CAGR|compound(?:ed)? annual growth rate)[^.%\d]{0,40}?(\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent)", re.I
)
_SPAN = re.compile(r"\b((?:19|20)\d\d)\s*(?:[-–—]|to|through|and)\s*((?:19|20)\d\d)\b")


@rule("superlative-disagrees", severity="error", title="A superlative is contradicted by the numbers")
def superlative_disagrees(draft: Draft) -> Iterator[Hit]:
    """A segment called largest or fastest growing, while another is: at the base year and the last year alike."""
    market = draft.market
    if market is None or not market.is_current or not draft.values:
        return
    for text in draft.texts:
        for sentence in sentences(REFERENCE.sub(" ", text.plain)):
            for pattern, word in ((_LARGEST, "largest"), (_FASTEST, "fastest growing")):
                if not pattern.search(sentence) or _HEDGED.search(sentence):
                    continue
                named = named_segments(draft, sentence)
                if len(named) != 1:
                    continue
                rivals = _siblings(draft, named[0])
                truth = _fastest(draft, rivals) if word == "fastest growing" else _largest(draft, rivals)
                if truth is not None and truth != named[0].path:
                    yield Hit(
                        text.place,
                        f"{named[0].name} is called {word}, but by the forecast {draft.segments[truth].name} is.",
                        f"Write [[{'fastest' if word != 'largest' else 'largest'} {truth.rpartition('/')[0]} …]], "
                        "so that the name follows the data.",
                        {"word": word, "said": named[0].path, "is": truth},
                        text.link,
                        text.line,
                    )


@rule("growth-in-prose-disagrees", severity="error", title="A growth rate in the text is not the computed one")
def growth_in_prose_disagrees(draft: Draft) -> Iterator[Hit]:
    """A typed growth rate of the whole market, or of the one segment named, over stated years or base to last year."""
    market = draft.market
    if market is None or not market.is_current:
        return
    for text, sentence in _sentences(draft):
        for match in _RATE.finditer(sentence):
            named = named_segments(draft, sentence)
            path = named[0].path if len(named) == 1 else TOTAL
            if len(named) > 1 or (not named and text.about and text.about in draft.segments):
                continue
            span = _SPAN.search(sentence)
            first_year, last_year = (int(span[1]), int(span[2])) if span else (market.base_year, market.last_year)
            first, last = draft.printed_value(path, first_year), draft.printed_value(path, last_year)
            stated = printed(match[1])
            if first is None or last is None or stated is None or first.low <= 0 or last_year <= first_year:
                continue
            implied = implied_growth(first, last, last_year - first_year)
            if not agrees(stated, implied):
                yield Hit(
                    text.place,
                    f"The text gives a growth of {match[1]} % for {named[0].name if named else 'the market'}; "
                    f"the forecast has {shown_range(implied)} from {first_year} to {last_year}.",
                    f"Write [[cagr {'' if path == TOTAL else path + ' '}{first_year}-{last_year}]] instead.",
                    {"path": path, "stated": match[1], "years": (first_year, last_year), "range": shown_range(implied)},
                    text.link,
                    text.line,
                )


@rule("driver-effects-unexplained", severity="note", title="The drivers do not explain the growth")
def driver_effects_unexplained(draft: Draft) -> Iterator[Hit]:
    """The effects of a market's drivers sum to its growth; what is left over is shown as unexplained."""
    market = draft.market
    if market is None or not market.is_current or not draft.driver_effects:
        return
    first, last = draft.printed_value(TOTAL, market.base_year), draft.printed_value(TOTAL, market.last_year)
    if first is None or last is None or first.value <= 0:
        return
    growth = cagr(first.value, last.value, market.last_year - market.base_year)
    left = growth - sum(draft.driver_effects, Decimal(0))
    if abs(left) > Decimal("0.5"):
        yield Hit(
            "drivers",
            f"The drivers’ effects sum to {sum(draft.driver_effects, Decimal(0)).normalize():f} percentage points, "
            f"but the market grows {growth.quantize(Decimal('0.01'))} % a year.",
            "Adjust the effects, or add the driver that is missing.",
            {"left": str(left.quantize(Decimal("0.01")))},
            market.drivers_link,
        )


def _sentences(draft: Draft) -> Iterator[tuple[Text, str]]:
    for text in draft.texts:
        if _RATE.search(text.plain):
            for sentence in sentences(REFERENCE.sub(" ", text.plain)):
                yield text, sentence


def named_segments(draft: Draft, sentence: str) -> list[Segment]:
    """The segments whose whole name stands in a sentence; of nested names the longest."""
    said = f" {' '.join(words(sentence.replace('-', ' ')))} "
    found = [
        segment
        for segment in draft.segments.values()
        if words(segment.name) and f" {' '.join(words(segment.name))} " in said
    ]
    names = {squeezed(segment.name) for segment in found}
    return [
        one for one in found if not any(squeezed(one.name) != name and squeezed(one.name) in name for name in names)
    ]


def _siblings(draft: Draft, segment: Segment) -> list[Segment]:
    return [
        one for one in draft.segments.values() if one.dimension == segment.dimension and one.parent == segment.parent
    ]


def _largest(draft: Draft, segments: Sequence[Segment]) -> str | None:
    """The largest at base and last year alike; None where not all have values or the two years differ."""
    assert draft.market is not None
    leaders = set()
    for year in (draft.market.base_year, draft.market.last_year):
        values = {one.path: draft.values.get((BASE, one.path, year)) for one in segments}
        if any(value is None for value in values.values()):
            return None
        leaders.add(max(values, key=lambda path: values[path] or Decimal(0)))
    return leaders.pop() if len(leaders) == 1 else None


def _fastest(draft: Draft, segments: Sequence[Segment]) -> str | None:
    assert draft.market is not None
    base, last = draft.market.base_year, draft.market.last_year
    growth: dict[str, Decimal] = {}
    for one in segments:
        first, end = draft.values.get((BASE, one.path, base)), draft.values.get((BASE, one.path, last))
        try:
            if first is None or end is None:
                return None
            growth[one.path] = cagr(first, end, last - base)
        except UnknownFigure:
            return None
    return max(growth, key=lambda path: growth[path]) if growth else None
