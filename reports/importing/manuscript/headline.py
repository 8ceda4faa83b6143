"""What a page claims of its market as a whole: values, years, growth, currency, concentration, pages. All are kept."""

import re
from dataclasses import dataclass, field, replace
from typing import TypedDict

from reports.importing.manuscript.amounts import (
    CURRENCY,
    MONEY,
    NUMBER,
    PERIOD,
    SCALE,
    YEAR,
    attribute_kind,
    currency_code,
    money_parts,
    plain_number,
    scale_name,
)
from reports.importing.manuscript.end_points import Amount, end_points, goods_in, money_in
from reports.importing.manuscript.growth_words import PERCENT, growth_rates
from reports.importing.manuscript.model import Fact, HeadlineClaim
from reports.importing.manuscript.places import names_a_place

_OF_A_PART = re.compile(
    r"^by (?!the\b)[a-z ,-]{3,60}, |\bsegment|\bsub-?segment|\bcategory|\bregion\b"
    r"|\bcountr(?:y|ies)\b|\binvest(?:ed|ment|ing)|\bacqui|\bfund|\bdeal\b|\bR&D\b|\bspend"
    r"|\bsales of|\brevenue of the company|\bexport|\bimport|\bmarket alone",
    re.I,
)

_DEMONYM = re.compile(
    r"\b(?:U\.?S\.?A?|U\.?K\.?)(?!\s?\$|\s[Dd]ollars)(?=\s)"
    r"|\b(?:(?:North |South |Latin |Central )?American|European|Asian|African|Nordic|Middle Eastern"
    r"|Chinese|Indian|Japanese|Korean|German|French|British|Italian|Spanish|Canadian"
    r"|Mexican|Brazilian|Australian|Russian|Turkish|Indonesian|Vietnamese|Thai|Saudi|Dutch|Swedish|Polish)\b"
)

_FOR_ANOTHER = re.compile(
    r"\bmarket for\s+(?!(?:the|this|that|which|with|will|would|should|could|from|have|been|were|estimated|valued"
    r"|projected|expected|forecast|stood|reached|grew|accounted|worth|over)\b)[a-z-]{4,}",
    re.I,
)
"""What a market is for, once the words of the page's own subject are taken out: another market."""

_REFERENCE = re.compile(r"\[\[[^\[\]]{1,300}\]\]")

_SIZED = re.compile(r"valued|worth|size|reach|stood|estimated|évalué|atteind|geschätzt|erreich|valor|alcan", re.I)

_OF_A_SIZE = re.compile(
    r"\bmarket|\bindustry|\brevenue|\bsize|\bmarché|\bmarkt|\bmercado|\bmercato"
    r"|\bsales (?:are|is|were|was) (?:set|expected|projected|estimated|forecast|likely|poised|anticipated)",
    re.I,
)

_GOES_ON = re.compile(
    r"(?:it|this|that|the figure|the value|the total|valuation|demand|sales|growth)\b"
    r"|(?:by|in|from|between) (?:the end of )?(?:FY\s?)?(?:19|20)\d\d\b",
    re.I,
)

_OF_GOODS = re.compile(
    r"valued|volume|stood|reach|demand|size|sales|shipments|consumption|production|capacity|installations", re.I
)

_OF_THE_SAME = re.compile(r"(?:it|this|that|the figure|the value)\b|by (?:19|20)\d\d,? it\b", re.I)

_GROWS = re.compile(r"grow|CAGR|TCAC|reach|valued|worth|expand|increas|declin|stood", re.I)

