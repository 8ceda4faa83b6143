"""What an organisation has licensed."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from portal.access.models.people import Organisation
from reports.models import Industry, Report


class LicenceQuerySet(models.QuerySet["Licence"]):
    def in_force(self, at: datetime) -> "LicenceQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), starts__lte=at)

    def covering(self, report: Report) -> "LicenceQuerySet":
        return self.filter(
            Q(scope="all")
            | Q(scope="industry", industry_id=report.industry_id)
            | Q(scope="report", report_id=report.pk)
        )


class Licence(models.Model):
    """What an organisation may read in full, from when, until when (exclusive; empty is for ever)."""

    class Scope(models.TextChoices):
        REPORT = "report", "One report"
        INDUSTRY = "industry", "One industry"
        ALL = "all", "All access"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="licences")
    scope = models.CharField(max_length=8, choices=Scope)
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="licences")
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="licences")
    starts = models.DateTimeField("from")
    until = models.DateTimeField(null=True, blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="report", report__isnull=False, industry__isnull=True)
                | Q(scope="industry", report__isnull=True, industry__isnull=False)
                | Q(scope="all", report__isnull=True, industry__isnull=True),
                name="licence_names_what_it_covers",
                violation_error_message="Name the report or the industry that is licensed, or neither for all access.",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("starts")),
                name="licence_ends_after_it_starts",
                violation_error_message="A licence must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        covered = self.report or self.industry or "all reports"
        return f"{self.organisation}: {covered}"
