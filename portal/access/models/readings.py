"""Who read which report on which day: the evidence an organisation renews a licence by."""

from django.db import models
from django.db.models import Q

from portal.access.models.keys import ApiKey
from portal.access.models.people import Organisation, User
from reports.models import Report


class ReportReading(models.Model):
    """How often a person or a key read a licensed report in a day, through one organisation's licence."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="readings")
    api_key = models.ForeignKey(ApiKey, null=True, on_delete=models.CASCADE, related_name="readings")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="readings")
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["organisation", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "api_key", "report", "day"],
                nulls_distinct=False,
                name="report_reading_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, api_key__isnull=True) | Q(user__isnull=True, api_key__isnull=False),
                name="report_reading_by_person_or_key",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day"], name="report_reading_by_day")]

    def __str__(self) -> str:
        return f"{self.user or self.api_key} read {self.report} on {self.day}"
