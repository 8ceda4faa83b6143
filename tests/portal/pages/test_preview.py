"""Staff read a draft, or an edition, as any tier; nobody else does, and nothing is stored."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from forecasts.recompute import recompute
from portal.access.roles import ensure_roles
from portal.pages.models import RenderedPage
from reports.compiling import compile_document
from reports.models import Edition, Report, Section
from tests.documents import sample_document
from tests.editions import store_edition
from tests.factories import UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    user = UserFactory.create(is_staff=True)
    user.groups.add(ensure_roles()["Reviewer"])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def draft() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def test_a_draft_is_read_as_a_tier_with_its_values_and_stored_nowhere(desk: Client, draft: Report) -> None:
    address = f"/admin/reports/report/{draft.pk}/preview/"
    locked = f"{compile_document(draft).value('material/glass-material', 2029):,.2f}"
    full = desk.get(address).content.decode()
    assert "Draft, not published." in full
    assert "2,274.97" in full
    assert locked in full
    public = desk.get(f"{address}?as=public").content.decode()
    assert "2,274.97" in public
    assert locked not in public
    assert not Edition.objects.exists()
    assert not RenderedPage.objects.exists()


def test_an_unknown_figure_is_said_in_words(desk: Client, draft: Report) -> None:
    Section.objects.filter(report=draft).update(body="<p>[[share material/wood 2031]]</p>")
    page = desk.get(f"/admin/reports/report/{draft.pk}/preview/")
    assert page.status_code == 200
    assert "material/wood" in page.content.decode()


def test_an_edition_read_as_a_tier_is_written_into_the_log(desk: Client) -> None:
    edition = store_edition(sample_document(), by=UserFactory.create())
    page = desk.get(f"/admin/reports/edition/{edition.pk}/read/?as=registered")
    assert "as a reader sees it" in page.content.decode()
    assert LogEntry.objects.get().change_message == "Read as registered."
    assert desk.get(f"/admin/reports/edition/{edition.pk}/read/?as=owner").status_code == 400


def test_nobody_else_sees_a_draft(draft: Report) -> None:
    address = f"/admin/reports/report/{draft.pk}/preview/"
    reader = Client()
    assert reader.get(address).status_code == 302
    reader.force_login(UserFactory.create())
    assert reader.get(address).status_code in (302, 403)
    reader.force_login(UserFactory.create(is_staff=True))
    assert reader.get(address).status_code == 403
