"""Mending a finding with one click: in one transaction, checked again before it counts."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from forecasts.requesting import request_recompute
from reports.checks import findings
from reports.checks.fixes import offer_for
from reports.checks.fixes.registry import Order
from reports.checks.loading import load_draft
from reports.checks.registry import run
from reports.models import Report


class NotMended(ValueError):
    """Why nothing was changed, as a sentence for the editor."""


def mend(report: Report, fingerprint: str, *, by: AbstractUser, now: datetime) -> str:
    """Carry out the fix that a finding offers, check the report again, and say what was changed.

    The draft is looked at anew first, so the fix rests on what is stored now, not on what the screen showed. Raises
    NotMended, and changes nothing, when the finding is gone, offers no fix, or would still stand afterwards.
    """
    try:
        with transaction.atomic():
            Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)
            draft = load_draft(report.pk, today=now.date())
            found = next((one for one in run(draft) if one.fingerprint == fingerprint), None)
            if found is None:
                raise NotMended("This finding is gone: the facts it rested on have changed. Nothing was changed now.")
            offer = offer_for(draft, found)
            if offer is None:
                raise NotMended("This finding takes a judgement; open the place and mend it there.")
            done = offer.deed(Order(report, by, now))
            report.save(update_fields=["updated_at"])
            if offer.market:
                request_recompute(report.market_id, trigger="edit", by=by.pk)
            left = findings.check(report, now=now)
            if any(one.fingerprint == fingerprint for one in left):
                raise NotMended("The change would not have settled the finding, so nothing was changed.")
    except NotMended:
        raise
    except ValueError as problem:
        raise NotMended(str(problem)) from problem
    return done
