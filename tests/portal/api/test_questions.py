"""Questions that make no sense are refused with a sentence, never answered as another question."""

import pytest
from django.test import Client

from tests.portal.api.conftest import SUNROOF, World

LISTS = ("reports", "editions", "segments", "values", "companies", "developments")


def refusal(address: str, **parameters: str) -> dict[str, str]:
    response = Client().get(f"/api/v1/{address}", parameters)
    assert response.status_code == 400, response.content[:300]
    body = response.json()
    assert body["status"] == 400
    assert body["title"] == "Bad Request"
    errors: dict[str, str] = body["errors"]
    assert body["detail"] == " ".join(errors.values())
    return errors


@pytest.mark.parametrize("name", LISTS)
def test_unknown_parameters_are_refused_on_every_list(world: World, name: str) -> None:
    assert "There is no parameter “foo” here." in refusal(f"{name}/", foo="1")["foo"]


def test_a_near_miss_is_suggested(world: World) -> None:
    assert "Did you mean “scenario”?" in refusal("values/", scenaro="base")["scenaro"]


@pytest.mark.parametrize("address", ["", "access/", f"reports/{SUNROOF}/", f"editions/{SUNROOF}/1/"])
def test_unknown_parameters_are_refused_elsewhere_too(world: World, address: str) -> None:
    assert "There is no parameter" in refusal(address, foo="1")["foo"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", "next"),
        ("year", "2024,,2025"),
        ("year", "-1"),
        ("year", "99999999999999999999"),
        ("year", "2024.5"),
        ("leaf", "maybe"),
        ("status", "Z"),
        ("value_min", "much"),
        ("value_min", "NaN"),
        ("value_min", "1e400"),
        ("path", "a\x00b"),
        ("level", "one"),
        ("page_size", "0"),
        ("page_size", "5001"),
        ("page_size", "many"),
        ("page_size", "²"),
        ("cursor", "abc"),
        ("edition", "0"),
        ("edition", "1"),
        ("as_of", "yesterday"),
        ("as_of", "2026-13-01"),
        ("as_of", "2026-11-20T10:00:00"),
        ("report", "no-such-report"),
        ("report", ""),
        ("report", ",".join(f"r{n}" for n in range(51))),
        ("report", "\x00"),
    ],
)
def test_values_that_are_none_are_refused(world: World, name: str, value: str) -> None:
    assert refusal("values/", **{name: value})[name].endswith(".")


def test_a_parameter_given_twice_is_refused(world: World) -> None:
    response = Client().get("/api/v1/values/?year=2024&year=2025")
    assert response.status_code == 400
    assert "given more than once" in response.json()["detail"]


def test_edition_and_time_are_not_asked_together(world: World) -> None:
    assert "not for both" in refusal("values/", report=SUNROOF, edition="1", as_of="2026-11-22")["edition"]
    assert "not for both" in refusal(f"reports/{SUNROOF}/", edition="1", as_of="2026-11-22")["edition"]


def test_a_cursor_belongs_to_its_question(world: World) -> None:
    onward = Client().get("/api/v1/segments/", {"page_size": "2"}).json()["next"]
    assert onward
    response = Client().get(onward + "&dimension=geography")
    assert response.status_code == 400
    assert "another question" in response.json()["detail"]
    assert Client().get(onward.replace("page_size=2", "page_size=3")).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_there_is_nothing_to_write(world: World, method: str) -> None:
    response = getattr(Client(), method)("/api/v1/values/")
    assert response.status_code == 405
    assert response.json()["detail"]


def test_other_formats_are_refused_in_words(world: World) -> None:
    response = Client(headers={"accept": "text/csv"}).get("/api/v1/values/")
    assert response.status_code == 406
