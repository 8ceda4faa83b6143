"""Imports the page of a market report as a draft, or shows what an import would place where."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.importing.manuscript import as_json, as_table, parse
from reports.importing.reading import ManuscriptError, read_file
from reports.importing.store import import_manuscript
from reports.models import Industry, Report


class Command(BaseCommand):
    """Prints what was placed where; with --json one JSON object. Fails with a sentence for what is no manuscript."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the manuscript: plain text, Markdown, Word (.docx) or HTML, at most 5 MB of text"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--dry-run", action="store_true", help="read and report, change nothing")
        parser.add_argument("--report", metavar="SLUG", help="import into this report instead of the one on the market")
        parser.add_argument("--industry", metavar="SLUG", help="the industry of a new report")
        parser.add_argument("--by", metavar="EMAIL", help="who imports it")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            text = read_file(path)
            if options["dry_run"]:
                manuscript, message = parse(text), "Nothing was changed."
            else:
                done = import_manuscript(
                    text,
                    filename=path.name,
                    now=timezone.now(),
                    report=_one(Report, "slug", options["report"], "report"),
                    industry=_one(Industry, "slug", options["industry"], "industry"),
                    by=_one(get_user_model(), "email", options["by"], "user"),
                )
                manuscript, message = done.manuscript, done.message
        except ManuscriptError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(as_json(manuscript), ensure_ascii=False, indent=2))
            self.stderr.write(message)
        else:
            self.stdout.write(f"{as_table(manuscript)}\n\n{message}")


def _one(model: Any, field: str, value: str | None, word: str) -> Any:
    if value is None:
        return None
    found = model.objects.filter(**{field: value}).first()
    if found is None:
        raise CommandError(f"There is no {word} “{value}”.")
    return found
