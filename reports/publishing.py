"""Publishing: check, compile, store an edition; and withdrawing one. Each is one locked transaction."""

import dataclasses
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from forecasts.models import ForecastState
from reports import checks
from reports.compiling import compile_document
from reports.document import Document
from reports.figures import UnknownFigure
from reports.models import Edition, Report, Withdrawal, Workflow
from reports.projection import project


class NotPublishable(ValueError):
    """Why a report can't be published now, as sentences an editor can act on."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def publish(report: Report, *, by: AbstractUser, now: datetime) -> Edition:
    """Publish the report's draft as its next edition, and return it; the current one if nothing has changed.

    Refuses with NotPublishable when the forecast is stale or failed, a figure is unknown, or an error-level finding is
    neither mended nor waived; with PermissionDenied when `by` may not publish. The report's row and the forecast's
    state are locked throughout, so no edit can slip in between the check and the edition.
    """
    if not by.has_perm("reports.publish_report"):
        raise PermissionDenied(
            "Only publishers may publish. Ask one, or have an administrator give you the permission."
        )
    with transaction.atomic():
        report = Report.objects.select_for_update(no_key=True).select_related("market", "industry").get(pk=report.pk)
        state = ForecastState.objects.select_for_update(no_key=True).get(market_id=report.market_id)
        if state.has_failed:
            raise NotPublishable(f"The forecast could not be computed: {state.problem}")
        if not state.is_current:
            raise NotPublishable("The forecast has not caught up with the latest edit. Try again in a moment.")
        checks.check(report, now=now)
        errors = checks.open_errors(report)
        if errors:
            raise NotPublishable(*(f"{error.sentence} Fix it, or waive it with a reason." for error in errors))
        try:
            document = compile_document(report)
        except UnknownFigure as problem:
            raise NotPublishable(str(problem)) from problem
        digest = document.digest()
        current = report.current_edition
        if current is not None and (current.digest == digest or _says_the_same(current.contents, document)):
            Workflow.objects.filter(report=report).exclude(embargo_until__gt=now).delete()
            return current
        workflow = Workflow.objects.filter(report=report).first() or Workflow(report=report)
        if workflow.under_embargo(now):
            raise NotPublishable(f"The report is under embargo until {workflow.embargo_until:%-d %B %Y, %H:%M} UTC.")
        if settings.TWO_PERSON_RULE and not workflow.is_approved(digest):
            raise NotPublishable(
                "What would be published was not approved by a second person. Send it to review; if it was approved, "
                "it has changed since."
            )
        last = report.editions.aggregate(last=Max("number"))["last"] or 0
        edition = Edition.objects.create(
            report=report,
            number=last + 1,
            schema=document.schema,
            document=document.to_json(),
            digest=digest,
            published_at=now,
            published_by_id=by.pk,
        )
        project(edition)
        Workflow.objects.filter(report=report).delete()
        return edition


def _says_the_same(current: Document, document: Document) -> bool:
    """Whether an edition, read in today's schema, says what would be published: an upgrade alone makes no new edition.

    Traces follow from the inputs and the engine, whose digest and version both documents hold.
    """
    return dataclasses.replace(current, traces=()) == dataclasses.replace(document, traces=())


def withdraw(edition: Edition, *, by: AbstractUser, reason: str, now: datetime) -> Withdrawal:
    """Withdraw an edition: readers get the one before it, and who asks for this one reads why. Nothing is deleted.

    Raises ValueError without a reason, PermissionDenied when `by` may not publish; an edition already withdrawn keeps
    its first withdrawal.
    """
    if not by.has_perm("reports.publish_report"):
        raise PermissionDenied("Only publishers may withdraw an edition.")
    if not reason.strip():
        raise ValueError("Say why the edition is withdrawn; readers who cite it will see the reason.")
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).get(pk=edition.report_id)
        withdrawal, _ = Withdrawal.objects.get_or_create(
            edition=edition, defaults={"reason": reason.strip(), "withdrawn_by_id": by.pk, "withdrawn_at": now}
        )
        return withdrawal
