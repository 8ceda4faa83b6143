"""The buttons and the page of what one follows, and the feeds."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.test import Client

from portal.access.models import Seat, User
from portal.alerts.models import Watch
from reports.figures import grouped
from reports.models import Edition
from tests.documents import sample_document
from tests.factories import ReportFactory, UserFactory
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "77777.77"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def feed_path(client: Client) -> str:
    found = re.search(r"https?://[^/]+(/feeds/mine/[^<]+\.atom)", client.get("/following/").content.decode())
    assert found is not None
    return found[1]


def test_a_reader_follows_changes_the_pace_and_stops(registered: User, sunroofs: Edition) -> None:
    client = signed_in(registered)
    client.post("/reports/car-sunroof-market/follow/", {"pace": "instantly"})
    client.post("/companies/webasto-group/follow/", {"pace": "weekly"})
    page = client.get("/following/").content.decode()
    assert "Car Sunroof Market" in page
    assert "Webasto Group" in page
    watch = Watch.objects.get(report=sunroofs.report)
    client.post(f"/following/{watch.pk}/", {"pace": "daily"})
    watch.refresh_from_db()
    assert watch.pace == "daily"
    client.post(f"/following/{watch.pk}/", {"pace": "stop"})
    client.post("/companies/webasto-group/follow/", {"pace": "stop"})
    assert not Watch.objects.exists()


def test_drafts_and_unknown_companies_can_not_be_followed(registered: User, sunroofs: Edition) -> None:
    ReportFactory.create(slug="secret-draft")
    client = signed_in(registered)
    for path in ("/reports/secret-draft/follow/", "/reports/absent/follow/", "/companies/absent/follow/"):
        assert client.post(path, {"pace": "daily"}).status_code == 404
    assert client.post("/reports/car-sunroof-market/follow/", {"pace": "hourly"}).status_code == 400


def test_the_watches_of_others_are_out_of_reach(registered: User, subscriber: User, sunroofs: Edition) -> None:
    signed_in(subscriber).post("/reports/car-sunroof-market/follow/", {"pace": "daily"})
    watch = Watch.objects.get()
    assert signed_in(registered).post(f"/following/{watch.pk}/", {"pace": "stop"}).status_code == 404
    assert "Car Sunroof Market" not in signed_in(registered).get("/following/").content.decode()
    assert Client().get("/following/").status_code == 302


def test_the_public_feed_holds_public_facts_and_no_others(
    sunroofs: Edition, publish: Callable[..., Edition], client: Client
) -> None:
    publish(with_value(sample_document(), "geography/europe/germany", 2029, SECRET))
    answer = client.get("/feeds/editions.atom")
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Car Sunroof Market, edition 2", "Car Sunroof Market, edition 1",
    ]  # fmt: skip
    text = answer.content.decode()
    assert "USD 2,274.97 million in 2024, USD 3,701.17 million in 2031, projected, growing by 7.2 % a year." in text
    assert SECRET not in text
    assert "Illustrative, not market data." in text
    allowed = {"2,274.97", "3,701.17"}
    others = {grouped(cell.value, 2) for cell in sample_document().cells.values()} - allowed
    assert {number for number in others if f" {number} " in text} == set()
    assert client.get("/feeds/editions.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_each_person_has_a_feed_of_what_they_may_read(
    registered: User, subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    for user in (registered, subscriber):
        signed_in(user).post("/reports/car-sunroof-market/follow/", {"pace": "weekly"})
    publish(with_value(sample_document(), "geography/europe/germany", 2029, SECRET))
    mine = Client().get(feed_path(signed_in(subscriber)))
    assert "77,777.77" in mine.content.decode()
    assert mine["Cache-Control"] == "private, no-store"
    assert "77" not in Client().get(feed_path(signed_in(registered))).content.decode().replace("2274", "")


def test_the_feed_of_who_follows_a_company_tells_of_reports_that_name_it_in_public_facts(
    registered: User, sunroofs: Edition
) -> None:
    client = signed_in(registered)
    path = feed_path(client)
    assert "Car Sunroof Market" not in Client().get(path).content.decode()
    client.post("/companies/webasto-group/follow/", {"pace": "weekly"})
    told = Client().get(path).content.decode()
    assert "Car Sunroof Market, edition 1" in told
    locked = {str(cell.value) for cell in sample_document().cells.values()} - {"2274.97", "3701.17"}
    assert {number for number in locked if f" {number} " in told} == set()


def test_a_freed_seat_closes_the_feed_at_once(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    publish(with_value(sample_document(), "geography/europe/germany", 2029, SECRET))
    path = feed_path(signed_in(subscriber))
    assert "77,777.77" in Client().get(path).content.decode()
    Seat.objects.all().delete()
    assert "77,777.77" not in Client().get(path).content.decode()


def test_a_feed_address_can_be_replaced_and_not_made_up(subscriber: User, sunroofs: Edition) -> None:
    client = signed_in(subscriber)
    path = feed_path(client)
    assert Client().get(path).status_code == 200
    client.post("/following/feed/")
    assert Client().get(path).status_code == 404
    assert Client().get("/feeds/mine/made-up.atom").status_code == 404
    assert feed_path(client) != path


def test_the_feed_of_a_disabled_person_is_gone(subscriber: User, sunroofs: Edition) -> None:
    path = feed_path(signed_in(subscriber))
    User.objects.filter(pk=subscriber.pk).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_a_feed_of_nothing_is_still_a_feed(db: None, client: Client) -> None:
    assert ElementTree.fromstring(client.get("/feeds/editions.atom").content).tag == f"{ATOM}feed"
    own = signed_in(UserFactory.create())
    assert Client().get(feed_path(own)).status_code == 200
