"""Places: regions with their countries, names as they are, and a region story that holds together."""

import re
from collections import defaultdict
from collections.abc import Iterator

from reports.checks.draft import Draft, Segment, Text
from reports.checks.registry import Hit, rule
from reports.checks.words import listed, sentences, squeezed

_EXPANSIONS = {
    "ASEAN": "Association of Southeast Asian Nations",
    "GCC": "Gulf Cooperation Council",
    "MERCOSUR": "Southern Common Market",
    "CIS": "Commonwealth of Independent States",
    "MENA": "Middle East and North Africa",
}
_OTHER_SPELLINGS = {
    "ASEAN": ("Association of South East Asian Nations", "Association of South-East Asian Nations"),
    "GCC": ("Cooperation Council for the Arab States of the Gulf", "Gulf Cooperation Council countries"),
    "MERCOSUR": ("Mercado Común del Sur",),
    "MENA": ("Middle East & North Africa",),
}
_EXPANDED = re.compile(rf"\b({'|'.join(_EXPANSIONS)})\s*\(([^()]{{8,80}})\)")
_LEADS = re.compile(
    r"\b(?:are|is|remains?|as)\s+(?:the\s+|a\s+)?(?:\w+\s+)?(?:leading|largest|biggest|dominant|key|main|foremost)\s+"
    r"(?:regional\s+)?(?:regions?|markets?|contributors?)\b"
    r"|\b(?:leads?|leading|dominates?|dominating)\s+(?:with|the|by|this|in terms)\b"
    r"|\b(?:largest|biggest|highest|dominant)\s+(?:regional\s+)?(?:market\s+)?share\b",
    re.I,
)
_EMERGES = re.compile(r"\bemerging\b|\bnascent\b", re.I)
_FASTEST = re.compile(r"\bfastest[- ]growing\b|\bgrow(?:s|ing)? (?:the )?fastest\b", re.I)
_CLAUSE = re.compile(r"[;,]\s+|\s(?:while|whereas|but)\s|\sfollowed by\s", re.I)


@rule("region-without-countries", severity="warning", title="A region has no countries", of_text=True)
def region_without_countries(draft: Draft) -> Iterator[Hit]:
    """Some regions are split into countries and others are not, or the page announces countries and names none."""
    geography = draft.geography
    if geography is None:
        return
    bare = [region for region in geography.top if region.kind == "region" and not geography.children(region.path)]
    split = len(bare) < len(geography.top)
    announced = any("countr" in name.lower() for name in geography.names)
    if bare and (split or announced):
        yield Hit(
            "geography",
            f"{listed(region.name for region in bare)} {'has' if len(bare) == 1 else 'have'} no countries"
            f"{', while other regions have' if split else ', though countries are announced'}.",
            "Add the countries, or say that the region is not split.",
            {"regions": tuple(region.path for region in bare)},
            bare[0].link,
            bare[0].line,
        )


@rule("region-without-rest", severity="warning", title="A region has no rest, while others have", of_text=True)
def region_without_rest(draft: Draft) -> Iterator[Hit]:
    geography = draft.geography
    if geography is None:
        return
    split = [region for region in geography.top if geography.children(region.path)]
    resting = [region for region in split if any(_is_rest(child) for child in geography.children(region.path))]
    for region in split:
        if resting and region not in resting:
            yield Hit(
                region.path,
                f"{region.name} has no “Rest of {region.name}”, while {resting[0].name} has one: "
                "whether its countries sum to it cannot be known.",
                f"Add “Rest of {region.name}”, even if it is small.",
                {"region": region.path},
                region.link,
                region.line,
            )


