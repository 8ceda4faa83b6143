"""The cross-tables of a report by the API."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.portal.api.conftest import BIG, HEAT_PUMP, SUNROOF, World, organisation, person_client

Get = Callable[..., dict[str, Any]]
PATH = f"reports/{SUNROOF}/cross-tables/"


def licensed(world: World) -> Client:
    return person_client(organisation("reader", world.sunroof))


def test_every_cell_says_whether_it_is_modelled(world: World, get: Get) -> None:
    body = get(licensed(world), PATH, scenario="optimistic")
    (table,) = body["tables"]
    assert body["withheld"] is None
    assert (table["table"], table["unit"]) == ("material--vehicle", "USD million")
    assert {(c["scenario"], c["row"], c["column"], c["year"]): (c["value"], c["modelled"]) for c in table["cells"]} == {
        place: (str(cell.value), cell.modelled)
        for place, cell in BIG.cross_tables[0].cells.items()
        if place[0] == "optimistic"
    }


def test_one_table_and_one_year_may_be_asked_for(world: World, get: Get) -> None:
    (table,) = get(licensed(world), PATH, table="material--vehicle", year="2029")["tables"]
    assert len(table["cells"]) == 6
    assert {(one["year"], one["scenario"]) for one in table["cells"]} == {(2029, "base")}


def test_without_a_licence_there_is_no_cell_and_it_is_said(world: World, get: Get) -> None:
    body = get(Client(), PATH)
    assert body["tables"] == []
    assert "licence" in body["withheld"]["reason"]
    assert get(Client(), f"reports/{HEAT_PUMP}/cross-tables/")["withheld"] is None


def test_what_the_edition_does_not_have_is_refused_in_a_sentence(world: World) -> None:
    client = licensed(world)
    for query, says in (("table=no--such", "There are: material--vehicle."), ("scenario=dream", "no scenario “dream”")):
        answer = client.get(f"/api/v1/{PATH}?{query}")
        assert answer.status_code == 400
        assert says in answer.content.decode()
