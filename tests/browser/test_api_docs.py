"""The page that describes the API works under its policy: our own files, no inline script, nothing from elsewhere."""

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_lists_every_operation_without_an_error(
    live_server: LiveServer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server's threads must not keep connections, or the test database could not be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    problems: list[str] = []
    elsewhere: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url) if not request.url.startswith((live_server.url, "data:", "blob:")) else None
        ),
    )
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_text("/api/v1/values/", exact=True)).to_be_visible(timeout=20_000)
    page.get_by_text("/api/v1/values/", exact=True).click()
    expect(page.get_by_text("A node and everything below it.").first).to_be_visible(timeout=20_000)
    assert problems == []
    assert elsewhere == []
    page.close()
