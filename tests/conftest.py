"""What every test may ask for: the database, a real worker, a real web server."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's test database, with the message queue installed in it."""
    from portal.operations.queue_schema import install_queue

    with django_db_blocker.unblock():
        install_queue()
    yield
