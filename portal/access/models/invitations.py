"""Invitations: a seat offered to an address, claimed by whoever opens the signed link in the mail."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.access.models.people import Organisation, User

GOOD_FOR = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; some may have expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_accepted"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_waits_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("invited_at")), name="invitation_expires_after_it_was_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"

    def is_open(self, at: datetime) -> bool:
        """Whether the link in the mail still gives a seat."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at
