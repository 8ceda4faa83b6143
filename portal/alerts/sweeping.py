"""Looking, every few seconds, whether followers must be told something. The rows say so; messages are only hints."""

import logging
from datetime import datetime, timedelta

from portal.alerts.collecting import collect, stale_rhythms
from portal.alerts.models import Letter, Pace, Rhythm
from portal.alerts.sending import send_letters

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(seconds=30)

_asked_at: datetime | None = None


def anything_due(at: datetime) -> bool:
    """Whether `send_due` has something to do."""
    return (
        Letter.objects.filter(state=Letter.State.WAITING, next_try_at__lte=at).exists()
        or Rhythm.objects.filter(next_at__lte=at).exclude(pace=Pace.INSTANTLY).exists()
        or bool(stale_rhythms(at))
    )


def send_due(at: datetime) -> tuple[int, int]:
    """Collect what followers must be told and send it; returns how many letters were made and how many were sent."""
    return collect(at), send_letters(at)


def sweep(now: datetime) -> None:
    """Queue the sending when something is due. Every worker calls this; mail servers are slow, so a task does the rest.

    A message that is lost is asked for again half a minute later; one too many finds nothing to do.
    """
    global _asked_at
    from portal.alerts.tasks import send_alerts

    if (_asked_at is not None and timedelta(0) <= now - _asked_at < ASK_AGAIN_AFTER) or not anything_due(now):
        return
    _asked_at = now
    try:
        send_alerts.delay()
    except Exception:
        logger.warning("The queue does not answer; letters to followers wait until it does.", exc_info=True)
