"""Recent developments: dated in the past, recent enough, with companies the register knows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reports.checks.draft import Development, Draft
from reports.checks.registry import Hit, rule
from reports.checks.words import squeezed

STALE_AFTER_MONTHS = 24
_COMPANY = re.compile(
    r"\b((?:[A-Z][\w&'’-]*\.?\s+){1,6}?(?:Co\.,?\s*Ltd\.?|GmbH(?:\s*&\s*Co\.\s*KG)?|Ltd\.?|Limited|Inc\.?|Corp\.|Corporation"
    r"|AG|SE|B\.V\.|N\.V\.|S\.A\.|S\.p\.A\.|plc|PLC|LLC|K\.K\.))(?=[\s,.;:)]|$)"
)
_OPENING = re.compile(
    r"^(?:The|In|At|By|With|From|When|While|And|But|For|As|Since|After|Before|Both|Its?|This|That|Here|Meanwhile"
    r"|Recently|Later|January|February|March|April|May|June|July|August|September|October|November|December)\s+"
)


@rule("developments-out-of-date", severity="warning", title="The latest development is old", of_text=True)
def developments_out_of_date(draft: Draft) -> Iterator[Hit]:
    dated = [one for one in draft.developments if one.latest is not None and one.latest <= draft.today]
    if not dated:
        return
    latest = max(dated, key=lambda one: one.latest or date.min)
    assert latest.latest is not None
    months = (draft.today.year - latest.latest.year) * 12 + draft.today.month - latest.latest.month
    if months > STALE_AFTER_MONTHS:
        yield Hit(
            "developments",
            f"The latest development is of {latest.when}, {months} months ago.",
            "Add what has happened since, or say that nothing has.",
            {"latest": latest.when},
            latest.link,
            latest.line,
        )


@rule("development-in-the-future", severity="error", title="A development is dated in the future", of_text=True)
def development_in_the_future(draft: Draft) -> Iterator[Hit]:
    for one in draft.developments:
        if one.earliest is not None and one.earliest > draft.today:
            yield _about(one, f"A development is dated in the future: {one.when}.", "Correct the date.")


@rule("development-without-company", severity="note", title="A development names no company", of_text=True)
def development_without_company(draft: Draft) -> Iterator[Hit]:
    for one in draft.developments:
        if not one.companies:
            hit = _about(one, f"The development of {one.when} is linked to no company.", "Link the companies it names.")
            yield replace(hit, link=one.link.replace("#id_date", "#id_companies"))


@rule("development-without-date", severity="warning", title="A development has no date", of_text=True)
def development_without_date(draft: Draft) -> Iterator[Hit]:
    for one in draft.developments:
        if one.earliest is None:
            yield _about(one, f"A development has no date: “{one.text[:80]}”.", "Add at least its year.")


@rule("company-not-registered", severity="warning", title="A company is mentioned but not registered")
def company_not_registered(draft: Draft) -> Iterator[Hit]:
    """A name with a legal form, such as Webasto SE, in a development or the prose, that the register does not know."""
    known = {squeezed(name) for name in draft.registered}
    written = [(f"development of {one.when}", one.text, one.link) for one in draft.developments]
    written += [(text.place, text.plain, text.link) for text in draft.texts]
    reported: set[str] = set()
    for place, text, link in written:
        for name in companies_named(text):
            parts = name.split()
            tails = {squeezed(" ".join(parts[start:])) for start in range(len(parts) - 1)}
            if not tails & known and squeezed(name) not in reported:
                reported.add(squeezed(name))
                yield Hit(
                    place,
                    f"“{name}” is mentioned but is not in the company register.",
                    "Register it, or add the name as an alias of the company it belongs to.",
                    {"name": squeezed(name)},
                    link,
                )


def companies_named(text: str) -> list[str]:
    """Names with a legal form in a text, such as Webasto SE, without the word that opens a sentence before it."""
    return [_OPENING.sub("", name) for name in _COMPANY.findall(text)]


def _about(one: Development, sentence: str, suggestion: str) -> Hit:
    return Hit("developments", sentence, suggestion, {"when": one.when, "text": one.text[:200]}, one.link, one.line)
