"""Following a search and a saved chart: told when an edition changes what they hold for this reader, and only then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from portal.access.models import User
from portal.alerts import following
from portal.alerts.finding import search_changes
from portal.alerts.models import Letter, Watch
from portal.alerts.sweeping import send_due
from portal.explorer.models import SavedChart
from reports.document import Block, Document, Tier
from reports.models import Edition
from tests.documents import sample_document, small_document
from tests.editions import NOW
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
SOON = LATER + timedelta(minutes=1)


def with_overview(words: str, summary: str = "Glass.") -> Document:
    document = sample_document()
    return replace(
        document, overview=(*document.overview, Block("News", (f"<p>{words}</p>",), "news")), summary=summary
    )


def with_analyst_view(words: str) -> Document:
    return replace(sample_document(), analyst_view=(Block("Our view", (f"<p>{words}</p>",), "our-view"),))


def letters(at: datetime) -> list[str]:
    mail.outbox.clear()
    send_due(at)
    return [str(letter.body) for letter in mail.outbox]


def test_a_search_tells_of_new_places_in_a_new_edition(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_search(registered, "graphene", "instantly", at=NOW)
    assert letters(NOW + timedelta(minutes=1)) == []
    publish(with_overview("Graphene heaters clear the pane."), at=LATER)
    told = letters(SOON)
    assert len(told) == 1
    assert "“graphene” in Car Sunroof Market, edition 2" in told[0]
    assert "Overview: News" in told[0]
    assert "/search/?q=graphene" in told[0]
    assert letters(SOON + timedelta(seconds=30)) == [], "once"
    publish(with_overview("Graphene heaters clear the pane.", summary="Other words."), at=LATER + timedelta(hours=1))
    assert letters(LATER + timedelta(hours=2)) == [], "what is found did not change"


def test_a_search_says_nothing_of_what_its_reader_may_not_read(
    registered: User, subscriber: User, publish: Callable[..., Edition]
) -> None:
    for user in (registered, subscriber):
        following.follow_search(user, "graphene", "instantly", at=NOW)
    publish(with_analyst_view("Graphene is the one to watch."), at=LATER)
    mail.outbox.clear()
    send_due(SOON)
    assert [letter.to for letter in mail.outbox] == [["subscriber@example.org"]]
    assert Letter.objects.get(user=registered).state == Letter.State.EMPTY


def test_a_search_with_limits_tells_when_a_report_comes_within_them(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_search(registered, "CAGR over 9 %, Asia Pacific", "weekly", at=NOW)
    publish(small_document(), at=LATER)
    assert letters(SOON) == [], "on Monday"
    told = letters(NOW + timedelta(days=7))
    assert len(told) == 1
    assert "It is found for the first time." in told[0]


def test_what_a_search_finds_is_compared_as_the_reader_may_read_it() -> None:
    before, after = sample_document(), with_overview("Graphene.")
    assert search_changes(before, after, "graphene", Tier.PUBLIC).anything
    assert not search_changes(before, with_analyst_view("Graphene."), "graphene", Tier.PUBLIC).anything
    assert search_changes(before, with_analyst_view("Graphene."), "graphene", Tier.LICENSED).anything
    assert not search_changes(before, after, "graphene, CAGR over 50 %", Tier.LICENSED).anything
    assert search_changes(after, before, "graphene", Tier.PUBLIC).anything, "it is gone"


def test_a_saved_chart_tells_of_its_own_numbers_and_no_others(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    query = "report=car-sunroof-market&by=geography&region=europe&from=2024&to=2029"
    chart = SavedChart.objects.create(user=subscriber, name="Europe", query=query, saved_at=NOW)
    following.follow_chart(subscriber, chart, "instantly", at=NOW)
    publish(with_value(sample_document(), "geography/europe/germany", 2031, "1.11"), at=LATER)
    assert letters(SOON) == [], "a year that the chart does not show"
    publish(with_value(sample_document(), "geography/europe/germany", 2029, "77777.77"), at=LATER + timedelta(hours=1))
    told = letters(LATER + timedelta(hours=2))
    assert len(told) == 1
    assert "77,777.77" in told[0]
    assert "Germany, 2029" in told[0]
    assert f"/explorer/?{query}" in told[0]


def test_a_chart_of_what_is_closed_tells_nothing(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    chart = SavedChart.objects.create(
        user=registered, name="Europe", query="report=car-sunroof-market&by=geography", saved_at=NOW
    )
    following.follow_chart(registered, chart, "instantly", at=NOW)
    publish(with_value(sample_document(), "geography/europe", 2029, "77777.77"), at=LATER)
    assert letters(SOON) == []


def test_letters_about_them_end_in_one_click(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_search(registered, "graphene", "instantly", at=NOW)
    publish(with_overview("Graphene."), at=LATER)
    letters(SOON)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").split("localhost:8000", 1)[-1]
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Watch.objects.exists()


def test_searches_and_charts_are_followed_and_left_on_their_pages(registered: User, sunroofs: Edition) -> None:
    client = Client()
    client.force_login(registered)
    client.post("/search/follow/", {"q": "dimmable  glass", "pace": "daily"})
    chart = SavedChart.objects.create(user=registered, name="Mine", query="report=car-sunroof-market", saved_at=NOW)
    client.post(f"/explorer/saved/{chart.pk}/follow/", {"pace": "weekly"})
    page = client.get("/following/").content.decode()
    assert "“dimmable glass”" in page
    assert "/search/?q=dimmable%20glass" in page
    assert "Saved chart, since" in page
    assert {watch.kind for watch in Watch.objects.all()} == {"Search", "Saved chart"}
    client.post("/search/follow/", {"q": "dimmable glass", "pace": "stop"})
    client.post(f"/explorer/saved/{chart.pk}/delete/")
    assert not Watch.objects.exists()
    assert client.get("/search/follow/").status_code == 400
    assert client.post("/explorer/saved/999/follow/", {"pace": "daily"}).status_code == 404
