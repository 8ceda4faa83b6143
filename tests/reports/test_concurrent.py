"""Two editors in one part of a draft: refused, compared three ways, settled with one click, nothing typed lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from companies.models import Development
from reports.models import Report, Section
from reports.presence import be_here, sentence
from tests.factories import NOW, UserFactory, sunroof_draft
from tests.reports.test_desk import at_the_desk, form_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


@pytest.fixture
def anna() -> Client:
    return at_the_desk("Editor")[0]


@pytest.fixture
def ben() -> Client:
    return at_the_desk("Editor")[0]


def page(report: Report, part: str = "change") -> str:
    return f"/admin/reports/report/{report.pk}/{part}/"


def saved(client: Client, report: Report, data: dict[str, Any], part: str = "change") -> bool:
    return client.post(page(report, part), data).status_code == 302


def refused(client: Client, report: Report, data: dict[str, Any], part: str = "change") -> Any:
    answer = client.post(page(report, part), data)
    assert answer.status_code == 200
    assert "Somebody saved this part of the report while you were typing" in answer.content.decode()
    return answer


def again(answer: Any, **more: str) -> dict[str, Any]:
    """What the browser sends from the refused page, hidden fields of the comparison included."""
    data = answer.context["adminform"].form.data
    sent = {name: data.getlist(name) for name in data} | more
    return sent | {f"theirs:{one.name}": one.raw for one in answer.context["comparison"].choices}


def test_the_second_save_of_one_version_is_refused_and_nothing_typed_is_lost(
    report: Report, anna: Client, ben: Client
) -> None:
    first, second = form_on(anna, report), form_on(ben, report)
    assert saved(anna, report, first | {"summary": "Roofs that open."})
    answer = refused(ben, report, second | {"summary": "Glass that slides."})
    (one,) = answer.context["comparison"].choices
    assert (one.label, one.base, one.theirs, one.mine) == ("Summary", "", "Roofs that open.", "Glass that slides.")
    report.refresh_from_db()
    assert report.summary == "Roofs that open."
    assert "Glass that slides.</textarea>" in answer.content.decode()


@pytest.mark.parametrize(
    ("choice", "summary"),
    [
        ({"choose-all": "mine"}, "Glass that slides."),
        ({"choose-all": "theirs"}, "Roofs that open."),
        ({"choose:summary": "theirs"}, "Roofs that open."),
        ({"choose:summary": "mine"}, "Glass that slides."),
        ({}, "Glass that slides."),
    ],
)
def test_one_click_keeps_mine_or_theirs_or_each_field_as_chosen(
    report: Report, anna: Client, ben: Client, choice: dict[str, str], summary: str
) -> None:
    first, second = form_on(anna, report), form_on(ben, report)
    assert saved(anna, report, first | {"summary": "Roofs that open."})
    answer = refused(ben, report, second | {"summary": "Glass that slides."})
    assert saved(ben, report, again(answer, **choice))
    report.refresh_from_db()
    assert report.summary == summary


def test_a_field_that_only_the_other_changed_is_theirs_and_not_set_back(
    report: Report, anna: Client, ben: Client
) -> None:
    first, second = form_on(anna, report), form_on(ben, report)
    assert saved(anna, report, first | {"title": "Sunroofs", "illustrative": "on"})
    answer = refused(ben, report, second | {"summary": "Glass that slides."})
    comparison = answer.context["comparison"]
    assert comparison.choices == ()
    assert {(one.label, one.theirs) for one in comparison.taken} == {("Title", "Sunroofs"), ("Illustrative", "yes")}
    assert saved(ben, report, again(answer))
    report.refresh_from_db()
    assert (report.title, report.illustrative, report.summary) == ("Sunroofs", True, "Glass that slides.")


def test_rows_are_compared_as_fields_are(report: Report, anna: Client, ben: Client) -> None:
    first, second = form_on(anna, report, "sections"), form_on(ben, report, "sections")
    assert saved(anna, report, first | {"sections-0-heading": "How large", "sections-0-position": "3"}, "sections")
    answer = refused(ben, report, second | {"sections-0-heading": "Size of it"}, "sections")
    (one,) = answer.context["comparison"].choices
    assert (one.label, one.base, one.theirs, one.mine) == ("section 1: Heading", "Size", "How large", "Size of it")
    assert saved(ben, report, again(answer, **{"choose-all": "mine"}), "sections")
    section = Section.objects.get(report=report)
    assert (section.heading, section.position) == ("Size of it", 3)


def test_a_row_the_other_removed_is_gone_where_i_left_it_alone_and_new_where_i_wrote_in_it(
    report: Report, anna: Client, ben: Client
) -> None:
    first, second = form_on(anna, report, "sections"), form_on(ben, report, "sections")
    assert saved(anna, report, first | {"sections-0-DELETE": "on"}, "sections")
    untouched = refused(ben, report, second, "sections")
    assert "They removed section 1, which you had not changed." in untouched.content.decode()
    assert saved(ben, report, again(untouched), "sections")
    assert not Section.objects.exists()
    written = refused(ben, report, second | {"sections-0-heading": "Mine"}, "sections")
    assert "Saving keeps yours as a new one" in written.content.decode()
    assert saved(ben, report, again(written), "sections")
    assert Section.objects.get().heading == "Mine"


def test_developments_of_both_editors_hold(report: Report, anna: Client, ben: Client) -> None:
    one, two, three = (
        Development.objects.create(date=NOW.date().replace(day=1), text=text) for text in ("One", "Two", "Three")
    )
    report.developments.set([one])
    first, second = form_on(anna, report, "developments"), form_on(ben, report, "developments")
    assert saved(anna, report, first | {"developments": [one.pk, two.pk]}, "developments")
    answer = refused(ben, report, second | {"developments": [three.pk]}, "developments")
    assert saved(ben, report, again(answer), "developments")
    assert set(report.developments.all()) == {two, three}


def test_editors_of_different_parts_do_not_stand_in_each_others_way(report: Report, anna: Client, ben: Client) -> None:
    first, second = form_on(anna, report), form_on(ben, report, "sections")
    assert saved(anna, report, first | {"summary": "Roofs that open."})
    assert saved(ben, report, second | {"sections-0-heading": "How large"}, "sections")


def test_a_change_by_another_door_counts_as_theirs(report: Report, ben: Client) -> None:
    mine = form_on(ben, report, "sections")
    Section.objects.filter(report=report).update(heading="By a script")
    answer = refused(ben, report, mine | {"sections-0-heading": "Mine"}, "sections")
    (one,) = answer.context["comparison"].choices
    assert one.theirs == "By a script"


def test_whoever_has_a_page_open_is_named_to_the_others_until_a_minute_later(report: Report) -> None:
    anna, ben = UserFactory.create(), UserFactory.create()
    assert be_here(report, anna, place="Sections", now=NOW) == []
    (other,) = be_here(report, ben, place="Data", now=NOW + timedelta(seconds=5))
    assert sentence([other]) == f"{anna} (Sections) is here too."
    be_here(report, anna, place="Data", now=NOW + timedelta(seconds=20))
    (other,) = be_here(report, ben, place="Data", now=NOW + timedelta(seconds=30))
    assert other.place == "Data"
    assert be_here(report, ben, place="Data", now=NOW + timedelta(seconds=90)) == []


def test_only_people_of_the_desk_are_told_who_is_here(report: Report, anna: Client, ben: Client) -> None:
    place = page(report, "here")
    anna.post(place, {"place": "Sections"})
    assert "(Sections) is here too." in ben.post(place, {"place": "Data"}).json()["sentence"]
    assert ben.get(place).status_code == 405
    nobody, _ = at_the_desk()
    assert nobody.post(place).status_code == 403
