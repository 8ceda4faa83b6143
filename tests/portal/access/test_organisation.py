"""The organisation's page: seats, invitations, keys and usage, for its owners and nobody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.access import inviting
from portal.access.entitlement import tier
from portal.access.models import ApiKey, Invitation, Licence, NoSeatLeft, Organisation, Seat, User, well_formed
from portal.access.usage import usage
from reports.document import Tier
from reports.models import Edition
from tests.editions import NOW
from tests.portal.access.conftest import person, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/organisation/reader/"


def last_path() -> str:
    """The path of the link in the last mail."""
    found = re.search(r"https?://[^/\s]+(/invitations/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def invited(owner: User, organisation: Organisation, email: str, capture: object) -> Invitation:
    with capture(execute=True):  # type: ignore[operator]
        return inviting.invite(organisation, email, by=owner, at=timezone.now())


def test_an_owner_sees_seats_licences_and_usage(owner: User, member: User, licence: Licence) -> None:
    html = signed_in(owner).get("/organisation/", follow=True).content.decode()
    for word in ("member@example.org", "2 of 3 taken", "Car Sunroof Market", "Make a key", "Nobody has read"):
        assert word in html


def test_a_member_sees_the_licences_and_who_the_owners_are_and_nothing_of_others(
    owner: User, member: User, licence: Licence
) -> None:
    person_elsewhere = person("other@example.org")
    Seat.objects.claim(licence.organisation, person_elsewhere)
    html = signed_in(member).get(PAGE).content.decode()
    assert "owner@example.org" in html
    assert "other@example.org" not in html
    assert "Make a key" not in html


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}usage.csv", "/organisation/absent/"])
def test_to_outsiders_an_organisation_is_not_there(path: str, organisation: Organisation) -> None:
    outsider = signed_in(person("outsider@example.org"))
    assert outsider.get(path).status_code == 404
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize(
    "path", ["seats/{seat}/", "invitations/", "invitations/{invitation}/withdraw/", "keys/", "keys/{key}/revoke/"]
)
def test_only_owners_change_anything(path: str, owner: User, member: User, organisation: Organisation) -> None:
    key, _ = ApiKey.objects.issue(organisation, name="Nightly", by=owner, scopes=["read"])
    invitation = inviting.invite(organisation, "new@example.org", by=owner, at=NOW)
    seat = Seat.objects.get(user=owner)
    url = PAGE + path.format(seat=seat.pk, key=key.pk, invitation=invitation.pk)
    posted = {"action": "free", "email": "x@example.org", "name": "x"}
    assert signed_in(member).post(url, posted).status_code == 403
    assert signed_in(person("outsider@example.org")).post(url, posted).status_code == 404
    assert (Seat.objects.count(), ApiKey.objects.count(), Invitation.objects.count()) == (2, 1, 1)
    assert ApiKey.objects.get().revoked_at is None


def test_a_freed_seat_closes_reports_from_the_next_page(
    owner: User, member: User, licence: Licence, sunroofs: Edition
) -> None:
    assert tier(member, sunroofs.report, at=NOW) is Tier.LICENSED
    seat = Seat.objects.get(user=member)
    signed_in(owner).post(f"{PAGE}seats/{seat.pk}/", {"action": "free"})
    assert tier(member, sunroofs.report, at=NOW) is Tier.REGISTERED


def test_the_last_owner_stays(owner: User, member: User) -> None:
    client = signed_in(owner)
    own, other = Seat.objects.get(user=owner), Seat.objects.get(user=member)
    for action in ("free", "member"):
        page = client.post(f"{PAGE}seats/{own.pk}/", {"action": action}, follow=True).content.decode()
        assert "needs an owner" in page
    client.post(f"{PAGE}seats/{other.pk}/", {"action": "owner"})
    client.post(f"{PAGE}seats/{own.pk}/", {"action": "member"})
    assert list(Seat.objects.filter(is_owner=True).values_list("user__email", flat=True)) == ["member@example.org"]


def test_a_seat_of_another_organisation_is_out_of_reach(owner: User) -> None:
    elsewhere = Organisation.objects.create(name="Elsewhere", slug="elsewhere", seats_bought=1)
    seat = Seat.objects.claim(elsewhere, person("them@example.org"))
    assert signed_in(owner).post(f"{PAGE}seats/{seat.pk}/", {"action": "free"}).status_code == 404


def test_an_invitation_leads_a_new_person_from_the_mail_to_a_seat(
    owner: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        signed_in(owner).post(f"{PAGE}invitations/", {"email": "New@Example.org"})
    assert mail.outbox[-1].to == ["new@example.org"]
    path = last_path()
    client = Client()
    assert "Reader &amp; Co" in client.get(path).content.decode()
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": "a long enough password"})
    # The link in the mail has shown whose address it is: no second letter is asked for.
    client.post(path)
    assert Seat.objects.filter(user__email="new@example.org", organisation=organisation).exists()
    client.post(path)
    assert Seat.objects.count() == 2


def test_an_invitation_holds_for_the_address_it_was_sent_to_alone(
    owner: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    invited(owner, organisation, "new@example.org", django_capture_on_commit_callbacks)
    page = signed_in(person("nosy@example.org")).post(last_path())
    assert page.status_code == 409
    assert "was sent to new@example.org" in page.content.decode()
    assert not Seat.objects.filter(user__email="nosy@example.org").exists()


@pytest.mark.parametrize("why", ["withdrawn", "expired", "renewed", "forged"])
def test_a_link_that_no_longer_holds_gives_no_seat(
    why: str, owner: User, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    invitation = invited(owner, organisation, "new@example.org", django_capture_on_commit_callbacks)
    path = last_path()
    if why == "withdrawn":
        inviting.withdraw(invitation, at=timezone.now())
    elif why == "expired":
        Invitation.objects.update(invited_at=NOW - timedelta(days=30), expires_at=NOW - timedelta(days=16))
        path = inviting.link(Invitation.objects.get())
    elif why == "renewed":
        inviting.invite(organisation, "new@example.org", by=owner, at=timezone.now())
    else:
        path = path[:-6] + "xxxxx/"
    assert signed_in(person("new@example.org")).post(path).status_code == 410
    assert Seat.objects.count() == 1


def test_no_more_seats_are_promised_than_bought(owner: User, member: User, organisation: Organisation) -> None:
    inviting.invite(organisation, "third@example.org", by=owner, at=NOW)
    with pytest.raises(inviting.CannotInvite, match="All 3 seats are taken or promised"):
        inviting.invite(organisation, "fourth@example.org", by=owner, at=NOW)
    inviting.invite(organisation, "third@example.org", by=owner, at=NOW)
    assert Invitation.objects.count() == 1


def test_a_seat_taken_in_the_meantime_is_said_on_acceptance(owner: User, organisation: Organisation) -> None:
    invitation = inviting.invite(organisation, "new@example.org", by=owner, at=timezone.now())
    Organisation.objects.update(seats_bought=1)
    with pytest.raises(NoSeatLeft):
        inviting.accept(invitation, by=person("new@example.org"), at=timezone.now())
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_a_key_is_shown_once_and_only_its_hash_is_kept(owner: User, organisation: Organisation) -> None:
    client = signed_in(owner)
    answer = client.post(f"{PAGE}keys/", {"name": "Nightly job"})
    found = re.search(r"plumb_[0-9a-f]{48}", answer.content.decode())
    assert found is not None
    assert well_formed(found[0])
    assert answer["Cache-Control"] == "private, no-store"
    assert found[0] not in client.get(PAGE).content.decode()
    assert found[0] not in str(vars(ApiKey.objects.get()))
    assert client.get("/api/v1/access/", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 200
    client.post(f"{PAGE}keys/{ApiKey.objects.get().pk}/revoke/")
    assert client.get("/api/v1/access/", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 401


def test_a_key_may_end_by_itself_but_not_in_the_past(owner: User) -> None:
    client = signed_in(owner)
    refused = client.post(f"{PAGE}keys/", {"name": "Old", "expires": "2020-01-01"})
    assert refused.status_code == 422
    assert "has not passed" in refused.content.decode()
    client.post(f"{PAGE}keys/", {"name": "New", "expires": "2090-01-01"})
    assert ApiKey.objects.get().expires_at is not None


def test_usage_of_other_organisations_is_not_in_the_file(owner: User, organisation: Organisation) -> None:
    answer = signed_in(owner).get(f"{PAGE}usage.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().splitlines() == [
        "organisation,reader_type,reader,report,month,total_item_requests,unique_item_requests"
    ]
    assert usage(organisation) == []


def test_the_keys_of_a_person_who_was_disabled_end_with_them(owner: User, organisation: Organisation) -> None:
    _, secret = ApiKey.objects.issue(organisation, name="Nightly", by=owner, scopes=["read"])
    asked = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/access/", headers=asked).status_code == 200
    User.objects.filter(pk=owner.pk).update(is_active=False)
    answer = Client().get("/api/v1/access/", headers=asked)
    assert answer.status_code == 401
    assert "no account any more" in answer.content.decode()


def test_an_owner_who_frees_a_seat_is_told_of_the_keys_its_holder_made(
    owner: User, member: User, organisation: Organisation
) -> None:
    ApiKey.objects.issue(organisation, name="Nightly", by=member, scopes=["read"])
    seat = Seat.objects.get(user=member)
    page = signed_in(owner).post(f"{PAGE}seats/{seat.pk}/", {"action": "free"}, follow=True).content.decode()
    assert "made 1 key that still work" in page
