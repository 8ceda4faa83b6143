"""The other lists and details: reports, editions, segments, companies, developments."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.api.rows import columns
from reports.models import Withdrawal
from tests.documents import small_document
from tests.portal.api.conftest import BIG, HEAT_PUMP, PUBLISHED, SUNROOF, World, person_client, store

Get = Callable[..., dict[str, Any]]
PATHS = ("reports/", "editions/", "segments/", "values/", "companies/", "developments/")


@pytest.fixture
def staff(world: World) -> Client:
    return person_client(is_staff=True)


@pytest.mark.parametrize("address", PATHS)
def test_rows_hold_the_fields_that_the_schema_declares(staff: Client, get: Get, address: str) -> None:
    from portal.api import lists

    view = getattr(lists, address.removesuffix("/").capitalize() + "View")
    row = get(staff, address, page_size="1")["results"][0]
    assert list(row) == list(columns(view.serializer_class))


@pytest.mark.parametrize("address", PATHS)
def test_every_list_can_be_walked_one_row_at_a_time(staff: Client, get: Get, address: str) -> None:
    report = {} if address == "reports/" else {"report": SUNROOF}
    whole = get(staff, address, **report, page_size="5000")["results"]
    body = get(staff, address, **report, page_size="2")
    walked = body["results"]
    for _ in range(3):
        if not body["next"]:
            break
        body = staff.get(body["next"]).json()
        walked += body["results"]
    assert walked == whole[: len(walked)]
    assert len(walked) == min(len(whole), 8)


def test_reports_are_as_the_edition_says_and_not_as_the_draft(staff: Client, get: Get, world: World) -> None:
    world.sunroof.title = "A title nobody has published"
    world.sunroof.save()
    [row] = get(staff, "reports/", report=SUNROOF)["results"]
    assert row["title"] == BIG.title
    assert row["base_value"] == str(BIG.headline.base_value)
    assert row["edition"] == 1


def test_reports_are_filtered_by_their_headline(staff: Client, get: Get) -> None:
    def found(**parameters: str) -> list[str]:
        return [row["report"] for row in get(staff, "reports/", **parameters)["results"]]

    assert found() == [SUNROOF, HEAT_PUMP]
    assert found(currency="EUR") == [HEAT_PUMP]
    assert found(industry="heating-and-cooling") == [HEAT_PUMP]
    assert found(cagr_min="9") == [HEAT_PUMP]
    assert found(cagr_max="9") == [SUNROOF]
    assert found(title="SUNROOF") == [SUNROOF]


def test_editions_are_all_listed_and_withdrawn_ones_say_why(staff: Client, get: Get, world: World) -> None:
    second = store(replace(BIG, summary="Another summary."), at=PUBLISHED + timedelta(days=1))
    Withdrawal.objects.create(
        edition=second, reason="Wrong.", withdrawn_at=PUBLISHED + timedelta(days=2), withdrawn_by=world.publisher
    )
    rows = get(staff, "editions/", report=SUNROOF)["results"]
    assert [(r["edition"], r["current"], r["withdrawn_because"]) for r in rows] == [
        (1, True, None), (2, False, "Wrong."),
    ]  # fmt: skip
    assert [r["edition"] for r in get(staff, "editions/", report=SUNROOF, withdrawn="true")["results"]] == [2]
    assert [r["edition"] for r in get(staff, "editions/", report=SUNROOF, current="true")["results"]] == [1]
    named = get(staff, f"editions/{SUNROOF}/2/")
    assert named["edition"]["withdrawn"]["reason"] == "Wrong."
    assert named["document"]["summary"] == "Another summary."


def test_a_report_whose_editions_are_all_withdrawn_is_gone_and_says_why(get: Get, world: World) -> None:
    [edition] = world.heat_pump.editions.all()
    Withdrawal.objects.create(
        edition=edition, reason="It was about cold pumps.", withdrawn_at=PUBLISHED, withdrawn_by=world.publisher
    )
    response = Client().get(f"/api/v1/reports/{HEAT_PUMP}/")
    assert response.status_code == 410
    assert "It was about cold pumps." in response.json()["detail"]
    assert [row["report"] for row in get(Client(), "reports/")["results"]] == [SUNROOF]
    assert (
        get(Client(), f"reports/{HEAT_PUMP}/", edition="1")["edition"]["withdrawn"]["reason"]
        == "It was about cold pumps."
    )


def test_segments_are_the_whole_tree_with_codes_and_words(staff: Client, get: Get) -> None:
    rows = get(staff, "segments/", report=SUNROOF, page_size="5000")["results"]
    assert {row["path"] for row in rows} == set(BIG.by_path)
    [germany] = get(staff, "segments/", report=SUNROOF, iso_code="DE")["results"]
    assert germany["path"] == "geography/europe/germany"
    assert germany["parent"] == "geography/europe"
    for row in get(staff, "segments/", report=SUNROOF, estimated="false")["results"]:
        assert row["why_not"]


def test_a_company_is_shown_across_reports(staff: Client, get: Get) -> None:
    player = BIG.players[0]
    body = get(staff, f"companies/{player.slug}/")
    assert body["name"] == player.company
    assert body["profile"]["overview"]
    assert body["profile_from"] == SUNROOF
    assert body["withheld"] is None
    assert [part["report"] for part in body["reports"]] == [SUNROOF]
    public = get(Client(), f"companies/{player.slug}/")
    assert public["profile"] is None
    assert "need a licence" in public["withheld"]["reason"]


def test_an_unknown_company_is_not_found(staff: Client) -> None:
    assert staff.get("/api/v1/companies/nobody/").status_code == 404


def test_developments_come_newest_first_with_their_companies(staff: Client, get: Get) -> None:
    rows = get(staff, "developments/", report=SUNROOF)["results"]
    assert [row["date"] for row in rows] == sorted((d.date for d in BIG.developments), reverse=True)
    slug = rows[0]["companies"][0]["slug"]
    assert all(
        slug in {c["slug"] for c in row["companies"]} for row in get(staff, "developments/", company=slug)["results"]
    )
    assert get(staff, "developments/", date_min="2100-01-01")["results"] == []


@pytest.mark.parametrize("address", PATHS)
def test_ten_times_the_reports_cost_no_more_queries(
    staff: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(10):
        store(small_document(f"market-{n}", f"Market {n}"))
    with django_assert_max_num_queries(5):  # session, person, licences, counts, rows
        assert staff.get(f"/api/v1/{address}").status_code == 200


def test_the_root_leads_to_every_list(staff: Client, get: Get) -> None:
    for name, address in get(staff, "").items():
        assert staff.get(address).status_code == 200, name


def test_an_answer_that_is_known_already_is_not_sent_again(world: World) -> None:
    for address in ("reports/", f"reports/{SUNROOF}/", "segments/?report=" + SUNROOF):
        first = Client().get(f"/api/v1/{address}")
        again = Client().get(f"/api/v1/{address}", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
