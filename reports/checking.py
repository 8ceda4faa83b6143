"""Checks in the background: after each recompute, after each save of a draft, and once in a while all the same.

The rows say what is due, so no check is lost with a message: the sweep asks again until it is done.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet

from forecasts.models import ForecastState
from reports import checks
from reports.models import DraftCheck, Report

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=6)  # companies and dates change without touching a report
ASK_AGAIN_AFTER = timedelta(seconds=10)
BUDGET_SECONDS = 20.0  # well below a task's time limit

_asked_at: datetime | None = None


def check_draft(report: Report, *, now: datetime) -> DraftCheck:
    """Check a draft and note what of it was checked, so that only something newer makes a check due again.

    A rule that fails is noted in words and does not keep the other drafts waiting.
    """
    draft_at = Report.objects.values_list("updated_at", flat=True).get(pk=report.pk)
    version = ForecastState.objects.values_list("forecast_version", flat=True).get(market_id=report.market_id)
    problem = ""
    try:
        checks.check(report, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("The check of report %s failed.", report.pk)
        problem = "The check could not be finished. The log says why; it is tried again after the next edit."
    noted, _ = DraftCheck.objects.update_or_create(
        report=report,
        defaults={"checked_at": now, "checked_version": version, "draft_at": draft_at, "problem": problem},
    )
    return noted


def drafts_to_check(now: datetime) -> QuerySet[Report]:
    """Reports with a forecast or a draft newer than their last check, or checked long ago; never checked ones first."""
    return Report.objects.filter(
        Q(draft_check=None)
        | ~Q(market__state__forecast_version=F("draft_check__checked_version"))
        | Q(updated_at__gt=F("draft_check__draft_at"))
        | Q(draft_check__checked_at__lt=now - AGAIN_AFTER)
    ).order_by(F("draft_check__checked_at").asc(nulls_first=True), "pk")


def check_due_drafts(now: datetime) -> int:
    """Check what is due, for as long as a task may take; returns how many drafts were checked."""
    started = time.monotonic()
    done = 0
    for report in drafts_to_check(now)[:200]:
        check_draft(report, now=now)
        done += 1
        if time.monotonic() - started > BUDGET_SECONDS:
            break
    return done


def sweep(now: datetime) -> None:
    """Queue a round of checks when one is due. Every worker calls this every few seconds.

    A message that is lost is asked for again ten seconds later; one too many finds nothing to do.
    """
    global _asked_at
    from reports.tasks import check_drafts

    if (_asked_at is not None and timedelta(0) <= now - _asked_at < ASK_AGAIN_AFTER) or not drafts_to_check(
        now
    ).exists():
        return
    _asked_at = now
    try:
        check_drafts.delay()
    except Exception:
        logger.warning("The queue does not answer; drafts are checked when it does.", exc_info=True)
