"""Loads the demo once; run again, it loads what is missing and makes new passwords."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.operations.demo import load_demo


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(load_demo(now=timezone.now())))
