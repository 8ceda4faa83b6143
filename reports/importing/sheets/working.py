"""Goes through an upload batch by batch. Each batch is one transaction, so a killed worker loses none and doubles none.

The rows say what is still to do: whoever comes next, by message or by the sweep, takes up where the last one stopped.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pghistory
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from reports.importing.sheets.in_one_file import compare_within
from reports.importing.sheets.judging import Verdict, judge, places_for
from reports.importing.sheets.mapping import MANUSCRIPTS, judge_manuscripts, store_manuscript
from reports.importing.sheets.saving import save_findings
from reports.importing.sheets.storing import store_batch
from reports.models import SheetImport, SheetRow

logger = logging.getLogger(__name__)

BATCH = 500
LARGEST_BATCH = 5000
"""Rows of one report or market that are stored in one transaction, so that it is recomputed once."""
BUDGET_SECONDS = 20.0  # well below a task's time limit
TRIES = 3
ASK_AGAIN_AFTER = timedelta(seconds=10)
_LOCKS_OF_IMPORTS = 0x73686565

_asked_at: datetime | None = None


def work_through(upload_id: int) -> None:
    """Check or import an upload, for as long as a task may take; asks for another turn when there is more.

    Only one process works on an upload at a time. A batch that fails is tried three times; then the upload stops, with
    a sentence, and what was stored before stays.
    """
    started = time.monotonic()
    with _alone(upload_id) as alone:
        if not alone:
            return
        by = SheetImport.objects.filter(pk=upload_id).values_list("uploaded_by", flat=True).first()
        while _batch_of(upload_id, by):
            if time.monotonic() - started > BUDGET_SECONDS:
                ask(upload_id)
                return


def ask(upload_id: int) -> None:
    """Have a worker go on with the upload. Never raises: the sweep finds what a lost message would have asked for."""
    from reports.tasks import work_through_sheet

    try:
        work_through_sheet.apply_async((upload_id,), retry=False)
    except Exception:
        logger.warning("The queue does not answer; the sweep goes on with upload %s.", upload_id)


def sweep(now: datetime) -> None:
    """Ask again for uploads that nobody has touched for ten seconds. Every worker calls this every few seconds."""
    global _asked_at
    if _asked_at is not None and timedelta(0) <= now - _asked_at < ASK_AGAIN_AFTER:
        return
    waiting = list(_working().filter(touched_at__lt=now - ASK_AGAIN_AFTER).values_list("pk", flat=True)[:50])
    if waiting:
        _asked_at = now
    for pk in waiting:
        ask(pk)


def _working() -> QuerySet[SheetImport]:
    return SheetImport.objects.filter(state__in=[SheetImport.State.CHECKING, SheetImport.State.IMPORTING])


def _batch_of(upload_id: int, by: int | None) -> bool:
    """One batch, in the draft history as the import of whoever uploaded the file."""
    with pghistory.context(user=by, url="/import/"):
        return _batch(upload_id)


def _batch(upload_id: int) -> bool:
    """Do one batch; returns whether there may be more. Raises what says that the database is away."""
    begun = _working().filter(pk=upload_id, attempts__lt=TRIES).update(attempts=F("attempts") + 1)
    if not begun:
        _give_up(upload_id)
        return False
    try:
        with transaction.atomic():
            upload = _working().select_for_update().filter(pk=upload_id).first()
            if upload is None:
                return False
            now = timezone.now()
            more = _check(upload) if upload.state == SheetImport.State.CHECKING else _import(upload, now)
            upload.touched_at, upload.attempts = now, 0
            upload.save(update_fields=["state", "touched_at", "attempts", "finished_at"])
            return more
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("A batch of upload %s failed.", upload_id)
        return True


def _give_up(upload_id: int) -> None:
    stopped = _working().filter(pk=upload_id, attempts__gte=TRIES)
    upload = stopped.first()
    if upload is None:
        return
    rows = waiting_rows(upload)[:BATCH]
    where = f"between {rows[0]} and {rows[len(rows) - 1]}" if rows else "at its end"
    stopped.update(
        state=SheetImport.State.FAILED,
        problem=f"It stopped {where}: {TRIES} tries failed, and the log says why. What was stored before stays. "
        "Take these rows out of the file, upload it again, and rows that are stored already will be unchanged.",
    )


def waiting_rows(upload: SheetImport) -> QuerySet[SheetRow]:
    """The rows that are still to be checked, or to be stored."""
    if upload.state == SheetImport.State.CHECKING:
        return upload.rows.filter(verdict=Verdict.WAITING)
    return upload.rows.filter(verdict__in=[Verdict.NEW, Verdict.CHANGED], stored=False)


def _next(upload: SheetImport) -> list[SheetRow]:
    """The next rows, in their order; what belongs to one report or market is not parted."""
    rows = list(waiting_rows(upload)[:BATCH])
    if len(rows) == BATCH and rows[-1].group:
        last = rows[-1]
        rows += waiting_rows(upload).filter(position__gt=last.position, group=last.group)[: LARGEST_BATCH - BATCH]
    return rows


def _check(upload: SheetImport) -> bool:
    rows = _next(upload)
    if not rows:
        compare_within(upload)
        upload.state = SheetImport.State.CHECKED
        return False
    mapped = [row for row in rows if row.part == MANUSCRIPTS]
    judge_manuscripts(mapped)
    judge([row for row in rows if row.part != MANUSCRIPTS], places_for(upload))
    save_findings(rows)
    return True


def _import(upload: SheetImport, now: datetime) -> bool:
    rows = _next(upload)
    if not rows:
        upload.state, upload.finished_at = SheetImport.State.DONE, now
        return False
    if rows[0].part == MANUSCRIPTS:
        store_manuscript(upload, rows[0], now=now)
    else:
        store_batch(upload, [row for row in rows if row.part != MANUSCRIPTS], places_for(upload), now=now)
    return True


@contextmanager
def _alone(upload_id: int) -> Iterator[bool]:
    """Hold the upload's lock, which PostgreSQL releases the moment its holder dies; yields whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS_OF_IMPORTS, upload_id])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS_OF_IMPORTS, upload_id])
