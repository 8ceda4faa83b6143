"""Whether a number speaks of the page's whole market, or of a part of it or of another market.

In doubt it is a part's: a part's numbers are compared with nothing outside their own paragraph, so that a page is never
called wrong for what it says of a segment, a country or a neighbouring market.
"""

import re
from dataclasses import dataclass

from reports.importing.manuscript.places import names_a_place, place_of

_OF_A_PART = re.compile(
    r"^by (?!the\b)[a-z ,-]{3,60}, |\bsegment|\bsub-?segment|\bcategory|\bregion\b"
    r"|\bcountr(?:y|ies)\b|\binvest(?:ed|ment|ing)|\bacqui|\bfund|\bdeal\b|\bR&D\b|\bspend"
    r"|\bper (?:person|capita|user|unit|household|customer|day)\b|\bARPU\b|\baverage (?:revenue|price|selling|cost)"
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

_OF_A_LEADER = re.compile(
    r"\b(?:led|leads|leading|dominat\w*|held|holds|holding|captur\w+|command\w*|contribut\w+|retain\w*)\b"
    r"|\baccount(?:s|ed|ing)? for\b[^.;]{0,40}(?:\d\s?%|per ?cent|share|portion|half|majority)"
    r"|\bshare of\b",
    re.I,
)
"""What leads a market is a part of it, and the number that follows is the part's."""

_OF_THE_SAME = re.compile(r"(?:it|this|that|the figure|the value)\b|by (?:19|20)\d\d,? it\b", re.I)

_THE_MARKET = re.compile(r"(?:(?:by|in) (?:19|20)\d\d, )?(?:the|this) (?:market|industry)\b", re.I)

_OF_NOTHING_ELSE = re.compile(
    r"(?:(?:with |at |a |an |the |this |that |is |represent\w* |reflect\w* |growing |expand\w* |register\w* "
    r"|exhibit\w* |from |between |during |over |in |to |and |[-–—(,:]\s?|(?:19|20)\d\d\s?|forecast |period "
    r"|projected |expected |estimated |healthy |steady |robust |strong |impressive |significant |moderate )*"
    r"(?:CAGR|compound|annual(?:i[sz]ed)? growth|growth(?: rate)?|rate of"
    r"|it\b|demand|sales|revenues?|[-−]?\d{1,3}(?:[.,]\d{1,4})?\s?(?:%|per)))",
    re.I,
)
"""A sentence that begins with the rate itself, or with its years."""

MARKET = re.compile(r"\b(?:markets?|industry|marché|markt|mercado|mercato)\b", re.I)

_DEMAND = re.compile(
    r"(?:(?:the|overall|global|total|worldwide|its|market) )*"
    r"(?:demand|sales|revenues?|valuation|consumption|shipments)\b",
    re.I,
)
"""What may stand for the market, at the beginning of a sentence only: the demand for crude oil is another's."""

_MARKET_PHRASE = re.compile(r"(?P<words>(?:[\w&/’'().-]+\s){0,6})(?:markets?|industry)\b(?!['’]s share)", re.I)

_GENERIC = frozenset(
    re.findall(
        r"\S+",
        """
        the a an this that these its their our such same said and or of in for to from with by at on into within across
        over under per as which while where when is was are were be been has have had will would
        global globally worldwide world international overall total entire whole local regional north south east west
        latin target key largest larger fastest growing mature emerging competitive dominant main major current future
        potential niche dynamic new end aftermarket addressable respective consumer consumers commercial stock equity
        market industry size value base forecast report reports research study analysis latest recent according revenue
        share reach reached grow expected projected estimated anticipated valued worth drive drives driving propel boost
        boosting fuel support supporting shape shaping dominate lead
        """,
    )
)
"""Words before "market" that say nothing of which market it is."""


@dataclass(slots=True)
class Scope:
    """Judges the numbers of one sentence after another. `subject` is what the page's market is of: "Car Sunroof"."""

    subject: str = ""
    _is_named: bool = False
    _sentence: str = ""
    _is_label: bool = False
    _heading_is_of_a_part: bool = False
    _paragraph_is_of_a_part: bool = False
    _paragraph_is_of_the_market: bool = False

    def about(self, subject: str, text: str) -> None:
        """Say what the page is on. Only a market that the text names beside the title tells others from it."""
        self.subject = subject
        words = [word for word in re.findall(r"[a-z0-9]+", subject.lower()) if word not in _GENERIC]
        if words:
            named = re.findall(rf"\b{re.escape(words[-1][:4])}\w*\s+(?:market|industry)\b", text, re.I)
            self._is_named = len(named) > 1

    def begin_section(self, heading: str) -> None:
        """Below a heading such as "Europe", "the market" is the region's."""
        place = place_of(heading, self.subject) if len(heading) <= 60 else None
        self._heading_is_of_a_part = place is not None and not self.names_subject(heading)

    def begin_paragraph(self) -> None:
        """What "it" means is forgotten."""
        self._paragraph_is_of_a_part = self._heading_is_of_a_part
        self._paragraph_is_of_the_market = False

    def sells_subject(self, sentence: str) -> bool:
        """Whether a sentence is on the sales of the page's subject: "The global sales of knives are estimated at …"."""
        return bool(_DEMAND.match(sentence)) and self.names_subject(sentence)

    def names_subject(self, words: str) -> bool:
        """Whether the page's subject is named, in the singular or the plural."""
        subject = self.subject.lower().split()
        return bool(subject) and any(_alike(word, subject[-1]) for word in re.findall(r"[a-z0-9]+", words.lower()))

    def begin_sentence(self, sentence: str, *, label: bool = False) -> None:
        """Turn to the next sentence; a label is a line of a list of facts, which needs no subject of its own."""
        self._sentence, self._is_label = sentence, label

    def of_amount(self, start: int) -> str:
        """ "market" or "part", for the amount that begins at `start` of the sentence."""
        return self._judged(self._sentence[:start])

    def of_rate(self, start: int) -> str:
        """The same for a growth rate, which is the market's only where its clause says so or says nothing else."""
        before = self._sentence[:start]
        scope = self._judged(before)
        if scope == "part" or self._is_label:
            return scope
        if _OF_A_LEADER.search(before):
            self._paragraph_is_of_a_part = True
            return "part"
        begins = any(one.match(self._sentence) for one in (_DEMAND, _OF_THE_SAME, _OF_NOTHING_ELSE))
        return "market" if begins or MARKET.search(before) else "part"

    def of_attribute(self, attribute: str) -> str:
        """The same for a row of a table of facts: "U.S. market size in 2024" is a part's."""
        return self._judged(attribute)

    def _judged(self, before: str) -> str:
        named = self._names_another_market(before)
        whole, before = before, self._without_subject(before)
        own = {word[:4].lower() for word in self.subject.split()}
        of_a_nation = any(match[0][:4].lower() not in own for match in _DEMONYM.finditer(before))
        of_another = bool(self.subject) and bool(_FOR_ANOTHER.search(before))
        of_a_part = any(not self._is_of_sales(match) for match in _OF_A_PART.finditer(whole))
        if named or of_a_nation or of_another or of_a_part or names_a_place(before):
            self._paragraph_is_of_a_part = True
            return "part"
        if self._paragraph_is_of_a_part and self._goes_on():
            return "part"
        self._paragraph_is_of_the_market = True
        return "market"

    def _goes_on(self) -> bool:
        """Whether the sentence speaks of what the one before it does; "the market" is the last that was named alone."""
        only_a_part = not self._paragraph_is_of_the_market and _THE_MARKET.match(self._sentence)
        return bool(only_a_part or _OF_THE_SAME.match(self._sentence))

    def _is_of_sales(self, match: re.Match[str]) -> bool:
        """ "Sales of knives" are the knife market's own."""
        return match[0].lower() == "sales of" and self.names_subject(match.string[match.end() :][:60])

    def _without_subject(self, words: str) -> str:
        for word in self.subject.split():
            words = re.sub(rf"\b{re.escape(word)}s?\b(?:['’]s)?", "", words, flags=re.I)
        return words

    def _names_another_market(self, before: str) -> bool:
        """Whether the last market named before the number is another: on edge gateways, IoT gateways or routers."""
        if not self._is_named:
            return False
        before = before[-400:].lower()
        after_subject = before.rfind(self.subject.lower())
        phrases = [one for one in _MARKET_PHRASE.finditer(before) if one.end() > after_subject]
        content = next((found for match in reversed(phrases) if (found := _content(match["words"]))), [])
        if not content:
            return False
        subject = [word for word in re.findall(r"[a-z0-9]+", self.subject.lower()) if word not in _GENERIC]
        if not subject:
            return False
        initials = "".join(word[0] for word in subject)
        if any(word in (initials, f"{initials}s") for word in content):
            return False
        if not any(_alike(word, subject[-1]) for word in content):
            return True
        lacks = any(not any(_alike(word, own) for word in content) for own in subject)
        adds = any(not any(_alike(word, own) for own in subject) for word in content)
        return lacks and adds


def _content(words: str) -> list[str]:
    """The words before "market" that say which market it is, those of the last clause only."""
    found = re.findall(r"[a-z0-9]+", words.lower())
    last = max((place for place, word in enumerate(found) if word in _BREAKS), default=-1)
    return [word for word in found[last + 1 :] if word not in _GENERIC and not word.isdigit()]


_BREAKS = frozenset(
    re.findall(r"\S+", "the of in for to from with by at on into within across as which while where when that is was")
)
"""Words that end what comes before them: "the growth of the pump market" speaks of pumps."""


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: battery and batteries, toy and toys, knife and knives."""
    one, other = _singular(one), _singular(other)
    return one == other or (len(one) > 3 < len(other) and one[:4] == other[:4])


def _singular(word: str) -> str:
    return f"{word[:-3]}f" if word.endswith("ves") else word.removesuffix("e" if word.endswith("fe") else "s")
