"""Amounts, years and the names of attributes as pages print them: "USD 4.5 Bn", "2024E", "Market size in 2023"."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from reports.importing.manuscript.model import HeadlineClaim

CURRENCY = (
    r"USD|US\s?\$|U\.S\.\s?\$|EUR|GBP|INR|JPY|CNY|RMB|AUD|CAD|CHF|KRW|BRL|SGD|AED|SAR|ZAR|SEK|NOK|DKK|MXN|TWD|HKD|NZD"
    r"|THB|IDR|MYR|PHP|VND|PLN|TRY|RUB|ILS|NGN|EGP|QAR|KWD|(?:AU?|CA?|HK|NT|NZ|S|R|MX)\$|Rs\.?|[$€£₹¥]"
)
SCALE = (
    r"mil millones|mil milhões|millones|milh[õo]es|bilh[õo]es|bilhão|mili?ardi|miljard|miljoen|Millionen"
    r"|trillions?|billions?|millions?|thousands?|crores?|cr|lakhs?|milliards?|milliarden?|mrd\.?|mio\.?"
    r"|tn|bn|mn|mln|bln|bil|mil|mm|[tbmk]"
)
NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,5},\d{1,2}(?!\d)|\d[\d,]{0,24}(?:\.\d{1,8})?)"
MONEY = re.compile(
    rf"(?:(?<![A-Za-z])(?P<currency>{CURRENCY})\s?(?P<number>{NUMBER})(?:\s?(?P<scale>{SCALE})\b)?"
    rf"|(?<![\d.,])(?P<number_3>(?!(?:19|20)\d\d\b){NUMBER})\s?\(?\s?(?P<currency_3>USD|US\s?\$|EUR|GBP|INR)\s(?P<scale_3>{SCALE})\b\s?\)?"
    rf"|(?<![\d.,])(?P<number_2>{NUMBER})\s?(?:(?P<scale_2>{SCALE})\s?)?(?P<currency_2>US\s?\$|(?:USD"
    r"|US[- ]dollars?|U\.S\. dollars|(?:de )?d[oó]lares|dollars|EUR|euros?|GBP|pounds(?: sterling)?|INR|rupees|JPY"
    r"|yen|CNY|yuan)\b)(?!\s?\d))",
    re.I,
)
RANGE = re.compile(
    rf"(?P<between>\bbetween\s)?(?<![A-Za-z])(?P<currency>{CURRENCY})\s?(?P<low>{NUMBER})(?:\s?(?P<low_scale>{SCALE})\b)?"
    rf"\s?(?P<link>[-–—]|to\b|and\b)\s?(?P<again>{CURRENCY})?\s?(?P<high>{NUMBER})(?:\s?(?P<scale>{SCALE})\b)?"
    r"(?![\d%])",
    re.I,
)
"""Amounts that may be the ends of one: "USD 3.0-3.2 bn", "USD 3.0 to 3.2 bn", "between USD 3.0 bn and USD 3.2 bn"."""

BARE = re.compile(
    rf"(?<![\d.,$€£\w])(?P<number>{NUMBER})\s?(?P<scale>trillion|billion|million|crore|lakh|tn|bn|mn|mln|bln)\b"
    r"(?=\s*(?:[,.;)(]|$|in\b|by\b|to\b|at\b|during\b|between\b|over\b|and\b|from\b))",
    re.I,
)
VOLUME = re.compile(
    rf"(?<![\d.,$€£])(?P<number>{NUMBER})\s?(?P<scale>{SCALE})?\s(?P<unit>units|metric "
    rf"tons|metric tonnes|tons|tonnes|kilotons?|kilo tons|kilotonnes|kt|MMT|MT|kg|kilograms|MW|GW|kW|MWh|GWh|TWh"
    rf"|lit(?:er|re)s|gallons|barrels|bbl|square (?:met(?:er|re)s|feet)|cubic (?:met(?:er|re)s|feet)|vehicles"
    rf"|pieces|pairs|sets|TEUs?|subscribers|connections|users|hectares|acres)\b",
    re.I,
)
YEAR = re.compile(r"(?<![\d.,])(?:FY\s?)?((?:19|20)\d\d)(?:[EFef])?(?!\d|[,.]\d)")
PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–—‒]|to|through|until|till|and)\s*((?:19|20)?\d\d)(?!\d)", re.I)
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
    "cr": 7,
    "trillions": 12,
    "billions": 9,
    "mil millones": 9,
    "mil milhões": 9,
    "bilhões": 9,
    "bilhoes": 9,
    "bilhão": 9,
    "miliardi": 9,
    "milardi": 9,
    "miljard": 9,
    "millones": 6,
    "milhões": 6,
    "milhoes": 6,
    "miljoen": 6,
    "millionen": 6,
    "milliard": 9,
    "milliards": 9,
    "milliarde": 9,
    "milliarden": 9,
    "mrd": 9,
    "mrd.": 9,
    "bil": 9,
    "millions": 6,
    "mil": 6,
    "mio": 6,
    "mio.": 6,
    "mm": 6,
    "thousands": 3,
    "": 0,
}
_SCALE_NAMES = {12: "trillion", 9: "billion", 6: "million", 3: "thousand", 7: "crore", 5: "lakh", 0: ""}
_CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "U.S.$": "USD",
    "US DOLLARS": "USD",
    "US DOLLAR": "USD",
    "US-DOLLARS": "USD",
    "US-DOLLAR": "USD",
    "DÓLARES": "USD",
    "DOLARES": "USD",
    "DE DÓLARES": "USD",
    "DE DOLARES": "USD",
    "U.S. DOLLARS": "USD",
    "DOLLARS": "USD",
    "POUNDS": "GBP",
    "POUNDS STERLING": "GBP",
    "RUPEES": "INR",
    "YEN": "JPY",
    "YUAN": "CNY",
    "€": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "£": "GBP",
    "₹": "INR",
    "RS": "INR",
    "RS.": "INR",
    "¥": "JPY",
    "RMB": "CNY",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "HK$": "HKD",
    "NT$": "TWD",
    "NZ$": "NZD",
    "S$": "SGD",
    "R$": "BRL",
    "MX$": "MXN",
}
_ATTRIBUTES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("base-year", r"(?:market )?base year.*"),
        ("estimated-year", r"estimated year.*"),
        (
            "cagr",
            r".*\bcagr\b.*|(?:market |annual |projected |expected |forecast )*growth(?: rate| momentum)?(?: .{0,40})?"
            r"|compound annual growth.*",
        ),
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
            r"|20)\d\d )?market (?:size|value).*|(?:revenue|value|size) (?:forecast|in).*"
            r"|(?:19|20)\d\d[EF]? (?:market |industry |value |revenue |size )*(?:size|value|valuation|revenue|forecast"
            r"|projection|estimate)s?|(?:market )?(?:size|value|valuation|revenue)(?: in)?[ ,]*\(?(?:19|20)\d\d\w?\)?"
            r"|forecast (?:for |in |by )?\(?(?:19|20)\d\d\)?",
        ),
    )
)


_YEARS = r"(?:19|20)\d\d\s?(?:[-–—]|to|and)\s?(?:19|20)\d\d"
_VALUED = re.compile(
    r"(?P<attribute>.{3,80}?)(?:\s*[:=]\s*|\s+[-–—]\s+|\s+)(?P<value>"
    rf"(?:{MONEY.pattern.replace('?P<', '?P<_')})(?:\s\((?:19|20)\d\d\w?\))?"
    r"|(?:(?:a |at )*CAGR of |of |at )?[-−~]?\d{1,3}(?:[.,]\d{1,4})?\s?%(?: CAGR)?"
    rf"(?:,? \(?(?:from |during |between )?{_YEARS}\)?)?"
    rf"|{_YEARS}|(?:19|20)\d\d)[*.]?",
    re.I,
)


@lru_cache(maxsize=4096)
def attribute_and_value(line: str) -> tuple[str, str] | None:
    """The cells of a table's row that ran together, "Market size in 2024 USD 4.5 Bn"; None for any other line."""
    match = _VALUED.fullmatch(line) if len(line) <= 140 else None
    if match is None or not (kind := attribute_kind(match["attribute"])):
        return None
    value = match["value"]
    fits = {
        "market-size": bool(MONEY.search(value)),
        "cagr": "%" in value,
        "base-year": bool(YEAR.fullmatch(value)) or bool(MONEY.search(value)),
        "estimated-year": bool(YEAR.fullmatch(value)),
    }
    of_years = kind in ("study-period", "forecast-period", "history-period") and bool(PERIOD.search(value))
    return (match["attribute"], value) if fits.get(kind, of_years) else None


