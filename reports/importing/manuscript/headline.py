"""What a page claims of its market as a whole: values, years, growth, currency, concentration, pages. All are kept."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypedDict

from reports.importing.manuscript.model import Fact, HeadlineClaim
from reports.importing.manuscript.places import names_a_place

_CURRENCY = r"USD|US\s?\$|U\.S\.\s?\$|EUR|GBP|INR|JPY|CNY|RMB|AUD|CAD|CHF|KRW|BRL|SGD|AED|SAR|ZAR|SEK|Rs\.?|[$€£₹¥]"
_SCALE = r"trillion|billion|million|thousand|crores?|lakhs?|tn|bn|mn|mln|bln|[tbmk]"
_NUMBER = r"\d[\d,]{0,24}(?:\.\d{1,8})?"
_MONEY = re.compile(
    rf"(?:(?<![A-Za-z])(?P<currency>{_CURRENCY})\s?(?P<number>{_NUMBER})(?:\s?(?P<scale>{_SCALE})\b)?"
    rf"|(?<![\d.,])(?P<number_2>{_NUMBER})\s?(?P<scale_2>{_SCALE})?\s?(?P<currency_2>USD"
    rf"|US dollars|dollars|EUR|euros?|GBP|INR)\b"
    rf"|(?<![\d.,])(?P<number_3>{_NUMBER})\s?\(\s?(?P<currency_3>USD|EUR|GBP|INR)\s(?P<scale_3>{_SCALE})\s?\))",
    re.I,
)
_VOLUME = re.compile(
    rf"(?<![\d.,$€£])(?P<number>{_NUMBER})\s?(?P<scale>{_SCALE})?\s(?P<unit>units|metric "
    rf"tons|tons|tonnes|kilotons?|kilotonnes|kt|MT|MW|GW|MWh|GWh|TWh|lit(?:er|re)s|barrels"
    rf"|square met(?:er|re)s|vehicles)\b",
    re.I,
)
_PERCENT = r"\d{1,3}(?:\.\d{1,4})?"
_GROWTH = r"(?:CAGR|compound(?:ed)? annual growth(?: rate)?|annual growth rate|growth rate|growth momentum)"
_CAGR_AFTER = re.compile(
    rf"\b{_GROWTH}\b[^.%\d]{{0,60}}?"
    rf"(?:\((?P<span>[^()%]{{4,30}})\)[^.%\d]{{0,20}}?)?(?P<value>-?{_PERCENT})\s?(?:%|per ?cent)",
    re.I,
)
_CAGR_BEFORE = re.compile(rf"(?P<value>{_PERCENT})\s?(?:%|per ?cent)\s(?:\w+\s){{0,3}}{_GROWTH}\b", re.I)
_YEAR = re.compile(r"(?<![\d.,])(?:FY\s?)?((?:19|20)\d\d)(?:[EFef])?(?!\d|[,.]\d)")
_PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–—‒]|to|through|until|till|and)\s*((?:19|20)?\d\d)(?!\d)", re.I)
_FUTURE = re.compile(
    r"reach(?!ed)|project|expect|forecast|anticipat|predict|likely|surpass|exceed|attain|touch"
    r"|hit\b|set to|poised|will|grow|rise|\bby\b",
    re.I,
)
_PAST = re.compile(
    r"valued|was\b|stood|accounted|estimated at|amounted|worth|recorded|generated|reached|in the base", re.I
)
_OF_A_PART = re.compile(
    r"^by (?!the\b)[a-z ,-]{3,60}, |\bsegment|\bsub-?segment|\bcategory|\bregion\b"
    r"|\bcountr(?:y|ies)\b|\binvest(?:ed|ment|ing)|\bacqui|\bfund|\bdeal\b|\bR&D\b|\bspend"
    r"|\bsales of|\brevenue of the company|\bexport|\bimport",
    re.I,
)
_REFERENCE = re.compile(r"\[\[[^\[\]]{1,300}\]\]")
_SIZED = re.compile(r"valued|worth|size|reach|stood|estimated", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_SCALES = {
    "trillion": 12,
    "tn": 12,
    "t": 12,
    "billion": 9,
    "bn": 9,
    "bln": 9,
    "b": 9,
    "million": 6,
    "mn": 6,
    "mln": 6,
    "m": 6,
    "thousand": 3,
    "k": 3,
    "crore": 7,
    "crores": 7,
    "lakh": 5,
    "lakhs": 5,
    "": 0,
}
_SCALE_NAMES = {12: "trillion", 9: "billion", 6: "million", 3: "thousand", 7: "crore", 5: "lakh", 0: ""}
_CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "U.S.$": "USD",
    "US DOLLARS": "USD",
    "DOLLARS": "USD",
    "€": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "£": "GBP",
    "₹": "INR",
    "RS": "INR",
    "RS.": "INR",
    "¥": "JPY",
    "RMB": "CNY",
}
_LEVEL = re.compile(
    r"\b(low|medium|moderate|high|fragmented|consolidated|moderately (?:fragmented"
    r"|consolidated)|highly (?:fragmented|consolidated)|oligopolistic|concentrated)\b",
    re.I,
)
_UNIT = re.compile(
    rf"\b(?:in|value|revenue|\()\s*\(?(?P<currency>{_CURRENCY})\s?(?P<scale>trillion"
    rf"|billion|million|thousand|tn|bn|mn|crore)\b"
    rf"|\((?P<currency_2>{_CURRENCY})\s?(?P<scale_2>trillion|billion|million|thousand|tn|bn"
    rf"|mn|crore)\)|\(in (?P<scale_3>trillion|billion|million)\)",
    re.I,
)

_ATTRIBUTES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("base-year", r"(?:market )?base year.*"),
        ("estimated-year", r"estimated year.*"),
        ("history-period", r"(?:historical?|actual|past)\b.*"),
        (
            "forecast-period",
            r"(?:forecast(?:ed|ing)?|projection|projected|prediction) (?:period|years?|data"
            r"|time-?frame|timeline|range|horizon|duration).*|forecast",
        ),
        (
            "study-period",
            r"(?:study|review|analysis|report) (?:period|years?)|(?:period|years?) (?:considered"
            r"|covered|of study)|.*\bavailable for (?:the )?years?|report timeline|study years?",
        ),
        ("cagr", r".*\bcagr\b.*|(?:annual )?growth(?: rate| momentum)?(?: .{0,40})?|compound annual growth.*"),
        ("concentration", r"(?:market )?concentration"),
        ("page-count", r"(?:report |no\.? of |number of |total )*pages?(?: count)?|report length"),
        ("currency", r"currency(?: used)?.*"),
        ("unit", r"(?:quantitative |value |forecast |measurement )?units?(?: considered)?|.*\bunits? considered"),
        ("fastest-growing", r"fastest[- ]growing.*|highest cagr.*"),
        ("largest-market", r"(?:largest|dominant|leading|dominating) (?:market|region|segment).*"),
        (
            "market-size",
            r".*\b(?:market|revenue|industry|projected|expected|forecast(?:ed)?|base year"
            r"|estimated)\b.*\b(?:size|value|valuation|forecast|revenue|worth)\b.*|(?:(?:19"
            r"|20)\d\d )?market (?:size|value).*|(?:revenue|value) (?:forecast|in).*",
        ),
    )
)


class _Span(TypedDict, total=False):
    year_from: int
    year_to: int


@dataclass(slots=True)
class Headline:
    """Collects the claims of a text."""

    claims: list[HeadlineClaim] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    subject: str = ""

    def read_prose(self, text: str, line: int, *, source: str = "text") -> bool:
        """Read the claims of running text; true if there were any."""
        before = len(self.claims)
        text = _REFERENCE.sub("", text)
        of_the_market = bool(re.search(r"\bmarket\b", text, re.I))
        for sentence in _SENTENCE.split(text):
            if any(map(str.isdigit, sentence)):
                self._read_sentence(sentence.strip(), line, source, of_the_market=of_the_market)
        return len(self.claims) > before

    def read_title(self, text: str, line: int) -> None:
        """Read a title's period: "(2024 - 2031)" is its forecast period; "2025 to 2034" likewise."""
        if match := _PERIOD.search(text):
            self._add("forecast-period", text, line, "title", **_span(match))
        elif years := _YEAR.findall(text):
            self._add("end-year", text, line, "title", year=int(years[-1]))

    def read_label(self, text: str, line: int) -> bool:
        """Read a short line such as "*Market size in USD million", "CAGR 7.2 %" or "Report Timeline (2021 - 2031)"."""
        before = len(self.claims)
        if match := re.match(r"(?:report )?timeline\D{0,6}(?=\d)", text, re.I):
            if period := _PERIOD.search(text, match.end()):
                self._add("timeline", text, line, "text", **_span(period))
        elif (colon := re.match(r"([^:]{3,60}):\s*(.{1,120})$", text)) and attribute_kind(colon[1]):
            return self.read_attribute(colon[1], colon[2], line)
        elif unit := _UNIT.search(text):
            currency = _currency(unit["currency"] or unit["currency_2"] or "")
            scale = _scale_name(unit["scale"] or unit["scale_2"] or unit["scale_3"] or "")
            self._add("unit", text, line, "text", value=f"{currency} {scale}".strip(), unit=scale, currency=currency)
        if len(self.claims) == before and any(map(str.isdigit, text)):
            self._read_sentence(text, line, "text", label=True)
        return len(self.claims) > before

    def read_attribute(self, attribute: str, value: str, line: int) -> bool:
        """Read a row of a table of attributes; a row that claims nothing is kept as a fact. True if it was a claim."""
        quote = f"{attribute} | {value}"
        kind = attribute_kind(attribute)
        before = len(self.claims)
        period = _PERIOD.search(value) or (_PERIOD.search(attribute) if kind in ("cagr", "market-size") else None)
        years = [int(year) for year in _YEAR.findall(value)]
        if kind in ("base-year", "estimated-year") and years and not _MONEY.search(value):
            self._add(kind, quote, line, "table", year=years[0])
        elif kind in ("study-period", "forecast-period", "history-period") and period and not _MONEY.search(value):
            self._add(kind, quote, line, "table", **_span(period))
        elif kind == "cagr" and (percent := re.search(rf"(-?{_PERCENT})\s?(?:%|per ?cent)", value)):
            self._add("cagr", quote, line, "table", value=percent[1], unit="%", **_span(period))
        elif kind == "concentration" and _LEVEL.search(value):
            self._add("concentration", quote, line, "table", value=value)
        elif kind == "page-count" and (pages := re.search(r"\d{1,5}", value)):
            self._add("page-count", quote, line, "table", value=pages[0])
        elif kind == "currency" and value:
            self._add("currency", quote, line, "table", value=_currency(value), currency=_currency(value))
        elif kind in ("unit", "fastest-growing", "largest-market") and value:
            self._add(kind, quote, line, "table", value=value)
        elif kind in ("market-size", "base-year", "forecast-period", "estimated-year"):
            self._read_size(attribute, value, quote, line)
        if len(self.claims) == before:
            self.facts.append(Fact(attribute, value, line))
            return False
        return True

    def answers(self, attribute: str, value: str) -> bool:
        """True when a short line could be the value of the attribute on the line above it."""
        kind = attribute_kind(attribute)
        if kind == "market-size":
            return bool(_MONEY.search(value)) and not value.lower().startswith("cagr")
        return kind != "" and (
            bool(re.search(r"\d", value)) or (kind == "concentration" and bool(_LEVEL.fullmatch(value.strip())))
        )

    def settled(self) -> tuple[HeadlineClaim, ...]:
        """The claims, with the sizes of a table told apart by year; a start without a base before it is the base."""
        sizes = [c for c in self.claims if c.kind in ("base-value", "end-value") and c.scope == "market" and c.year]
        table = [claim for claim in sizes if claim.source == "table"]
        years = sorted({claim.year for claim in table if claim.year})
        ends_later = any(c.kind == "end-value" and c.year and years and c.year > years[-1] for c in sizes)
        if len(years) >= 2:
            for claim in table:
                is_end = claim.year == years[-1] and not ends_later
                self._swap(claim, "end-value" if is_end else "base-value" if claim.year == years[0] else "start-value")
        market = [claim for claim in self.claims if claim.scope == "market"]
        if not any(claim.kind == "base-value" for claim in market):
            for claim in market:
                if claim.kind == "start-value":
                    self._swap(claim, "base-value")
        return tuple(self.claims)

    def _swap(self, claim: HeadlineClaim, kind: str) -> None:
        if claim.kind != kind:
            self.claims[self.claims.index(claim)] = replace(claim, kind=kind)

    def _add(
        self,
        kind: str,
        quote: str,
        line: int,
        source: str,
        *,
        value: str = "",
        unit: str = "",
        currency: str = "",
        year: int | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
        scope: str = "market",
    ) -> None:
        claim = HeadlineClaim(kind, quote[:600], line, value, unit, currency, year, year_from, year_to, source, scope)
        if claim not in self.claims[-12:]:
            self.claims.append(claim)

    def _read_size(self, attribute: str, value: str, quote: str, line: int) -> None:
        year_match = _YEAR.search(attribute) or next(
            (m for m in _YEAR.finditer(value) if not _inside_money(m, value)), None
        )
        year = int(year_match[1]) if year_match else None
        money = _MONEY.search(value)
        if money is None:
            number = re.match(rf"\s*({_NUMBER})\s*({_SCALE})?\b", value, re.I)
            if number is None or year is None or _YEAR.fullmatch(number[0].strip()):
                return
            amount, scale, currency = number[1].replace(",", ""), _scale_name(number[2] or ""), ""
        else:
            amount, scale, currency = _money_parts(money)
        kind = (
            "end-value"
            if re.search(r"forecast|project|expected|by\b", f"{attribute}", re.I)
            and not re.search("base", attribute, re.I)
            else "base-value"
        )
        self._add(kind, quote, line, "table", value=amount, unit=scale, currency=currency, year=year)

    def _read_sentence(
        self, sentence: str, line: int, source: str, *, label: bool = False, of_the_market: bool = False
    ) -> None:
        if len(sentence) > 3000:
            sentence = sentence[:3000]
        sized = label or bool(re.search(r"\bmarket|\bindustry|\brevenue|\bsize", sentence, re.I))
        sized = sized or (of_the_market and bool(re.match(r"(?:it|this|that|the figure)\b", sentence, re.I)))
        if moneys := list(_MONEY.finditer(sentence))[:8] if sized else []:
            # A revenue in a sentence that speaks of no market is a company's.
            of_a_company = not (label or of_the_market or re.search(r"\bmarket|\bindustry|\bsize", sentence, re.I))
            self._read_moneys(sentence, moneys, line, source, of_a_part=of_a_company)
        elif sized and re.search(r"valued|volume|stood|reach|demand|size", sentence, re.I) and _YEAR.search(sentence):
            self._read_moneys(sentence, list(_VOLUME.finditer(sentence))[:4], line, source)
        for match in list(_CAGR_AFTER.finditer(sentence))[:4] or list(_CAGR_BEFORE.finditer(sentence))[:4]:
            span = (
                _PERIOD.search(match.groupdict().get("span") or "")
                or _PERIOD.search(sentence, match.end())
                or _PERIOD.search(sentence)
            )
            self._add(
                "cagr",
                sentence,
                line,
                source,
                value=match["value"],
                unit="%",
                scope=self._scope(sentence[: match.start()]),
                **_span(span),
            )
        if base := re.search(
            r"base year(?: of| is| was| as|:| being| considered)*\s*[(–-]?\s*((?:19|20)\d\d)"
            r"|((?:19|20)\d\d) (?:is |as |being )?(?:considered )?(?:as )?(?:the )?base year",
            sentence,
            re.I,
        ):
            self._add("base-year", sentence, line, source, year=int(base[1] or base[2]))
        for kind, phrase in (
            ("forecast-period", r"forecast(?:ed|ing)? (?:period|years?|time-?frame|timeline)"),
            ("study-period", r"study period|review period"),
            ("history-period", r"historic(?:al)? (?:period|data|years?)"),
        ):
            if period := re.search(rf"(?:{phrase})[^.\d]{{0,30}}({_PERIOD.pattern})", sentence, re.I):
                self._add(kind, sentence, line, source, **_span(_PERIOD.search(period[1])))
        if pages := re.search(r"(?:pages?|no\.? of pages)\s*[:\-]\s*(\d{1,5})|\b(\d{2,4})\s+pages\b", sentence, re.I):
            self._add("page-count", sentence, line, source, value=pages[1] or pages[2])

    def _scope(self, before: str) -> str:
        """Whether what stands before a number makes it one of a part of the market; the market's own name does not."""
        if self.subject:
            before = re.sub(re.escape(self.subject), "", before, flags=re.I)
        return "part" if _OF_A_PART.search(before) or names_a_place(before) else "market"

    def _read_moneys(
        self, sentence: str, moneys: list[re.Match[str]], line: int, source: str, *, of_a_part: bool = False
    ) -> None:
        found: list[tuple[str, str, str, int | None, str, str]] = []
        for position, match in enumerate(moneys):
            start = moneys[position - 1].end() if position else 0
            end = moneys[position + 1].start() if position + 1 < len(moneys) else len(sentence)
            after, before = (
                sentence[match.end() : min(end, match.end() + 70)],
                sentence[max(start, match.start() - 90) : match.start()],
            )
            year = _year_near(before, after)
            if "unit" in match.groupdict() and match.groupdict()["unit"]:
                amount, unit, currency = (
                    match["number"].replace(",", ""),
                    f"{_scale_name(match['scale'] or '')} {match['unit']}".strip(),
                    "",
                )
            else:
                amount, unit, currency = _money_parts(match)
            if re.search(r"(?:grow|increase|rise|expand|growth)[^.]{0,30}\bby\s*$", before, re.I) or re.search(
                r"incremental", before, re.I
            ):
                kind = "increment"
            elif re.search(r"\bfrom\s*$", before, re.I):
                kind = "start-value"
            elif (_FUTURE.search(before) or re.search(r"\bto\s*$", before)) and not re.search(
                r"(?:valued|estimated) at\s*$|stood at\s*$", before, re.I
            ):
                kind = "end-value"
            else:
                kind = "base-value"
            scope = "part" if of_a_part else self._scope(sentence[: match.start()])
            found.append((amount, unit, currency, year, kind, scope))
        known = sorted({year for *_, year, kind, _ in found if year and kind != "increment"})
        for amount, unit, currency, year, kind, scope in found:
            of_goods = "unit" in moneys[0].groupdict()
            if year is None and (of_goods or not _SIZED.search(sentence)):
                continue
            if len(known) >= 2 and year and kind in ("base-value", "end-value"):
                kind = "end-value" if year == known[-1] else "base-value" if year == known[0] else "start-value"
            self._add(kind, sentence, line, source, value=amount, unit=unit, currency=currency, year=year, scope=scope)


