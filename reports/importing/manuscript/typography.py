"""Numbers as pages print them, brought into one form before they are read: "FY23", "USD 5 Mn.", "2031[2]".

Only what changes no meaning is changed; quotes keep the page's own words.
"""

import re
from collections.abc import Callable

_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2212": "-", "\u00ad": None, "\u200b": None, "\ufeff": None})


def _fiscal(match: re.Match[str]) -> str:
    """A fiscal year by the year it ends in: FY23 and FY2022-23 are FY2023."""
    first = int(match["first"]) % 100
    last = match["last"]
    ends = last is not None and int(last) % 100 == (first + 1) % 100
    return f"FY20{(first + 1) % 100 if ends else first:02}" + (
        "" if ends or last is None else f"-20{int(last) % 100:02}"
    )


type _Change = str | Callable[[re.Match[str]], str]

_CHANGES: tuple[tuple[re.Pattern[str], _Change], ...] = (
    # Spaces of every width are one space.
    (re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+"), " "),
    # Marks of footnotes: "2031[2]", "USD 5 bn¹", "2031**".
    (re.compile(r"(?<=\S)\[\d{1,3}\]|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+(?!\w)|(?<=[\d%])\*+"), ""),
    # Abbreviations with a full stop that ends no sentence: "USD 381 Mn. in 2023".
    (re.compile(r"\b(?P<scale>[BbMm]n|[Bb]il|[Mm]il|[Bb]ln|[Mm]ln)\.(?=\s*(?:[a-z(,;]|$))"), r"\g<scale>"),
    (re.compile(r"(?<=\d)-(?=(?:billion|million|trillion|crore)\b)"), " "),
    (re.compile(r"\b(?:USD ?\$|\$ ?USD|\$ ?US|US \$)(?= ?\d)"), "USD "),
    (re.compile(r"\s*(?:→|⇒|➔)\s*"), " to "),
    # Thousands set apart by spaces, after a currency: "EUR 3 204.5 million".
    (re.compile(r"(?<=[A-Z$€£₹¥] )(\d{1,3}(?: \d{3}){1,4})(?![\d%])"), lambda match: match[1].replace(" ", "")),
    (re.compile(r"\bFY ?[’']?(?P<first>(?:20)?\d\d)(?: ?[-–/] ?(?P<last>(?:20)?\d\d))?(?!\d)(?=[EFPef]?\b)"), _fiscal),
)


def normalised(text: str) -> str:
    """The text with its numbers in one form. Linear in its length."""
    text = text.translate(_DASHES)
    for pattern, change in _CHANGES:
        text = pattern.sub(change, text)
    return text
