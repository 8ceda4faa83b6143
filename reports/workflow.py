"""The way of a draft to its readers: in review, approved, scheduled. Each verb is one locked transaction.

submit, claim, comment, settle, request_changes, approve     between editor and reviewer
schedule, unschedule, hold_until                             the publisher's; `publish_due` carries it out

An approval is of exactly one document: verbs that approve take the digest that was on the screen and refuse when the
draft would now be published as another. All raise ValueError (Refused) with a sentence, or PermissionDenied.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, transaction

from reports.compiling import compile_document
from reports.figures import UnknownFigure
from reports.models import Edition, Report, ReviewComment, Workflow
from reports.publishing import NotPublishable, publish

logger = logging.getLogger(__name__)
State = Workflow.State


class Refused(ValueError):
    """Why the step can't be taken now, as a sentence an editor can act on."""


def workflow_of(report: Report) -> Workflow:
    """How far the report's draft has come; an unsaved row for one that never left its editor."""
    people = ("reviewer", "submitted_by", "approved_by", "scheduled_by", "sent_back_with__by")
    return Workflow.objects.select_related(*people).filter(report=report).first() or Workflow(report=report)


@contextmanager
def _locked(report: Report) -> Iterator[Workflow]:
    """The report's workflow under lock, saved at the end. The report's row is the lock, as for publishing."""
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)
        workflow, _ = Workflow.objects.get_or_create(report_id=report.pk)
        yield workflow
        workflow.save()


def _must(by: AbstractUser, permission: str, sentence: str) -> None:
    if not by.has_perm(f"reports.{permission}"):
        raise PermissionDenied(sentence)


def submit(
    report: Report, *, by: AbstractUser, now: datetime, reviewer: AbstractUser | None = None, due: date | None = None
) -> None:
    """Ask for a review, of one person or of anybody. What was approved before must be approved again."""
    _must(by, "change_report", "Only editors may send a draft to review.")
    if due is not None and due < now.date():
        raise Refused("The day by which the review is wanted has passed. Choose a later one.")
    if reviewer is not None and not reviewer.has_perm("reports.approve_report"):
        raise Refused(f"{reviewer} may not approve drafts. Choose a reviewer.")
    with _locked(report) as workflow:
        _back_to_draft(workflow)
        workflow.state, workflow.refusal = State.IN_REVIEW, ""
        workflow.submitted_by_id, workflow.submitted_at = by.pk, now
        workflow.reviewer_id, workflow.due = (reviewer.pk if reviewer else None), due


def claim(report: Report, *, by: AbstractUser, now: datetime) -> None:
    """Take the review on oneself. Refused when somebody else has it."""
    _must(by, "approve_report", "Only reviewers may take a review.")
    with _locked(report) as workflow:
        if workflow.state != State.IN_REVIEW:
            raise Refused("This draft is not in review, so there is nothing to take.")
        if workflow.reviewer_id not in (None, by.pk):
            raise Refused(f"{workflow.reviewer} has this review already.")
        workflow.reviewer_id = by.pk


def comment(report: Report, *, place: str, body: str, by: AbstractUser, now: datetime) -> ReviewComment:
    """Say something of a place in the draft. Everybody who may see the draft may."""
    _must(by, "view_report", "Only people of the desk may comment on drafts.")
    if not body.strip():
        raise Refused("The comment is empty. Write what should be looked at.")
    return ReviewComment.objects.create(
        report=report, place=place.strip()[:200], body=body.strip(), by_id=by.pk, at=now
    )


def settle(one: ReviewComment, *, by: AbstractUser, now: datetime) -> None:
    """Note that a comment was dealt with; the first to say so stays."""
    _must(by, "view_report", "Only people of the desk may settle comments.")
    ReviewComment.objects.filter(pk=one.pk, settled_at=None).update(settled_at=now, settled_by_id=by.pk)


def request_changes(report: Report, *, reason: str, by: AbstractUser, now: datetime) -> None:
    """Send the draft back to its editor, with what must change as a comment that the desk shows them."""
    _must(by, "approve_report", "Only reviewers may ask for changes.")
    if not reason.strip():
        raise Refused("Say what must change; the editor has nothing else to go by.")
    with _locked(report) as workflow:
        if workflow.state == State.DRAFT:
            raise Refused("This draft is with its editor already. Leave a comment instead.")
        _back_to_draft(workflow)
        workflow.sent_back_with = comment(report, place="", body=reason, by=by, now=now)


def approve(report: Report, *, digest: str, by: AbstractUser, now: datetime, two_persons: bool) -> None:
    """Approve exactly the document of `digest`, as it was on the screen.

    Refused when the draft has changed since; with `two_persons` also for whoever sent it to review.
    """
    _must(by, "approve_report", "Only reviewers may approve a draft.")
    with _locked(report) as workflow:
        _approve(workflow, report, digest, by, now, two_persons)


def _approve(
    workflow: Workflow, report: Report, digest: str, by: AbstractUser, now: datetime, two_persons: bool
) -> None:
    if two_persons and workflow.state == State.DRAFT:
        raise Refused("Two people are wanted here: have the draft sent to review first.")
    if two_persons and workflow.submitted_by_id == by.pk:
        raise Refused("You sent this draft to review yourself. Somebody else must approve it.")
    if _digest_now(report) != digest:
        raise Refused("The draft changed while you were reading it. Look at what it says now, then approve that.")
    workflow.state, workflow.approved_digest, workflow.sent_back_with = State.APPROVED, digest, None
    workflow.approved_by_id, workflow.approved_at = by.pk, now


