"""The desk's screens over HTTP: each opens, refuses whom it must, and answers scripts in JSON."""

import json
import re
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from forecasts.models import ForecastState, Observation
from forecasts.recompute import recompute
from portal.access.models import AccessRequest, User
from portal.access.roles import ensure_roles
from reports.models import HeadlineClaim, Report
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
DATA = "admin:forecasts_market_data"
ROLES = ["Editor", "Reviewer", "Publisher", "Administrator"]


def sign_in(client: Client, role: str) -> None:
    user = UserFactory.create(is_staff=True)
    user.groups.set([ensure_roles()[role]])
    client.force_login(user)


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


@pytest.fixture
def desk(client: Client) -> Client:
    editor = UserFactory.create(is_staff=True)
    roles = ensure_roles()
    editor.groups.set([roles["Editor"], roles["Publisher"]])
    client.force_login(editor)
    return client


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_and_form_of_the_desk_opens(admin_client: Client, report: Report, model: type) -> None:
    label = f"{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]
    assert admin_client.get(reverse(f"admin:{label}_changelist")).status_code == 200
    form = admin_client.get(reverse(f"admin:{label}_add"))
    may_add = admin.site._registry[model].has_add_permission(form.wsgi_request)
    assert form.status_code == (200 if may_add else 403)
    one = model._default_manager.first()  # type: ignore[attr-defined]
    if one is not None:
        assert admin_client.get(reverse(f"admin:{label}_change", args=[one.pk])).status_code == 200


@pytest.mark.parametrize("path", ["", "findings/", "publish/"])
def test_the_desks_own_views_of_a_report_open(desk: Client, report: Report, path: str) -> None:
    place = f"/admin/reports/report/{report.pk}/{path}" if path else "/admin/"
    assert desk.get(place).status_code == 200


def test_a_reader_is_sent_to_sign_in_and_never_sees_the_desk(client: Client, report: Report) -> None:
    client.force_login(UserFactory.create())
    for place in (reverse(DATA, args=[report.market_id]), f"/admin/reports/report/{report.pk}/findings/"):
        answer = client.get(place)
        assert answer.status_code in (302, 403)
        assert b"2274.97" not in answer.content


@pytest.mark.parametrize("role", ROLES)
def test_the_sidebar_leads_only_where_its_reader_may_go(client: Client, report: Report, role: str) -> None:
    sign_in(client, role)
    answer = client.get("/admin/")
    groups = answer.context["sidebar_navigation"]
    links = [str(item["link"]) for group in groups for item in group["items"] if item["has_permission"]]
    assert "/admin/" in links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert (reverse("admin:access_user_changelist") in links) == (role == "Administrator")
    assert (reverse("admin:reports_report_changelist") in links) == (role != "Administrator")


@pytest.mark.parametrize("role", ROLES)
def test_everything_the_home_offers_opens(client: Client, report: Report, role: str) -> None:
    sign_in(client, role)
    offered = re.findall(r'href="(/admin/[^"]*)"', client.get("/admin/").content.decode().partition("content-main")[2])
    assert offered
    assert {link: client.get(link).status_code for link in offered} == dict.fromkeys(offered, 200)


def test_lists_of_numbers_print_them_as_they_were_entered(desk: Client, report: Report) -> None:
    Observation.objects.filter(market=report.market, segment__name="Glass Material", year=2024).update(value="1300.5")
    told = desk.get(reverse("admin:forecasts_observation_changelist"), {"year": 2024}).content.decode()
    assert ">1,300.50<" in told
    assert "0000<" not in told
    assert "7.2 % a year" in desk.get(reverse("admin:forecasts_assumption_changelist")).content.decode()


