"""Playwright keeps an event loop in the thread of the tests, in which Django would refuse to touch the database."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def servers_threads_keep_no_connections() -> Iterator[None]:
    """Or the test database could not be dropped. For the whole session: a page may still ask while its test ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        yield
