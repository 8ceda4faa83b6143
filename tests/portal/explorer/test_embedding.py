"""Charts on other sites: registered sites of organisations that have licensed what is shown, and nowhere else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from portal.access.models import Licence, Organisation, Seat
from portal.explorer.embedding import host_of
from portal.explorer.models import Embed, EmbedSite
from reports.models import Edition
from tests.documents import sample_document
from tests.editions import NOW

pytestmark = pytest.mark.django_db
QUERY = "report=car-sunroof-market&by=material"


@pytest.fixture
def owner(subscriber: Client) -> Client:
    """The subscriber as the owner of an organisation with one registered site."""
    Seat.objects.update(is_owner=True)
    subscriber.post("/explorer/embeds/sites/", {"organisation": "reader", "domain": "https://Intranet.Example.com/x"})
    return subscriber


@pytest.fixture
def embed(owner: Client) -> Embed:
    owner.post("/explorer/embeds/", {"organisation": "reader", "query": QUERY})
    return Embed.objects.get()


def test_a_chart_is_framed_by_the_registered_sites_alone(client: Client, embed: Embed) -> None:
    page = client.get(f"/embed/{embed.key}/", headers={"Referer": "https://intranet.example.com/page"})
    assert page.status_code == 200
    assert "frame-ancestors https://intranet.example.com" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"
    value = sample_document().value("material/glass-material", 2029)
    assert f"{value:,.2f}" in page.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "https://elsewhere.example/"},
        {"Referer": "https://intranet.example.com.evil.example/"},
        {"Sec-Fetch-Dest": "document"},
    ],
)
def test_elsewhere_it_is_refused_without_its_numbers(client: Client, embed: Embed, headers: dict[str, str]) -> None:
    page = client.get(f"/embed/{embed.key}/", headers=headers)
    assert page.status_code == 403
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "Glass Material" not in page.content.decode()


def test_it_ends_with_the_licence_the_site_or_its_own_end(client: Client, owner: Client, embed: Embed) -> None:
    path = f"/embed/{embed.key}/"
    Licence.objects.update(until=NOW - timedelta(days=1))
    assert client.get(path).status_code == 403
    Licence.objects.update(until=None)
    assert client.get(path).status_code == 200
    owner.post(
        "/explorer/embeds/sites/", {"organisation": "reader", "domain": "intranet.example.com", "action": "remove"}
    )
    assert client.get(path).status_code == 403
    EmbedSite.objects.create(organisation=embed.organisation, domain="intranet.example.com", added_at=NOW)
    owner.post(f"/explorer/embeds/{embed.pk}/end/")
    assert client.get(path).status_code == 404


def test_what_the_organisation_has_not_licensed_is_not_embedded(
    owner: Client, heat_pumps: Edition, publish: Callable[..., Edition]
) -> None:
    answer = owner.post(
        "/explorer/embeds/", {"organisation": "reader", "query": "report=heat-pump-market"}, follow=True
    )
    assert "holds no licence for Heat Pump Market" in answer.content.decode()
    assert not Embed.objects.exists()


def test_only_owners_register_sites_and_only_of_their_own(subscriber: Client, registered: Client) -> None:
    asked = {"organisation": "reader", "domain": "example.com"}
    assert subscriber.post("/explorer/embeds/sites/", asked).status_code == 404
    assert registered.post("/explorer/embeds/sites/", asked).status_code == 404
    assert registered.post("/explorer/embeds/", {"organisation": "reader", "query": QUERY}).status_code == 404
    Organisation.objects.create(name="Other", slug="other")
    Seat.objects.update(is_owner=True)
    assert subscriber.post("/explorer/embeds/sites/", asked | {"organisation": "other"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "host"),
    [("https://a.example.com/x?y", "a.example.com"), (" A.Example.com:8443 ", "a.example.com:8443"),
     ("localhost:3000", "localhost:3000")],
)  # fmt: skip
def test_a_site_is_known_by_its_host(typed: str, host: str) -> None:
    assert host_of(typed) == host


@pytest.mark.parametrize("typed", ["*", "*.example.com", "example", "a b.com", "x; script-src *", "'self'", "https://"])
def test_what_is_no_site_is_refused(owner: Client, typed: str) -> None:
    answer = owner.post("/explorer/embeds/sites/", {"organisation": "reader", "domain": typed})
    assert answer.status_code == 400
    assert EmbedSite.objects.count() == 1
