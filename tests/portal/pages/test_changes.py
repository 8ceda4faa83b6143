"""What an edition changed, and the list of editions: numbers and words, each as far as the reader may read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from portal.access.models import User
from portal.pages.changes import difference, edition_changes
from reports.document import Block, Tier
from reports.models import Edition
from reports.models.editions import Withdrawal
from tests.documents import sample_document
from tests.editions import NOW
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
PAGE = "/reports/car-sunroof-market/"


@pytest.fixture
def changed(sunroofs: Edition, publish: Callable[..., Edition]) -> Edition:
    """A third edition: one number that a licence opens, and one word that everybody reads."""
    document = with_value(sample_document(), "geography/europe/germany", 2030, "400.00")
    words = (*document.overview[:1], replace(document.overview[1], body=("<p>Light and quiet sell a roof.</p>",)))
    return publish(replace(document, overview=(*words, *document.overview[2:])), at=NOW)


def test_the_page_says_what_its_edition_changed(subscriber: Client, changed: Edition) -> None:
    section = subscriber.get(PAGE).content.decode().split('id="changes"')[1].split("</section>")[0]
    assert "1 number, 1 text" in section
    assert "Germany, 2030" in section
    assert ">400.00</a>" in section
    assert "Words changed in Overview." in section


def test_changed_numbers_that_are_no_market_data_say_so_though_the_report_is(
    subscriber: Client, publish: Callable[..., Edition], sunroofs: Edition
) -> None:
    def published(illustrative: bool, value: str) -> str:
        document = with_value(sample_document(), "geography/europe/germany", 2030, value)
        series = tuple(
            replace(one, cells=tuple(replace(cell, illustrative=illustrative) for cell in one.cells))
            for one in document.series
        )
        headline = replace(document.headline, illustrative=False)
        publish(replace(document, series=series, headline=headline), at=NOW)
        return subscriber.get(f"{PAGE}changes/").content.decode()

    published(False, "400.00")
    assert "Illustrative, not market data" not in published(False, "401.00")
    assert "Illustrative, not market data" in published(True, "402.00")
    section = subscriber.get(PAGE).content.decode().split('id="changes"')[1].split("</section>")[0]
    assert "Illustrative, not market data" in section


def test_of_many_numbers_the_first_are_shown_and_none_is_left_out(
    subscriber: Client, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    document = sample_document()
    moved = 0
    for node in (*document.dimensions[0].nodes, *document.dimensions[-1].nodes):
        for year in (2025, 2026, 2027):
            if moved < 30:
                document, moved = with_value(document, node.path, year, f"{1000 + moved}.00"), moved + 1
    publish(document, at=NOW)
    html = subscriber.get(f"{PAGE}changes/").content.decode()
    shown, rest = html.split('<details class="more-rows">')
    assert shown.count("<tr>") - 1 == 20
    assert rest.count("<tr>") - 1 == moved - 20
    assert f"The other {moved - 20} numbers" in rest


def test_a_reader_without_a_licence_is_told_how_many_numbers_changed_and_none_of_them(
    client: Client, changed: Edition
) -> None:
    for path in (PAGE, f"{PAGE}changes/"):
        html = client.get(path).content.decode()
        assert "400.00" not in html
        assert "Germany, 2030" not in html
        assert "1 more number changed in the full report." in html
        assert "no number, 1 text" in html


def test_a_first_edition_changed_nothing(client: Client, sunroofs: Edition) -> None:
    assert 'id="changes"' not in client.get(f"{PAGE}?edition=1").content.decode()
    assert "This is the first edition" in client.get(f"{PAGE}changes/?edition=1").content.decode()


def test_every_word_that_went_or_came_is_marked(subscriber: Client, changed: Edition) -> None:
    html = subscriber.get(f"{PAGE}changes/").content.decode()
    assert "<ins>quiet sell a roof.</ins>" in html
    assert "<del>air are what" in html


def test_long_stretches_that_stayed_are_left_out() -> None:
    same = " ".join(f"w{n}" for n in range(100))
    runs = difference(f"{same} old {same}", f"{same} new {same}")
    assert [run.kind for run in runs] == ["", "del", "ins", ""]
    assert runs[0].words.startswith("… w88")
    assert runs[3].words.endswith("w11 …")


def test_values_in_another_unit_are_not_set_side_by_side(publish: Callable[..., Edition], sunroofs: Edition) -> None:
    document = sample_document()
    other = publish(replace(document, headline=replace(document.headline, currency="EUR", unit="EUR million",
                                                       base_value=Decimal("2000.00"))), at=NOW)  # fmt: skip
    found = edition_changes(other, sunroofs, Tier.LICENSED)
    assert found.numbers == ()
    assert found.other[0].startswith("Values are now in EUR million, current prices; before, in USD million")


def test_the_list_of_editions_says_which_is_current_and_why_one_was_withdrawn(
    client: Client, changed: Edition, editor: User
) -> None:
    Withdrawal.objects.create(edition=changed, reason="A wrong base year.", withdrawn_at=NOW, withdrawn_by=editor)
    html = client.get(f"{PAGE}editions/").content.decode()
    assert html.index("Edition 3") < html.index("A wrong base year.") < html.index("Current") < html.index("Edition 1<")
    assert client.get("/reports/no-such/editions/").status_code == 404


def test_a_day_leads_to_the_report_as_it_stood_then(client: Client, changed: Edition) -> None:
    day = (NOW - timedelta(days=10)).date()
    answer = client.get(f"{PAGE}editions/?as_of={day}")
    assert answer["Location"] == f"{PAGE}?as_of={day}"
    assert "as it stood on" in client.get(answer["Location"]).content.decode()
    assert client.get(f"{PAGE}editions/?as_of=tomorrow").status_code == 400


def test_blocks_are_told_by_their_part(publish: Callable[..., Edition], sunroofs: Edition) -> None:
    document = sample_document()
    third = publish(replace(document, scope=(Block("Scope", ("<p>Cars only.</p>",), "scope"),)), at=NOW)
    assert [one.place for one in edition_changes(third, sunroofs, Tier.PUBLIC).texts] == ["Scope"]
