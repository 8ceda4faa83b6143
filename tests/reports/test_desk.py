"""The desk's screens: home, findings, review and publish, as the people who work there use them."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from forecasts.models import Pin, Segment
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports.compiling import compile_document
from reports.models import Edition, Report, Section, SegmentNarrative
from reports.workflow import workflow_of
from tests.factories import UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


def at_the_desk(*roles: str) -> tuple[Client, User]:
    user = UserFactory.create(is_staff=True)
    for role in roles:
        user.groups.add(ensure_roles()[role])
    client = Client()
    client.force_login(user)
    return client, user


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def address(report: Report, page: str) -> str:
    return f"/admin/reports/report/{report.pk}/{page}/"


def step(client: Client, report: Report, page: str = "review", **form: str) -> str:
    answer = client.post(address(report, page), form, follow=True)
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def digest_on(client: Client, report: Report, page: str) -> str:
    digest: str = client.get(address(report, page)).context["digest"]
    return digest


def test_a_draft_goes_from_its_editor_over_the_reviewer_to_the_publisher(report: Report) -> None:
    editor, _ = at_the_desk("Editor")
    reviewer, who = at_the_desk("Reviewer")
    publisher, _ = at_the_desk("Publisher")
    assert "The draft is in review." in step(editor, report, step="submit", due="2999-01-31")
    assert "Waiting for review" in reviewer.get("/admin/").content.decode()
    assert "The review is yours." in step(reviewer, report, step="claim")
    step(reviewer, report, step="comment", place="Overview", body="Say more of glass.")
    page = step(reviewer, report, step="request_changes", reason="Glass is missing.")
    assert "Say more of glass." in page
    assert "Glass is missing." in page
    home = editor.get("/admin/").content.decode()
    assert "Nothing waits" not in home
    assert f"{who}: Glass is missing." in home
    assert f"{who} asked for changes" in editor.get(address(report, "review")).content.decode()
    comment = report.review_comments.first()
    assert comment is not None
    step(editor, report, step="settle", comment=str(comment.pk))
    step(editor, report, step="submit")
    assert "Glass is missing." not in editor.get("/admin/").content.decode()
    page = step(reviewer, report, step="approve", digest=digest_on(reviewer, report, "review"))
    assert f"{who} approved it" in page
    page = step(
        publisher,
        report,
        "publish",
        step="schedule",
        at="2999-02-01T09:00",
        digest=digest_on(publisher, report, "publish"),
    )
    assert "Scheduled for 1 February 2999, 09:00 UTC" in page
    assert "1 February 2999" in publisher.get("/admin/").content.decode()
    assert not Edition.objects.exists()


def test_an_approval_of_what_has_changed_since_is_refused_on_the_page(report: Report) -> None:
    editor, _ = at_the_desk("Editor")
    reviewer, _ = at_the_desk("Reviewer")
    step(editor, report, step="submit")
    seen = digest_on(reviewer, report, "review")
    Section.objects.filter(report=report).update(heading="How large it is")
    assert "changed while you were reading" in step(reviewer, report, step="approve", digest=seen)
    assert workflow_of(report).state == "in-review"


def test_a_time_that_is_none_is_refused_in_words(report: Report) -> None:
    publisher, _ = at_the_desk("Publisher")
    assert "Give the time as day and hour" in step(publisher, report, "publish", step="embargo", at="tomorrow")
    assert "Nothing was chosen" in step(publisher, report, "publish", step="nonsense")
    page = step(publisher, report, step="submit", due="soon", reviewer="nobody")
    assert "Choose" in page
    assert workflow_of(report).state == "draft"


def test_what_was_typed_into_a_refused_step_is_still_there(report: Report) -> None:
    editor, _ = at_the_desk("Editor")
    reviewer, who = at_the_desk("Reviewer")
    publisher, _ = at_the_desk("Publisher")
    page = step(editor, report, step="submit", reviewer=str(who.pk), due="2001-01-31")
    assert "has passed. Choose a later one." in page
    assert f'<option value="{who.pk}" selected>' in page
    assert 'value="2001-01-31"' in page
    page = step(reviewer, report, step="request_changes", reason="Glass is missing.")
    assert "Leave a comment instead." in page
    assert "Glass is missing.</textarea>" in page
    assert 'value="2001-02-01T09:00"' in step(publisher, report, "publish", step="schedule", at="2001-02-01T09:00")


def test_reviewers_can_neither_submit_nor_publish(report: Report) -> None:
    reviewer, _ = at_the_desk("Reviewer")
    assert "Only editors may send a draft to review" in step(reviewer, report, step="submit")
    assert reviewer.get(address(report, "publish")).status_code == 403


def test_findings_say_when_they_were_checked_and_every_page_names_the_report(report: Report) -> None:
    editor, _ = at_the_desk("Editor", "Publisher")
    for page in ("findings", "review", "publish"):
        text = editor.get(address(report, page)).content.decode()
        assert text.count(report.title) >= 2  # in the path at the top, and above the tabs
    assert "Checked at" in editor.get(address(report, "findings")).content.decode()


def test_people_without_the_desk_see_nothing_of_a_review(report: Report) -> None:
    reader = Client()
    reader.force_login(UserFactory.create())
    assert reader.get(address(report, "review")).status_code in (302, 403)
    nobody, _ = at_the_desk()
    assert nobody.get(address(report, "review")).status_code == 403


def form_on(client: Client, report: Report, part: str = "change", query: str = "") -> dict[str, str]:
    """What a browser would send from one part of the report's form as it stands."""
    context = client.get(f"/admin/reports/report/{report.pk}/{part}/{query}").context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, str] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and value != []:
                sent[bound.html_name] = "on" if value is True else str(value)
    return sent