def test_an_empty_list_says_what_will_come_and_a_search_without_a_hit_that_nothing_matches(client: Client) -> None:
    sign_in(client, "Administrator")
    place = reverse("admin:access_accessrequest_changelist")
    assert "Readers ask for a seat" in client.get(place).content.decode()
    assert "Nothing matches" in client.get(place, {"q": "nobody"}).content.decode()
    assert "There is nothing here yet." in client.get(reverse("admin:access_organisation_changelist")).content.decode()


def test_a_page_that_a_role_does_not_open_says_so_and_leads_back_to_the_desk(client: Client) -> None:
    sign_in(client, "Administrator")
    answer = client.get(reverse("admin:reports_report_changelist"))
    assert answer.status_code == 403
    assert "Your role at the desk does not open it." in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_only_the_first_part_of_a_report_offers_to_delete_it(admin_client: Client, report: Report) -> None:
    place = f"/admin/reports/report/{report.pk}/"
    assert f"{place}delete/" in admin_client.get(f"{place}change/").content.decode()
    assert f"{place}delete/" not in admin_client.get(f"{place}sections/").content.decode()


def test_what_a_check_of_a_manuscript_counted_is_said_in_words(desk: Client) -> None:
    text = "# Wiper Blade Market\n\nThe market was valued at USD 1,200 million in 2024.\n\nxyz\n"
    page = desk.post("/admin/reports/report/import/", {"text": text, "check": "1"}).content.decode()
    assert "Pieces of the overview" in page
    assert "overview_blocks" not in page
    assert "Major players" not in page


def test_an_administrators_home_begins_with_what_readers_ask_for(client: Client) -> None:
    sign_in(client, "Administrator")
    assert "Nothing waits: no reader’s request is open." in client.get("/admin/").content.decode()
    AccessRequest.objects.create(kind="seat", email="reader@example.org", created_at=NOW)
    home = client.get("/admin/").content.decode()
    assert "A seat for reader@example.org" in home
    assert "Nothing waits" not in home


@pytest.mark.parametrize("role", ["Editor", "Reviewer", "Publisher"])
def test_every_tab_of_a_report_opens_for_whoever_is_shown_it(client: Client, report: Report, role: str) -> None:
    sign_in(client, role)
    page = client.get(f"/admin/reports/report/{report.pk}/change/").content.decode()
    tabs = re.findall(r'class="desk-tab" href="([^"]*)"', page)
    assert len(tabs) >= 16
    assert {tab: client.get(tab).status_code for tab in tabs} == dict.fromkeys(tabs, 200)


def test_a_reviewer_reads_the_findings_and_decides_none(client: Client, report: Report) -> None:
    HeadlineClaim.objects.create(
        report=report, kind="base-value", value=Decimal("2274.97"), shown="USD 2,274.97 million", year=2024, quote="…"
    )
    sign_in(client, "Reviewer")
    place = f"/admin/reports/report/{report.pk}/findings/"
    page = client.get(place).content.decode()
    assert "Not decided yet." in page
    assert 'name="decision"' not in page
    assert client.post(place, {"claim": "1", "decision": "accepted", "reason": "x"}).status_code == 403


def test_a_reviewer_reads_the_numbers_and_changes_nothing(client: Client, report: Report) -> None:
    sign_in(client, "Reviewer")
    place = reverse(DATA, args=[report.market_id])
    assert "data-read-only" in client.get(place).content.decode()
    assert "readonly" in client.get(place, {"plain": ""}).content.decode()
    assert client.post(place, {"version": "1", "source": "x", "c:t-2024": "1"}).status_code == 403
    assert client.post(f"/admin/reports/report/{report.pk}/publish/").status_code == 403
    assert not report.editions.exists()


def save(desk: Client, report: Report, **cells: str) -> tuple[int, dict[str, object]]:
    version = ForecastState.objects.get(market=report.market_id).inputs_version
    body = {"version": str(version), "source": "Interview", **{f"c:{key}": value for key, value in cells.items()}}
    answer = desk.post(reverse(DATA, args=[report.market_id]), body, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.content)


