"""An organisation with an owner, a member and a licence, and a published report."""

from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from portal.access.models import Licence, Organisation, Seat, User
from reports.models import Edition
from tests.documents import sample_document, small_document
from tests.editions import NOW, store_edition
from tests.factories import UserFactory


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(email="editor@example.org", is_staff=True)


@pytest.fixture
def sunroofs(editor: User) -> Edition:
    return store_edition(sample_document(), by=editor, at=NOW - timedelta(days=3))


@pytest.fixture
def heat_pumps(editor: User) -> Edition:
    return store_edition(replace(small_document(), pages=3), by=editor, at=NOW - timedelta(days=1))


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Reader & Co", slug="reader", seats_bought=3)


@pytest.fixture
def licence(organisation: Organisation, sunroofs: Edition) -> Licence:
    return Licence.objects.create(
        organisation=organisation, scope="report", report=sunroofs.report, starts=NOW - timedelta(days=365)
    )


@pytest.fixture
def owner(organisation: Organisation) -> User:
    user = person("owner@example.org")
    Seat.objects.claim(organisation, user, owner=True)
    return user


@pytest.fixture
def member(organisation: Organisation) -> User:
    user = person("member@example.org")
    Seat.objects.claim(organisation, user)
    return user


def person(email: str) -> User:
    """Somebody with a verified address."""
    user: User = UserFactory.create(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
