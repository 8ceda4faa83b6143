"""The short way to a report's page: the same bytes as the long way, for the same readers, in one query."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from portal.access.entitlement import TIER_OF_PERSON, tier
from portal.access.models import Licence, Organisation, Seat, User
from portal.pages import opening
from portal.pages.compressing import Gapped, Piece
from reports.models import Edition, Industry
from tests.documents import sample_document
from tests.editions import NOW
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/reports/car-sunroof-market/"
ROLES = ("nobody", "registered", "subscriber", "staff")


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    opening.pages.clear()
    opening.guesses.clear()
    yield
    opening.pages.clear()


@pytest.fixture
def readers(client: Client, registered: Client, subscriber: Client, editor: User) -> dict[str, Client]:
    staff = Client()
    staff.force_login(editor)
    return {"nobody": client, "registered": registered, "subscriber": subscriber, "staff": staff}


def answer(client: Client, path: str = PAGE, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("theme", ["", "dark"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?scenario=base"])
def test_both_ways_send_the_same_bytes_and_headers(
    role: str, theme: str, path: str, readers: dict[str, Client], sunroofs: Edition
) -> None:
    client = readers[role]
    client.cookies["theme"] = theme
    first, second = answer(client, path), answer(client, path)
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)


@pytest.mark.parametrize("role", ["nobody", "registered", "subscriber"])
def test_the_third_page_costs_one_query_even_where_staff_need_a_second_factor(
    role: str,
    readers: dict[str, Client],
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    answer(readers[role])
    answer(readers[role])
    with django_assert_num_queries(1):
        answer(readers[role])


def test_readers_of_one_page_each_see_their_own_address(registered: Client, sunroofs: Edition) -> None:
    other = Client()
    other.force_login(UserFactory.create(email="o'neil&co@example.org"))
    answer(registered)
    html = answer(other).content.decode()
    assert "o'neil&co@example.org" in unescape(html)
    assert "registered@example.org" not in html
    assert "o'neil" not in html
    assert opening.WHO not in html


def test_a_compressed_page_is_the_page(subscriber: Client) -> None:
    answer(subscriber)
    plain = answer(subscriber).content
    packed = answer(subscriber, **{"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    assert len(packed.content) < len(plain) / 4


@given(texts=st.lists(st.one_of(st.none(), st.binary(max_size=300)), max_size=8), gap=st.binary(max_size=400))
def test_whatever_is_joined_unpacks_to_what_was_joined(texts: list[bytes | None], gap: bytes) -> None:
    page = Gapped(tuple(None if text is None else Piece.of(text) for text in texts))
    whole = b"".join(gap if text is None else text for text in texts)
    assert page.plain(gap) == whole
    assert gzip.decompress(page.gzipped(gap)) == whole


@pytest.mark.parametrize("packed", ["", "gzip"])
def test_a_browser_that_has_the_page_is_told_so_in_the_same_words(
    packed: str, client: Client, sunroofs: Edition, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    etag = answer(client, **{"accept-encoding": packed})["ETag"]
    first = client.get(PAGE, headers={"if-none-match": etag, "accept-encoding": packed})
    with django_assert_num_queries(1):
        second = client.get(PAGE, headers={"if-none-match": etag, "accept-encoding": packed})
    assert first.status_code == second.status_code == 304
    assert dict(first.headers) == dict(second.headers)
    assert answer(client, **{"accept-encoding": packed, "if-none-match": 'W/"another"'}).content


def test_whose_session_it_is_is_never_believed_unasked(registered: Client, subscriber: Client) -> None:
    """A guess that is wrong, and sessions that are nobody's, changed or over: the page is as Django would have it."""
    own, full = answer(registered).content, answer(subscriber).content
    session = registered.cookies["sessionid"].value
    opening.guesses.note(session, User.objects.get(email="subscriber@example.org").pk)
    assert answer(registered).content == own != full
    opening.guesses.note(session, 0)
    assert answer(registered).content == own
    Session.objects.filter(session_key=session).update(session_data="made-up:by:hand")
    assert "registered@example.org" not in answer(registered).content.decode()
    Session.objects.filter(session_key=session).delete()
    assert "registered@example.org" not in answer(registered).content.decode()
    subscriber.logout()
    assert len(answer(subscriber).content) < len(full) / 2


def test_a_session_that_is_over_reads_as_nobody(subscriber: Client) -> None:
    answer(subscriber)
    answer(subscriber)
    Session.objects.update(expire_date=NOW - timedelta(days=400))
    assert "subscriber@example.org" not in answer(subscriber).content.decode()


