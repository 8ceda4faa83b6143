"""The OpenAPI document and the page that shows it."""

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from portal.api.urls import urlpatterns


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def test_the_document_is_valid_and_free_of_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_route_is_described(described: dict[str, Any]) -> None:
    routes = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{one.pattern}") for one in urlpatterns}
    assert set(described["paths"]) == routes - {"/api/v1/schema/", "/api/v1/docs/"}


def test_every_parameter_and_field_is_described(described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for parameter in methods["get"].get("parameters", ()):
            assert parameter.get("description") or parameter["in"] == "path", (path, parameter["name"])
    for name, schema in described["components"]["schemas"].items():
        for field, about in schema.get("properties", {}).items():
            assert "description" in about or field == "results", (name, field)


def test_keys_and_sessions_are_alternatives_and_nobody_may_ask_too(described: dict[str, Any]) -> None:
    security = described["paths"]["/api/v1/values/"]["get"]["security"]
    assert {} in security
    assert all(len(one) <= 1 for one in security)
    assert {"apiKey", "apiKeyHeader", "cookieAuth"} == set(described["components"]["securitySchemes"])


def test_the_schema_is_served_in_both_formats(db: None) -> None:
    assert Client().get("/api/v1/schema/").content.startswith(b"openapi: 3.1")
    assert Client().get("/api/v1/schema/?format=json").json()["openapi"].startswith("3.1")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline = 0
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self._in_script = tag in ("script", "style")
        self.inline += tag == "style" or "style" in given or any(name.startswith("on") for name in given)
        self.addresses += [address for name in ("src", "href") if (address := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        self.inline += self._in_script and bool(data.strip())


def test_the_page_is_made_of_our_own_files_without_inline_scripts(db: None) -> None:
    response = Client().get("/api/v1/docs/")
    tags = Tags()
    tags.feed(response.content.decode())
    assert tags.inline == 0
    assert tags.addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in tags.addresses)


def test_the_pages_policy_allows_no_inline_script(db: None) -> None:
    policy = Client().get("/api/v1/docs/").headers.get("Content-Security-Policy", "")
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
