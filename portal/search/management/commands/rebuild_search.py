"""Makes everything findable anew from the current editions."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.search.indexing import rebuild


class Command(BaseCommand):
    help = "Throw the search entries away and write them again from the current editions. Readers keep reading."

    def handle(self, *args: Any, **options: Any) -> None:
        count = rebuild()
        self.stdout.write(f"{count} {'report' if count == 1 else 'reports'} can be searched again.")
