"""Recent developments: when, what kind of event, and which companies."""

import re

from reports.importing.manuscript.companies import is_company_name, strict_key
from reports.importing.manuscript.model import Development
from reports.importing.manuscript.places import place_of

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join([*(m.title() for m in _MONTHS), *(m[:3].title() + r"\.?" for m in _MONTHS), r"Sept\.?"])
_DATES = (
    re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH}),?\s+(?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"\b(?P<month>{_MONTH}),?\s*[-–’']?\s*(?:of\s+)?(?P<year>(?:19|20)\d\d)\b"),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b"),
    re.compile(r"\bQ[1-4]\s*(?P<year>(?:19|20)\d\d)\b"),
    re.compile(r"(?<![\d.,])(?P<year>(?:19|20)\d\d)\b(?!\s?(?:million|billion|units|%))"),
)
_TYPES: tuple[tuple[str, str], ...] = (
    ("joint-venture", r"joint venture|\bJV\b"),
    ("merger", r"\bmerge[rd]?\b|merging"),
    (
        "acquisition",
        r"\bacqui(?:re|red|res|ring|sition)|\btake[- ]?over|\bbought\b"
        r"|\bpurchased?\b.{0,40}(?:stake|shares|business|company)|stake in",
    ),
    ("partnership", r"partner|collaborat|alliance|teamed up|joined forces|cooperat|memorandum|\bMoU\b|agreement"),
    ("product-launch", r"launch|introduc|unveil|releas|debut|rolled out|roll-out|new product|presented"),
    (
        "expansion",
        r"expan|opened|opening|inaugurat|new (?:plant|facility|factory|line|site|office|centre"
        r"|center)|capacity|set up|ground",
    ),
    ("investment", r"invest|funding|raised|financing|series [a-e]\b"),
    ("approval", r"approv|authori[sz]|clearance|certif|granted"),
    ("contract", r"contract|awarded|order\b|selected|supply deal"),
    ("divestment", r"divest|sold\b|sale of|spin-?off"),
)
_VERBS = (
    r"acquired|acquires|announced|announces|entered|enters|launched|launches|introduced"
    r"|introduces|unveiled|unveils|opened|opens|expanded|expands|signed|signs|partnered"
    r"|partners|"
    r"collaborated|collaborates|formed|forms|completed|completes|invested|invests|merged"
    r"|merges|received|receives|won|wins|released|releases|agreed|agrees|started|began"
    r"|inaugurated|"
    r"secured|raised|developed|develops|presented|sold|sells|divested|joined|teamed"
    r"|revealed|showcased|established|set up|has|have|had|will|plans|was|were|is|bought"
    r"|purchased|obtained|commenced|extended|selected|awarded|planned|strengthened|rolled"
)
_SUBJECT_VERB = re.compile(rf"\s(?:{_VERBS})\b")
_NAME = re.compile(
    r"(?:[A-Z][\w’'.&+-]*|[A-Z]{1,3}\b)(?:\s+(?:(?:[A-Z][\w’'.&+-]*|&|of|de|di|do|und"
    r"|for)(?=\s|,|\.|;|\)|$)|\d[A-Z]\w*))*(?:,\s(?:Inc|Ltd|LLC|Corp|Co|S\.A|GmbH|L\.P"
    r"|B\.V|N\.V|PLC)\.?)?"
)
_BEFORE = re.compile(
    r"\b(?:from|with|by|acquired?s?|acquiring|between|merge[d]? with|merger with|and|of"
    r"|purchase[d]?|bought|stake in|invest(?:ed|ment)? in|,|to|joint venture"
    r"|partner)\s+(?:the\s+|its\s+\w+\s+|a\s+)?$",
    re.I,
)
_FORMS = re.compile(
    r"\b(?:Inc|Ltd|Limited|LLC|Corp|Corporation|Company|Co|GmbH|AG|SE|S\.A|B\.V|N\.V|PLC"
    r"|plc|Group|Holdings?|Industries|Industry|Works|Systems|Technologies|Motors?"
    r"|Automotive|Pharma\w*|Labs?|Laboratories|International|Solutions|Partners|Bank"
    r"|University)\b"
)
_NOT_NAMES = frozenset(
    [
        "in",
        "on",
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "it",
        "its",
        "with",
        "for",
        "at",
        "as",
        "by",
        "from",
        "to",
        "of",
        "and",
        "new",
        "mr",
        "ms",
        "ceo",
        "ev",
        "evs",
        "suv",
        "oem",
        "oems",
        "r&d",
        "ai",
        "iot",
        "usd",
        "eur",
        "europe",
        "asia",
        "q1",
        "q2",
        "q3",
        "q4",
        "h1",
        "h2",
        "fy",
        "also",
        "moreover",
        "additionally",
        "further",
        "recently",
    ]
)


