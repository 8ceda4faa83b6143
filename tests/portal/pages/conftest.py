"""Published reports and the people who read them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from portal.access.models import Licence, Organisation, Seat, User
from reports.document import Document
from reports.models import Edition
from reports.projection import project
from tests.documents import sample_document, small_document
from tests.editions import NOW, store_edition
from tests.factories import UserFactory


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(email="editor@example.org", is_staff=True)


@pytest.fixture
def publish(editor: User) -> Callable[..., Edition]:
    """Stores a document as the next edition of its report and projects it, as publishing would."""

    def store(document: Document, *, at: datetime = NOW) -> Edition:
        edition = store_edition(document, by=editor, at=at)
        project(edition)
        return edition

    return store


@pytest.fixture
def sunroofs(publish: Callable[..., Edition]) -> Edition:
    """The sunroof report in two editions; the second is current."""
    publish(replace(sample_document(), pages=99), at=NOW - timedelta(days=60))
    return publish(sample_document(), at=NOW - timedelta(days=3))


@pytest.fixture
def heat_pumps(publish: Callable[..., Edition]) -> Edition:
    return publish(small_document(), at=NOW - timedelta(days=1))


@pytest.fixture
def registered(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory.create(email="registered@example.org"))
    return client


@pytest.fixture
def subscriber(sunroofs: Edition) -> Client:
    """A client signed in as someone whose organisation has licensed the sunroof report alone."""
    user = UserFactory.create(email="subscriber@example.org")
    organisation = Organisation.objects.create(name="Reader", slug="reader", seats_bought=1)
    Seat.objects.claim(organisation, user)
    Licence.objects.create(
        organisation=organisation, scope="report", report=sunroofs.report, starts=NOW - timedelta(days=365)
    )
    client = Client()
    client.force_login(user)
    return client
