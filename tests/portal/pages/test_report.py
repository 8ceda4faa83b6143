"""The report page: which edition it shows, what it says of it, and what it costs."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.models import User
from portal.pages.models import RenderedPage
from portal.search import indexing
from reports.contents import contents
from reports.document import Block
from reports.figures import cagr, grouped, percent
from reports.models import Edition
from reports.models.editions import Withdrawal
from tests.documents import sample_document, small_document
from tests.editions import NOW

PAGE = "/reports/car-sunroof-market/"
pytestmark = pytest.mark.django_db


def test_the_page_shows_the_current_edition_and_no_bar(client: Client, sunroofs: Edition) -> None:
    html = client.get(PAGE).content.decode()
    assert "Edition 2" in html
    assert "edition-bar" not in html


def test_an_older_edition_is_shown_by_its_number_with_a_bar_that_says_so(client: Client, sunroofs: Edition) -> None:
    html = client.get(f"{PAGE}?edition=1").content.decode()
    assert "You are reading edition 1" in html
    assert "Read the current edition 2" in html
    assert "99 pages" in html


def test_the_edition_of_a_day_is_the_one_that_was_current_at_its_end(client: Client, sunroofs: Edition) -> None:
    day = (NOW - timedelta(days=10)).date()
    assert "You are reading edition 1, as it stood on" in client.get(f"{PAGE}?as_of={day}").content.decode()
    published = sunroofs.published_at.date()
    assert "still the current one" in client.get(f"{PAGE}?as_of={published}").content.decode()
    too_early = client.get(f"{PAGE}?as_of=2020-01-01")
    assert too_early.status_code == 404
    first = NOW - timedelta(days=60)
    assert f"The first one is of {first:%-d %B %Y}." in too_early.content.decode()


@pytest.mark.parametrize("query", ["edition=two", "edition=0", "edition=-1", "as_of=yesterday", "as_of=2026-13-01",
                                   "edition=1&as_of=2026-11-01", f"edition={'9' * 40}"])  # fmt: skip
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(
    client: Client, sunroofs: Edition, query: str
) -> None:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 400
    assert "such as" in response.content.decode() or "not for both" in response.content.decode()


def test_a_withdrawn_edition_says_why_and_is_no_longer_current(client: Client, sunroofs: Edition, editor: User) -> None:
    Withdrawal.objects.create(edition=sunroofs, reason="A wrong base year.", withdrawn_at=NOW, withdrawn_by=editor)
    assert "Edition 1" in client.get(PAGE).content.decode()
    html = client.get(f"{PAGE}?edition=2").content.decode()
    assert "was withdrawn on" in html
    assert "A wrong base year." in html


def test_a_report_of_withdrawn_editions_says_so_and_where_the_reasons_are(
    client: Client, sunroofs: Edition, editor: User
) -> None:
    for edition in Edition.objects.all():
        Withdrawal.objects.create(edition=edition, reason="Wrong.", withdrawn_at=NOW, withdrawn_by=editor)
    answer = client.get(PAGE)
    assert answer.status_code == 404
    assert "Every edition of this report has been withdrawn." in answer.content.decode()
    assert "Wrong." in client.get(f"{PAGE}editions/").content.decode()


def test_signed_in_pages_are_private_and_public_ones_may_be_kept_a_minute(client: Client, subscriber: Client) -> None:
    for path in ("/", "/reports/", PAGE, "/companies/", "/companies/webasto-group/"):
        public, private = client.get(path), subscriber.get(path)
        assert public["Cache-Control"] == "public, max-age=60"
        assert private["Cache-Control"] == "private, no-store"
        assert "Cookie" in public["Vary"]
        assert "Cookie" in private["Vary"]
        assert "ETag" not in private


def test_an_anonymous_reader_who_has_the_page_gets_a_304_until_the_edition_changes(
    client: Client, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    from dataclasses import replace

    from tests.documents import sample_document

    etag = client.get(PAGE)["ETag"]
    assert client.get(PAGE, headers={"if-none-match": etag}).status_code == 304
    publish(replace(sample_document(), summary="Rewritten."), at=NOW)
    assert client.get(PAGE, headers={"if-none-match": etag}).status_code == 200


def test_a_page_that_is_kept_costs_few_queries_and_no_rendering(
    client: Client, subscriber: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(PAGE)
    subscriber.get(PAGE)
    monkeypatch.setattr("portal.pages.rendering.report_page", None)
    with django_assert_max_num_queries(2):
        assert client.get(PAGE).status_code == 200
    with django_assert_max_num_queries(6):
        assert subscriber.get(PAGE).status_code == 200


def test_pages_made_by_older_templates_are_made_anew_and_dropped(
    client: Client, sunroofs: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(PAGE)
    monkeypatch.setattr("portal.pages.rendering.templates_version", lambda: "newer")
    client.get(PAGE)
    assert list(RenderedPage.objects.values_list("version", flat=True)) == ["newer"]


LISTS = {
    "/": 5, "/reports/": 6, "/reports/?industry=automotive&sort=growth": 6, "/companies/": 5,
    "/companies/webasto-group/": 6, "/search/?q=glass": 8, "/search/?q=glass+cagr+over+1+%25": 10,
    "/explorer/?report=car-sunroof-market": 9, "/explorer/?region=europe": 11,
    "/compare/?market=car-sunroof-market": 8,
}  # fmt: skip


@pytest.mark.parametrize(("path", "budget"), LISTS.items())
def test_lists_cost_the_same_few_queries_however_many_reports(
    subscriber: Client, publish: Callable[..., Edition], path: str, budget: int
) -> None:
    def cost() -> int:
        subscriber.get(path)  # what is kept in memory is made once after a publication, and a reading counted once
        with CaptureQueriesContext(connection) as done:
            assert subscriber.get(path).status_code == 200
        return len(done)

    for number in range(5):  # as many as the explorer draws for a region
        publish(small_document(f"market-{number}", f"Market {number}"))
    indexing.catch_up()
    few = cost()
    for number in range(5, 12):
        publish(small_document(f"market-{number}", f"Market {number}"))
    indexing.catch_up()
    assert (cost(), few <= budget) == (few, True)


def test_pages_allow_nothing_inline(client: Client, sunroofs: Edition) -> None:
    response = client.get(PAGE)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick" not in html


def test_illustrative_data_says_so_at_head_chart_and_table(subscriber: Client) -> None:
    html = subscriber.get(PAGE).content.decode()
    head, rest = html.split('class="big-numbers"', 1)
    chart, tables = rest.split('id="segments"', 1)
    note = "Illustrative, not market data"
    assert note in head
    assert note in chart
    assert tables.count(f"<span>{note}</span>") >= tables.count('class="table-frame"') > 3


def test_a_segment_without_data_is_not_estimated_and_says_why(subscriber: Client) -> None:
    html = subscriber.get(PAGE).content.decode()
    assert "<strong>Not estimated.</strong> No observation and no growth assumption yet." in html


def test_a_figure_in_prose_names_its_address(client: Client, sunroofs: Edition) -> None:
    html = client.get(PAGE).content.decode()
    assert '<data class="figure" value="total/2031" title="The whole market, 2031">USD 3,701.17 million</data>' in html


def test_ids_on_the_page_are_unique(client: Client, subscriber: Client) -> None:
    import re

    for reader in (client, subscriber):
        ids = re.findall(r'\sid="([^"]+)"', reader.get(PAGE).content.decode())
        assert sorted(ids) == sorted(set(ids))


def test_every_link_within_the_page_leads_somewhere(client: Client, subscriber: Client) -> None:
    import re

    for reader in (client, subscriber):
        html = reader.get(PAGE).content.decode()
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'\sid="([^"]+)"', html))


def test_the_page_stays_within_its_weight(subscriber: Client) -> None:
    import gzip
    from pathlib import Path

    html = subscriber.get(PAGE).content
    assert len(gzip.compress(html, 6)) <= 60_000
    css = Path(__file__).resolve().parents[3] / "static" / "css"
    blocking = ("tokens", "base", "components", "charts", "report")
    assert sum(len(gzip.compress((css / f"{name}.css").read_bytes(), 6)) for name in blocking) <= 30_000


def test_headline_forces_and_charts_of_a_page_tell_of_one_scenario(subscriber: Client, sunroofs: Edition) -> None:
    document = sunroofs.contents
    html = subscriber.get(f"{PAGE}?scenario=pessimistic").content.decode()
    card = html[html.index('class="big-numbers"') : html.index('class="lead-body"')]
    low, base = (grouped(document.cells[(code, "total", 2031)].value, 2) for code in ("pessimistic", "base"))
    assert low != base
    assert low in card
    assert base not in card
    assert "Market size 2031, projected, pessimistic scenario" in card
    growth = percent(cagr(document.value("total", 2024), document.value("total", 2031, "pessimistic"), 7))  # type: ignore[arg-type]
    assert growth.replace(" ", "\u00a0") in card
    effects = {line.name: line.effect for line in document.ledger if line.scenario == "pessimistic"}
    force = next(one for one in document.forces if one.effect not in (None, effects.get(one.title)))
    told = html[html.index(f'id="{force.anchor}"') :][:300]
    assert f"{force.effect} pp" not in told
    assert "Sentences are written for the base scenario" in html


def test_a_section_does_not_say_its_own_title_twice(subscriber: Client, publish: Callable[..., Edition]) -> None:
    view = Block("Analyst View", ("<p>Growth of equipment, not of cars.</p>",), "analyst-view-1")
    document = replace(sample_document(), analyst_view=(view,))
    publish(replace(document, contents=contents(document)))
    html = subscriber.get(PAGE).content.decode()
    assert html.count("Analyst View") == 0
    assert "<h2>Analyst view</h2>" in html
    assert "Growth of equipment" in html


def test_the_table_of_contents_follows_the_page(subscriber: Client) -> None:
    html = subscriber.get(PAGE).content.decode()
    printed = re.findall(r'<li class="toc-1"><a href="#([^"]+)">', html)
    # "Methodology" leads to the whole section on the report, of which it is the last part.
    places = [html.index(f'id="{anchor}"') for anchor in printed if anchor != "methodology"]
    assert len(printed) > 10
    assert places == sorted(places)
