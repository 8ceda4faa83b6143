"""Playwright keeps an event loop in the thread of the tests, in which Django would refuse to touch the database."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from portal.access.models import User
    from tests.browser.desk import Desk

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def servers_threads_keep_no_connections() -> Iterator[None]:
    """Or the test database could not be dropped. For the whole session: a page may still ask while its test ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        yield


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer) -> Iterator["Callable[..., Desk]"]:
    """Opens the desk in a browser of its own: ``open_desk(user, width=390, dark=True)``; closed after the test."""
    from tests.browser.desk import Desk  # needs models, which are not loaded when this file is

    opened: list[Desk] = []

    def start(user: "User", **options: Any) -> Desk:
        opened.append(Desk(browser, live_server.url, user, **options))
        return opened[-1]

    yield start
    for desk in opened:
        desk.page.context.close()  # an open page goes on asking, and a database in use can't be dropped
