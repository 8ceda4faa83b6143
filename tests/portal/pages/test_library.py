"""Lists of reports and companies."""

import pytest
from django.test import Client

from reports.models import Edition, Report
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_home_and_library_list_current_editions_with_their_headline(
    client: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    for path in ("/", "/reports/"):
        html = client.get(path).content.decode()
        assert "Car Sunroof Market" in html
        assert "2,274.97" in html
        assert "9.4\u00a0% a year" in html
        assert "Edition 2" in html


def test_home_shows_what_editors_feature_first_and_else_the_newest(
    client: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    def first() -> str:
        return client.get("/").content.decode().split('<h2 id="feature">')[1].split("</h2>")[0]

    newest = max((sunroofs, heat_pumps), key=lambda one: one.published_at)
    other = sunroofs if newest is heat_pumps else heat_pumps
    html = client.get("/").content.decode()
    assert newest.contents.title in first()
    assert "Newest edition" in html
    assert "Featured" not in html

    Report.objects.filter(pk=other.report_id).update(featured=2)
    html = client.get("/").content.decode()
    assert other.contents.title in first()
    assert "Newest edition" not in html
    assert newest.contents.title in html.split('id="latest"')[1], "the newest stays among the latest"

    Report.objects.filter(pk=newest.report_id).update(featured=1)
    html = client.get("/").content.decode()
    assert newest.contents.title in first()
    assert other.contents.title in html.split('id="featured"')[1].split('id="latest"')[0]


def test_the_library_is_narrowed_to_an_industry(client: Client, sunroofs: Edition, heat_pumps: Edition) -> None:
    html = client.get("/reports/?industry=heating-and-cooling").content.decode()
    assert "Heat Pump Market" in html
    assert "Car Sunroof Market" not in html
    assert "No report matches" in client.get("/reports/?industry=nothing").content.decode()


def test_a_reader_sees_which_reports_are_open(subscriber: Client, heat_pumps: Edition) -> None:
    html = subscriber.get("/reports/?open=1").content.decode()
    assert "Car Sunroof Market" in html
    assert "Heat Pump Market" not in html


def test_an_empty_portal_says_so_instead_of_showing_nothing(client: Client) -> None:
    assert "No report has been published yet" in client.get("/").content.decode()


def test_companies_named_in_a_development_alone_have_a_page(client: Client, sunroofs: Edition) -> None:
    assert "Named in a development" in client.get("/companies/minda-corporation/").content.decode()
    assert client.get("/companies/unknown/").status_code == 404


def test_the_components_page_is_for_staff(client: Client, registered: Client, sunroofs: Edition) -> None:
    assert client.get("/design/").status_code == 404
    assert registered.get("/design/").status_code == 404
    staff = Client()
    staff.force_login(UserFactory.create(is_staff=True))
    assert staff.get("/design/").status_code == 200


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_account_pages_wear_the_house_style(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert "css/tokens.css" in html
    assert "panel-box" in html


def test_the_scheme_the_reader_chose_is_drawn_by_the_server(client: Client) -> None:
    client.cookies["theme"] = "dark"
    assert '<html lang="en-GB" data-theme="dark">' in client.get("/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert '<html lang="en-GB">' in client.get("/").content.decode()