_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!Mrd\.)(?<!Mio\.)(?<!U\.S\.)(?<!approx\.)(?<!i\.e\.)(?<!e\.g\.)(?<!Rs\.)(?<!vs\.)\s+(?=[A-Z“\"(])"
)

_LEVEL = re.compile(
    r"\b(low|medium|moderate|high|fragmented|consolidated|moderately (?:fragmented"
    r"|consolidated)|highly (?:fragmented|consolidated)|oligopolistic|concentrated)\b",
    re.I,
)

_UNIT = re.compile(
    rf"\b(?:in|value|revenue|\()\s*\(?(?P<currency>{CURRENCY})\s?(?P<scale>trillion"
    rf"|billion|million|thousand|tn|bn|mn|crore)\b"
    rf"|\((?P<currency_2>{CURRENCY})\s?(?P<scale_2>trillion|billion|million|thousand|tn|bn"
    rf"|mn|crore)\)|\(in (?P<scale_3>trillion|billion|million)\)",
    re.I,
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
    _sentence: str = ""
    _of_a_part: bool = False

    def read_prose(self, text: str, line: int, *, source: str = "text") -> bool:
        """Read the claims of running text; true if there were any."""
        before = len(self.claims)
        text = _REFERENCE.sub("", text)
        of_the_market = bool(re.search(r"\bmarket\b", text, re.I))
        self._of_a_part = False
        for sentence in _SENTENCE.split(text):
            if any(map(str.isdigit, sentence)):
                self._sentence = sentence.strip()
                self._read_sentence(self._sentence, line, source, of_the_market=of_the_market)
        self._of_a_part = False
        return len(self.claims) > before

    def read_title(self, text: str, line: int) -> None:
        """Read a title's period: "(2024 - 2031)" is its forecast period; "2025 to 2034" likewise."""
        if match := PERIOD.search(text):
            self._add("forecast-period", text, line, "title", **_span(match))
        elif years := YEAR.findall(text):
            self._add("end-year", text, line, "title", year=int(years[-1]))

    def read_label(self, text: str, line: int) -> bool:
        """Read a short line such as "*Market size in USD million", "CAGR 7.2 %" or "Report Timeline (2021 - 2031)"."""
        before = len(self.claims)
        if match := re.match(r"(?:report )?timeline\D{0,6}(?=\d)", text, re.I):
            if period := PERIOD.search(text, match.end()):
                self._add("timeline", text, line, "text", **_span(period))
        elif len(money_in(text)) > 1 or (money_in(text) and "cagr" in text.lower()):
            self.read_prose(text, line)
        elif (colon := re.match(r"([^:]{3,60}):\s*(.{1,120})$", text)) and attribute_kind(colon[1]):
            return self.read_attribute(colon[1], colon[2], line)
        elif unit := _UNIT.search(text):
            currency = currency_code(unit["currency"] or unit["currency_2"] or "")
            scale = scale_name(unit["scale"] or unit["scale_2"] or unit["scale_3"] or "")
            self._add("unit", text, line, "text", value=f"{currency} {scale}".strip(), unit=scale, currency=currency)
        if len(self.claims) == before and any(map(str.isdigit, text)):
            self._read_sentence(text, line, "text", label=True)
        return len(self.claims) > before

    def read_attribute(self, attribute: str, value: str, line: int) -> bool:
        """Read a row of a table of attributes; a row that claims nothing is kept as a fact. True if it was a claim."""
        quote = f"{attribute} | {value}"
        kind = attribute_kind(attribute)
        before = len(self.claims)
        period = PERIOD.search(value) or (PERIOD.search(attribute) if kind in ("cagr", "market-size") else None)
        years = [int(year) for year in YEAR.findall(value)]
        if kind in ("base-year", "estimated-year") and years and not MONEY.search(value):
            self._add(kind, quote, line, "table", year=years[0])
        elif kind in ("study-period", "forecast-period", "history-period") and period and not MONEY.search(value):
            self._add(kind, quote, line, "table", **_span(period))
        elif kind == "cagr" and (percent := re.search(rf"([-−]?{PERCENT})\s?(?:%|per ?cent)", value)):
            self._add(
                "cagr",
                quote,
                line,
                "table",
                value=percent[1].replace("−", "-").replace(",", "."),
                unit="%",
                **_span(period),
            )
        elif kind == "concentration" and _LEVEL.search(value):
            self._add("concentration", quote, line, "table", value=value)
        elif kind == "page-count" and (pages := re.search(r"\d{1,5}", value)):
            self._add("page-count", quote, line, "table", value=pages[0])
        elif kind == "currency" and value:
            self._add("currency", quote, line, "table", value=currency_code(value), currency=currency_code(value))
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
            return bool(MONEY.search(value)) and not value.lower().startswith("cagr")
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
        for line in {claim.line for claim in self.claims}:
            self._end_of(line)
        market = [claim for claim in self.claims if claim.scope == "market"]
        if not any(claim.kind == "base-value" for claim in market):
            for claim in market:
                if claim.kind == "start-value":
                    self._swap(claim, "base-value")
        return tuple(self.claims)

    def _end_of(self, line: int) -> None:
        """Of sizes of several years in a paragraph that are all called bases, or all ends: the last is the end.

        "Market size in 2024: USD 4.5 bn. In 2030: USD 6.1 bn." calls neither the end, "sales are set to total USD 3.1
        bn in 2024" calls both so.
        """
        for scope in ("market", "part"):
            here = [one for one in self.claims if one.line == line and one.scope == scope and one.source == "text"]
            sizes = [one for one in here if one.kind in ("base-value", "start-value", "end-value") and one.year]
            years = sorted({one.year for one in sizes if one.year})
            kinds = {one.kind for one in sizes}
            if len(years) < 2 or kinds not in ({"base-value"}, {"end-value"}):
                continue
            for one in sizes:
                if kinds == {"base-value"} and one.year == years[-1]:
                    self._swap(one, "end-value")
                elif kinds == {"end-value"} and one.year == years[0]:
                    self._swap(one, "base-value")

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
        is_past: bool = False,
        value_to: str = "",
    ) -> None:
        claim = HeadlineClaim(
            kind, quote[:600], line, value, unit, currency, year, year_from, year_to, source, scope, is_past, value_to
        )
        if claim not in self.claims[-12:]:
            self.claims.append(claim)

    def _read_size(self, attribute: str, value: str, quote: str, line: int) -> None:
        year_match = YEAR.search(attribute) or next(
            (m for m in YEAR.finditer(value) if not _inside_money(m, value)), None
        )
        year = int(year_match[1]) if year_match else None
        money = MONEY.search(value)
        if money is None:
            number = re.match(rf"\s*({NUMBER})\s*({SCALE})?\b", value, re.I)
            if number is None or year is None or YEAR.fullmatch(number[0].strip()):
                return
            amount, scale, currency = plain_number(number[1]), scale_name(number[2] or ""), ""
        else:
            amount, scale, currency = money_parts(money)
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
        sized = label or bool(_OF_A_SIZE.search(sentence))
        sized = sized or (of_the_market and bool(_GOES_ON.match(sentence)))
        of_goods = sized or (of_the_market and bool(_OF_GOODS.search(sentence)))
        if moneys := money_in(sentence, bare=bool(_GROWS.search(sentence))) if sized else []:
            # A revenue in a sentence that speaks of no market is a company's.
            of_a_company = not (label or of_the_market or re.search(r"\bmarket|\bindustry|\bsize", sentence, re.I))
            self._read_amounts(sentence, end_points(sentence, moneys), line, source, of_a_part=of_a_company)
        elif of_goods and _OF_GOODS.search(sentence) and YEAR.search(sentence):
            self._read_amounts(sentence, end_points(sentence, goods_in(sentence)), line, source, of_a_part=False)
        for rate in growth_rates(sentence, of_values=len(moneys) > 1 or "forecast" in sentence.lower()):
            span: _Span = {}
            if rate.years:
                span["year_from"] = rate.years[0]
                if rate.years[1]:
                    span["year_to"] = rate.years[1]
            self._add(
                "cagr", sentence, line, source, value=rate.value, unit="%", scope=self._scope(sentence[: rate.start]),
                is_past=rate.is_past, value_to=rate.value_to, **span,
            )  # fmt: skip
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
            if period := re.search(rf"(?:{phrase})[^.\d]{{0,30}}({PERIOD.pattern})", sentence, re.I):
                self._add(kind, sentence, line, source, **_span(PERIOD.search(period[1])))
        if pages := re.search(r"(?:pages?|no\.? of pages)\s*[:\-]\s*(\d{1,5})|\b(\d{2,4})\s+pages\b", sentence, re.I):
            self._add("page-count", sentence, line, source, value=pages[1] or pages[2])

    def _scope(self, before: str) -> str:
        """Whether what stands before a number makes it one of a part of the market; the market's own name does not."""
        for word in self.subject.split():
            before = re.sub(rf"\b{re.escape(word)}s?\b(?:['’]s)?", "", before, flags=re.I)
        own = {word[:4].lower() for word in self.subject.split()}
        of_a_nation = any(match[0][:4].lower() not in own for match in _DEMONYM.finditer(before))
        of_another = bool(self.subject) and bool(_FOR_ANOTHER.search(before))
        if of_a_nation or of_another or _OF_A_PART.search(before) or names_a_place(before):
            self._of_a_part = True
            return "part"
        return "part" if self._of_a_part and _OF_THE_SAME.match(self._sentence) else "market"

    def _read_amounts(self, sentence: str, found: list[Amount], line: int, source: str, *, of_a_part: bool) -> None:
        for one in found:
            if one.year is None and (one.of_goods or not _SIZED.search(sentence)):
                continue
            scope = "part" if of_a_part else self._scope(sentence[: one.start])
            self._add(
                one.kind, sentence, line, source, value=one.value, unit=one.unit, currency=one.currency, year=one.year,
                scope=scope, value_to=one.value_to,
            )  # fmt: skip


def _inside_money(match: re.Match[str], value: str) -> bool:
    return any(money.start() <= match.start() < money.end() for money in MONEY.finditer(value))


def _span(match: re.Match[str] | None) -> _Span:
    if match is None:
        return {}
    first, last = match[1], match[2]
    return {"year_from": int(first), "year_to": int(last if len(last) == 4 else first[:2] + last)}