@rule("group-misnamed", severity="error", title="A group of countries is misnamed", of_text=True)
def group_misnamed(draft: Draft) -> Iterator[Hit]:
    """An abbreviation written out as something it does not stand for."""
    segments = draft.geography.segments if draft.geography else ()
    written = [(segment.path, segment.name, segment.link, segment.line) for segment in segments]
    written += [(text.place, text.plain, text.link, text.line) for text in draft.texts]
    tab = draft.part_links.get("abbreviations", "")
    written += [("abbreviations", f"{short} ({long})", tab, None) for short, long in draft.abbreviations]
    for place, text, link, line in written:
        for short, long in _EXPANDED.findall(text):
            right = _EXPANSIONS[short]
            if squeezed(long) not in {squeezed(name) for name in (right, *_OTHER_SPELLINGS.get(short, ()))}:
                yield Hit(
                    place,
                    f"{short} is misnamed “{long}”: it is the {right}.",
                    f"Write {short} ({right}).",
                    {"short": short, "long": long},
                    link,
                    line,
                )


@rule("country-twice", severity="error", title="A country is listed twice", of_text=True)
def country_twice(draft: Draft) -> Iterator[Hit]:
    """One country in two places of the geography: its value would be counted twice."""
    by_code: dict[str, list[Segment]] = defaultdict(list)
    for segment in draft.geography.segments if draft.geography else ():
        if segment.iso_code:
            by_code[segment.iso_code].append(segment)
    for code, countries in by_code.items():
        if len(countries) > 1:
            yield Hit(
                countries[-1].path,
                f"{countries[0].name} ({code}) is listed {len(countries)} times: "
                f"{listed(country.path for country in countries)}.",
                "Keep it in one region only.",
                {"code": code, "paths": tuple(country.path for country in countries)},
                countries[-1].link,
                countries[-1].line,
            )


@rule("region-story-contradicts-itself", severity="warning", title="The region story contradicts itself", of_text=True)
def region_story_contradicts_itself(draft: Draft) -> Iterator[Hit]:
    """Different regions are said to lead, or to grow fastest; or one region both leads and is only emerging."""
    leaders = list(_said(draft, _LEADS))
    for kind, told in (("leading", leaders), ("fastest growing", list(_said(draft, _FASTEST)))):
        if told:
            text, names, quote = told[0]
            other = next((one for one in told[1:] if not one[1] & names), None)
            if other is not None:
                yield _story(
                    [text, other[0]],
                    f"Different regions are called {kind}: {listed(sorted(names))} (“{quote}”), "
                    f"but {listed(sorted(other[1]))} (“{other[2]}”).",
                    {"kind": kind, "one": tuple(sorted(names)), "other": tuple(sorted(other[1]))},
                )
    for text, names, quote in _said(draft, _EMERGES):
        both = next(((one, other) for one, other, _ in leaders if other & names and one is not text), None)
        if both is not None:
            region = sorted(both[1] & names)[0]
            yield _story(
                [both[0], text],
                f"{region} is said to lead ({both[0].place}) and to be only emerging (“{quote}”, {text.place}).",
                {"region": region},
            )
            return


def right_name(short: str) -> str:
    """What an abbreviation of a group of countries stands for, such as ASEAN. Raises KeyError for one not known."""
    return _EXPANSIONS[short]


def _story(texts: list[Text], sentence: str, facts: dict[str, str | tuple[str, ...]]) -> Hit:
    return Hit(
        texts[0].place,
        sentence,
        "Say by what measure each region leads, and let the figures say which is largest.",
        dict(facts),
        texts[0].link,
        texts[0].line,
    )


def _said(draft: Draft, pattern: re.Pattern[str]) -> Iterator[tuple[Text, frozenset[str], str]]:
    """Each clause in which some regions are said to be so: the text, the regions and the clause."""
    geography = draft.geography
    if geography is None:
        return
    names = {region.name: re.compile(rf"\b{'[ -]'.join(map(re.escape, region.name.replace('-', ' ').split()))}\b", re.I)
             for region in geography.top}  # fmt: skip
    for text in draft.texts:
        body = text.plain
        if not pattern.search(body):
            continue
        for sentence in sentences(body):
            for clause in _CLAUSE.split(sentence):
                found = frozenset(name for name, spelled in names.items() if spelled.search(clause))
                if found and pattern.search(clause):
                    yield text, found, clause.strip().rstrip(".")


def _is_rest(segment: Segment) -> bool:
    return segment.kind == "rest" or segment.name.lower().startswith(("rest of", "other"))
