"""The desk's pages of spreadsheets over HTTP: fetch a template, upload, decide, import, export; and who may not."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Company
from portal.access.roles import ensure_roles
from reports.importing.sheets import working
from reports.importing.sheets.files import WORKBOOKS
from reports.importing.sheets.parts import PARTS
from reports.models import ColumnMapping, Report, SheetImport
from tests.factories import UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
HUB = "/admin/reports/sheetimport/add/"


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


def signed_in(client: Client, role: str) -> Client:
    person = UserFactory.create(is_staff=True)
    person.groups.set([ensure_roles()[role]])
    client.force_login(person)
    return client


@pytest.fixture
def desk(client: Client) -> Client:
    return signed_in(client, "Editor")


def upload(desk: Client, name: str, content: bytes) -> SheetImport:
    answer = desk.post(HUB, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    made = SheetImport.objects.first()
    assert made is not None
    working.work_through(made.pk)
    made.refresh_from_db()
    return made


def place(upload: SheetImport) -> str:
    return reverse("admin:reports_sheetimport_change", args=[upload.pk])


def test_every_template_and_export_is_handed_out(desk: Client, report: Report) -> None:
    hub = desk.get(HUB).content.decode()
    for name in WORKBOOKS:
        for what in ("template", "export"):
            link = reverse(f"admin:reports_sheetimport_{what}", args=[name, "xlsx"])
            assert link in hub
            assert desk.get(link).content.startswith(b"PK")
    for name in PARTS:
        assert reverse("admin:reports_sheetimport_template", args=[name, "csv"]) in hub
        answer = desk.get(reverse("admin:reports_sheetimport_export", args=[name, "csv"]), {"report": report.slug})
        assert answer.content.decode("utf-8-sig").startswith(",".join(PARTS[name].names))
        assert answer["Content-Disposition"].endswith(f'"{report.slug}-{name}.csv"')
    assert desk.get(reverse("admin:reports_sheetimport_export", args=["users", "csv"])).status_code == 404


def test_a_file_is_uploaded_checked_decided_upon_and_imported(desk: Client, report: Report) -> None:
    made = upload(desk, "companies.csv", b"name,country\nInalfa Roof Systems,NL\nInc.,\nWebasto Group,AT\nFoo,XX\n")
    page = desk.get(place(made)).content.decode()
    assert "is a legal form, not a name" in page, "doubtful rows are shown first"
    assert "Import 2 rows" in page
    changed = desk.get(place(made), {"verdict": "changed"}).content.decode()
    assert "<del>DE</del>" in changed
    assert "<ins>AT</ins>" in changed
    assert "is no country" in desk.get(place(made), {"verdict": "refused"}).content.decode()
    doubtful = made.rows.get(number=3)
    desk.post(place(made), {"step": "mend", "row": doubtful.pk, "cell-0": "Inca Roofs", "cell-1": "PE"})
    desk.post(place(made), {"step": "import"})
    made.refresh_from_db()
    assert made.state == "importing"
    busy = desk.get(place(made)).content.decode()
    assert "<progress" in busy
    working.work_through(made.pk)
    progress = json.loads(desk.get(reverse("admin:reports_sheetimport_progress", args=[made.pk])).content)
    assert (progress["state"], progress["sentence"]) == ("done", "3 rows are stored.")
    assert set(Company.objects.values_list("name", "country")) == {
        ("Webasto Group", "AT"), ("Inalfa Roof Systems", "NL"), ("Inca Roofs", "PE"),
    }  # fmt: skip


def test_refused_rows_come_back_with_their_reasons_to_be_mended(desk: Client, report: Report) -> None:
    made = upload(desk, "companies.csv", b"name,country\nFoo,XX\n=Bar,YY\n")
    link = reverse("admin:reports_sheetimport_refused", args=[made.pk, "companies"])
    content = desk.get(link).content
    assert b"'=Bar" in content
    again = upload(desk, "companies-to-mend.csv", content.replace(b"XX", b"FR").replace(b"YY", b"GB"))
    assert {row.cells["name"]: row.verdict for row in again.rows.all()} == {"Foo": "new", "=Bar": "new"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.xlsx", b"%PDF-1.7", "is not an Excel workbook"),
        ("x.csv", b"name\n", "no row below a header"),
        ("observations.csv", b"market,path,year,vlaue\na,b,1,2\n", "Did you mean “value”?"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(desk: Client, name: str, content: bytes, says: str) -> None:
    answer = desk.post(HUB, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not SheetImport.objects.exists()


def test_columns_are_mapped_on_the_page_with_the_first_rows_beside(desk: Client) -> None:
    made = upload(desk, "catalogue.csv", b"Report Title,Key Players,Odd\nWiper Blade Market,Foo; Bar,1\n")
    page = desk.get(place(made)).content.decode()
    assert '<option value="title" selected>' in page
    assert "Wiper Blade Market" in page
    body = {"step": "map", "name": "House", "column-0": "title", "column-1": "players", "column-2": ""}
    desk.post(place(made), body)
    assert ColumnMapping.objects.get().columns == {"Report Title": "title", "Key Players": "players", "Odd": ""}
    working.work_through(made.pk)
    assert made.rows.get().verdict == "new"


def test_a_reviewer_may_look_and_not_import(client: Client, report: Report) -> None:
    made = upload(signed_in(client, "Editor"), "companies.csv", b"name\nFoo\n")
    signed_in(client, "Reviewer")
    assert client.get(place(made)).status_code == 200
    hub = client.get(HUB)
    assert (hub.status_code, b"Upload and check" in hub.content, b"Export .xlsx" in hub.content) == (200, False, True)
    assert client.post(HUB).status_code == 403
    assert client.post(place(made), {"step": "import"}).status_code == 403
    assert client.get(reverse("admin:reports_sheetimport_export", args=["companies", "csv"])).status_code == 200
    client.force_login(UserFactory.create())
    for path in (place(made), reverse("admin:reports_sheetimport_export", args=["companies", "csv"])):
        assert client.get(path).status_code == 302


def test_a_step_that_nobody_knows_and_rows_of_others_change_nothing(desk: Client, report: Report) -> None:
    made = upload(desk, "companies.csv", b"name\nFoo\n")
    other = upload(desk, "others.csv", b"name\nBar\n")
    assert desk.post(place(made), {"step": "drop", "row": other.rows.get().pk}).status_code == 404
    desk.post(place(made), {"step": "explode", "row": made.rows.get().pk})
    assert made.rows.get().verdict == "new"
