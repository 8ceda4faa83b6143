"""What the Celery worker does for followers."""

from celery import shared_task
from django.utils import timezone

from portal.alerts.sweeping import send_due


@shared_task(name="alerts.send_alerts", ignore_result=True)  # type: ignore[untyped-decorator]
def send_alerts() -> None:
    """Tell followers what is due."""
    send_due(timezone.now())
