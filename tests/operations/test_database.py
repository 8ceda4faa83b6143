"""The test database itself: PostgreSQL 18 and the queue."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_tests_run_on_postgresql_18() -> None:
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        assert cursor.fetchone() == (18,)


def test_the_queue_is_installed_and_installing_it_again_changes_nothing() -> None:
    from portal.operations.queue_schema import install_queue

    assert install_queue() is False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        assert cursor.fetchone() == (True,)
