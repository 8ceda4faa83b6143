"""The accuracy record as readers see it: truthful while empty, aggregates for all, segments for licensed readers."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from reports.document import Document, Tier
from reports.figures import percent
from reports.models import Edition
from reports.projection import project, rebuild
from reports.record import record_at
from tests.documents import sample_document

pytestmark = pytest.mark.django_db
HOUSE, OWN = "/accuracy/", "/accuracy/car-sunroof-market/"
SECRET = "4,321.09"


def a_year_on(document: Document) -> Document:
    """The sample with actual values for six forecast years of the market, which no public reader may see."""
    series = tuple(
        replace(
            one,
            cells=tuple(
                replace(cell, status="A", value=Decimal("4321.09"), illustrative=False, source="Association, 2032",
                        low80=None, high80=None, low95=None, high95=None)
                if one.scenario == "base" and one.path == "total" and 2025 <= cell.year <= 2030
                else replace(cell, illustrative=False)
                for cell in one.cells
            ),
        )
        for one in document.series
    )  # fmt: skip
    return replace(document, series=series, headline=replace(document.headline, illustrative=False))


@pytest.fixture
def scored(sunroofs: Edition, publish: Callable[..., Edition]) -> Edition:
    edition = publish(a_year_on(sample_document()))
    rebuild(edition.report)
    return edition


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_without_actual_values_both_pages_say_so(client: Client, sunroofs: Edition) -> None:
    rebuild(sunroofs.report)
    for path in (HOUSE, OWN):
        assert "Nothing to score yet." in words(client, path)
    assert "MAPE</dt>" not in words(client, HOUSE)


def test_the_public_reads_the_aggregates_and_no_value(client: Client, registered: Client, scored: Edition) -> None:
    for reader in (client, registered):
        page = words(reader, OWN)
        assert "Mean absolute error (MAPE)" in page
        assert "Each forecast beside the actual value" in page
        assert SECRET not in page
        assert SECRET not in words(reader, HOUSE)


def test_a_licensed_reader_reads_every_forecast_beside_the_actual_value(subscriber: Client, scored: Edition) -> None:
    page = words(subscriber, OWN)
    assert SECRET in page
    assert "Association, 2032" in page
    assert "?edition=1" in page
    assert SECRET not in words(subscriber, HOUSE)


def test_a_page_for_one_reader_is_kept_by_nobody(subscriber: Client, scored: Edition) -> None:
    assert subscriber.get(OWN)["Cache-Control"] == "private, no-store"


def test_the_report_leads_to_its_record(client: Client, scored: Edition) -> None:
    assert f'href="{OWN}"' in words(client, "/reports/car-sunroof-market/")


def test_a_report_without_an_edition_has_no_page(client: Client, db: None) -> None:
    assert client.get("/accuracy/never-was/").status_code == 404


def test_the_title_is_the_editions_and_not_the_drafts(client: Client, sunroofs: Edition) -> None:
    project(sunroofs)
    sunroofs.report.title = "A new name nobody has published"
    sunroofs.report.save()
    assert "A new name" not in words(client, OWN)
    assert "Car Sunroof Market" in words(client, OWN)


REPORT = "/reports/car-sunroof-market/"


def test_the_report_page_teaches_what_the_record_will_be(client: Client, sunroofs: Edition) -> None:
    rebuild(sunroofs.report)
    section = words(client, REPORT).split('<section id="accuracy">')[1].split("</section>")[0]
    assert "Nothing to score yet." in section
    assert "<table" not in section


def test_the_report_page_draws_each_past_edition_for_licensed_readers(subscriber: Client, scored: Edition) -> None:
    section = words(subscriber, REPORT).split('<section id="accuracy">')[1].split("</section>")[0]
    assert f"{record_at(scored, Tier.LICENSED).score.count} forecasts, scored by this edition." in section
    first = scored.number - 1
    assert f'<a href="?edition={first}">Edition {first}</a>' in section
    record = record_at(scored, Tier.LICENSED)
    assert record.score.mape is not None
    assert percent(record.score.mape, 1).replace(" ", "\u00a0") in section


def test_the_report_page_gives_the_public_no_small_group_and_no_value(client: Client, scored: Edition) -> None:
    page = words(client, REPORT)
    section = page.split('<section id="accuracy">')[1].split("</section>")[0]
    assert "Mean absolute error (MAPE)" in section, "six forecasts together are public"
    assert "Edition 1" not in section, "of each year there is but one"
    assert SECRET not in page