@lru_cache(maxsize=4096)
def attribute_kind(attribute: str) -> str:
    """The kind of claim a table's attribute makes; empty when it is none."""
    if re.search(r"\bCAGR\b", attribute, re.I) and len(attribute) <= 100:
        return "cagr"
    words = re.sub(r"\s*\([^()]*\)", "", attribute).strip(" :*") or attribute
    words = re.sub(r"^(?:.{0,60}\bmarket,? )(?=cagr|size|value|growth)", "market ", words, flags=re.I)
    whole = attribute.strip(" :*")
    kinds = (
        kind
        for kind, pattern in _ATTRIBUTES
        if pattern.fullmatch(words) or (kind == "market-size" and pattern.fullmatch(whole))
    )
    return next(kinds, "") if len(words) <= 100 else ""


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


def currency_code(text: str) -> str:
    key = re.sub(r"\s+", "", text.upper()) if len(text) <= 5 else text.upper().strip()
    named = re.search(r"\b(USD|EUR|GBP|INR|JPY|CNY)\b", key)
    return _CURRENCIES.get(key) or (named[1] if named else key)


def scale_name(text: str) -> str:
    return _SCALE_NAMES[_SCALES.get(text.lower(), 0)]


_DOTTED = re.compile(
    r"(?:mil millones|mil milhões|millones|milh[õo]es|bilh[õo]es|milioni|mili?ardi|Millionen|Mio\.?)", re.I
)
"""Words of languages that set thousands apart by points, so that "3.200 millones" are 3,200."""


