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
    VOLUME,
    YEAR,
    attribute_kind,
    currency_code,
    money_parts,
    plain_number,
    scale_name,
)
from reports.importing.manuscript.model import Fact, HeadlineClaim
from reports.importing.manuscript.places import names_a_place

_PERCENT = r"\d{1,3}(?:\.\d{1,4})?"

_GROWTH = r"(?:CAGR|compound(?:ed)? annual growth(?: rate)?|annual growth rate|growth rate|growth momentum)"

_CAGR_AFTER = re.compile(
    rf"\b{_GROWTH}\b[^.%\d]{{0,60}}?"
    rf"(?:\((?P<span>[^()%]{{4,30}})\)[^.%\d]{{0,20}}?)?(?P<value>-?{_PERCENT})\s?(?:%|per ?cent)",
    re.I,
)

_CAGR_BEFORE = re.compile(rf"(?P<value>{_PERCENT})\s?(?:%|per ?cent)\s(?:\w+\s){{0,3}}{_GROWTH}\b", re.I)

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
        elif kind == "cagr" and (percent := re.search(rf"(-?{_PERCENT})\s?(?:%|per ?cent)", value)):
            self._add("cagr", quote, line, "table", value=percent[1], unit="%", **_span(period))
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
        sized = label or bool(re.search(r"\bmarket|\bindustry|\brevenue|\bsize", sentence, re.I))
        sized = sized or (of_the_market and bool(re.match(r"(?:it|this|that|the figure)\b", sentence, re.I)))
        if moneys := list(MONEY.finditer(sentence))[:8] if sized else []:
            # A revenue in a sentence that speaks of no market is a company's.
            of_a_company = not (label or of_the_market or re.search(r"\bmarket|\bindustry|\bsize", sentence, re.I))
            self._read_moneys(sentence, moneys, line, source, of_a_part=of_a_company)
        elif sized and re.search(r"valued|volume|stood|reach|demand|size", sentence, re.I) and YEAR.search(sentence):
            self._read_moneys(sentence, list(VOLUME.finditer(sentence))[:4], line, source)
        for match in list(_CAGR_AFTER.finditer(sentence))[:4] or list(_CAGR_BEFORE.finditer(sentence))[:4]:
            span = (
                PERIOD.search(match.groupdict().get("span") or "")
                or PERIOD.search(sentence, match.end())
                or PERIOD.search(sentence)
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
            if period := re.search(rf"(?:{phrase})[^.\d]{{0,30}}({PERIOD.pattern})", sentence, re.I):
                self._add(kind, sentence, line, source, **_span(PERIOD.search(period[1])))
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
                    plain_number(match["number"]),
                    f"{scale_name(match['scale'] or '')} {match['unit']}".strip(),
                    "",
                )
            else:
                amount, unit, currency = money_parts(match)
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


def _year_near(before: str, after: str) -> int | None:
    follows = re.match(
        r"[^.;\d]{0,45}?\b(?:in|by|for|during|as of|of|at the end of|through|year"
        r"|FY)\s*(?:the\s+)?(?:end of\s+)?(?:the\s+)?(?:fiscal\s+)?(?:year\s+|FY\s?)?((?:19"
        r"|20)\d\d)",
        after,
        re.I,
    )
    bracket = re.match(r"\s*\(((?:19|20)\d\d)", after)
    earlier = YEAR.findall(before)
    if bracket:
        return int(bracket[1])
    if follows:
        return int(follows[1])
    return int(earlier[-1]) if earlier else None


def _inside_money(match: re.Match[str], value: str) -> bool:
    return any(money.start() <= match.start() < money.end() for money in MONEY.finditer(value))


def _span(match: re.Match[str] | None) -> _Span:
    if match is None:
        return {}
    first, last = match[1], match[2]
    return {"year_from": int(first), "year_to": int(last if len(last) == 4 else first[:2] + last)}
