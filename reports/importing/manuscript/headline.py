"""What a page claims of its market as a whole: values, years, growth, currency, concentration, pages. All are kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from reports.importing.manuscript.amounts import (
    CURRENCY,
    MONEY,
    NUMBER,
    PERIOD,
    SCALE,
    YEAR,
    attribute_and_value,
    attribute_kind,
    currency_code,
    money_parts,
    plain_number,
    scale_name,
)
from reports.importing.manuscript.end_points import Amount, end_points, goods_in, money_in
from reports.importing.manuscript.growth_words import PERCENT, growth_rates
from reports.importing.manuscript.model import Fact, HeadlineClaim
from reports.importing.manuscript.scope import MARKET, Scope
from reports.importing.manuscript.typography import normalised

_REFERENCE = re.compile(r"\[\[[^\[\]]{1,300}\]\]")

_SIZES = frozenset({"base-value", "start-value", "end-value"})

_SIZED = re.compile(r"valued|worth|size|reach|stood|estimated|évalué|atteind|geschätzt|erreich|valor|alcan", re.I)

_OF_A_SIZE = re.compile(
    r"\bmarket|\bindustry|\brevenue|\bsize|\bmarché|\bmarkt|\bmercado|\bmercato"
    r"|\bsales (?:are|is|were|was) (?:set|expected|projected|estimated|forecast|likely|poised|anticipated)",
    re.I,
)

_UNIT_OF_ROW = re.compile(rf"[(,]\s?(?P<currency>{CURRENCY})\s?(?P<scale>{SCALE})\b", re.I)
"""The unit of a row's value among the row's words: "Market size, 2024 ($ billion)"."""

_GOES_ON = re.compile(
    r"(?:(?:projected|expected|forecast(?:ed)?|estimated) (?:value|valuation|size|revenue)|it|this|that|the figure"
    r"|the value|the total|valuation|demand|sales|growth)\b"
    r"|(?:by|in|from|between) (?:the end of )?(?:FY\s?)?(?:19|20)\d\d\b",
    re.I,
)

_OF_GOODS = re.compile(
    r"valued|volume|stood|reach|demand|size|sales|shipments|consumption|production|capacity|installations", re.I
)

_OF_A_COMPANY = re.compile(
    r"\b(?:reported|posted|recorded|generated|booked|announced|earned)\b[^.]{0,40}\b(?:revenue|sales|turnover|income)"
    r"|\b(?:its|their|company['’]s|annual|net|quarterly) (?:total |net |annual )?(?:revenue|sales|turnover)",
    re.I,
)

_MARKETS_OWN = re.compile(
    rf"{MARKET.pattern}|\bmarket|\bsize|\brevenues? (?:is|are|was|will|has|have|in the) (?:be )?(?:been )?"
    r"(?:expected|projected|forecast|estimated|anticipated|likely|set)",
    re.I,
)

_GOODS_OF_THE_MARKET = re.compile(
    r"(?:it|this|the (?:total |overall |global )?(?:volume|figure|demand|consumption)|in (?:terms of )?volume|volume"
    r"|by (?:19|20)\d\d,? (?:it|the))\b|(?:\w+ ){0,3}?(?:sales|demand|shipments|consumption)\b",
    re.I,
)

_ROWS = re.compile(
    r"\b(?:Report (?:Attributes?|Coverage|Metrics?|Scope)|Base [Yy]ear|Estimated Year|Study Period|Quantitative units"
    r"|Histor(?:ical|ic) (?:[Dd]ata|[Yy]ears?|[Pp]eriod)|Forecast (?:[Pp]eriod|[Yy]ears?)|Segments [Cc]overed"
    r"|Growth Rate|Market Size (?:in|by|\())"
)
"""The names of a table's rows as they are printed, with a capital letter."""

_RATE_FIRST = re.compile(
    rf"(?:(?:a|at|of|over|about|accelerate|decelerate|cagr)\s)*[-−~]?{PERCENT}\s?(?:%|per ?cent)", re.I
)

_OF_THE_PAST = re.compile(r"\bhistor|\bpast\b|\bprevious", re.I)

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


MOST_CLAIMS = 1000
"""More than any page states; a text of megabytes that states more is no report page, and its first claims will do."""


class _Span(TypedDict, total=False):
    year_from: int
    year_to: int