def plain_number(printed: str, scale: str = "") -> str:
    """The digits of a printed number with a decimal point: of "2,274.97", "2.274,97", "1,23,456" and "8,9" (8.9)."""
    printed = printed.strip(",")
    if _DOTTED.fullmatch(scale) and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", printed):
        return printed.replace(".", "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d{1,2}", printed):
        return printed.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d+,\d{1,2}", printed):
        return printed.replace(",", ".")
    return printed.replace(",", "")


def range_parts(match: re.Match[str]) -> tuple[str, str, str, str] | None:
    """Lower end, upper end, scale and currency of a match of RANGE; None where its two amounts are not one's ends.

    "From USD 2 bn to USD 3 bn" are two amounts of two years, and so are two joined by "and" without "between".
    """
    link, low_scale, scale = match["link"].lower(), match["low_scale"] or "", match["scale"] or ""
    if link == "and" and not match["between"]:
        return None
    if link == "to" and (low_scale or match["again"]):
        return None
    if match["again"] and currency_code(match["again"]) != currency_code(match["currency"]):
        return None
    low, high = Decimal(plain_number(match["low"])), Decimal(plain_number(match["high"]))
    if not scale and YEAR.fullmatch(match["high"]):
        return None  # "USD 5 - 2030"
    if low_scale and scale:
        low = low.scaleb(_SCALES[low_scale.lower()] - _SCALES[scale.lower()])
    scale = scale or low_scale
    if not 0 < low < high:
        return None
    return f"{low:f}", f"{high:f}", scale_name(scale), currency_code(match["currency"])


def money_parts(match: re.Match[str]) -> tuple[str, str, str]:
    """Number, scale and currency of a match of MONEY or BARE; the currency is "" where none is said."""
    found = match.groupdict()

    def first(name: str) -> str:
        return found.get(name) or found.get(f"{name}_2") or found.get(f"{name}_3") or ""

    return plain_number(first("number"), first("scale")), scale_name(first("scale")), currency_code(first("currency"))
