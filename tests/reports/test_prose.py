"""Prose is clean whatever door it came in by, and one text has one form."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from forecasts.recompute import recompute
from reports.importing.markup import as_html, table_as_html
from reports.models import Report, Section, Takeaway
from reports.models.prose import clean_html
from tests.factories import sunroof_draft

EVIL = (
    '<p onclick="x()">Growth <script>alert(1)</script><a href="javascript:alert(2)">here</a><img src=x onerror=y()></p>'
)
CLEAN = '<p>Growth <a rel="noopener noreferrer">here</a></p>'


@pytest.fixture
def report(db: None) -> Report:
    return sunroof_draft()


def test_created_by_code(report: Report) -> None:
    assert Takeaway.objects.create(report=report, body=EVIL).body == CLEAN


def test_created_in_bulk_or_updated_by_a_query(report: Report) -> None:
    Takeaway.objects.bulk_create([Takeaway(report=report, body=EVIL, position=7)])
    stored = Takeaway.objects.get(report=report, position=7)
    assert stored.body == CLEAN
    Takeaway.objects.filter(pk=stored.pk).update(body=EVIL + "<p>!</p>")
    stored.refresh_from_db()
    assert stored.body == f"{CLEAN}<p>!</p>"


def test_imported_from_a_manuscript(report: Report) -> None:
    section = Section.objects.create(
        report=report, kind="outlook", body=as_html("Before <script>alert(1)</script> after")
    )
    section.refresh_from_db()
    assert "<script" not in section.body
    assert "&lt;script&gt;" in section.body


def test_sent_by_the_desks_form(admin_client: Client, report: Report) -> None:
    place = reverse("admin:reports_report_change", args=[report.pk])
    form = admin_client.get(place)
    body = _fields(form)
    first = next(name for name in body if name.endswith("-0-body"))
    body[first] = EVIL
    assert admin_client.post(place, body).status_code == 302
    assert CLEAN in Takeaway.objects.filter(report=report).values_list("body", flat=True)


def _fields(answer: object) -> dict[str, str]:
    """Everything the form of a page would send, as it stands."""
    context = answer.context  # type: ignore[attr-defined]
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                if value:
                    sent[bound.html_name] = "on"
            elif value is not None and not isinstance(value, list):
                sent[bound.html_name] = str(getattr(value, "pk", value))
    return sent


@pytest.mark.parametrize(
    ("by_the_editor", "stored"),
    [
        ("<ul><li><p>One</p></li><li><p>Two</p></li></ul>", "<ul><li>One</li><li>Two</li></ul>"),
        ("<ul><li><p>One</p><ul><li><p>Deep</p></li></ul></li></ul>", "<ul><li>One<ul><li>Deep</li></ul></li></ul>"),
        ("<ul><li><p>One</p><p>More</p></li></ul>", "<ul><li><p>One</p><p>More</p></li></ul>"),
        ("<p></p>", ""),
        (
            '<table style="min-width: 50px"><colgroup><col></colgroup><tbody>'
            '<tr><th colspan="1" rowspan="1"><p>A</p></th></tr>'
            '<tr><td colspan="1" rowspan="1"><p>1</p></td></tr></tbody></table>',
            table_as_html(("A",), (("1",),)),
        ),
        ("<p>[[total 2031 | words]] &amp; more</p>", "<p>[[total 2031 | words]] &amp; more</p>"),
    ],
)
def test_the_editors_way_of_writing_is_stored_like_an_imports(by_the_editor: str, stored: str) -> None:
    assert clean_html(by_the_editor) == stored
    assert clean_html(stored) == stored


def test_the_desk_tells_what_references_read_now(admin_client: Client, report: Report) -> None:
    recompute(report.market_id, trigger="test")
    place = reverse("admin:reports_report_figures", args=[report.pk])
    values = json.loads(admin_client.get(place, {"ref": ["total 2031 | words", "nonsense"]}).content)["values"]
    assert values["total 2031 | words"] == {"value": "USD 3.7 billion"}
    assert "is not a figure" in values["nonsense"]["problem"]
    formats = json.loads(admin_client.get(place, {"q": "total 2031 |"}).content)["figures"]
    assert {"insert": "[[total 2031 | number]]", "name": "| number", "value": "3,701.17"} in formats


def test_only_the_editors_map_of_modules_may_stand_inline_and_only_on_the_desk(
    admin_client: Client, report: Report
) -> None:
    page = admin_client.get(reverse("admin:reports_report_sections", args=[report.pk]))
    policy = page.headers["Content-Security-Policy"]
    assert "'sha256-" in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert '<script type="importmap">' in page.content.decode()
    assert "sha256-" not in admin_client.get("/").headers["Content-Security-Policy"]
