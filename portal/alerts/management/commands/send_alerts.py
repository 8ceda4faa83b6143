"""Tell followers what changed. Workers do this by themselves; by hand it is for looking what would be sent."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.alerts.sweeping import send_due


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        made, sent = send_due(timezone.now())
        self.stdout.write(f"{made} letters were due, {sent} were sent.")