def test_a_host_that_is_not_ours_is_refused_as_on_every_page(client: Client, sunroofs: Edition) -> None:
    answer(client)
    answer(client)
    assert client.get(PAGE, headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_where_a_pool_forgets_the_question_it_is_asked_in_full(
    subscriber: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_may_prepare", True)
    answer(subscriber)
    full = answer(subscriber).content
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert answer(subscriber).content == full
    assert not opening._may_prepare


def test_a_new_edition_and_a_withdrawn_one_show_at_once(
    subscriber: Client, sunroofs: Edition, editor: User, publish: Callable[..., Edition]
) -> None:
    answer(subscriber)
    answer(subscriber)
    publish(replace(sample_document(), summary="Said in the third edition."), at=NOW)
    assert "Said in the third edition." in answer(subscriber).content.decode()


def test_a_licence_that_ends_and_a_seat_that_is_freed_count_from_the_next_request(
    subscriber: Client, sunroofs: Edition
) -> None:
    secret = "geography/europe/germany"
    full = answer(subscriber).content
    assert answer(subscriber).content == full
    Seat.objects.all().delete()
    assert len(answer(subscriber).content) < len(full) / 2, secret
    answer(subscriber)
    Seat.objects.claim(Organisation.objects.get(), User.objects.get(email="subscriber@example.org"))
    assert answer(subscriber).content == full
    Licence.objects.update(until=NOW - timedelta(days=300))
    assert len(answer(subscriber).content) < len(full) / 2


def test_a_session_whose_password_was_changed_elsewhere_is_nobodys(subscriber: Client) -> None:
    answer(subscriber)
    user = User.objects.get(email="subscriber@example.org")
    user.set_password("another password, long enough")
    user.save()
    html = answer(subscriber).content.decode()
    assert "subscriber@example.org" not in html
    assert "Sign in" in html


def test_a_person_who_is_disabled_reads_as_nobody(subscriber: Client) -> None:
    answer(subscriber)
    User.objects.filter(email="subscriber@example.org").update(is_active=False)
    assert "subscriber@example.org" not in answer(subscriber).content.decode()


def test_a_message_that_waits_is_shown_once(subscriber: Client) -> None:
    answer(subscriber)
    answer(subscriber)
    storage = CookieStorage(RequestFactory().get(PAGE))
    subscriber.cookies["messages"] = storage._encode([Message(SUCCESS, "You follow this report now.")])  # type: ignore[attr-defined]
    assert "You follow this report now." in answer(subscriber).content.decode()
    assert "You follow this report now." not in answer(subscriber).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_costs_its_reader_nothing(subscriber: Client) -> None:
    answer(subscriber)
    full = answer(subscriber).content
    for _ in range(2):
        assert connection.connection is not None
        connection.connection.close()
        assert answer(subscriber).content == full


def test_the_gate_in_sql_is_the_gate(sunroofs: Edition, heat_pumps: Edition, editor: User) -> None:
    """Every kind of person, seat and licence, asked both ways."""
    people: list[User | None] = [None, editor]
    other = Industry.objects.exclude(pk=sunroofs.report.industry_id).get()
    day = timedelta(days=1)
    licences: list[dict[str, Any]] = [
        {"scope": "all"},
        {"scope": "report", "report": sunroofs.report}, {"scope": "report", "report": heat_pumps.report},
        {"scope": "industry", "industry": sunroofs.report.industry}, {"scope": "industry", "industry": other},
        {"scope": "all", "until": NOW}, {"scope": "all", "until": NOW + day}, {"scope": "all", "starts": NOW + day},
    ]  # fmt: skip
    for number, terms in enumerate(licences):
        for active in (True, False):
            person = UserFactory.create(is_active=active)
            buyer = Organisation.objects.create(name=f"{number} {active}", slug=f"o{number}{active}".lower())
            Licence.objects.create(organisation=buyer, **{"starts": NOW - 2 * day, **terms})
            people.append(UserFactory.create())  # without a seat
            Seat.objects.claim(buyer, person)
            people.append(person)
    seen = set()
    for asking in people:
        for report in (sunroofs.report, heat_pumps.report):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {TIER_OF_PERSON} FROM reports_report report "
                    "LEFT JOIN access_user person ON person.id = %(person)s WHERE report.id = %(report)s",
                    {"person": asking.pk if asking else None, "report": report.pk, "at": NOW},
                )
                (found,) = cursor.fetchone() or (None,)
            assert found == tier(asking or AnonymousUser(), report, at=NOW), (asking, report)
            seen.add(found)
    assert seen == {0, 1, 2, 3}