@dataclass(slots=True)
class Headline:
    """Collects the claims of a text."""

    claims: list[HeadlineClaim] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    scope: Scope = field(default_factory=Scope)

    def read_prose(self, text: str, line: int, *, source: str = "text") -> bool:
        """Read the claims of running text; true if there were any."""
        before = len(self.claims)
        text = _REFERENCE.sub("", text)
        of_the_market = bool(MARKET.search(text))
        self.scope.begin_paragraph()
        for sentence in _SENTENCE.split(text):
            if any(map(str.isdigit, sentence)) and len(self.claims) < MOST_CLAIMS:
                self._read_sentence(sentence.strip(), line, source, of_the_market=of_the_market)
        return len(self.claims) > before

    def read_title(self, text: str, line: int) -> None:
        """Read a title's numbers and period: "… to Hit USD 12 Bn by 2033 at 6.1 % CAGR", "(2024 - 2031)"."""
        row = ":" in text and attribute_kind(text.partition(":")[0])
        if (row or "%" in text or money_in(text)) and (
            self.read_label(text, line) if len(text) <= 200 else self.read_prose(text, line)
        ):
            return
        if match := PERIOD.search(text):
            self._add("forecast-period", text, line, "title", **_span(match))
        elif years := YEAR.findall(text):
            self._add("end-year", text, line, "title", year=int(years[-1]))

    def read_label(self, text: str, line: int) -> bool:
        """Read a short line such as "*Market size in USD million", "CAGR 7.2 %" or "Report Timeline (2021 - 2031)"."""
        before = len(self.claims)
        self.scope.begin_paragraph()
        text = normalised(text)
        if match := re.match(r"(?:report )?timeline\D{0,6}(?=\d)", text, re.I):
            if period := PERIOD.search(text, match.end()):
                self._add("timeline", text, line, "text", **_span(period))
        elif len(money_in(text)) > 1 or (money_in(text) and "cagr" in text.lower()):
            self.read_prose(text, line)
        elif (colon := re.match(r"([^:]{3,60}):\s*(.{1,120})$", text)) and attribute_kind(colon[1]):
            return self.read_attribute(colon[1], colon[2], line)
        elif row := attribute_and_value(text):
            return self.read_attribute(*row, line)
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
        attribute, value = normalised(attribute), normalised(value)
        kind = attribute_kind(attribute)
        before = len(self.claims)
        period = PERIOD.search(value) or (PERIOD.search(attribute) if kind in ("cagr", "market-size") else None)
        years = [int(year) for year in YEAR.findall(value)]
        if kind in ("base-year", "estimated-year") and years and not MONEY.search(value):
            self._add(kind, quote, line, "table", year=years[0])
        elif kind in ("study-period", "forecast-period", "history-period") and period and not MONEY.search(value):
            self._add(kind, quote, line, "table", **_span(period))
        elif (
            kind == "cagr"
            and not _of_one_year(attribute, value)
            and (percent := re.search(rf"([-−]?{PERCENT})\s?(?:%|per ?cent)", value))
        ):
            self._add(
                "cagr",
                quote,
                line,
                "table",
                value=percent[1].replace("−", "-").replace(",", "."),
                unit="%",
                scope=self.scope.of_attribute(attribute),
                is_past=bool(_OF_THE_PAST.search(attribute)),
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

    def read_series(self, label: str, title: str, years: Sequence[tuple[str, str]], line: int) -> None:
        """Read the market's size of several years from a table whose column or row is headed by `label`.

        Only where the label or the title names the unit: a number without one is compared with nothing.
        """
        unit = _UNIT.search(normalised(f"{label} {title}"))
        if unit is None or self.scope.of_attribute(f"{title} {label}") != "market":
            return
        currency = currency_code(unit["currency"] or unit["currency_2"] or "")
        scale = scale_name(unit["scale"] or unit["scale_2"] or unit["scale_3"] or "")
        sizes = [
            (int(year[1]), number[0])
            for printed, value in years
            if (year := YEAR.search(printed)) and (number := re.fullmatch(NUMBER, normalised(value).strip("$€£₹¥ ")))
        ]
        if len(sizes) > 1:
            for kind, (of_year, printed) in (("base-value", sizes[0]), ("end-value", sizes[-1])):
                quote = f"{label} | {of_year} | {printed}"
                amount = plain_number(printed)
                self._add(kind, quote, line, "table", value=amount, unit=scale, currency=currency, year=of_year)

    def answers(self, attribute: str, value: str) -> bool:
        """True when a short line could be the value of the attribute on the line above it."""
        if attribute_and_value(attribute):
            return False
        kind = attribute_kind(attribute)
        if kind == "market-size":
            return bool(MONEY.search(value)) and not value.lower().startswith("cagr")
        if kind == "cagr":
            return bool(_RATE_FIRST.match(value))
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
        self._first_of_ends()
        return tuple(self.claims)

    def _first_of_ends(self) -> None:
        """Where every size of the market is called an end ("to reach … in 2024"), the earliest is its base."""
        sizes = [one for one in self.claims if one.scope == "market" and one.kind in _SIZES and one.year]
        years = {one.year for one in sizes if one.year}
        if len(years) > 1 and all(one.kind == "end-value" for one in sizes):
            for one in sizes:
                if one.year == min(years):
                    self._swap(one, "base-value")

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
        if claim not in self.claims[-12:] and len(self.claims) < MOST_CLAIMS:
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
            unit = _UNIT_OF_ROW.search(attribute)
            scale = scale_name(number[2] or (unit["scale"] if unit else ""))
            amount, currency = plain_number(number[1]), currency_code(unit["currency"]) if unit else ""
        else:
            amount, scale, currency = money_parts(money)
        kind = (
            "end-value"
            if re.search(r"forecast|project|expected|by\b", f"{attribute}", re.I)
            and not re.search("base", attribute, re.I)
            else "base-value"
        )
        scope = self.scope.of_attribute(attribute)
        self._add(kind, quote, line, "table", value=amount, unit=scale, currency=currency, year=year, scope=scope)

    def _read_sentence(
        self, printed: str, line: int, source: str, *, label: bool = False, of_the_market: bool = False
    ) -> None:
        sentence = normalised(printed[:3000])
        if len(_ROWS.findall(sentence)) > 1:
            return  # a table whose rows ran together: what belongs to what can't be told
        self.scope.begin_sentence(sentence, label=label)
        sized = label or bool(_OF_A_SIZE.search(sentence))
        sells = self.scope.sells_subject(sentence)
        sized = sized or sells or (of_the_market and bool(_GOES_ON.match(sentence)))
        moneys = money_in(sentence, bare=bool(_GROWS.search(sentence))) if sized else []
        if moneys:
            # A revenue in a sentence that speaks of no market is a company's.
            whose = (
                label
                or sells
                or (of_the_market and not _OF_A_COMPANY.search(sentence))
                or _MARKETS_OWN.search(sentence)
            )
            self._read_amounts(printed, sentence, end_points(sentence, moneys), line, source, of_a_part=not whose)
        elif (sized or of_the_market) and _OF_GOODS.search(sentence) and YEAR.search(sentence):
            whose = label or MARKET.search(sentence) or _GOODS_OF_THE_MARKET.match(sentence)
            goods = end_points(sentence, goods_in(sentence))
            self._read_amounts(printed, sentence, goods, line, source, of_a_part=not whose)
        for rate in growth_rates(sentence, of_values=len(moneys) > 1 or "forecast" in sentence.lower()):
            span: _Span = {}
            if rate.years:
                span["year_from"] = rate.years[0]
                if rate.years[1]:
                    span["year_to"] = rate.years[1]
            self._add(
                "cagr", printed, line, source, value=rate.value, unit="%", scope=self.scope.of_rate(rate.start),
                is_past=rate.is_past, value_to=rate.value_to, **span,
            )  # fmt: skip
        self._read_years(printed, sentence, line, source)

    def _read_years(self, printed: str, sentence: str, line: int, source: str) -> None:
        """The base year, the spans and the pages that a sentence states."""
        if base := re.search(
            r"base year(?: of| is| was| as|:| being| considered)*\s*[(–-]?\s*((?:19|20)\d\d)"
            r"|((?:19|20)\d\d) (?:is |as |being )?(?:considered )?(?:as )?(?:the )?base year",
            sentence,
            re.I,
        ):
            self._add("base-year", printed, line, source, year=int(base[1] or base[2]))
        for kind, phrase in (
            ("forecast-period", r"forecast(?:ed|ing)? (?:period|years?|time-?frame|timeline)"),
            ("study-period", r"study period|review period"),
            ("history-period", r"historic(?:al)? (?:period|data|years?)"),
        ):
            if period := re.search(rf"(?:{phrase})[^.\d]{{0,30}}({PERIOD.pattern})", sentence, re.I):
                self._add(kind, printed, line, source, **_span(PERIOD.search(period[1])))
        if pages := re.search(r"(?:pages?|no\.? of pages)\s*[:\-]\s*(\d{1,5})|\b(\d{2,4})\s+pages\b", sentence, re.I):
            self._add("page-count", printed, line, source, value=pages[1] or pages[2])

    def _read_amounts(
        self, printed: str, sentence: str, found: list[Amount], line: int, source: str, *, of_a_part: bool
    ) -> None:
        for one in found:
            if one.year is None and (one.of_goods or not _SIZED.search(sentence)):
                continue
            scope = "part" if of_a_part else self.scope.of_amount(one.start)
            self._add(
                one.kind, printed, line, source, value=one.value, unit=one.unit, currency=one.currency, year=one.year,
                scope=scope, value_to=one.value_to,
            )  # fmt: skip


def _of_one_year(attribute: str, value: str) -> bool:
    """Whether a growth is that of a single year over the year before it, which is no rate of many years."""
    both = f"{attribute} {value}"
    return "cagr" not in both.lower() and bool(YEAR.search(both)) and not PERIOD.search(both)


def _inside_money(match: re.Match[str], value: str) -> bool:
    return any(money.start() <= match.start() < money.end() for money in MONEY.finditer(value))


def _span(match: re.Match[str] | None) -> _Span:
    if match is None:
        return {}
    first, last = match[1], match[2]
    return {"year_from": int(first), "year_to": int(last if len(last) == 4 else first[:2] + last)}
