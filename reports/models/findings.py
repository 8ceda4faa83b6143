"""What the consistency checker says of a draft, and what editors answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.models.report import Report


class Finding(models.Model):
    """One thing the checker found. Replaced by every check; `fingerprint` says which finding it is across checks.

    The fingerprint is a digest of the rule, the place and the facts, so a waiver lapses when the facts change.
    """

    class Severity(models.TextChoices):
        ERROR = "error", "Error"
        WARNING = "warning", "Warning"
        NOTE = "note", "Note"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=7, choices=Severity)
    place = models.CharField(max_length=200, help_text="Where: headline, players, dimension material ...")
    sentence = models.TextField()
    suggestion = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    link = models.CharField(max_length=300, blank=True, help_text="Where in the admin it can be mended.")
    fix = models.CharField(
        max_length=400, blank=True, db_default="", help_text="What one click would do about it, where it is safe."
    )

    class Meta:
        ordering = ["severity", "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "fingerprint"], name="finding_once_per_report"),
            models.CheckConstraint(
                condition=Q(severity__in=["error", "warning", "note"]), name="finding_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Waiver(models.Model):
    """An editor's reason why a finding may stand. It holds for exactly the facts it was given for."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="waivers")
    fingerprint = models.CharField(max_length=64)
    code = models.CharField(max_length=60)
    sentence = models.TextField(help_text="The finding as it read when it was waived.")
    reason = models.TextField()
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    waived_at = models.DateTimeField()

    class Meta:
        ordering = ["-waived_at"]
        constraints = [
            models.UniqueConstraint(fields=["report", "fingerprint"], name="waiver_once_per_finding"),
            models.CheckConstraint(
                condition=~Q(reason=""), name="waiver_has_a_reason", violation_error_message="Say why it may stand."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason[:60]}"
