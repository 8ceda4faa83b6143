"""Every route of accounts, requests, following and feeds, and what it sends to whom: no locked value on any."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portal.access import inviting
from portal.access import urls as access_urls
from portal.access.models import Licence, Seat, User
from portal.alerts import feeds, following
from portal.alerts import urls as alert_urls
from reports.document import Document, Tier
from reports.gating import readable
from reports.models import Edition
from reports.projection import project
from tests.documents import sample_document
from tests.editions import NOW, store_edition
from tests.portal.access.conftest import person, signed_in
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
ROUTES = {
    "account": "/account/",
    "organisation": "/organisation/",
    "organisation_page": "/organisation/reader/",
    "change_seat": "/organisation/reader/seats/1/",
    "invite": "/organisation/reader/invitations/",
    "withdraw_invitation": "/organisation/reader/invitations/1/withdraw/",
    "issue_key": "/organisation/reader/keys/",
    "revoke_key": "/organisation/reader/keys/1/revoke/",
    "usage_file": "/organisation/reader/usage.csv",
    "answer_seat_request": "/organisation/reader/requests/1/",
    "invitation": "{invitation}",
    "request": "/reports/car-sunroof-market/request/?kind=licence",
    "request_anything": "/requests/new/",
    "request_sent": "/requests/sent/",
    "following": "/following/",
    "renew_feed": "/following/feed/",
    "change_watch": "/following/1/",
    "stop_watch": "{stop}",
    "follow_report": "/reports/car-sunroof-market/follow/",
    "follow_company": "/companies/webasto-group/follow/",
    "follow_search": "/search/follow/?q=glass",
    "follow_chart": "/explorer/saved/1/follow/",
    "feed_editions": "/feeds/editions.atom",
    "feed_mine": "{feed}",
}
PUBLIC_CACHE = {"feed_editions"}


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str) and len(value) >= 6:
        yield value


def secrets(document: Document, tier: Tier) -> set[str]:
    """Every text and number of the document that is nowhere in what `tier` may read."""
    allowed = json.dumps(readable(document, tier).to_json(), ensure_ascii=False)
    found = {leaf for leaf in leaves(document.to_json()) if json.dumps(leaf, ensure_ascii=False)[1:-1] not in allowed}
    grouped = {f"{float(one):,.2f}" for one in found if one.replace(".", "").isdigit()}
    return found | {one for one in grouped if one not in allowed}


@pytest.fixture
def changed(sunroofs: Edition, editor: User) -> Edition:
    """A second edition with a changed value that only a licence opens."""
    project(sunroofs)
    edition = store_edition(with_value(sample_document(), "geography/europe/germany", 2029, "77777.77"), by=editor)
    project(edition)
    return edition


def test_every_route_is_listed_here() -> None:
    named = {pattern.name for module in (access_urls, alert_urls) for pattern in module.urlpatterns}
    assert named == set(ROUTES)


@pytest.mark.parametrize("who", ["nobody", "registered", "owner without a licence", "owner whose licence ended"])
def test_no_route_sends_what_its_reader_may_not_have(who: str, changed: Edition, owner: User, member: User) -> None:
    user = {"nobody": None, "registered": person("registered@example.org")}.get(who, owner)
    if who == "owner whose licence ended":
        Licence.objects.create(
            organisation=Seat.objects.get(user=owner).organisation, scope="all",
            starts=NOW - timedelta(days=30), until=NOW - timedelta(days=1),
        )  # fmt: skip
    reader = user or person("somebody@example.org")
    watch = following.follow_report(reader, changed.report, "instantly", at=NOW)
    invited = inviting.invite(Seat.objects.get(user=owner).organisation, "x@example.org", by=owner, at=NOW)
    places = {
        "invitation": inviting.link(invited),
        "stop": following.stop_path([watch]),
        "feed": feeds.address_of(reader).split("localhost:8000", 1)[-1],
    }
    client = signed_in(user) if user else Client()
    tier = Tier.REGISTERED if user else Tier.PUBLIC
    forbidden = {
        "feed_mine": secrets(changed.contents, Tier.REGISTERED),  # its address says who reads
    }
    usual = secrets(changed.contents, tier)
    assert len(usual) > 500
    for name, path in ROUTES.items():
        answer = client.get(path.format(**places))
        body = answer.content.decode()
        leaked = {secret for secret in forbidden.get(name, usual) if secret in body}
        assert not leaked, (name, sorted(leaked)[:5])
        if answer.status_code == 200 and name not in PUBLIC_CACHE:
            assert answer["Cache-Control"] == "private, no-store", name


def test_a_licensed_readers_feed_has_the_changed_number(changed: Edition, member: User, licence: Licence) -> None:
    path = feeds.address_of(member).split("localhost:8000", 1)[-1]
    following.follow_report(member, changed.report, "weekly", at=NOW)
    assert "77,777.77" in Client().get(path).content.decode()
