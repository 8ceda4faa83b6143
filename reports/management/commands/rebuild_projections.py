"""manage.py rebuild_projections [SLUG ...]: write the rows that lists and the API read again from the editions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.models import Report
from reports.projection import rebuild


class Command(BaseCommand):
    help = "Writes the projections of editions again: of all reports, or of those named by slug."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="*", help="Only these reports.")

    def handle(self, *args: Any, **options: Any) -> None:
        reports = Report.objects.order_by("slug")
        if options["slug"]:
            reports = reports.filter(slug__in=options["slug"])
            missing = set(options["slug"]) - set(reports.values_list("slug", flat=True))
            if missing:
                raise CommandError(f"There is no report {', '.join(sorted(missing))}. Check the spelling.")
        for report in reports:
            editions = rebuild(report)
            self.stdout.write(f"{report.slug}: {editions} {'edition' if editions == 1 else 'editions'}")
        self.stdout.write("Done. Pages and the API read the new rows from now on.")
