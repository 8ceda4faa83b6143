"""Prose, developments and completeness: what each rule must find, and what it must leave alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.checks.draft import Claim, Development, Draft, ImportNote, Player
from tests.reports.checks.drafts import dimension, draft, hits, market_draft, sentence, text

GLASS = dimension("Glass", "Panoramic Sunroof", "Solar Sunroof", "Inbuilt Sunroof")


def prose(body: str, **parts: object) -> Draft:
    return draft(texts=(text(body),), dimensions=(GLASS,), **parts)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Nearly 45% of premium cars have one.", True),
        ("Nearly 45 per cent of premium cars have one.", True),
        ("According to the makers' association, 45% of premium cars have one.", False),
        ("The source page claims 45 %, without a source.", False),
        ("It grows at a CAGR of 7.2%.", False),
        ("It holds [[share glass/solar-sunroof 2031]] of the market.", False),
        ("The H700 line has 45 variants.", False),
    ],
)
def test_a_percentage_names_its_source(body: str, found: bool) -> None:
    assert bool(hits("percentage-without-source", prose(body))) is found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("It is worth USD 3,701.17 million by then.", True),
        ("It grows at a CAGR of 7.2%.", True),
        ("It is worth [[total 2031]] and grows [[cagr 2024-2031]].", False),
        ("In 2024 it had twelve makers.", False),
        ("Makers sold 4,000 million units.", True),
        ("Some 12,500 roofs were recalled.", True),
        ("It is 3.7 billion by then.", True),
        ("According to the makers, 12,500 roofs were recalled.", False),
        ("The H700 of 2024 has 45 variants and a 1.5-litre engine.", False),
    ],
)
def test_numbers_of_the_market_are_figures_not_typed(body: str, found: bool) -> None:
    assert bool(hits("number-typed-in-prose", prose(body))) is found


def test_amounts_are_in_the_currency_of_the_report() -> None:
    assert "in EUR, but the report is in USD" in sentence(
        "currency-mixed", market_draft(texts=(text("Worth EUR 3 million."),))
    )
    assert not hits("currency-mixed", market_draft(texts=(text("Worth USD 3 million, or $3 million."),)))


def test_headline_values_are_in_one_currency() -> None:
    claims = (Claim("base-value", "a", currency="USD"), Claim("end-value", "b", currency="EUR"))
    assert "EUR and USD" in sentence("currency-mixed", draft(claims=claims))
    assert not hits("currency-mixed", draft(claims=claims[:1]))


def test_a_segment_is_not_called_an_alternative() -> None:
    story = prose("Makers offer alternative features such as panoramic roofs, convertible tops and climate control.")
    assert sentence("segment-called-alternative", story) == (
        "“panoramic roofs” is called an alternative, but Panoramic Sunroof is a segment of this market."
    )
    assert not hits("segment-called-alternative", prose("There are alternatives such as convertible tops."))
    assert not hits("segment-called-alternative", prose("Panoramic roofs are preferred."))


def test_concentration_is_said_of_those_who_sell() -> None:
    story = prose("Around 45% of the segment is concentrated among leading automakers.")
    assert "automakers" in sentence("concentration-of-buyers", story)
    assert not hits("concentration-of-buyers", prose("The market is consolidated among a few roof suppliers."))
    assert not hits("concentration-of-buyers", prose("Automakers order early."))


def test_placeholders_do_not_stay() -> None:
    assert "TBD" in sentence("placeholder-text", prose("The outlook is TBD."))
    assert not hits("placeholder-text", prose("The outlook is good."))


def test_links_to_other_reports_lead_somewhere() -> None:
    linked = draft(texts=(text('See <a href="/reports/door-modules/">doors</a>.'),))
    assert "/reports/door-modules/" in sentence("cross-reference-dead", linked)
    assert not hits("cross-reference-dead", replace(linked, report_slugs=frozenset({"door-modules"})))


LONG = "Laminated panes, films that hold back heat and layers that quieten the cabin are standard fare in dearer cars."


def test_a_paragraph_stands_once() -> None:
    twice = draft(texts=(text(LONG, place="overview"), text(LONG, place="outlook")))
    assert "both here and at overview" in sentence("paragraph-repeated", twice)
    assert not hits("paragraph-repeated", draft(texts=(text(LONG), text("Another one."), text("Another one."))))


def happened(earliest: date | None, latest: date | None = None, **parts: object) -> Development:
    one = Development("Webasto SE opened a plant.", earliest, latest or earliest, "then", ("Webasto SE",))
    return replace(one, **parts)  # type: ignore[arg-type]


def test_the_latest_development_is_recent() -> None:
    old, new = happened(date(2023, 11, 1), date(2023, 11, 30)), happened(date(2026, 1, 1))
    assert "36 months ago" in sentence("developments-out-of-date", draft(developments=(old,)))
    assert not hits("developments-out-of-date", draft(developments=(old, new)))


def test_a_development_lies_in_the_past() -> None:
    assert "in the future" in sentence("development-in-the-future", draft(developments=(happened(date(2027, 1, 1)),)))
    this_month = happened(date(2026, 11, 1), date(2026, 11, 30))
    assert not hits("development-in-the-future", draft(developments=(this_month,)))


def test_a_development_names_its_companies_and_its_date() -> None:
    assert sentence("development-without-company", draft(developments=(happened(date(2026, 1, 1), companies=()),)))
    assert sentence("development-without-date", draft(developments=(happened(None),)))
    sound = draft(developments=(happened(date(2026, 1, 1)),))
    assert not hits("development-without-company", sound)
    assert not hits("development-without-date", sound)


def test_a_company_that_is_mentioned_is_registered() -> None:
    story = draft(developments=(happened(date(2026, 1, 1)),))
    assert "“Webasto SE”" in sentence("company-not-registered", story)
    assert not hits("company-not-registered", replace(story, registered=frozenset({"WEBASTO SE"})))


def test_a_title_that_promises_shares_gives_some() -> None:
    promising = draft(title="Car Sunroof Market Size & Share Analysis", dimensions=(GLASS,))
    assert "promises shares" in sentence("share-promised", promising)
    assert not hits("share-promised", replace(promising, players=(Player("A", share=Decimal(3)),)))
    valued = {("base", "glass/solar-sunroof", 2024): Decimal(1)}
    assert not hits("share-promised", replace(promising, values=valued))
    assert not hits("share-promised", replace(promising, title="Car Sunroof Market Size"))


def test_siblings_are_all_told_of_or_none() -> None:
    some = draft(dimensions=(GLASS,), texts=(text("Popular.", about="glass/panoramic-sunroof"),))
    assert "Solar Sunroof and Inbuilt Sunroof have no text" in sentence("narrative-missing", some)
    assert not hits("narrative-missing", draft(dimensions=(GLASS,)))
    (none,) = hits("narrative-missing", market_draft(dimensions=(GLASS,)))
    assert none.severity == "note"


def test_headings_differ_and_sections_have_texts() -> None:
    one, other = text("A.", heading="Outlook", place="one"), text("B.", heading="OUTLOOK", place="two")
    assert "stands 2 times" in sentence("heading-repeated", draft(texts=(one, other)))
    assert not hits("heading-repeated", draft(texts=(one, replace(other, heading="View"))))
    assert "no text" in sentence("section-empty", draft(texts=(replace(one, body="<p></p>"),)))
    assert not hits("section-empty", draft(texts=(one,)))


def test_lines_without_a_place_are_handled() -> None:
    assert "3 lines" in sentence("lines-unplaced", draft(unplaced_lines=3))
    assert not hits("lines-unplaced", draft())


@pytest.mark.parametrize(
    "code",
    [
        "contents-heading-twice", "headings-run-together", "countries-announced-not-listed", "matrix-areas-named-twice",
        "contents-not-in-body",
    ],
)  # fmt: skip
def test_what_only_the_text_shows_is_passed_on_and_becomes_a_note_once_imported(code: str) -> None:
    noted = draft(import_notes=(ImportNote(code, "warning", "It stands twice.", 7),))
    (hit,) = hits(code, noted)
    assert (hit.place, hit.severity, hit.sentence) == ("line 7", None, "It stands twice.")
    (imported,) = hits(code, market_draft(import_notes=noted.import_notes))
    assert (imported.severity, imported.sentence) == ("note", "In the manuscript: It stands twice.")
    assert not hits(code, draft())


def test_nothing_the_importer_says_is_lost_and_nothing_is_said_twice() -> None:
    notes = (ImportNote("something-new", "warning", "New."), ImportNote("possible-alias", "info", "Old."))
    assert sentence("manuscript-note", draft(import_notes=notes)) == "New."
