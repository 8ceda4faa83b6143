"""What readers ask of the publisher: a seat, a sample, a licence, or an analyst's answer."""

from django.db import models
from django.db.models import Q

from portal.access.models.people import Organisation, User
from reports.models import Report


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def waiting(self) -> "AccessRequestQuerySet":
        return self.filter(state=AccessRequest.State.OPEN)


class AccessRequest(models.Model):
    class Kind(models.TextChoices):
        SEAT = "seat", "A seat"
        SAMPLE = "sample", "A sample"
        LICENCE = "licence", "A licence"
        QUESTION = "question", "A question to the analyst"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests")
    email = models.EmailField("e-mail address")
    organisation_name = models.CharField("organisation as written", max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    message = models.TextField(blank=True)
    created_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    handled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests_handled"
    )
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "request"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", handled_at__isnull=True) | (~Q(state="open") & Q(handled_at__isnull=False)),
                name="access_request_handled_when_not_open",
            )
        ]
        indexes = [models.Index(fields=["state", "-created_at"], name="access_request_inbox")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.email}"