def schedule(report: Report, *, at: datetime, digest: str, by: AbstractUser, now: datetime, two_persons: bool) -> None:
    """Have the document of `digest` published at a time, in `by`'s name.

    Where no second person is wanted, scheduling approves it too. At that time it is published only if the draft still
    says the same; if not, the desk says why. The plan is a row of the database, so it survives every restart.
    """
    _must(by, "publish_report", "Only publishers may schedule an edition.")
    if at <= now:
        raise Refused("That time has passed. Choose a later one, or publish now.")
    with _locked(report) as workflow:
        if workflow.under_embargo(at):
            raise Refused(f"The report is under embargo until {workflow.embargo_until:%-d %B %Y, %H:%M} UTC.")
        if not workflow.is_approved(digest):
            if two_persons:
                raise Refused("What would be published is not approved yet. Have it reviewed first.")
            _approve(workflow, report, digest, by, now, two_persons=False)
        elif _digest_now(report) != digest:
            raise Refused("The draft changed while you were reading it. Look at what it says now, then schedule that.")
        workflow.state, workflow.refusal = State.SCHEDULED, ""
        workflow.scheduled_at, workflow.scheduled_by_id = at, by.pk


def unschedule(report: Report, *, by: AbstractUser, now: datetime) -> None:
    """Call the scheduled publication off. The approval stays."""
    _must(by, "publish_report", "Only publishers may call a publication off.")
    with _locked(report) as workflow:
        if workflow.state != State.SCHEDULED:
            raise Refused("Nothing is scheduled for this report.")
        workflow.state, workflow.scheduled_at, workflow.scheduled_by = State.APPROVED, None, None


def hold_until(report: Report, *, until: datetime | None, by: AbstractUser, now: datetime) -> None:
    """Put the report under embargo until a time, or lift it with None. Nobody can publish before."""
    _must(by, "publish_report", "Only publishers may set an embargo.")
    with _locked(report) as workflow:
        if until is not None and until <= now:
            raise Refused("That time has passed. Choose a later one, or leave it empty to lift the embargo.")
        if until is not None and workflow.scheduled_at is not None and workflow.scheduled_at < until:
            raise Refused("An edition is scheduled before that time. Call it off first.")
        workflow.embargo_until = until


def publish_due(now: datetime) -> list[Edition]:
    """Publish what was scheduled for now or earlier; returns the editions. Every worker calls this every few seconds.

    Each is tried alone. One that is refused goes back to its editor with the sentences on the desk; one that meets a
    forecast being recomputed is tried again in the next round. Two workers at once publish once: the row is the lock.
    """
    waiting = Workflow.objects.filter(state=State.SCHEDULED, scheduled_at__lte=now)
    published = []
    for pk in list(waiting.order_by("scheduled_at").values_list("pk", flat=True)[:20]):
        try:
            edition = _publish_scheduled(pk, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("The scheduled publication of report %s failed.", pk)
            _refuse(pk, now, "it failed for a reason that is in the log. Try to publish it by hand.")
        else:
            published += [edition] if edition else []
    return published


def _publish_scheduled(pk: int, now: datetime) -> Edition | None:
    with transaction.atomic():
        report = Report.objects.select_for_update(no_key=True).select_related("market").get(pk=pk)
        workflow = Workflow.objects.select_related("scheduled_by").get(pk=pk)
        if workflow.state != State.SCHEDULED or workflow.scheduled_at is None or workflow.scheduled_at > now:
            return None  # another worker was first, or it was called off
        state = report.market.state
        if not (state.is_current or state.has_failed):
            return None  # being recomputed: the next round sees what came of it
        by = workflow.scheduled_by
        assert by is not None  # a constraint of the table
        try:
            if _digest_now(report) != workflow.approved_digest:
                raise Refused("the draft has changed since it was approved. Have it approved and scheduled again.")
            with transaction.atomic():
                return publish(report, by=by, now=now)
        except NotPublishable as refused:
            problem = str(refused)
        except (Refused, PermissionDenied) as refused:
            problem = str(refused)
        _refuse(pk, now, problem)
    return None


def _refuse(pk: int, now: datetime, why: str) -> None:
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
        workflow = Workflow.objects.get(pk=pk)
        planned = workflow.scheduled_at or now
        _back_to_draft(workflow)
        workflow.refusal = f"The edition planned for {planned:%-d %B %Y, %H:%M} UTC was not published: {why}"
        workflow.save()


def _back_to_draft(workflow: Workflow) -> None:
    workflow.state = State.DRAFT
    workflow.approved_by, workflow.approved_at, workflow.approved_digest = None, None, ""
    workflow.scheduled_at, workflow.scheduled_by = None, None
    workflow.reviewer, workflow.due, workflow.sent_back_with = None, None, None


def _digest_now(report: Report) -> str:
    fresh = Report.objects.select_related("market", "industry").get(pk=report.pk)
    try:
        return compile_document(fresh).digest()
    except UnknownFigure as problem:
        raise Refused(str(problem)) from problem
