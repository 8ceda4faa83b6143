"""Which countries a group or region of a report takes in, by ISO 3166-1 code.

Regions follow the statistics division of the United Nations (M49), with Iran in the Middle East as market reports have
it. A report's own rows go first: a country it lists somewhere is counted there and nowhere else.
"""

import re

_NORTHERN_AMERICA = "US CA GL BM PM"
_CENTRAL_AMERICA = "MX GT BZ SV HN NI CR PA"
_CARIBBEAN = "CU JM HT DO PR BS TT BB AG DM GD KN LC VC"
_SOUTH_AMERICA = "AR BO BR CL CO EC FK GF GY PE PY SR UY VE"
_NORTHERN_EUROPE = "DK EE FI FO GB GG IE IM IS JE LT LV NO SE"
_WESTERN_EUROPE = "AT BE CH DE FR LI LU MC NL"
_EASTERN_EUROPE = "BG BY CZ HU MD PL RO RU SK UA"
_SOUTHERN_EUROPE = "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA"
_WESTERN_ASIA = "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"
_CENTRAL_ASIA = "KG KZ TJ TM UZ"
_EASTERN_ASIA = "CN HK JP KP KR MN MO TW"
_SOUTH_EASTERN_ASIA = "BN ID KH LA MM MY PH SG TH TL VN"
_SOUTHERN_ASIA = "AF BD BT IN LK MV NP PK"
_OCEANIA = "AU FJ FM KI MH NC NR NZ PG PW SB TO TV VU WS"
_NORTHERN_AFRICA = "DZ EG EH LY MA SD TN"
_SUB_SAHARAN_AFRICA = (
    "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NE NG RW SC SL SN SO "
    "SS ST SZ TD TG TZ UG ZA ZM ZW"
)
_EUROPE = f"{_NORTHERN_EUROPE} {_WESTERN_EUROPE} {_EASTERN_EUROPE} {_SOUTHERN_EUROPE}"
_ASIA = f"{_CENTRAL_ASIA} {_EASTERN_ASIA} {_SOUTH_EASTERN_ASIA} {_SOUTHERN_ASIA}"
_AFRICA = f"{_NORTHERN_AFRICA} {_SUB_SAHARAN_AFRICA}"
_MIDDLE_EAST = f"{_WESTERN_ASIA} IR"
_LATIN_AMERICA = f"{_CENTRAL_AMERICA} {_CARIBBEAN} {_SOUTH_AMERICA}"
_GROUPS = {
    "north america": _NORTHERN_AMERICA,
    "northern america": _NORTHERN_AMERICA,
    "latin america": _LATIN_AMERICA,
    "latin america caribbean": _LATIN_AMERICA,
    "south america": _SOUTH_AMERICA,
    "central america": _CENTRAL_AMERICA,
    "central south america": _LATIN_AMERICA,
    "caribbean": _CARIBBEAN,
    "americas": f"{_NORTHERN_AMERICA} {_LATIN_AMERICA}",
    "europe": _EUROPE,
    "western europe": _WESTERN_EUROPE,
    "eastern europe": _EASTERN_EUROPE,
    "northern europe": _NORTHERN_EUROPE,
    "southern europe": _SOUTHERN_EUROPE,
    "asia": f"{_ASIA} {_WESTERN_ASIA} IR",
    "asia pacific": f"{_ASIA} {_OCEANIA}",
    "apac": f"{_ASIA} {_OCEANIA}",
    "east asia": _EASTERN_ASIA,
    "south asia": _SOUTHERN_ASIA,
    "southeast asia": _SOUTH_EASTERN_ASIA,
    "south east asia": _SOUTH_EASTERN_ASIA,
    "oceania": _OCEANIA,
    "middle east": _MIDDLE_EAST,
    "africa": _AFRICA,
    "sub saharan africa": _SUB_SAHARAN_AFRICA,
    "north africa": _NORTHERN_AFRICA,
    "middle east africa": f"{_MIDDLE_EAST} {_AFRICA}",
    "mea": f"{_MIDDLE_EAST} {_AFRICA}",
    "mena": f"{_MIDDLE_EAST} {_NORTHERN_AFRICA}",
    "middle east north africa": f"{_MIDDLE_EAST} {_NORTHERN_AFRICA}",
    "emea": f"{_EUROPE} {_MIDDLE_EAST} {_AFRICA}",
    # Groups that states have formed, or that are named after their members.
    "gcc": "AE BH KW OM QA SA",
    "gulf cooperation council": "AE BH KW OM QA SA",
    "asean": "BN ID KH LA MM MY PH SG TH TL VN",
    "nordic": "DK FI IS NO SE",
    "nordics": "DK FI IS NO SE",
    "nordic countries": "DK FI IS NO SE",
    "scandinavia": "DK NO SE",
    "baltics": "EE LT LV",
    "benelux": "BE LU NL",
    "iberia": "ES PT",
    "australia new zealand": "AU NZ",
    "anz": "AU NZ",
    "mercosur": "AR BO BR PY UY",
    "european union": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
}


def members(name: str) -> frozenset[str]:
    """The countries of "Middle East & Africa", "GCC" or "ASEAN (Association …)"; none for a name not known here."""
    plain = re.sub(r"\([^)]*\)", " ", name.lower()).replace("&", " ")
    words = [word for word in re.findall(r"[a-z]+", plain) if word not in ("and", "the", "region")]
    return frozenset(_GROUPS.get(" ".join(words), "").split())
