"""Nobody is sent what their tier does not include: every reader, every route."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoAssertNumQueries

from reports.document import Document, Tier
from reports.gating import readable
from tests.portal.api.conftest import (
    BIG,
    DRAFT,
    HEAT_PUMP,
    READERS,
    SMALL,
    SUNROOF,
    World,
    organisation,
    person_client,
)

# Every route of the API with the addresses it is asked at. A route that is not here fails the test below.
ROUTES: dict[str, tuple[str, ...]] = {
    "api/v1/": ("",),
    "api/v1/reports/": ("reports/", f"reports/?report={SUNROOF}&edition=1", "reports/?as_of=2027-01-01"),
    "api/v1/reports/<slug:report>/": (
        f"reports/{SUNROOF}/", f"reports/{HEAT_PUMP}/", f"reports/{SUNROOF}/?edition=1",
        f"reports/{SUNROOF}/?as_of=2027-01-01",
    ),
    "api/v1/reports/<slug:report>/cross-tables/": (
        f"reports/{SUNROOF}/cross-tables/", f"reports/{HEAT_PUMP}/cross-tables/",
        f"reports/{SUNROOF}/cross-tables/?scenario=optimistic&year=2029",
        f"reports/{SUNROOF}/cross-tables/?table=material--vehicle&edition=1",
    ),
    "api/v1/reports/<slug:report>/explain/": (
        f"reports/{SUNROOF}/explain/?path=total&year=2024", f"reports/{SUNROOF}/explain/?path=total&year=2027",
        f"reports/{SUNROOF}/explain/?path=geography/europe/germany&year=2029&scenario=optimistic",
        f"reports/{HEAT_PUMP}/explain/?path=total&year=2024&edition=1", f"reports/{SUNROOF}/explain/?path=no&year=1",
    ),
    "api/v1/editions/": ("editions/",),
    "api/v1/editions/<slug:report>/<int:number>/": (f"editions/{SUNROOF}/1/", f"editions/{HEAT_PUMP}/1/"),
    "api/v1/segments/": ("segments/", f"segments/?report={SUNROOF}"),
    "api/v1/values/": (
        "values/?page_size=5000", f"values/?report={SUNROOF}&page_size=5000",
        f"values/?report={SUNROOF},{HEAT_PUMP}&page_size=5000",
        f"values/?report={SUNROOF}&edition=1&page_size=5000", "values/?as_of=2027-01-01&page_size=5000",
        f"values/?report={SUNROOF}&scenario=optimistic", f"values/?report={HEAT_PUMP}&value_min=1",
    ),
    "api/v1/companies/": ("companies/", f"companies/?report={SUNROOF}"),
    "api/v1/companies/<slug:company>/": tuple(f"companies/{player.slug}/" for player in BIG.players[:3]),
    "api/v1/developments/": ("developments/",),
    "api/v1/accuracy/": ("accuracy/", f"accuracy/?report={SUNROOF},{HEAT_PUMP}"),
    "api/v1/access/": ("access/",),
    "api/v1/schema/": ("schema/",),
    "api/v1/docs/": ("docs/",),
}  # fmt: skip
SAME_FOR_EVERYONE = ("api/v1/schema/", "api/v1/docs/")


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for one in patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, address)
        elif isinstance(one, URLPattern):
            yield address


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str) and len(value) >= 6:
        yield value


def secrets(document: Document, tier: Tier) -> set[str]:
    """Every text and number of the document that does not occur anywhere in what this tier may read."""
    allowed = json.dumps(readable(document, tier).to_json(), ensure_ascii=False)
    return {leaf for leaf in leaves(document.to_json()) if json.dumps(leaf, ensure_ascii=False)[1:-1] not in allowed}


def test_every_route_of_the_api_is_tested_here() -> None:
    found = {address for address in routes(get_resolver().url_patterns) if address.startswith("api/")}
    assert found == set(ROUTES)


@pytest.mark.parametrize("route", SAME_FOR_EVERYONE)
def test_what_is_the_same_for_everyone_asks_the_database_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, route: str
) -> None:
    with django_assert_num_queries(0):
        assert Client().get(f"/{route}").status_code == 200


@pytest.mark.parametrize("name", READERS)
def test_no_route_sends_what_a_reader_may_not_have(world: World, name: str) -> None:
    make, sunroof, heat_pump = READERS[name]
    client = make(world)
    allowed = "".join(
        json.dumps(readable(document, tier).to_json(), ensure_ascii=False)
        for document, tier in ((BIG, sunroof), (SMALL, heat_pump))
    )
    forbidden = {one for one in secrets(BIG, sunroof) | secrets(SMALL, heat_pump) if one not in allowed}
    assert bool(forbidden) == (min(sunroof, heat_pump) < Tier.LICENSED)
    for route, addresses in ROUTES.items():
        for address in addresses:
            if route in SAME_FOR_EVERYONE:
                continue
            body = client.get(f"/api/v1/{address}").content.decode()
            leaked = {secret for secret in forbidden if json.dumps(secret, ensure_ascii=False)[1:-1] in body}
            assert not leaked, (address, sorted(leaked)[:5])
            assert DRAFT not in body
            assert "Unpublished" not in body


@pytest.mark.parametrize("name", READERS)
def test_values_are_those_of_the_document_that_the_tier_may_read(
    world: World, get: Callable[..., dict[str, Any]], name: str
) -> None:
    make, *tiers = READERS[name]
    client = make(world)
    for document, tier in zip((BIG, SMALL), tiers, strict=True):
        body = get(client, "values/", report=document.slug, page_size="5000")
        allowed = readable(document, tier)
        got = {(r["scenario"], r["path"], r["year"]): r for r in body["results"] if r["value"] is not None}
        assert set(got) == set(allowed.cells)
        for place, cell in allowed.cells.items():
            intervals = (cell.low80, cell.high80, cell.low95, cell.high95)
            assert got[place]["value"] == str(cell.value)
            assert tuple(got[place][column] for column in ("low80", "high80", "low95", "high95")) == tuple(
                None if one is None else str(one) for one in intervals
            )


@pytest.mark.parametrize("name", READERS)
def test_what_is_withheld_is_said_in_so_many_words(world: World, get: Callable[..., dict[str, Any]], name: str) -> None:
    make, *tiers = READERS[name]
    client = make(world)
    for document, tier in zip((BIG, SMALL), tiers, strict=True):
        body = get(client, "values/", report=document.slug, page_size="5000")
        whole = get(person_client(is_staff=True), "values/", report=document.slug, page_size="5000")
        access = body["editions"][0]["access"]
        assert access == tier.name.lower()
        if tier >= Tier.LICENSED:
            assert body["withheld"] is None
            assert body["count"] == whole["count"]
        else:
            assert body["count"] + body["withheld"]["rows"] == whole["count"]
            assert body["withheld"]["columns"] == ["low80", "high80", "low95", "high95"]
            assert body["withheld"]["reason"] == (
                f"Your access to {document.slug} is {access}; a licence is needed for the rest."
            )


@pytest.mark.parametrize("name", READERS)
def test_across_all_reports_it_is_said_that_something_is_withheld(
    world: World, get: Callable[..., dict[str, Any]], name: str
) -> None:
    make, sunroof, heat_pump = READERS[name]
    withheld = get(make(world), "values/")["withheld"]
    if min(sunroof, heat_pump) >= Tier.LICENSED:
        assert withheld is None
    else:
        assert withheld["rows"] is None
        assert "/api/v1/reports/" in withheld["reason"]


@pytest.mark.parametrize(
    "probe",
    [
        {"value_min": "3000"},
        {"value_max": "3000"},
        {"status": "A"},
        {"status": "M"},
        {"scenario": "optimistic"},
        {"scenario": "no-such-scenario"},
        {"illustrative": "false"},
    ],
)
def test_the_count_of_what_is_withheld_tells_nothing_of_its_values(
    world: World, get: Callable[..., dict[str, Any]], probe: dict[str, str]
) -> None:
    nobody = Client()
    plain = get(nobody, "values/", report=SUNROOF)["withheld"]
    assert get(nobody, "values/", report=SUNROOF, **probe)["withheld"] == plain


@pytest.mark.parametrize("name", READERS)
def test_reports_say_what_each_reader_may_read(world: World, get: Callable[..., dict[str, Any]], name: str) -> None:
    make, sunroof, heat_pump = READERS[name]
    client = make(world)
    listed = {row["report"]: row["access"] for row in get(client, "reports/")["results"]}
    assert listed == {SUNROOF: sunroof.name.lower(), HEAT_PUMP: heat_pump.name.lower()}
    for slug, document, tier in ((SUNROOF, BIG, sunroof), (HEAT_PUMP, SMALL, heat_pump)):
        body = get(client, f"reports/{slug}/")
        assert body["access"] == tier.name.lower()
        assert body["document"] == readable(document, tier).to_json()
        assert (body["withheld"] is None) == (tier >= Tier.LICENSED)


def test_a_removed_seat_counts_from_the_next_request(world: World, get: Callable[..., dict[str, Any]]) -> None:
    of = organisation("reader", world.sunroof)
    client = person_client(of)
    before = get(client, "values/", report=SUNROOF)
    assert before["editions"][0]["access"] == "licensed"
    of.seats.all().delete()
    after = get(client, "values/", report=SUNROOF)
    assert after["editions"][0]["access"] == "registered"
    assert after["count"] < before["count"]


def test_a_licensed_page_that_is_remembered_is_not_sent_to_others(
    world: World, get: Callable[..., dict[str, Any]]
) -> None:
    licensed, nobody = person_client(organisation("reader", world.sunroof)), Client()
    get(licensed, "values/", report=SUNROOF)
    assert get(nobody, "values/", report=SUNROOF)["count"] == 2


@pytest.mark.parametrize(
    "address", ["reports/{}/", "editions/{}/1/", "reports/{}/?edition=1", "reports/{}/?as_of=2030-01-01"]
)
def test_a_draft_answers_like_an_address_that_never_was(world: World, address: str) -> None:
    client = person_client(is_staff=True)
    draft = client.get("/api/v1/" + address.format(DRAFT))
    nothing = client.get("/api/v1/" + address.format("never-was"))
    assert draft.status_code == nothing.status_code == 404
    assert draft.content == nothing.content


def test_answers_to_known_readers_are_kept_by_nobody(world: World) -> None:
    for client, kept in ((Client(), "public, max-age=60"), (person_client(), "private, no-store")):
        for route, addresses in ROUTES.items():
            if route in SAME_FOR_EVERYONE:
                continue
            response = client.get(f"/api/v1/{addresses[0]}")
            assert response["Cache-Control"] == kept, addresses[0]
            assert {"Authorization", "Cookie", "X-Api-Key"} <= {v.strip() for v in response["Vary"].split(",")}
