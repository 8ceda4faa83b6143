"""How far a draft has come on its way to readers, what was said of it there, and when it was last checked."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reports.models.report import Report


class Workflow(models.Model):
    """The way of a draft: draft, in review, approved, scheduled; and back to draft once it is published.

    An approval is of exactly one document, named by its digest; after an edit of what readers see
    it approves nothing.
    A report without a row is a draft.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in-review", "In review"
        APPROVED = "approved", "Approved"
        SCHEDULED = "scheduled", "Scheduled"

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="workflow")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(null=True, help_text="The day by which the review is wanted.")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=64, blank=True, help_text="The digest of the document approved.")
    embargo_until = models.DateTimeField(null=True, help_text="Nobody may publish before.")
    scheduled_at = models.DateTimeField(null=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_back_with = models.ForeignKey(
        "ReviewComment",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What must change, where a reviewer sent the draft back and it was not sent to review again.",
    )
    refusal = models.TextField(blank=True, help_text="Why the last scheduled publication did not happen, in words.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in-review", "approved", "scheduled"]), name="workflow_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in-review"])
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_digest="")),
                name="workflow_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False, scheduled_by__isnull=False),
                name="workflow_scheduled_has_time_and_publisher",
            ),
        ]
        indexes = [
            models.Index(fields=["scheduled_at"], condition=Q(state="scheduled"), name="workflow_scheduled_next")
        ]
        permissions = [("approve_report", "Can review and approve drafts")]

    def __str__(self) -> str:
        return f"{self.report}: {self.get_state_display()}"

    def is_approved(self, digest: str) -> bool:
        """Whether exactly the document of this digest was approved."""
        return self.state in (self.State.APPROVED, self.State.SCHEDULED) and self.approved_digest == digest

    def under_embargo(self, now: datetime) -> bool:
        """Whether nobody may publish yet."""
        return self.embargo_until is not None and now < self.embargo_until


class ReviewComment(models.Model):
    """What somebody said of a place in the draft. It stays when it is settled."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="review_comments")
    place = models.CharField(max_length=200, blank=True, help_text="Where: headline, players, Europe ...")
    body = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = [F("settled_at").asc(nulls_first=True), "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(body=""), name="comment_says_something", violation_error_message="Write something."
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.body[:60]}" if self.place else self.body[:60]


class DraftCheck(models.Model):
    """When a draft was last checked, and what it was made of then. Anything newer makes a new check due."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="draft_check")
    checked_at = models.DateTimeField()
    checked_version = models.PositiveBigIntegerField(help_text="The forecast_version of the market at the check.")
    draft_at = models.DateTimeField(help_text="The report's updated_at at the check.")
    problem = models.TextField(blank=True, help_text="Why the check itself failed, in words.")

    def __str__(self) -> str:
        return f"{self.report} checked at {self.checked_at:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """That somebody has a page of a draft open: written every few seconds while they do, worth nothing soon after."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=60, blank=True, help_text="The page's name on the tabs.")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "user"], name="presence_once_per_report")]

    def __str__(self) -> str:
        return f"{self.user} at {self.place} of {self.report}"
