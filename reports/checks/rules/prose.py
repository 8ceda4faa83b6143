"""Prose: numbers without a source, numbers typed by hand, and sentences that contradict the report's own structure."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from reports.checks.claims import lines_of
from reports.checks.draft import TOTAL, Dimension, Draft, Segment, Text
from reports.checks.growth import Printed, printed, scale_of
from reports.checks.registry import Hit, rule
from reports.checks.words import listed, sentences, telling, words
from reports.figures import REFERENCE, UNIT_WORDS

_PERCENT = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d+)?\s?(?:%|per ?cent\b)")
_GROWTH = re.compile(r"\bCAGR\b|compound|annual growth|growth rate|grow(?:s|ing|th)? (?:at|of|by)\b", re.I)
_SOURCED = re.compile(
    r"\baccording to\b|\bsources?\b|\breported by\b|\bpublished by\b|\bsurvey(?:ed)? by\b"
    r"|\bdata (?:from|of)\b|\bas per\b|\[\d+\]",
    re.I,
)
_MONEY = re.compile(
    r"(?:\b(?P<code>USD|EUR|GBP|INR|JPY|CNY|CHF|KRW|BRL)\s?|(?P<sign>US\$|[$€£₹¥])\s?)\d[\d,]*(?:\.\d+)?"
    r"(?:\s?(?:trillion|billion|million|thousand|bn|mn|tn)\b)?",
    re.I,
)
_AMOUNT = re.compile(
    r"(?<![\w.,])(?:\d[\d,]*(?:\.\d+)?\s?(?:trillion|billion|million|thousand|bn|mn|tn)\b"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w%,]))"
)
"""Digits with a scale word or set apart by thousands: an amount of something, and neither a year nor a name."""
_SIGNS = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
_ALTERNATIVE = re.compile(
    r"\b(?:alternatives?|substitutes?)\b[^.;]{0,80}?"
    r"\b(?:such as|including|like|namely|for example|e\.g\.)\s+(?P<list>[^.;]{3,300})",
    re.I,
)
_CONCENTRATED = re.compile(r"\bconcentrat\w+|\bconsolidat\w+|\bdominated by\b|\bheld by\b|\bcontrolled by\b", re.I)
_BUYERS = re.compile(
    r"\b(?:auto(?:motive )?makers|automakers|car ?makers|vehicle manufacturers|OEMs|airlines|hospitals|retailers"
    r"|end[- ]users|consumers|customers|buyers|utilities|telecom operators|farmers|patients|households)\b",
    re.I,
)
_REPORT_LINK = re.compile(r"""href=["'][^"']*/reports/([\w-]+)/?["'#]""")
_PLACEHOLDER = re.compile(
    r"\blorem ipsum\b|\bTBD\b|\bTODO\b|\bXX+(?:\.X+)?\b|\[(?:insert|company|market)[^\]]*\]", re.I
)


@rule("percentage-without-source", severity="warning", title="A percentage has no source", of_text=True)
def percentage_without_source(draft: Draft) -> Iterator[Hit]:
    """A typed percentage in a sentence that names no source. Growth rates are judged by other rules."""
    for text in draft.texts:
        body = REFERENCE.sub(" ", text.plain)
        for sentence in sentences(body) if "%" in body or "cent" in body else ():
            shares = _PERCENT.findall(sentence)
            if shares and not _GROWTH.search(sentence) and not _SOURCED.search(sentence):
                yield Hit(
                    text.place,
                    f"{listed(shares)} {'is' if len(shares) == 1 else 'are'} stated without a source: "
                    f"“{_short(sentence)}”.",
                    "Name the source, refer to a figure of this report, or leave the number out.",
                    {"numbers": tuple(shares), "sentence": sentence},
                    text.link,
                    text.line,
                )


@rule("number-typed-in-prose", severity="warning", title="A number is typed where a figure should be")
def number_typed_in_prose(draft: Draft) -> Iterator[Hit]:
    """Amounts and growth rates typed by hand do not follow the data; [[figures]] do."""
    for text in draft.texts:
        for sentence in sentences(REFERENCE.sub(" ", text.plain)):
            typed = [match.group() for match in _MONEY.finditer(sentence)]
            typed += _AMOUNT.findall(_MONEY.sub(" ", sentence))
            if _GROWTH.search(sentence):
                typed += _PERCENT.findall(sentence)
            if typed and not _SOURCED.search(sentence):
                yield Hit(
                    text.place,
                    f"{listed(typed)} {'is' if len(typed) == 1 else 'are'} typed into the text: “{_short(sentence)}”.",
                    "Refer to the figure, as in [[total 2031]] or [[cagr 2024-2031]], so that it follows the data.",
                    {"numbers": tuple(typed), "sentence": sentence},
                    text.link,
                    text.line,
                )


@rule("currency-mixed", severity="warning", title="Currencies are mixed", of_text=True)
def currency_mixed(draft: Draft) -> Iterator[Hit]:
    """Amounts in another currency than the market's, or headline values in two currencies."""
    currencies = sorted({claim.currency for claim in draft.claims_of("base-value", "end-value") if claim.currency})
    if len(currencies) > 1:
        yield Hit(
            "headline",
            f"Headline values are given in {listed(currencies)}.",
            "Give all headline values in one currency.",
            {"currencies": tuple(currencies)},
            draft.claims_of("base-value", "end-value")[0].link,
        )
    if draft.market is None:
        return
    for text in draft.texts:
        for match in _MONEY.finditer(REFERENCE.sub(" ", text.plain)):
            currency = (match["code"] or _SIGNS.get((match["sign"] or "").upper(), "")).upper()
            if currency and currency != draft.market.currency:
                yield Hit(
                    text.place,
                    f"{match.group()} is in {currency}, but the report is in {draft.market.currency}.",
                    f"Convert it to {draft.market.currency}, or say why it is in {currency}.",
                    {"amount": match.group()},
                    text.link,
                    text.line,
                )


@rule("unit-mixed", severity="error", title="A number is given in the wrong unit", of_text=True)
def unit_mixed(draft: Draft) -> Iterator[Hit]:
    """The same digits for the same year a thousand times larger or smaller: million for billion, or the reverse."""
    claims = [one for one in draft.claims_of("base-value", "start-value", "end-value") if one.printed and one.year]
    for one, other in combinations(claims, 2):
        assert one.printed is not None
        assert other.printed is not None
        if one.year == other.year and _a_thousandfold(one.printed, other.printed):
            yield Hit(
                one.place,
                f"{one.shown} and {other.shown} are given for {one.year}: the same digits in two units "
                f"({lines_of([one, other])}).",
                "Correct the unit of one of them.",
                {"year": one.year, "values": (one.shown, other.shown)},
                one.link,
                one.line,
            )
    market = draft.market
    if market is None or not market.is_current:
        return
    for text in draft.texts:
        for match in _MONEY.finditer(REFERENCE.sub(" ", text.plain)):
            stated = _in_unit(match, market.unit_mult)
            for year in market.years if stated is not None else ():
                total = draft.printed_value(TOTAL, year)
                if total is not None and stated is not None and _a_thousandfold(total, stated):
                    yield Hit(
                        text.place,
                        f"{match.group()} has the digits of the market in {year}, in another unit: the report is in "
                        f"{market.currency} {UNIT_WORDS[market.unit_mult]}.".replace(" .", "."),
                        f"Write [[total {year}]], which carries its unit.",
                        {"amount": match.group(), "year": year},
                        text.link,
                        text.line,
                    )
                    break


def _in_unit(match: re.Match[str], unit_mult: int) -> Printed | None:
    """An amount of money as printed, in the market's unit; None for digits too few to tell it from any other."""
    number = printed(match.group())
    if number is None or len(re.sub(r"\D", "", match.group())) < 4:
        return None
    scale = Decimal(1).scaleb(scale_of(match.group()) - unit_mult)
    return Printed(number.value * scale, number.half * scale)


def _a_thousandfold(one: Printed, other: Printed) -> bool:
    """Whether one may be the other times a thousand, a million or a thousand million, but for rounding."""
    small, large = sorted((one, other), key=lambda number: number.value)
    if small.value <= 0 or large.value < small.value * 500:
        return False
    scaled = (Printed(small.value * factor, small.half * factor) for factor in (10**3, 10**6, 10**9))
    return any(number.may_equal(large) for number in scaled)


@rule("segment-called-alternative", severity="warning", title="A segment is also called an alternative", of_text=True)
def segment_called_alternative(draft: Draft) -> Iterator[Hit]:
    """The text lists as an alternative to the market's product what the report counts as a segment of it."""
    own = [(segment, _own_words(segment, dimension, draft)) for dimension, segment in _segments(draft)]
    for text in draft.texts:
        body = text.plain
        for match in _ALTERNATIVE.finditer(body):
            for item in re.split(r",\s*(?:and\s+)?|\s+and\s+", match["list"]):
                named = set(words(item))
                for segment, telling_words in own:
                    if telling_words and telling_words <= named:
                        yield Hit(
                            text.place,
                            f"“{item.strip()}” is called an alternative, but {segment.name} is a segment of "
                            "this market.",
                            "It cannot be both: reword the sentence, or take the segment out.",
                            {"segment": segment.path, "item": " ".join(words(item))},
                            text.link,
                            text.line,
                        )


@rule("concentration-of-buyers", severity="warning", title="Concentration is said of buyers", of_text=True)
def concentration_of_buyers(draft: Draft) -> Iterator[Hit]:
    """Market concentration is a property of those who sell: of the players, not of those who buy from them."""
    players = " ".join(player.name for player in draft.players).lower()
    for text in draft.texts:
        for sentence in sentences(text.plain):
            buyers, concentrated = _BUYERS.search(sentence), _CONCENTRATED.search(sentence)
            counted = _PERCENT.search(sentence) or re.search(r"\bshare\b|\bmarket\b|\bsegment\b", sentence, re.I)
            if buyers and concentrated and counted and buyers.group().lower() not in players:
                yield Hit(
                    text.place,
                    f"Concentration is said of {buyers.group()}, who buy in this market: “{_short(sentence)}”.",
                    "Say how concentrated the players are, or what the share is a share of.",
                    {"sentence": sentence},
                    text.link,
                    text.line,
                )
                break


@rule("placeholder-text", severity="error", title="A placeholder was left in the text", of_text=True)
def placeholder_text(draft: Draft) -> Iterator[Hit]:
    for text in draft.texts:
        found = _PLACEHOLDER.search(text.plain)
        if found:
            yield Hit(
                text.place,
                f"A placeholder was left in the text: “{found.group()}”.",
                "Replace it.",
                {"placeholder": found.group()},
                text.link,
                text.line,
            )


@rule("cross-reference-dead", severity="error", title="A link leads to a report that does not exist")
def cross_reference_dead(draft: Draft) -> Iterator[Hit]:
    for text in draft.texts:
        for slug in _REPORT_LINK.findall(text.body):
            if slug not in draft.report_slugs:
                yield Hit(
                    text.place,
                    f"A link leads to /reports/{slug}/, but there is no such report.",
                    "Correct the link, or remove it.",
                    {"slug": slug},
                    text.link,
                    text.line,
                )


@rule("paragraph-repeated", severity="warning", title="A paragraph stands twice", of_text=True)
def paragraph_repeated(draft: Draft) -> Iterator[Hit]:
    """The same paragraph of some length in two places; the summary may quote the text it sums up."""
    first_place: dict[str, Text] = {}
    for text in (one for one in draft.texts if one.kind != "summary"):
        for paragraph in text.plain.splitlines():
            key = " ".join(words(paragraph))
            if len(key) < 80:
                continue
            before = first_place.setdefault(key, text)
            if before is not text:
                yield Hit(
                    text.place,
                    f"A paragraph stands both here and at {before.place}: “{_short(paragraph)}”.",
                    "Keep it in one place.",
                    {"paragraph": key[:300], "first": before.place},
                    text.link,
                    text.line,
                )


def _segments(draft: Draft) -> Iterator[tuple[Dimension, Segment]]:
    for dimension in draft.dimensions:
        if not dimension.is_geography:
            for segment in dimension.segments:
                yield dimension, segment


def _own_words(segment: Segment, dimension: Dimension, draft: Draft) -> frozenset[str]:
    """The words that tell a segment from its siblings and from the market: "panoramic" of Panoramic Sunroof."""
    siblings = [one for one in dimension.segments if one is not segment]
    common = {*words(draft.subject), *words(dimension.name)}
    for one in siblings:
        common |= set(words(one.name)) & set(words(segment.name))
    return telling(re.sub(r"\s*\([^()]*\)", "", segment.name), common)


def _short(sentence: str, length: int = 160) -> str:
    sentence = sentence.rstrip(".")
    return sentence if len(sentence) <= length else sentence[: length - 1].rsplit(" ", 1)[0] + "…"
