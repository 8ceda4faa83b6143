"""What a page may show to whom: what is locked is not in the bytes."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from portal.access.models import Licence, Seat
from portal.pages.models import RenderedPage
from reports.document import Document
from reports.figures import grouped
from reports.models import Edition
from tests.documents import sample_document

PAGE = "/reports/car-sunroof-market/"


def words(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def numbers_above(document: Document, readable: set[tuple[str, int]]) -> set[str]:
    """Printed values of the whole cube that a reader of only the `readable` (path, year) of the base may not see."""
    open_ones = {
        grouped(c.value, 2) for (s, path, year), c in document.cells.items() if s == "base" and (path, year) in readable
    }
    others = {
        grouped(c.value, 2)
        for (s, path, year), c in document.cells.items()
        if (s, path, year) not in {("base", *one) for one in readable}
    }
    return {number for number in others - open_ones if len(number) > 5}  # fmt: skip


@pytest.mark.django_db
def test_an_anonymous_page_holds_no_value_but_the_two_of_the_headline(client: Client, sunroofs: Edition) -> None:
    html = words(client, PAGE)
    assert "2,274.97" in html
    assert "3,701.17" in html
    secret = numbers_above(sample_document(), {("total", 2024), ("total", 2031)})
    assert len(secret) > 500
    assert {number for number in secret if number in html} == set()


@pytest.mark.django_db
def test_a_registered_reader_gets_the_sample_table_and_nothing_beyond_it(registered: Client, sunroofs: Edition) -> None:
    document = sample_document()
    sample = {
        (path, year)
        for path in ("total", "material/fabric-material", "material/glass-material")
        for year in range(2021, 2025)
    }
    html = words(registered, PAGE)
    for path, year in sample:
        value = document.value(path, year)
        assert value is not None
        assert grouped(value, 2) in html
    secret = numbers_above(document, sample | {("total", 2031)})
    assert {number for number in secret if number in html} == set()


@pytest.mark.django_db
def test_a_licensed_reader_gets_every_value_of_the_scenario(subscriber: Client) -> None:
    html = words(subscriber, PAGE)
    document = sample_document()
    missing = {grouped(cell.value, 2) for (scenario, _, _), cell in document.cells.items() if scenario == "base"} - set(
        re.findall(r"[\d,]+\.\d\d", html)
    )
    assert missing == set()


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["Crash rules keep newcomers out", "Long supply contracts", "fixed panes first",
                                  "Growth slows as the option", "Underlying growth", "7.2 % fits seven years only",
                                  "Illustrative, not market data; 2024", "18.0 %", "aaaaaaaaaaaa"])  # fmt: skip
def test_licensed_parts_are_not_in_the_bytes_of_lower_tiers(
    client: Client, registered: Client, sunroofs: Edition, part: str
) -> None:
    assert part not in words(client, PAGE)
    assert part not in words(registered, PAGE)


@pytest.mark.django_db
def test_locked_parts_say_what_is_there_and_how_to_get_it(
    client: Client, registered: Client, sunroofs: Edition
) -> None:
    html = words(client, PAGE)
    assert "14 companies: portfolio, financials, strategies, SWOT" in html
    assert "/accounts/login/?next=/reports/car-sunroof-market/" in html
    assert "hold no licence for this report" in words(registered, PAGE)


@pytest.mark.django_db
def test_a_licence_that_ended_or_a_seat_that_was_freed_counts_from_the_next_page(subscriber: Client) -> None:
    assert "Driver ledger</h3>" in words(subscriber, PAGE)
    Seat.objects.all().delete()
    assert "Driver ledger</h3>" not in words(subscriber, PAGE)
    assert Licence.objects.exists()


@pytest.mark.django_db
def test_a_licence_for_one_report_opens_no_other(subscriber: Client, heat_pumps: Edition) -> None:
    assert "Porter’s five forces</h3>" not in words(subscriber, "/reports/heat-pump-market/")


@pytest.mark.django_db
def test_scenarios_are_closed_to_those_who_hold_no_licence(client: Client, subscriber: Client) -> None:
    assert client.get(f"{PAGE}?scenario=optimistic").status_code == 400
    assert subscriber.get(f"{PAGE}?scenario=optimistic").status_code == 200
    assert subscriber.get(f"{PAGE}?scenario=imagined").status_code == 400


@pytest.mark.django_db
def test_a_company_page_shows_the_profile_only_where_a_licence_covers_it(
    client: Client, registered: Client, subscriber: Client
) -> None:
    path = "/companies/webasto-group/"
    for reader in (client, registered):
        html = words(reader, path)
        assert "Webasto Group" in html
        assert "Long supply contracts" not in html
        assert "18.0" not in html
    html = words(subscriber, path)
    assert "Long supply contracts" in html
    assert "18.0" in html


@pytest.mark.django_db
def test_a_report_without_an_edition_does_not_exist_in_the_same_words_as_nothing(
    client: Client, subscriber: Client, publish: Callable[..., Edition]
) -> None:
    from tests.factories import ReportFactory

    ReportFactory.create(title="A draft", slug="a-draft")
    draft, nothing = client.get("/reports/a-draft/"), client.get("/reports/no-such/")
    assert draft.status_code == nothing.status_code == 404
    assert draft.content.replace(b"a-draft", b"no-such") == nothing.content


@pytest.mark.django_db
def test_a_kept_page_goes_only_to_the_tier_it_was_made_for(
    client: Client, registered: Client, subscriber: Client
) -> None:
    for _ in range(2):
        bodies = [words(reader, PAGE) for reader in (subscriber, registered, client)]
        assert ["Driver ledger</h3>" in body for body in bodies] == [True, False, False]
        assert ["1,904.71" in body for body in bodies] == [True, True, False]
    kept = RenderedPage.objects.order_by("tier").values_list("tier", "scenario")
    assert list(kept) == [(0, "base"), (1, "base"), (2, "base")]
    assert not any("@example.org" in page.body for page in RenderedPage.objects.all())


@pytest.mark.django_db
def test_a_cross_table_is_on_the_licensed_page_alone_and_marks_what_is_modelled(
    client: Client, registered: Client, subscriber: Client
) -> None:
    table = sample_document().cross_tables[0]
    known = next(grouped(cell.value, 2) for cell in table.cells.values() if not cell.modelled)
    html = words(subscriber, PAGE)
    section = html[html.index('id="cross-material--vehicle"') :].split("</section>")[0]
    assert f"<td>{known}</td>" in section
    assert "Source of known cells: Illustrative count of registrations." in section
    modelled = {grouped(c.value, 2) for place, c in table.cells.items() if place[0] == "base" and c.modelled}
    assert set(re.findall(r"([\d,]+\.\d\d)<sup>", section)) == modelled
    for reader in (client, registered):
        html = words(reader, PAGE)
        assert "2 rows × 3 columns × 11 years" in html
        assert not {number for number in modelled | {known} if number in html}