def read_development(text: str, line: int, known: dict[str, str]) -> Development:
    """Read one development. `known` maps the strict keys of companies the page lists to their names."""
    date, precision, start, end = _date(text)
    kind = next((name for name, pattern in _TYPES if re.search(pattern, text, re.I)), "other")
    return Development(date, precision, kind, tuple(_companies(text, start, end, known)), text, line)


def without_date(text: str) -> str:
    """The text without a date that only stands before it, as in "June 2022: Acme bought a mill". The date is kept as
    one, and a timeline that has both would say it twice."""
    date, _, start, end = _date(text)
    said = text[end:].lstrip()
    if not date or start or said[:1] not in (":", "–", "—") or not said[1:].strip():
        return text
    said = said[1:].lstrip()
    return said[0].upper() + said[1:]


def has_date(text: str) -> bool:
    """True when the text names a month or a day of a year near its beginning."""
    return any(pattern.search(text[:160]) for pattern in _DATES[:4])


def _date(text: str) -> tuple[str, str, int, int]:
    for pattern in _DATES:
        if match := pattern.search(text):
            groups = match.groupdict()
            month = _month(groups.get("month"))
            if groups.get("day") and month and 1 <= int(groups["day"]) <= 31:
                return f"{match['year']}-{month:02d}-{int(groups['day']):02d}", "day", match.start(), match.end()
            if month:
                return f"{match['year']}-{month:02d}", "month", match.start(), match.end()
            return match["year"], "year", match.start(), match.end()
    return "", "", 0, 0


def _month(name: str | None) -> int:
    if not name:
        return 0
    if name.isdigit():
        return int(name) if 1 <= int(name) <= 12 else 0
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower().rstrip(".")[:3])), 0)


def _companies(text: str, start: int, end: int, known: dict[str, str]) -> list[str]:
    sentence = text[:1200]
    body = end if start <= 12 else 0
    body += len(sentence[body:]) - len(sentence[body:].lstrip(" ,:-–—"))
    verb = _SUBJECT_VERB.search(sentence, body)
    limit = verb.start() if verb else body
    names: list[str] = []
    for match in _NAME.finditer(sentence, body):
        name = match[0].rstrip(",;:’'")
        if not name.endswith(("Ltd.", "Inc.", "Co.", "Corp.", "S.A.", "B.V.", "N.V.", "L.P.")):
            name = name.rstrip(".")
        name = re.sub(r"\s+(?:of|de|di|do|und|for|&)$", "", name)
        name = re.sub(r"^(?:In|On|The|During|As)\s+", "", name)
        first = name.split(" ")[0].lower() if name else ""
        if (
            not name
            or (first in _NOT_NAMES and " " not in name)
            or first.rstrip(".") in _MONTHS
            or place_of(name)
            or not is_company_name(name)
        ):
            continue
        if (full := known.get(strict_key(name))) is not None:
            names.append(full)
        elif (match.start() < limit and limit - body < 120) or (
            _BEFORE.search(sentence[max(0, match.start() - 40) : match.start()])
            and (_FORMS.search(name) or (" " in name and _after_a_party(sentence[: match.start()])))
        ):
            names.append(name)
    return list(dict.fromkeys(names))


def _after_a_party(before: str) -> bool:
    return bool(
        re.search(
            r"\b(?:from|with|acquir\w+|between|merge[rd]? with|stake in"
            r"|bought)\s+(?:[^,.;]{0,60}\sand\s)?(?:the\s+)?$",
            before[-90:],
            re.I,
        )
    )
