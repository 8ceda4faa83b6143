"""Keys: every way to present one, and a sentence for every one that is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.access.models import ApiKey, Organisation, make_secret
from portal.api.authentication import EXPIRED, MAY_NOT_READ, MISTYPED, NO_KEY, REVOKED, UNKNOWN
from tests.portal.api.conftest import SUNROOF, World, organisation


@pytest.fixture
def buyer(world: World) -> Organisation:
    return organisation("buyer", world.sunroof)


@pytest.fixture
def issued(buyer: Organisation, world: World) -> tuple[ApiKey, str]:
    return ApiKey.objects.issue(buyer, name="nightly", by=world.publisher, scopes=["read"])


def access(**headers: str) -> tuple[int, dict[str, Any]]:
    response = Client(headers=headers).get("/api/v1/access/")
    return response.status_code, response.json()


def test_a_key_is_taken_in_three_headers(issued: tuple[ApiKey, str]) -> None:
    _, secret = issued
    for headers in (
        {"authorization": f"Bearer {secret}"},
        {"authorization": f"bearer {secret}"},
        {"authorization": f"Api-Key {secret}"},
        {"x-api-key": secret},
    ):
        status, body = access(**headers)
        assert status == 200
        assert (body["reader"], body["name"]) == ("key", "nightly")


def test_access_lists_the_licences_in_force(issued: tuple[ApiKey, str]) -> None:
    _, body = access(authorization=f"Bearer {issued[1]}")
    [licence] = body["licences"]
    assert (licence["scope"], licence["report"], licence["organisation"]) == ("report", SUNROOF, "buyer")
    assert access()[1]["licences"] == []


def refused(sentence: str, **headers: str) -> None:
    status, body = access(**headers)
    assert (status, body["detail"]) == (401, sentence)


def test_a_mistyped_key_is_refused_before_the_database_is_asked(
    issued: tuple[ApiKey, str], django_assert_num_queries: object
) -> None:
    _, secret = issued
    wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    with django_assert_num_queries(0):  # type: ignore[operator]
        refused(MISTYPED, authorization=f"Bearer {wrong}")
        refused(MISTYPED, authorization="Bearer plumb_é\x00")


def test_other_schemes_are_refused_and_not_ignored(world: World) -> None:
    refused(NO_KEY, authorization="Basic dXNlcjpwYXNz")
    refused(NO_KEY, authorization="Bearer")


def test_a_key_that_was_never_issued_is_unknown(world: World) -> None:
    refused(UNKNOWN, authorization=f"Bearer {make_secret()}")


def test_a_revoked_key_is_refused_at_once(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    assert access(authorization=f"Bearer {secret}")[0] == 200
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    refused(REVOKED, authorization=f"Bearer {secret}")


def test_an_expired_key_is_refused_with_its_day(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    ended = timezone.now() - timedelta(seconds=1)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=ended)
    refused(EXPIRED.format(day=f"{ended:%-d %B %Y}"), authorization=f"Bearer {secret}")


def test_a_key_without_the_scope_may_not_read(buyer: Organisation, world: World) -> None:
    _, secret = ApiKey.objects.issue(buyer, name="other", by=world.publisher, scopes=[])
    status, body = access(authorization=f"Bearer {secret}")
    assert (status, body["detail"]) == (403, MAY_NOT_READ)


def test_refusals_say_how_to_authenticate_and_are_problems(world: World) -> None:
    response = Client(headers={"authorization": "Bearer nonsense"}).get("/api/v1/values/")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "private, no-store"


def test_two_keys_overlap_while_one_is_replaced(issued: tuple[ApiKey, str], buyer: Organisation, world: World) -> None:
    _, newer = ApiKey.objects.issue(buyer, name="nightly, new", by=world.publisher, scopes=["read"])
    assert access(authorization=f"Bearer {issued[1]}")[0] == access(authorization=f"Bearer {newer}")[0] == 200


def test_use_is_noted_at_most_once_a_minute(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    assert key.last_used_at is None
    access(authorization=f"Bearer {secret}")
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    assert first is not None
    access(authorization=f"Bearer {secret}")
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - timedelta(minutes=2))
    access(authorization=f"Bearer {secret}")
    assert ApiKey.objects.get(pk=key.pk).last_used_at > first - timedelta(minutes=1)  # type: ignore[operator]


def test_only_the_hash_of_a_key_is_stored(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    stored = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(stored)
    assert secret[12:] not in str(stored)
