"""Run the sweeper. The worker starts one itself; by hand it is for looking what a sweep does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from forecasts.sweeping import Sweeper, sweep_once


class Command(BaseCommand):
    help = "Recompute stale markets as they turn up, until stopped. Each worker runs one of these beside it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Look once, recompute what is due, and end.")
        parser.add_argument("--with-parent", action="store_true", help="End when the starting process does.")

    def handle(self, *args: Any, once: bool, with_parent: bool, **options: Any) -> None:
        if once:
            sweep_once()
        else:
            Sweeper(with_parent=with_parent).run()