def test_saving_the_grid_answers_what_it_did_and_makes_the_forecast_stale(desk: Client, report: Report) -> None:
    status, answer = save(desk, report, **{"t-2024": "2,280.00"})
    assert (status, answer["sentence"]) == (200, "Saved: 1 changed.")
    assert not ForecastState.objects.get(market=report.market_id).is_current
    state = json.loads(desk.get(reverse("admin:forecasts_market_status", args=[report.market_id])).content)
    assert state["state"] == "waiting"
    assert "has not caught up" in state["sentence"]


def test_a_refused_save_says_which_cell_and_why(desk: Client, report: Report) -> None:
    status, answer = save(desk, report, **{"t-2024": "a lot"})
    assert status == 422
    assert answer["errors"] == {"t-2024": "“a lot” is not a number. Write, for example, 2,274.97."}
    assert Observation.objects.get(segment=None).value > 2274


def test_a_save_over_somebody_elses_answers_what_is_stored_now(desk: Client, report: Report) -> None:
    old = ForecastState.objects.get(market=report.market_id).inputs_version
    save(desk, report, **{"t-2024": "2,300.00"})
    body = {"version": str(old), "source": "Interview", "c:t-2024": "2,280"}
    answer = desk.post(reverse(DATA, args=[report.market_id]), body, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json()["entered"]["t-2024"]["typed"] == "2,300.00"
    plain = desk.post(reverse(DATA, args=[report.market_id]), body)
    assert plain.status_code == 422
    assert "Stored now: 2,300.00." in plain.content.decode()
    assert 'value="2,280"' in plain.content.decode()


def test_without_scripts_a_refused_save_keeps_what_was_typed(desk: Client, report: Report) -> None:
    version = ForecastState.objects.get(market=report.market_id).inputs_version
    answer = desk.post(
        reverse(DATA, args=[report.market_id]), {"version": version, "source": "Interview", "c:t-2024": "a lot"}
    )
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.content.decode()
    assert 'value="Interview"' in answer.content.decode()


def test_the_status_brings_the_new_values_once_the_forecast_is_newer(desk: Client, report: Report) -> None:
    place = reverse("admin:forecasts_market_status", args=[report.market_id])
    version = ForecastState.objects.get(market=report.market_id).forecast_version
    assert "cells" not in json.loads(desk.get(place, {"since": version}).content)
    cells = json.loads(desk.get(place, {"since": version - 1}).content)["cells"]
    assert cells["t-2031"] == "3,701.17"


def test_an_uploaded_manuscript_becomes_a_draft_and_bad_ones_a_sentence(desk: Client) -> None:
    place = "/admin/reports/report/import/"
    page = b"# Wiper Blade Market\n\nThe market was valued at USD 1,200 million in 2024.\n"
    answer = desk.post(place, {"file": SimpleUploadedFile("wipers.md", page)})
    assert answer.status_code == 302
    assert Report.objects.get().title.startswith("Wiper Blade Market")
    for name, content in (("empty.txt", b"  \n"), ("page.pdf", b"%PDF-1.7 ..."), ("bytes.txt", b"\xff\x00\xff")):
        answer = desk.post(place, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert name in answer.content.decode() or "empty" in answer.content.decode()
    assert Report.objects.count() == 1


def test_publishing_on_the_desk_needs_the_publishers_permission(client: Client, report: Report) -> None:
    editor: User = UserFactory.create(is_staff=True)
    editor.user_permissions.set(Permission.objects.exclude(codename="publish_report"))
    client.force_login(editor)
    assert client.post(f"/admin/reports/report/{report.pk}/publish/").status_code == 403


def test_the_desk_has_a_policy_of_its_own_that_still_forbids_inline_scripts(desk: Client, report: Report) -> None:
    policy = desk.get("/admin/").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" in scripts
    assert "'unsafe-eval'" not in desk.get("/reports/").headers["Content-Security-Policy"]
