"""A real worker tells followers by itself, and a second one beside it doubles nothing."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from portal.access.models import User
from portal.alerts import following
from portal.alerts.models import Letter
from reports.models import Edition
from tests.documents import sample_document
from tests.portal.alerts.conftest import with_value
from tests.processes import Child


@pytest.mark.django_db(transaction=True)
def test_workers_send_a_letter_once_without_being_asked(
    start_celery_worker: Callable[..., Child],
    subscriber: User,
    sunroofs: Edition,
    publish: Callable[..., Edition],
    tmp_path: Path,
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=timezone.now())
    publish(with_value(sample_document(), "geography/europe/germany", 2029, "77777.77"))
    letters = tmp_path / "mail"
    for _ in range(2):
        start_celery_worker("--concurrency", "1", EMAIL_URL=letters.as_uri())
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not Letter.objects.filter(state="sent").exists():
        time.sleep(0.5)
    time.sleep(6)  # time for another sweep of both
    written = [file.read_text() for file in letters.glob("*")]
    assert len(written) == 1
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in written[0]
    assert Letter.objects.count() == 1
