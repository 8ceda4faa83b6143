"""Throwing away what no longer counts: expired entries of the shared cache and expired sessions."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

EVERY = timedelta(minutes=10)

_tidied_at: datetime | None = None


def tidy(now: datetime) -> None:
    """Do it, unless this process did within ten minutes. Workers call this every few seconds."""
    global _tidied_at
    if _tidied_at is not None and timedelta(0) <= now - _tidied_at < EVERY:
        return
    _tidied_at = now
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_shared_cache WHERE expires < %s", [now])
    Session.objects.filter(expire_date__lt=now).delete()
