"""Recompute markets now, in this terminal, with a progress bar."""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError, CommandParser

from forecasts.models import ForecastRun, ForecastState, Market

BAR = 30


class Command(BaseCommand):
    help = "Recompute the forecasts that are stale, those of the markets named, or all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("markets", nargs="*", metavar="MARKET", help="A market's slug or number.")
        parser.add_argument("--all", action="store_true", help="Every market, not only the stale ones.")
        parser.add_argument("--force", action="store_true", help="Compute anew even where no input changed.")
        parser.add_argument("--processes", type=int, default=0, help="How many at once; by default one for each core.")

    def handle(self, *args: Any, markets: list[str], all: bool, force: bool, processes: int, **options: Any) -> None:
        from forecasts.requesting import mark_stale

        if markets and all:
            raise CommandError("Name markets or say --all, not both.")
        chosen = _named(markets) if markets else Market.objects.all() if all else Market.objects.stale()
        ids = list(chosen.order_by("pk").values_list("pk", flat=True))
        if force or markets:
            mark_stale(ids if force else _given_up(ids))
        if not ids:
            self.stdout.write("Every forecast is current; there is nothing to recompute.")
            return
        began = time.monotonic()
        done, failed = self._recompute(ids, processes or os.cpu_count() or 1)
        seconds = time.monotonic() - began
        untouched = len(ids) - done - len(failed)
        self.stdout.write(f"{done} recomputed, {untouched} needed nothing, {len(failed)} failed, in {seconds:.1f} s.")
        for market_id, problem in failed:
            name = Market.objects.filter(pk=market_id).values_list("name", flat=True).first()
            self.stderr.write(f"{name}: {problem}")
        if failed:
            raise CommandError(
                "Not every forecast could be computed. Mend the inputs named above, then run this again."
            )

    def _recompute(self, ids: list[int], processes: int) -> tuple[int, list[tuple[int, str]]]:
        done, failed = 0, []
        for count, (market_id, outcome, problem) in enumerate(_answers(ids, min(processes, len(ids))), start=1):
            done += outcome == ForecastRun.Outcome.DONE
            if problem:
                failed.append((market_id, problem))
            self._show(count, len(ids))
        return done, failed

    def _show(self, count: int, whole: int) -> None:
        if not sys.stderr.isatty():
            return
        filled = BAR * count // whole
        end = "\n" if count == whole else ""
        sys.stderr.write(f"\r[{'█' * filled}{'·' * (BAR - filled)}] {count:,} of {whole:,}{end}")
        sys.stderr.flush()


def _named(names: list[str]) -> Any:
    numbers = [int(name) for name in names if name.isdigit()]
    chosen = Market.objects.filter(slug__in=names) | Market.objects.filter(pk__in=numbers)
    known = {str(key) for pair in chosen.values_list("pk", "slug") for key in pair}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandError(f"There is no market called {', '.join(unknown)}. Give its slug, as in its address.")
    return chosen


def _given_up(ids: list[int]) -> list[int]:
    states = ForecastState.objects.filter(pk__in=ids).exclude(failed_version=0)
    return [state.pk for state in states if state.has_failed]


Answer = tuple[int, str, str]


def _answers(ids: Iterable[int], processes: int) -> Iterator[Answer]:
    """Each market's number, its run's outcome ("" when there was nothing to do) and the problem, as they come."""
    if processes < 2:
        yield from map(recompute_one, ids)
        return
    left = dict.fromkeys(ids)
    tries = _tries(left)
    while left:
        size = len(left)
        for answer in _answers_until_a_process_dies(*_next_in_turn(list(left), tries, processes)):
            left.pop(answer[0])
            yield answer
        before, tries = tries, _tries(left)
        if len(left) == size and tries == before:
            raise CommandError("The processes end before they begin a market. Say --processes 1 to see why.")


def _tries(ids: Iterable[int]) -> dict[int, int]:
    """The markets that were begun and not ended, and how often."""
    return dict(ForecastState.objects.filter(pk__in=ids, attempts__gt=0).values_list("pk", "attempts"))


def _next_in_turn(left: list[int], tries: Mapping[int, int], processes: int) -> tuple[list[int], int]:
    """Which markets are next, and by how many processes.

    A market that was begun and not ended may be one that kills its process. Such come last and one at a time, so that
    only its own tries count against a market, and after three of them it is given up.
    """
    fresh = [pk for pk in left if pk not in tries]
    return (fresh, processes) if fresh else (left[:1], 1)


def _answers_until_a_process_dies(ids: list[int], processes: int) -> Iterator[Answer]:
    context = multiprocessing.get_context("spawn")  # a fork would share this process's connection
    with ProcessPoolExecutor(min(processes, len(ids)), mp_context=context, initializer=django.setup) as pool:
        for future in as_completed([pool.submit(recompute_one, pk) for pk in ids]):
            with suppress(BrokenProcessPool):
                yield future.result()


def recompute_one(market_id: int) -> Answer:
    """Recompute one market; runs in a child process, or in this one."""
    from forecasts.recompute import recompute

    run = recompute(market_id, trigger="command")
    while run is not None and run.outcome == ForecastRun.Outcome.FAILED:
        again = recompute(market_id, trigger="command")
        if again is None:
            return market_id, run.outcome, run.problem
        run = again
    return market_id, run.outcome if run else "", ""
