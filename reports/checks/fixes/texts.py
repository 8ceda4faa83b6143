"""Fixes that change words: a typed number becomes a figure, a name is written right, a dead link is taken out."""

import difflib
import re
from collections.abc import Callable

from django.apps import apps

from reports.checks.draft import TOTAL, Draft, Row, Text, plain
from reports.checks.fixes.registry import Offer, Order, fix, several, word
from reports.checks.fixes.typed import figure_for
from reports.checks.registry import Found
from reports.checks.rules.geography import right_name
from reports.checks.words import sentences, words
from reports.figures import REFERENCE, UnknownFigure, parse, resolve
from reports.models import Abbreviation

_PARAGRAPH = re.compile(r"<p>.*?</p>|<li>.*?</li>", re.S)


@fix("number-typed-in-prose", "percentage-without-source")
def refer_to_the_figure(draft: Draft, found: Found) -> Offer | None:
    """Each typed number that is, rounded as it is typed, exactly one figure of the report becomes that figure."""
    text = _text(draft, found)
    if text is None or draft.numbers is None or draft.market is None or not draft.market.is_current:
        return None
    swaps: list[tuple[str, str]] = []
    for typed in dict.fromkeys(str(one) for one in several(found, "numbers")):
        reference = figure_for(typed, word(found, "sentence"), text.about, draft)
        if reference and text.body.count(typed) == 1:
            swaps.append((typed, reference))
    if not swaps:
        return None
    shown = ", ".join(f"{reference} ({_shown(reference, draft)}) for “{typed}”" for typed, reference in swaps)
    return Offer(f"Write {shown}", _rewriting(text, lambda body: _replaced(body, swaps)))


@fix("growth-in-prose-disagrees")
def state_the_computed_growth(draft: Draft, found: Found) -> Offer | None:
    text, stated, years = _text(draft, found), word(found, "stated"), several(found, "years")
    if text is None or draft.numbers is None or not stated or len(years) != 2:
        return None
    typed = re.findall(rf"(?<![\d.,]){re.escape(stated)}\s?(?:%|per ?cent)", text.body)
    path = word(found, "path")
    reference = f"[[cagr {'' if path == TOTAL else path + ' '}{years[0]}-{years[1]}]]"
    if len(typed) != 1:
        return None
    try:
        now = resolve(reference.strip("[]"), draft.numbers).shown
    except UnknownFigure:
        return None
    label = f"Write {reference} ({now}) for “{typed[0]}”"
    return Offer(label, _rewriting(text, lambda body: _replaced(body, [(typed[0], reference)])))


@fix("superlative-disagrees")
def let_the_figure_name_it(draft: Draft, found: Found) -> Offer | None:
    """Where the sentence opens with the name, the name becomes the figure that names whichever leads."""
    text, market = _text(draft, found), draft.market
    said, leads = draft.segments.get(word(found, "said")), draft.segments.get(word(found, "is"))
    if text is None or market is None or said is None or leads is None or text.body.count(said.name) != 1:
        return None
    if not any(sentence.startswith(said.name) for sentence in sentences(text.plain)):
        return None
    of = leads.path.rpartition("/")[0]
    if word(found, "word") == "largest":
        reference = f"[[largest {of} {market.last_year}]]"
    else:
        reference = f"[[fastest {of} {market.base_year}-{market.last_year}]]"
    label = f"Write {reference} ({leads.name}) for “{said.name}”"
    return Offer(label, _rewriting(text, lambda body: _replaced(body, [(said.name, reference)])))


@fix("figure-unknown")
def correct_the_path(draft: Draft, found: Found) -> Offer | None:
    """A path that is misspelt, and close to one that exists."""
    text, numbers = _text(draft, found), draft.numbers
    if text is None or numbers is None:
        return None
    for inside in dict.fromkeys(REFERENCE.findall(text.body)):
        if f"[[{inside}]]" not in found.sentence:
            continue
        try:
            path = parse(inside).path
        except UnknownFigure:
            continue
        close = [] if numbers.exists(path) else difflib.get_close_matches(path, numbers.paths(), n=1, cutoff=0.8)
        if not close:
            continue
        corrected = inside.replace(path, close[0])
        try:
            shown = resolve(corrected, numbers).shown
        except UnknownFigure:
            continue
        swaps = [(f"[[{inside}]]", f"[[{corrected}]]")]
        label = f"Write [[{corrected}]] ({shown}) for [[{inside}]]"
        return Offer(label, _rewriting(text, lambda body, swaps=swaps: _replaced(body, swaps)))  # type: ignore[misc]
    return None


