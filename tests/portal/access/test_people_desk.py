"""People and access on the desk: what administrators see and do, and what their role keeps them from."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.access.models import ApiKey, Licence, Organisation, Seat, User
from portal.access.organisation_admin import key_standing, standing
from portal.access.recording import record_reading
from portal.access.roles import ensure_roles
from tests.documents import sample_document
from tests.editions import store_edition
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
FORMS = ("seats", "licences", "api_keys")


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Reader AG", slug="reader-ag", seats_bought=2)


@pytest.fixture
def administrator() -> User:
    person = UserFactory.create(is_staff=True)
    person.groups.add(ensure_roles()["Administrator"])
    return person


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def form(organisation: Organisation, *people: User, bought: int = 2) -> dict[str, str]:
    sent = {"name": organisation.name, "slug": organisation.slug, "seats_bought": str(bought)}
    for prefix in FORMS:
        sent |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    sent["seats-TOTAL_FORMS"] = str(len(people))
    for number, person in enumerate(people):
        sent |= {f"seats-{number}-user": str(person.pk), f"seats-{number}-organisation": str(organisation.pk)}
    return sent


def test_an_administrator_gives_seats_up_to_those_bought(desk: Client, organisation: Organisation) -> None:
    address = f"/admin/access/organisation/{organisation.pk}/change/"
    people = [UserFactory.create() for _ in range(3)]
    refused = desk.post(address, form(organisation, *people))
    assert refused.status_code == 200
    assert "3 seats would be taken, and 2 were bought" in refused.content.decode()
    assert not Seat.objects.exists()
    assert desk.post(address, form(organisation, *people, bought=3)).status_code == 302
    assert Seat.objects.filter(organisation=organisation).count() == 3
    lowered = desk.post(address, form(organisation, bought=1))
    assert "3 seats are taken. Free some" in lowered.content.decode()


def test_the_list_says_how_each_organisation_stands_in_few_queries(
    desk: Client, organisation: Organisation, django_assert_max_num_queries: object
) -> None:
    Seat.objects.claim(organisation, UserFactory.create())
    Licence.objects.create(organisation=organisation, scope="all", starts=NOW - timedelta(days=400))
    for number in range(20):
        Organisation.objects.create(name=f"Other {number}", slug=f"other-{number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = desk.get("/admin/access/organisation/").content.decode()
    assert "1 of 2 taken" in page


def test_licences_say_how_they_stand() -> None:
    def lasting(first: int, last: int | None) -> str:
        until = NOW + timedelta(days=last) if last is not None else None
        return standing(Licence(starts=NOW + timedelta(days=first), until=until), NOW)

    assert lasting(-10, None) == "In force"
    assert lasting(-10, 90) == "In force"
    assert lasting(-10, 30) == "Ends soon"
    assert lasting(-10, -1) == "Ended"
    assert lasting(5, 90) == "Begins later"
    assert key_standing(ApiKey(expires_at=NOW + timedelta(days=3)), NOW) == "Expires soon"
    assert key_standing(ApiKey(revoked_at=NOW), NOW) == "Revoked"


def test_licences_are_found_by_standing_and_extended_by_a_year(desk: Client, organisation: Organisation) -> None:
    from django.utils import timezone

    now = timezone.now()
    soon = Licence.objects.create(
        organisation=organisation, scope="all", starts=now - timedelta(days=300), until=now + timedelta(days=20)
    )
    Licence.objects.create(organisation=organisation, scope="all", starts=now - timedelta(days=300))
    listed = desk.get("/admin/access/licence/?standing=soon").context["cl"].queryset
    assert list(listed) == [soon]
    sent = {"action": "extend", "_selected_action": [str(soon.pk)]}
    assert desk.post("/admin/access/licence/", sent).status_code == 302
    before, soon = soon.until, Licence.objects.get(pk=soon.pk)
    assert before is not None
    assert soon.until == before + timedelta(days=365)


def test_a_key_is_shown_once_and_stays_with_its_organisation(desk: Client, organisation: Organisation) -> None:
    sent = {"organisation": str(organisation.pk), "name": "Warehouse", "expires_at_0": "", "expires_at_1": ""}
    page = desk.post("/admin/access/apikey/add/", sent, follow=True).content.decode()
    key = ApiKey.objects.get()
    assert "It is shown this once" in page
    assert f"{key.prefix}" in page
    other = Organisation.objects.create(name="Other", slug="other")
    desk.post(f"/admin/access/apikey/{key.pk}/change/", sent | {"organisation": str(other.pk), "name": "Renamed"})
    key.refresh_from_db()
    assert (key.name, key.organisation) == ("Renamed", organisation)


def test_an_invitation_is_sent_from_the_desk_and_refused_in_words(
    desk: Client, organisation: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    address = f"/admin/access/organisation/{organisation.pk}/invite/"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert desk.post(address, {"email": "new@reader.example"}).status_code == 302
    assert [sent.to for sent in mail.outbox] == [["new@reader.example"]]
    assert "new@reader.example" in desk.get(address).content.decode()
    wrong = desk.post(address, {"email": "nobody"})
    assert wrong.status_code == 422
    assert "valid" in wrong.content.decode()
    assert 'value="nobody"' in wrong.content.decode()


def test_usage_is_shown_by_month_and_given_as_csv(desk: Client, organisation: Organisation) -> None:
    from django.utils import timezone

    now = timezone.now()
    report = sunroof_draft()
    reader = UserFactory.create()
    Seat.objects.claim(organisation, reader)
    Licence.objects.create(organisation=organisation, scope="all", starts=now - timedelta(days=1))
    record_reading(reader, report.pk, now)
    address = f"/admin/access/organisation/{organisation.pk}/usage"
    page = desk.get(f"{address}/").content.decode()
    assert reader.email in page
    assert "Car Sunroof Market" in page
    file = desk.get(f"{address}.csv")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert reader.email in file.content.decode()


def test_reading_an_edition_as_a_tier_is_in_the_log_that_administrators_read(desk: Client, administrator: User) -> None:
    reader_of_drafts = UserFactory.create(is_staff=True)
    reader_of_drafts.groups.add(ensure_roles()["Editor"])
    edition = store_edition(sample_document(), by=reader_of_drafts)
    editor = Client()
    editor.force_login(reader_of_drafts)
    assert editor.get(f"/admin/reports/edition/{edition.pk}/read/?as=registered").status_code == 200
    page = desk.get("/admin/admin/logentry/?kind=read-as").content.decode()
    assert "Read as registered." in page
    assert reader_of_drafts.email in page
    assert editor.get("/admin/admin/logentry/").status_code == 403
    entry = LogEntry.objects.get()
    assert entry.action_flag == CHANGE
    assert desk.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LogEntry.objects.exists()


def test_a_colleague_is_added_with_their_roles_in_one_form(desk: Client) -> None:
    place = reverse("admin:access_user_add")
    page = desk.get(place).content.decode()
    assert "Reviewer. Reads everything on the desk" in page
    reviewer = Group.objects.get(name="Reviewer")
    secret = "quercus lamp 77"
    sent = {"email": "rita@example.org", "password1": secret, "password2": secret, "groups": [reviewer.pk]}
    refused = desk.post(place, sent).content.decode()
    assert "A role is for people of the desk." in refused
    assert desk.post(place, sent | {"is_staff": "on"}).status_code == 302
    rita = User.objects.get(email="rita@example.org")
    assert (rita.is_staff, list(rita.groups.all())) == (True, [reviewer])
    change = reverse("admin:access_user_change", args=[rita.pk])
    seats = {"seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}
    assert desk.post(change, {"email": rita.email, "is_active": "on", "is_staff": "on", **seats}).status_code == 302
    assert not rita.groups.exists()


def test_times_on_the_desk_are_of_twenty_four_hours(desk: Client, organisation: Organisation) -> None:
    User.objects.update(last_login=datetime(2026, 11, 27, 22, 7, tzinfo=UTC))
    someone = User.objects.get(is_staff=True)
    assert (
        "27 November 2026, 22:07" in desk.get(reverse("admin:access_user_change", args=[someone.pk])).content.decode()
    )


def test_an_administrator_cannot_rise_above_the_role(desk: Client, administrator: User) -> None:
    chief = UserFactory.create(is_staff=True, is_superuser=True)
    sent = {"email": administrator.email, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    desk.post(f"/admin/access/user/{administrator.pk}/change/", sent)
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert desk.get(f"/admin/access/user/{chief.pk}/password/").status_code == 403
    desk.post(f"/admin/access/user/{chief.pk}/change/", {"email": "mine@example.org", "is_active": "on"})
    chief.refresh_from_db()
    assert chief.email != "mine@example.org"


@pytest.mark.parametrize("role", ["Editor", "Reviewer", "Publisher"])
def test_people_and_access_is_for_administrators(client: Client, organisation: Organisation, role: str) -> None:
    person = UserFactory.create(is_staff=True)
    person.groups.add(ensure_roles()[role])
    client.force_login(person)
    for page in ("user/", "organisation/", "licence/", "apikey/", "seat/", "reportreading/"):
        assert client.get(f"/admin/access/{page}").status_code == 403
    for page in ("usage/", "usage.csv", "invite/"):
        assert client.get(f"/admin/access/organisation/{organisation.pk}/{page}").status_code == 403