@pytest.mark.parametrize("part", ["change", "sections", "segments", "forces", "analysis", "players", "developments"])
def test_each_part_of_a_report_has_a_page_whose_save_keeps_the_other_parts(report: Report, part: str) -> None:
    editor, _ = at_the_desk("Editor")
    before = compile_document(report).digest()
    sent = form_on(editor, report, part)
    saved = editor.post(f"/admin/reports/report/{report.pk}/{part}/", sent)
    assert (saved.status_code, saved.headers["Location"]) == (302, f"/admin/reports/report/{report.pk}/{part}/")
    assert compile_document(Report.objects.get(pk=report.pk)).digest() == before


def test_a_report_of_four_hundred_segments_opens_a_page_of_them_at_a_time(report: Report) -> None:
    dimension = report.market.dimensions.get(code="material")
    segments = [Segment.objects.create(dimension=dimension, name=f"Kind {number}") for number in range(60)]
    SegmentNarrative.objects.bulk_create(
        SegmentNarrative(report=report, dimension=dimension, segment=one, body="<p>Words.</p>") for one in segments
    )
    editor, _ = at_the_desk("Editor")
    page = editor.get(f"/admin/reports/report/{report.pk}/segments/?narratives-page=2")
    (inline,) = page.context["inline_admin_formsets"]
    assert len(inline.formset.initial_forms) == 20
    sent = form_on(editor, report, "segments", "?narratives-page=2") | {"narratives-0-body": "<p>Other words.</p>"}
    saved = editor.post(f"/admin/reports/report/{report.pk}/segments/?narratives-page=2", sent)
    assert saved.headers["Location"].endswith("/segments/?narratives-page=2")
    assert SegmentNarrative.objects.filter(body="<p>Other words.</p>").count() == 1
    assert SegmentNarrative.objects.count() == 60


def test_figures_are_found_by_name_with_what_to_insert_and_their_value(report: Report) -> None:
    editor, _ = at_the_desk("Editor")
    address = f"{address_of_figures(report)}?q="
    found = editor.get(f"{address}glass share").json()["figures"]
    assert found[0]["insert"] == "[[share material/glass-material 2031]]"
    assert found[0]["value"].endswith(" %")
    first = editor.get(address).json()["figures"]
    assert len(first) == 12
    assert first[0] == {
        "insert": "[[total 2024]]", "name": "Car Sunroof Market, 2024", "value": "USD 2,274.97 million",
    }  # fmt: skip
    assert editor.get(f"{address}germany").json()["figures"] == []  # nothing is estimated there
    nobody, _ = at_the_desk()
    assert nobody.get(address).status_code == 403


def address_of_figures(report: Report) -> str:
    return f"/admin/reports/report/{report.pk}/figures/"


def test_the_history_names_who_changed_what_and_takes_it_back(
    report: Report, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    editor, who = at_the_desk("Editor")
    place = f"/admin/reports/report/{report.pk}/change/"
    editor.post(place, form_on(editor, report) | {"summary": "Roofs that open."})
    with django_assert_max_num_queries(40):
        page = editor.get(address(report, "history"))
    save = page.context["saves"][0]
    assert (save.who, save.where, save.summary) == (str(who), "on the desk", "1 report changed")
    assert "Roofs that open." in page.content.decode()
    text = step(editor, report, "history", change=save.changes[0].key)
    assert "The change is taken back." in text
    report.refresh_from_db()
    assert report.summary == ""
    assert "Nothing was chosen" in step(editor, report, "history", nonsense="1")
    reviewer, _ = at_the_desk("Reviewer")
    assert "Only who may change it" in step(reviewer, report, "history", change=save.changes[0].key)


def test_two_editions_are_compared_and_one_is_restored_as_the_draft(report: Report) -> None:
    publisher, _ = at_the_desk("Publisher")
    publisher.post(address(report, "publish"))
    place = f"/admin/reports/report/{report.pk}/change/"
    publisher.post(place, form_on(publisher, report) | {"summary": "Roofs that open."})
    Pin.objects.update(value=Decimal("3800"))  # still within Django's test transaction
    recompute(report.market_id, trigger="test")
    review = publisher.get(address(report, "review"))
    assert [one.summary for one in review.context["edited"]] == ["1 pin changed, 1 report changed"]
    assert "Edition 2 is published." in step(publisher, report, "publish")
    page = publisher.get(f"{address(report, 'compare')}?old=1&new=2")
    impact = page.context["impact"]
    last = [
        (one.old, one.new) for one in impact.numbers if (one.path, one.year, one.scenario) == ("total", 2031, "base")
    ]
    assert last == [(Decimal("3701.17"), Decimal("3800.00"))]
    assert impact.charts[0].within == "Market size"
    assert "<ins>Roofs that open.</ins>" in page.content.decode()
    assert "Restore as draft" in publisher.get(address(report, "editions")).content.decode()
    restored = publisher.post(f"{address(report, 'restore')}?edition=1", follow=True)
    assert "The draft is what it was at edition 1: 2 changes." in restored.content.decode()
    recompute(report.market_id, trigger="test")
    same = publisher.get(f"{address(report, 'compare')}?old=1&new=draft")
    assert "They say exactly the same." in same.content.decode()


def test_an_edition_that_is_not_there_is_not_compared(report: Report) -> None:
    editor, _ = at_the_desk("Editor")
    assert editor.get(f"{address(report, 'compare')}?old=7").status_code == 404
    assert editor.get(f"{address(report, 'compare')}?old=first").status_code == 400
    nobody, _ = at_the_desk()
    for page in ("history", "editions", "compare", "restore"):
        assert nobody.get(address(report, page)).status_code == 403