@lru_cache(maxsize=4096)
def attribute_kind(attribute: str) -> str:
    """The kind of claim a table's attribute makes; empty when it is none."""
    words = re.sub(r"\s*\([^()]*\)", "", attribute).strip(" :*") or attribute
    words = re.sub(r"^(?:.{0,60}\bmarket,? )(?=cagr|size|value|growth)", "market ", words, flags=re.I)
    return next((kind for kind, pattern in _ATTRIBUTES if pattern.fullmatch(words)), "") if len(words) <= 100 else ""


def amount_of(claim: HeadlineClaim) -> tuple[Decimal, Decimal] | None:
    """A value claim in single units and half of its last printed digit, so that claims can be compared as printed."""
    try:
        value = Decimal(claim.value)
    except InvalidOperation:
        return None
    scale = Decimal(10) ** _SCALES.get(claim.unit.split(" ")[0].lower(), 0)
    exponent = value.as_tuple().exponent
    digits = exponent if isinstance(exponent, int) else 0
    return value * scale, Decimal(10) ** digits * scale / 2


def _year_near(before: str, after: str) -> int | None:
    follows = re.match(
        r"[^.;\d]{0,45}?\b(?:in|by|for|during|as of|of|at the end of|through|year"
        r"|FY)\s*(?:the\s+)?(?:end of\s+)?(?:the\s+)?(?:fiscal\s+)?(?:year\s+|FY\s?)?((?:19"
        r"|20)\d\d)",
        after,
        re.I,
    )
    bracket = re.match(r"\s*\(((?:19|20)\d\d)", after)
    earlier = _YEAR.findall(before)
    if bracket:
        return int(bracket[1])
    if follows:
        return int(follows[1])
    return int(earlier[-1]) if earlier else None


def _inside_money(match: re.Match[str], value: str) -> bool:
    return any(money.start() <= match.start() < money.end() for money in _MONEY.finditer(value))


def _span(match: re.Match[str] | None) -> _Span:
    if match is None:
        return {}
    first, last = match[1], match[2]
    return {"year_from": int(first), "year_to": int(last if len(last) == 4 else first[:2] + last)}


def _currency(text: str) -> str:
    key = re.sub(r"\s+", "", text.upper()) if len(text) <= 5 else text.upper().strip()
    named = re.search(r"\b(USD|EUR|GBP|INR|JPY|CNY)\b", key)
    return _CURRENCIES.get(key) or (named[1] if named else key)


def _scale_name(text: str) -> str:
    return _SCALE_NAMES[_SCALES.get(text.lower(), 0)]


def _money_parts(match: re.Match[str]) -> tuple[str, str, str]:
    number = (match["number"] or match["number_2"] or match["number_3"]).replace(",", "")
    return (
        number,
        _scale_name(match["scale"] or match["scale_2"] or match["scale_3"] or ""),
        _currency(match["currency"] or match["currency_2"] or match["currency_3"]),
    )
