"""Rules and what they say. A rule is a generator of hits over a frozen draft, registered by code. No Django."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.checks.draft import Draft

type Severity = Literal["error", "warning", "note"]
type Fact = str | int | tuple[Fact, ...] | None
type Check = Callable[[Draft], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a rule found.

    `facts` are what the finding rests on: when they change, it is another finding and a waiver of it lapses. Words that
    may change without the facts changing (the sentence, the suggestion) do not count. `severity` overrides the rule's.
    """

    place: str
    sentence: str
    suggestion: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    link: str = ""
    line: int | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`of_text` says that the rule needs no forecast and no register, so that it can judge any manuscript."""

    code: str
    severity: Severity
    title: str
    of_text: bool
    find: Check


@dataclass(frozen=True, slots=True)
class Found:
    """A hit together with the rule that made it."""

    code: str
    severity: Severity
    place: str
    sentence: str
    suggestion: str
    link: str
    line: int | None
    fingerprint: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


RULES: dict[str, Rule] = {}


def rule(code: str, *, severity: Severity, title: str, of_text: bool = False) -> Callable[[Check], Check]:
    """Register a rule. error: cannot be true as it stands; warning: doubtful; note: worth knowing."""

    def register(find: Check) -> Check:
        if code in RULES:
            raise ValueError(f"There are two rules with the code {code}.")
        RULES[code] = Rule(code, severity, title, of_text, find)
        return find

    return register


def run(draft: Draft, *, rules: Iterable[Rule] | None = None) -> list[Found]:
    """Everything the rules say of a draft: errors first, then by rule; each finding once."""
    found: dict[str, Found] = {}
    for each in RULES.values() if rules is None else rules:
        for hit in each.find(draft):
            place = hit.place[:200]
            digest = fingerprint(each.code, place, hit.facts)
            found.setdefault(
                digest,
                Found(
                    each.code,
                    hit.severity or each.severity,
                    place,
                    hit.sentence,
                    hit.suggestion,
                    hit.link,
                    hit.line,
                    digest,
                    hit.facts,
                ),
            )
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(found.values(), key=lambda one: rank[one.severity])


def rules_of_text() -> list[Rule]:
    """The rules that can judge a manuscript that was never imported."""
    return [each for each in RULES.values() if each.of_text]


def fingerprint(code: str, place: str, facts: Mapping[str, Fact]) -> str:
    """SHA-256 over rule, place and facts: the same finding has the same fingerprint across checks."""
    content = json.dumps([code, place, dict(facts)], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
