"""Requests from readers: asked by anybody, kept from abuse, answered by mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.access import asking
from portal.access.models import AccessRequest, Invitation, Licence, NoSeatLeft, Organisation, Seat, User
from portal.access.roles import ensure_roles
from reports.models import Edition
from tests.editions import NOW
from tests.factories import ReportFactory
from tests.letters import html_of
from tests.portal.access.conftest import person, signed_in

pytestmark = pytest.mark.django_db
FORM = "/reports/car-sunroof-market/request/"


@pytest.fixture
def desk(editor: User) -> Client:
    """The desk, open to an administrator."""
    editor.groups.set([ensure_roles()["Administrator"]])
    return signed_in(editor)


def ask_for_a_seat(user: User | None, **more: Any) -> AccessRequest:
    return asking.ask(
        "seat",
        email=user.email if user else "new@example.org",
        person=user,
        organisation_name="Reader & Co",
        at=NOW,
        **more,
    )


def press(desk: Client, asked: AccessRequest, button: str, **fields: object):  # type: ignore[no-untyped-def]
    posted = {"organisation": asked.organisation_id or "", "answer": "", **fields, f"access_accessrequest_{button}": ""}
    return desk.post(f"/admin/access/accessrequest/{asked.pk}/change/", posted)


@pytest.mark.parametrize("kind", ["licence", "sample", "seat", "question"])
def test_anybody_may_ask_for_anything_of_a_published_report(kind: str, client: Client, sunroofs: Edition) -> None:
    assert f'value="{kind}"' in client.get(f"{FORM}?kind={kind}").content.decode()
    posted = {"kind": kind, "email": "Reader@Example.org", "organisation_name": "Reader", "message": "Please."}
    assert client.post(FORM, posted)["Location"] == "/requests/sent/"
    asked = AccessRequest.objects.get()
    assert (asked.kind, asked.email, asked.report, asked.state) == (kind, "reader@example.org", sunroofs.report, "open")


def test_of_a_draft_there_is_no_form_as_there_is_none_of_nothing(client: Client, db: None) -> None:
    ReportFactory.create(slug="secret-draft", title="Secret draft")
    draft, nothing = client.get("/reports/secret-draft/request/"), client.get("/reports/absent/request/")
    assert draft.status_code == nothing.status_code == 404
    assert "Secret" not in draft.content.decode()


def test_who_is_signed_in_needs_not_type_an_address_and_finds_the_request_in_the_account(
    member: User, sunroofs: Edition
) -> None:
    client = signed_in(member)
    client.post(FORM, {"kind": "licence", "email": "somebody@else.example", "message": "For our team."})
    asked = AccessRequest.objects.get()
    assert (asked.email, asked.person, asked.organisation) == (member.email, member, Organisation.objects.get())
    assert "A licence" in client.get("/account/").content.decode()


def test_a_program_in_the_trap_and_a_name_nobody_knows_get_the_usual_answer(
    client: Client, organisation: Organisation, sunroofs: Edition
) -> None:
    posted = {"kind": "seat", "email": "a@example.org", "message": "x"}
    known = client.post(FORM, {**posted, "organisation_name": "Reader & Co"})
    unknown = client.post(FORM, {**posted, "organisation_name": "Nobody knows it", "email": "b@example.org"})
    trapped = client.post(FORM, {**posted, "organisation_name": "x", "company_website": "https://spam.example"})
    assert {(one.status_code, one["Location"]) for one in (known, unknown, trapped)} == {(302, "/requests/sent/")}
    assert list(AccessRequest.objects.order_by("pk").values_list("organisation__name", flat=True)) == [
        "Reader & Co",
        None,
    ]


def test_asking_often_is_refused(client: Client, sunroofs: Edition) -> None:
    posted = {"kind": "question", "email": "a@example.org"}
    codes = [client.post(FORM, {**posted, "message": f"Question {n}"}).status_code for n in range(6)]
    assert codes == [302] * 5 + [429]


def test_the_same_request_twice_is_one_with_both_messages(member: User, sunroofs: Edition) -> None:
    for words in ("First.", "Second.", "Second."):
        asking.ask("licence", email=member.email, person=member, report=sunroofs.report, message=words, at=NOW)
    assert AccessRequest.objects.get().message == "First.\n\nSecond."


def test_the_desk_is_told_by_mail_where_an_address_is_set(
    settings: Settings, member: User, django_capture_on_commit_callbacks: object
) -> None:
    settings.REQUESTS_TO = ["desk@example.org"]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        asking.ask("question", email=member.email, person=member, message="Why?\nBcc: x@example.org", at=NOW)
    assert mail.outbox[0].to == ["desk@example.org"]
    assert "\n" not in mail.outbox[0].subject
    assert "Why?" in str(mail.outbox[0].body)


def test_an_answer_written_on_the_desk_goes_out_by_mail_once(
    desk: Client, member: User, sunroofs: Edition, django_capture_on_commit_callbacks: object
) -> None:
    asked = asking.ask(
        "question", email=member.email, person=member, report=sunroofs.report, message="Why so high?", at=NOW
    )
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        press(desk, asked, "answer_by_mail", answer="Because of panoramic roofs.")
        press(desk, asked, "answer_by_mail", answer="Again.")
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("answered", "Because of panoramic roofs.")
    (letter,) = mail.outbox
    assert letter.to == [member.email]
    assert "Because of panoramic roofs." in str(letter.body)
    assert "Why so high?" in str(letter.body)


def test_an_empty_answer_is_not_sent(desk: Client, member: User) -> None:
    asked = asking.ask("question", email=member.email, person=member, message="Why?", at=NOW)
    page = desk.get(press(desk, asked, "answer_by_mail")["Location"]).content.decode()
    assert "Write the answer first" in page
    asked.refresh_from_db()
    assert asked.state == "open"


def test_granting_a_seat_claims_it_and_tells_the_person(
    desk: Client, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    asker = person("asker@example.org")
    asked = ask_for_a_seat(asker)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        press(desk, asked, "grant")
    assert Seat.objects.filter(user=asker, organisation=organisation).exists()
    assert "It is yours" in str(mail.outbox[0].body)


def test_granting_a_seat_to_an_address_without_an_account_sends_an_invitation(
    editor: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        asking.grant_seat(ask_for_a_seat(None), organisation, by=editor, at=timezone.now())
    assert Invitation.objects.get().email == "new@example.org"
    assert {letter.to[0] for letter in mail.outbox} == {"new@example.org"}
    assert len(mail.outbox) == 2


def test_where_no_seat_is_left_the_request_stays_open_and_nobody_is_told(
    editor: User, owner: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    Organisation.objects.update(seats_bought=1)
    asked = ask_for_a_seat(person("asker@example.org"))
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(NoSeatLeft):  # type: ignore[operator]
        asking.grant_seat(asked, organisation, by=editor, at=NOW)
    asked.refresh_from_db()
    assert asked.state == "open"
    assert mail.outbox == []


def test_an_owner_gives_the_seat_that_was_asked_for(
    owner: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    asker = person("asker@example.org")
    asked = ask_for_a_seat(asker, message="I am new here.")
    client = signed_in(owner)
    assert "I am new here." in client.get("/organisation/reader/").content.decode()
    client.post(f"/organisation/reader/requests/{asked.pk}/", {"action": "grant"})
    assert Seat.objects.filter(user=asker).exists()
    assert signed_in(asker).post(f"/organisation/reader/requests/{asked.pk}/", {"action": "grant"}).status_code == 403


def test_granting_a_licence_opens_its_form_filled_in_and_then_tells_the_asker(
    desk: Client,
    member: User,
    organisation: Organisation,
    sunroofs: Edition,
    django_capture_on_commit_callbacks: object,
) -> None:
    asked = asking.ask("licence", email=member.email, person=member, report=sunroofs.report, at=NOW)
    place = press(desk, asked, "grant")["Location"]
    assert place.startswith("/admin/access/licence/add/?")
    form = desk.get(place).content.decode()
    assert re.search(rf'<option value="{organisation.pk}"[^>]*selected', form)
    assert re.search(rf'<option value="{sunroofs.report.pk}"[^>]*selected', form)
    asked.refresh_from_db()
    assert asked.state == "open"
    Licence.objects.create(
        organisation=organisation, scope="report", report=sunroofs.report, starts=timezone.now() - timedelta(days=1)
    )
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        press(desk, asked, "grant")
    asked.refresh_from_db()
    assert asked.state == "granted"
    assert "It is there" in str(mail.outbox[0].body)


def test_an_editor_answers_questions_but_gives_neither_seats_nor_licences(
    editor: User, organisation: Organisation, member: User, sunroofs: Edition
) -> None:
    editor.groups.set([ensure_roles()["Editor"]])
    desk = signed_in(editor)
    seat = ask_for_a_seat(person("asker@example.org"))
    licence = asking.ask("licence", email=member.email, person=member, report=sunroofs.report, at=NOW)
    for asked in (seat, licence):
        press(desk, asked, "grant")
        asked.refresh_from_db()
        assert asked.state == "open"
    press(desk, seat, "answer_by_mail", answer="Ask your owner.")
    seat.refresh_from_db()
    assert seat.state == "answered"


def test_what_a_reader_writes_is_text_on_the_desk_and_in_the_mail(
    desk: Client, member: User, django_capture_on_commit_callbacks: object
) -> None:
    asked = asking.ask("question", email=member.email, person=member, message="<script>alert(1)</script>", at=NOW)
    assert "<script>alert(1)" not in desk.get(f"/admin/access/accessrequest/{asked.pk}/change/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        press(desk, asked, "decline", answer="No <b>bold</b>")
    html = html_of(mail.outbox[0])
    assert "<script>" not in html
    assert "&lt;b&gt;bold" in html


@pytest.mark.parametrize(
    "screen", ["access/accessrequest", "access/invitation", "access/reportreading", "alerts/letter", "alerts/watch"]
)
def test_an_administrator_sees_requests_letters_and_usage(screen: str, desk: Client) -> None:
    assert desk.get(f"/admin/{screen}/").status_code == 200
