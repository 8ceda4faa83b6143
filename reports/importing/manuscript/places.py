"""Regions, countries and groups of countries by name, with ISO 3166-1 alpha-2 codes where they exist."""

import re
from dataclasses import dataclass
from functools import lru_cache

import pycountry

_REGIONS: dict[str, tuple[str, ...]] = {
    "North America": ("north america", "northern america", "na region"),
    "Europe": ("europe", "european region"),
    "Western Europe": ("western europe",),
    "Eastern Europe": ("eastern europe", "central & eastern europe"),
    "Asia Pacific": ("asia pacific", "asia-pacific", "apac", "asia", "asia pacific apac", "asia & pacific"),
    "East Asia": ("east asia",),
    "South Asia": ("south asia", "south asia & pacific"),
    "Latin America": (
        "latin america",
        "latam",
        "latin america latam",
        "latin america & caribbean",
        "latin america & the caribbean",
    ),
    "South America": ("south america", "south & central america", "central & south america"),
    "Middle East & Africa": (
        "middle east & africa",
        "mea",
        "middle east africa",
        "middle east & africa mea",
        "the middle east & africa",
    ),
    "Middle East": ("middle east", "the middle east"),
    "Africa": ("africa", "sub-saharan africa"),
    "LAMEA": ("lamea",),
    "EMEA": ("emea",),
    "Americas": ("americas", "the americas"),
    "Oceania": ("oceania",),
    "Rest of the World": ("rest of the world", "row", "rest of world"),
}
_GROUPS = (
    "nordic",
    "nordics",
    "nordic countries",
    "nordic region",
    "benelux",
    "gcc",
    "gcc countries",
    "asean",
    "asean countries",
    "dach",
    "cis",
    "cis countries",
    "baltics",
    "baltic states",
    "maghreb",
    "scandinavia",
    "iberia",
    "australia & new zealand",
    "anz",
    "oceania",
    "southeast asia",
    "south east asia",
    "south-east asia",
    "north africa",
    "east africa",
    "west africa",
    "sub-saharan africa",
    "central america",
    "caribbean",
    "central america & caribbean",
    "mercosur",
    "brics",
    "levant",
    "visegrad",
    "cee",
    "uk & ireland",
    "central & eastern europe",
    "balkans",
)
_COUNTRY_NAMES: dict[str, str] = {
    "us": "US",
    "u.s": "US",
    "u.s.": "US",
    "usa": "US",
    "u.s.a": "US",
    "u.s.a.": "US",
    "united states": "US",
    "the united states": "US",
    "the us": "US",
    "united states of america": "US",
    "uk": "GB",
    "u.k": "GB",
    "u.k.": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "uae": "AE",
    "u.a.e": "AE",
    "u.a.e.": "AE",
    "united arab emirates": "AE",
    "ksa": "SA",
    "saudi arabia": "SA",
    "south korea": "KR",
    "korea": "KR",
    "republic of korea": "KR",
    "north korea": "KP",
    "russia": "RU",
    "turkey": "TR",
    "türkiye": "TR",
    "turkiye": "TR",
    "vietnam": "VN",
    "taiwan": "TW",
    "iran": "IR",
    "syria": "SY",
    "czech republic": "CZ",
    "czechia": "CZ",
    "the netherlands": "NL",
    "netherlands": "NL",
    "holland": "NL",
    "bolivia": "BO",
    "venezuela": "VE",
    "tanzania": "TZ",
    "laos": "LA",
    "moldova": "MD",
    "hong kong": "HK",
    "macau": "MO",
    "ivory coast": "CI",
    "brunei": "BN",
    "mainland china": "CN",
    "prc": "CN",
    "the philippines": "PH",
    "south africa": "ZA",
}
_BY_REGION: dict[str, str] = {
    "North America": "US CA",
    "Europe": "DE GB FR IT ES NL BE LU SE NO DK FI IS PL RU CH AT IE PT GR CZ HU RO BG HR SK SI EE LV LT UA TR RS",
    "Asia Pacific": "CN JP IN KR AU NZ TW SG MY TH ID PH VN HK BD PK LK KH MM",
    "Latin America": "BR MX AR CL CO PE UY EC VE",
    "Middle East & Africa": "AE SA IL ZA EG QA KW OM BH NG KE MA JO IR IQ DZ TN GH",
}
_REGION_OF = {code: region for region, codes in _BY_REGION.items() for code in codes.split()}
_REGION_NAMES = {alias: name for name, aliases in _REGIONS.items() for alias in aliases}
_TAIL = re.compile(
    r"\s+(?:markets?|region|regional|trends?|insights?|analysis|outlook|overview|size"
    r"|share|forecast|segment|industry|market)\b.*$",
    re.I,
)
_REGION_FOR_GROUP = {
    "nordic": "Europe",
    "benelux": "Europe",
    "dach": "Europe",
    "gcc": "Middle East & Africa",
    "asean": "Asia Pacific",
    "australia & new zealand": "Asia Pacific",
    "southeast asia": "Asia Pacific",
    "south east asia": "Asia Pacific",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place read from a name. `kind` is region, country, group or rest; `home` the region it usually belongs to."""

    name: str
    kind: str
    iso: str = ""
    home: str = ""


def _key(name: str) -> str:
    name = name.lower().replace("’", "'").replace(" and ", " & ").strip(" \t:;,.-–—*•")
    return " ".join(name.split())


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if name := getattr(country, attribute, None):
                names[_key(name)] = country.alpha_2
    return names | _COUNTRY_NAMES


@lru_cache(maxsize=4096)
def place_of(name: str, subject: str = "") -> Place | None:
    """The place a name or a heading such as "Europe Car Sunroof Market Trends" means; None when it names none."""
    if not name or len(name) > 120:
        return None
    words = " ".join(name.split()).strip(" :;,-–—")
    if subject and subject.lower() in words.lower():
        position = words.lower().index(subject.lower())
        words = (words[:position] or words[position + len(subject) :].removeprefix(" Market in ")).strip(" :;,-–—")
    if found := _exact(words):
        return found
    shorter = _TAIL.sub("", words).strip()
    return _exact(shorter) if shorter and shorter != words else None


def _exact(words: str) -> Place | None:
    key = _key(words)
    if not key:
        return None
    outside = _key(re.sub(r"\s*\([^()]*\)", "", words))
    for candidate in (key, outside):
        if candidate in _REGION_NAMES:
            return Place(words, "region", home=_REGION_NAMES[candidate])
        if re.match(r"(?:the )?(?:rest of|other|others in|remaining)\b ?(?:the )?[a-z& -]*$", candidate) and (
            candidate.startswith(("rest of", "the rest of")) or _REGION_NAMES.get(candidate.split(" ", 1)[-1])
        ):
            inner = re.sub(r"^(?:the )?(?:rest of|other|others in|remaining) (?:the )?", "", candidate)
            return Place(words, "rest", home=_REGION_NAMES.get(inner, ""))
        if candidate in _GROUPS:
            return Place(words, "group", home=_REGION_FOR_GROUP.get(candidate, ""))
        if code := _countries().get(candidate):
            return Place(words, "country", iso=code, home=_REGION_OF.get(code, ""))
    return None


def is_region(name: str) -> bool:
    """True when the name is that of a region of the world."""
    place = place_of(name)
    return place is not None and place.kind == "region"


def names_a_place(text: str) -> bool:
    """True when the text mentions a region of the world, or a country by a common name, as a word."""
    return bool(_MENTION.search(text))


def regions_in(text: str) -> list[str]:
    """The regions of the world that running text names, in its order."""
    return [match[0] for match in _REGION_MENTION.finditer(text)]


_REGION_MENTION = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(a).replace(r"\&", "(?:&|and)") for a in sorted(_REGION_NAMES, key=len, reverse=True) if len(a) > 5
    )
    + r")\b",
    re.I,
)
_MENTION = re.compile(
    r"\b(?:"
    + "|".join(sorted((re.escape(a) for a in _REGION_NAMES if len(a) > 4), key=len, reverse=True))
    + r"|u\.s\.|united states|china|india|japan|germany|france|italy|spain|brazil|mexico"
    r"|canada|south korea|united kingdom|the uk)\b",
    re.I,
)
