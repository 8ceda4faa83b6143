"""What each tier gets of a document: what isn't allowed is not in it at all."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from reports.contents import contents, page_count
from reports.document import Document, Figure, Tier, prose_runs
from reports.figures import prose_text
from reports.gating import LOCKED_FIGURE, readable, sample_dimension, tier_of_figure
from reports.impact import TextChange, compare
from tests.documents import sample_document


@pytest.fixture(scope="module")
def document() -> Document:
    return sample_document()


def test_a_document_survives_its_stored_form(document: Document) -> None:
    stored = json.loads(json.dumps(document.to_json()))
    assert Document.from_json(stored) == document
    assert Document.from_json(stored).digest() == document.digest()


def test_a_document_of_an_unknown_schema_is_refused(document: Document) -> None:
    with pytest.raises(ValueError, match="stored with schema 999"):
        Document.from_json({**document.to_json(), "schema": 999})


def test_the_public_tier_holds_the_two_headline_values_and_no_other(document: Document) -> None:
    public = readable(document, Tier.PUBLIC)
    headline = document.headline
    assert set(public.cells) == {("base", "total", headline.base_year), ("base", "total", headline.last_year)}


def test_registered_readers_get_the_history_of_one_dimension_as_a_sample(document: Document) -> None:
    sample = readable(document, Tier.REGISTERED)
    dimension = sample_dimension(document)
    paths = {path for _, path, _ in sample.cells}
    assert paths == {"total"} | {node.path for node in document.by_path.values() if node.dimension == dimension}
    beyond = {year for _, path, year in sample.cells if year > document.headline.base_year and path != "total"}
    assert beyond == set()


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.REGISTERED])
def test_locked_parts_are_described_but_absent(document: Document, tier: Tier) -> None:
    given = readable(document, tier)
    for part in ("profiles", "pest", "porter", "analyst_view", "outlook", "ledger", "decisions"):
        assert getattr(given, part) == ()
    assert {one.anchor for one in given.locked} >= {"profiles", "pest", "porter"}
    assert all(one.shape for one in given.locked)


@pytest.mark.parametrize(
    ("address", "tier"),
    [
        ("total/2031", Tier.PUBLIC),
        ("cagr/total/2024-2031", Tier.PUBLIC),
        ("total/2031@optimistic", Tier.LICENSED),
        ("total/2028", Tier.LICENSED),
        ("growth/total/2025", Tier.LICENSED),
        ("total/2022", Tier.REGISTERED),
        ("segment/material/glass-material/2031", Tier.LICENSED),
        ("segment/material/glass-material/2023", Tier.REGISTERED),
        ("share/geography/europe/2024", Tier.LICENSED),
        ("cagr/geography/europe/2024-2031", Tier.LICENSED),
        ("largest/geography/2031", Tier.PUBLIC),
        ("nonsense", Tier.LICENSED),
    ],
)
def test_a_figure_in_prose_is_guarded_like_the_numbers_it_is_made_from(
    document: Document, address: str, tier: Tier
) -> None:
    assert tier_of_figure(document, address) is tier


def test_a_guarded_figure_leaves_its_sentence_and_not_its_number(document: Document) -> None:
    figure = Figure("segment/material/glass-material/2031", "USD 3,139.45 million")
    told = replace(document, takeaways=(("<p>Glass reaches ", figure, ".</p>"),))
    assert readable(told, Tier.LICENSED).takeaways == told.takeaways
    for tier in (Tier.PUBLIC, Tier.REGISTERED):
        assert prose_text(readable(told, tier).takeaways[0]) == f"<p>Glass reaches {LOCKED_FIGURE}.</p>"


def test_every_piece_of_prose_that_lower_tiers_read_is_guarded(document: Document) -> None:
    given = readable(document, Tier.PUBLIC)
    figures = [run for _, prose in prose_runs(given) for run in prose if isinstance(run, Figure)]
    assert figures
    for run in figures:
        if tier_of_figure(document, run.figure) > Tier.PUBLIC:
            assert run.shown == LOCKED_FIGURE


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.REGISTERED])
def test_no_locked_number_is_anywhere_in_the_bytes(document: Document, tier: Tier) -> None:
    given = readable(document, tier)
    sent = json.dumps(given.to_json())
    allowed = {str(cell.value) for cell in given.cells.values()}
    secret = {
        str(cell.value)
        for cell in document.cells.values()
        if cell.value > Decimal(100) and str(cell.value) not in allowed
    }
    in_prose = {str(document.headline.base_value), str(document.headline.end_value)}
    assert secret
    assert [number for number in secret - in_prose if f'"{number}"' in sent] == []


def test_licensed_readers_get_the_document_itself(document: Document) -> None:
    assert readable(document, Tier.LICENSED) is document


def test_contents_and_page_count_follow_from_what_is_in_the_document(document: Document) -> None:
    titles = [entry.title for entry in contents(document)]
    assert "Market size and growth" in titles
    assert page_count(document) > page_count(readable(document, Tier.PUBLIC)) > 1


def test_impact_names_the_number_that_changed_and_nothing_else(document: Document) -> None:
    series = list(document.series)
    target = next(index for index, one in enumerate(series) if one.path == "total" and one.scenario == "base")
    cells = list(series[target].cells)
    cells[0] = replace(cells[0], value=cells[0].value + 10)
    series[target] = replace(series[target], cells=tuple(cells))
    impact = compare(document, replace(document, series=tuple(series)))
    assert [(one.path, one.year, one.new - one.old) for one in impact.numbers if one.new and one.old] == [
        ("total", cells[0].year, Decimal(10))
    ]
    assert impact.texts == ()
    assert compare(document, document).nothing


def test_a_change_of_words_is_headed_by_its_place_in_words() -> None:
    assert TextChange("analyst_view", "", "New.").title == "Analyst view"
    assert TextChange("geography/latin-america", "", "New.").title == "geography/latin-america"
