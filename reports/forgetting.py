"""Letting go of what is older than it is kept: the draft history beyond HISTORY_DAYS, and presences of yesterday."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from reports.history import OWNED, SHARED, event_table
from reports.models import Presence

EVERY = timedelta(hours=6)
AT_ONCE = 10_000

_done_at: datetime | None = None


def sweep(now: datetime) -> None:
    """Do it, unless this process did within six hours. Workers call this every few seconds."""
    global _done_at
    if _done_at is not None and timedelta(0) <= now - _done_at < EVERY:
        return
    _done_at = now
    forget(now)


def forget(now: datetime) -> int:
    """Drop events older than HISTORY_DAYS, some thousands of each table at a time; returns how many went.

    An event holds the whole row, so newer ones stay readable and can still be undone.
    """
    Presence.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    gone = 0
    with connection.cursor() as cursor:
        for label in (*OWNED, *SHARED):
            table = event_table(label)
            cursor.execute(
                f"DELETE FROM {table} WHERE pgh_id IN "
                f"(SELECT pgh_id FROM {table} WHERE pgh_created_at < %s ORDER BY pgh_id LIMIT %s)",
                [now - timedelta(days=settings.HISTORY_DAYS), AT_ONCE],
            )
            gone += cursor.rowcount
    return gone
