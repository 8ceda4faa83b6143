"""What operations keeps in the database."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

FRESH_FOR = timedelta(seconds=20)
"""A worker that has not reported for this long counts as gone; it reports every five seconds."""


class HeartbeatQuerySet(models.QuerySet["WorkerHeartbeat"]):
    """Questions about workers."""

    def alive(self, now: datetime) -> "HeartbeatQuerySet":
        """Workers that reported recently."""
        return self.filter(beat_at__gte=now - FRESH_FOR)


class WorkerHeartbeat(models.Model):
    """That a Celery worker is there. A row works on every broker, where ``celery inspect ping`` does not."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    objects: ClassVar[models.Manager["WorkerHeartbeat"]] = HeartbeatQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str, *, started_at: datetime, now: datetime) -> None:
        """Note that ``name`` is alive, and forget the workers that have been gone for a day."""
        cls.objects.update_or_create(name=name, defaults={"started_at": started_at, "beat_at": now})
        cls.objects.filter(beat_at__lt=now - timedelta(days=1)).delete()
