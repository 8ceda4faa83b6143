"""A follower with a licence, one without, and editions that change what each may read, or don't."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.models import Licence, Organisation, Seat, User
from reports.document import Document
from reports.models import Edition
from reports.projection import project
from tests.documents import sample_document
from tests.editions import NOW, store_edition
from tests.factories import UserFactory


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(email="editor@example.org", is_staff=True)


@pytest.fixture
def publish(editor: User) -> Callable[..., Edition]:
    def store(document: Document, *, at: datetime = NOW) -> Edition:
        edition = store_edition(document, by=editor, at=at)
        project(edition)
        return edition

    return store


@pytest.fixture
def sunroofs(publish: Callable[..., Edition]) -> Edition:
    return publish(sample_document(), at=NOW - timedelta(days=3))


@pytest.fixture
def subscriber(sunroofs: Edition) -> User:
    user: User = UserFactory.create(email="subscriber@example.org")
    organisation = Organisation.objects.create(name="Reader", slug="reader", seats_bought=1)
    Seat.objects.claim(organisation, user)
    Licence.objects.create(
        organisation=organisation, scope="report", report=sunroofs.report, starts=NOW - timedelta(days=365)
    )
    return user


@pytest.fixture
def registered(db: None) -> User:
    user: User = UserFactory.create(email="registered@example.org")
    return user


def with_value(document: Document, path: str, year: int, value: str, scenario: str = "base") -> Document:
    """The document with one other value."""
    series = []
    for one in document.series:
        if (one.path, one.scenario) == (path, scenario):
            cells = (replace(c, value=Decimal(value)) if c.year == year else c for c in one.cells)
            series.append(replace(one, cells=tuple(cells)))
        else:
            series.append(one)
    return replace(document, series=tuple(series))
