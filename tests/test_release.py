"""What must hold of a release as a whole: migrations match the models, the API's description is valid."""

import io

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_the_migrations_match_the_models() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=io.StringIO())


def test_the_api_describes_itself_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())
