"""The library's facets."""

import pytest
from django.test import Client

from reports.models import Edition

pytestmark = pytest.mark.django_db
ROOFS, PUMPS = "Car Sunroof Market", "Heat Pump Market"


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", [ROOFS, PUMPS]),
        ("?cagr=8..12", [PUMPS]),
        ("?cagr=7..8", [ROOFS]),
        ("?size=5000..20000", [PUMPS]),
        ("?region=asia-pacific&size=..5000", [ROOFS]),
        ("?concentration=medium", [ROOFS]),
        ("?year=1999", []),
        ("?industry=heating-and-cooling", [PUMPS]),
        ("?sort=growth", [PUMPS, ROOFS]),
        ("?sort=newest", [PUMPS, ROOFS]),
        ("?page=99", [ROOFS, PUMPS]),
    ],
)
def test_facets_narrow_and_sort_the_list(
    client: Client, sunroofs: Edition, heat_pumps: Edition, query: str, listed: list[str]
) -> None:
    html = client.get(f"/reports/{query}").content.decode()
    places = {html.index(f">{title}</a>"): title for title in (ROOFS, PUMPS) if f">{title}</a>" in html}
    assert [places[place] for place in sorted(places)] == listed
    assert f"{len(listed)} report{'' if len(listed) == 1 else 's'}" in html


def test_each_facet_counts_what_it_would_leave(client: Client, sunroofs: Edition, heat_pumps: Edition) -> None:
    html = client.get("/reports/?cagr=8..12").content.decode()
    assert '<option value="8..12" selected>8 to 12 % (1)</option>' in html
    assert '<option value="5..8">5 to 8 % (1)</option>' in html, "as if growth were not chosen"
    assert '<option value="medium">Medium (0)</option>' in html
    assert '<option value="asia-pacific">Asia Pacific (1)</option>' in html


def test_a_range_that_makes_no_sense_is_refused_in_words(client: Client, sunroofs: Edition) -> None:
    answer = client.get("/reports/?cagr=lots")
    assert answer.status_code == 400
    assert "Write a range as 5..10" in answer.content.decode()


def test_a_chosen_value_is_never_markup(client: Client, sunroofs: Edition) -> None:
    html = client.get("/reports/", {"industry": '"><script>', "region": '"><script>'}).content.decode()
    assert "><script>" not in html.replace("<script type=", "")


def test_the_number_of_queries_does_not_grow_with_reports(
    subscriber: Client, heat_pumps: Edition, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        subscriber.get("/reports/")