@fix("group-misnamed")
def write_the_right_name(draft: Draft, found: Found) -> Offer | None:
    short, long = word(found, "short"), word(found, "long")
    right = right_name(short)
    label = f"Write {short} ({right})"
    if found.place == "abbreviations":

        def spell_out(order: Order) -> str:
            row = Abbreviation.objects.get(report=order.report, short=short)
            row.long = right
            row.save(update_fields=["long"])
            return f"The abbreviation {short} now stands for {right}, not for {long}."

        return Offer(label, spell_out)
    swaps = [(f"({long})", f"({right})")]
    segment = next((one for one in draft.segments.values() if one.link == found.link and long in one.name), None)
    if segment is not None and segment.row is not None:
        row = segment.row
        return Offer(label, _changing(row, segment.name, lambda name: _replaced(name, swaps)))
    text = _text(draft, found)
    return Offer(label, _rewriting(text, lambda body: _replaced(body, swaps))) if text and long in text.body else None


@fix("cross-reference-dead")
def mend_the_link(draft: Draft, found: Found) -> Offer | None:
    """To the report that is spelt nearly so, if there is one; else the link goes and its words stay."""
    text, slug = _text(draft, found), word(found, "slug")
    link = re.compile(rf"""<a\b[^>]*href=["'][^"']*/reports/{re.escape(slug)}/?["'#][^>]*>(.*?)</a>""", re.S)
    if text is None or not slug or not link.search(text.body):
        return None
    close = difflib.get_close_matches(slug, sorted(draft.report_slugs), n=1, cutoff=0.85)
    if close:
        swaps = [(f"/reports/{slug}", f"/reports/{close[0]}")]
        return Offer(f"Link to /reports/{close[0]}/", _rewriting(text, lambda body: _replaced(body, swaps)))
    return Offer("Take the link out and keep its words", _rewriting(text, lambda body: link.sub(r"\1", body)))


@fix("paragraph-repeated")
def keep_it_in_one_place(draft: Draft, found: Found) -> Offer | None:
    text, key, first = _text(draft, found), word(found, "paragraph"), word(found, "first")
    if text is None or not text.body.startswith("<"):
        return None
    twice = [one for one in _PARAGRAPH.findall(text.body) if " ".join(words(plain(one)))[:300] == key]
    rest = text.body.replace(twice[0], "", 1).strip() if len(twice) == 1 else ""
    if not plain(rest):
        return None
    return Offer(f"Take it out here; it stays at {first}", _rewriting(text, lambda body: body.replace(twice[0], "", 1)))


def _text(draft: Draft, found: Found) -> Text | None:
    """The text a finding is about: the one at its place and link."""
    return next((one for one in draft.texts if one.place == found.place and one.link == found.link and one.row), None)


def _shown(reference: str, draft: Draft) -> str:
    assert draft.numbers is not None
    return resolve(reference.strip("[]"), draft.numbers).shown


def _replaced(body: str, swaps: list[tuple[str, str]]) -> str:
    for before, after in swaps:
        body = body.replace(before, after)
    return body


def _rewriting(text: Text, rewrite: Callable[[str], str]) -> Callable[[Order], str]:
    assert text.row is not None
    return _changing(text.row, text.body, rewrite)


def _changing(row: Row, before: str, rewrite: Callable[[str], str]) -> Callable[[Order], str]:
    """A deed that rewrites one field, if it still reads as it did when the offer was made."""

    def deed(_: Order) -> str:
        model = apps.get_model(row.model)
        stored = model._default_manager.select_for_update().get(pk=row.pk)
        if getattr(stored, row.field) != before:
            raise ValueError("The text was changed meanwhile. Look at the finding again.")
        after = rewrite(before)
        setattr(stored, row.field, after)
        stored.save(update_fields=[row.field])
        return _said(plain(before), plain(after))

    return deed


def _said(before: str, after: str) -> str:
    """What was changed, old beside new, with some words around it: “… was 7.9 % …” became “… was [[cagr …]] …”."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = (_around(one, max(0, start - 30), min(len(one), len(one) - end + 30)) for one in (before, after))
    return f"“{old}” became “{new}”."


def _around(text: str, first: int, last: int) -> str:
    if first:
        first = text.find(" ", first, first + 20) + 1 or first
    return f"{'… ' if first else ''}{text[first:last].strip()}{' …' if last < len(text) else ''}"
