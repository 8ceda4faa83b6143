"""An import of 20,000 rows outlives workers killed in the middle of it: every row is stored once, in minutes."""

import csv
import io
import signal
from collections.abc import Callable

import pytest
from django.utils import timezone

from companies.models import Company, CompanyAlias
from reports.importing.sheets import working
from reports.importing.sheets.receiving import receive
from reports.models import SheetImport, SheetRow
from tests.processes import Child, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
StartWorker = Callable[..., Child]
ROWS = 20_000
PATIENCE = 240.0


def register(rows: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "country", "founded_year", "aliases"])
    for number in range(rows):
        writer.writerow([f"Roof Works {number}", "DE", 1900 + number % 100, f"RW {number} GmbH"])
    return out.getvalue().encode()


def state(upload: SheetImport) -> str:
    return str(SheetImport.objects.values_list("state", flat=True).get(pk=upload.pk))


def test_killed_workers_lose_no_row_and_double_none(start_celery_worker: StartWorker) -> None:
    # What a killed worker had in hand comes again by the sweep after ten seconds, long before its message does.
    worker = start_celery_worker()
    upload = receive(register(ROWS), "register.csv", by=None, now=timezone.now())
    working.ask(upload.pk)

    kills = 0
    while state(upload) == SheetImport.State.CHECKING:
        checked = upload.rows.exclude(verdict=SheetRow.Verdict.WAITING).count()
        if kills < 1 and checked > 2000:
            worker = kill_and_replace(worker, start_celery_worker)
            kills += 1
        wait_until(
            lambda seen=checked: (
                state(upload) != SheetImport.State.CHECKING  # type: ignore[misc]
                or upload.rows.exclude(verdict=SheetRow.Verdict.WAITING).count() > seen
            ),
            PATIENCE,
            "more rows are checked",
        )
    assert state(upload) == SheetImport.State.CHECKED
    assert upload.rows.exclude(verdict=SheetRow.Verdict.NEW).count() == 0
    assert Company.objects.count() == 0

    SheetImport.objects.filter(pk=upload.pk).update(state=SheetImport.State.IMPORTING, touched_at=timezone.now())
    working.ask(upload.pk)
    for share in (0.1, 0.4, 0.7):
        wait_until(lambda part=share: upload.rows.filter(stored=True).count() >= ROWS * part, PATIENCE)  # type: ignore[misc]
        worker = kill_and_replace(worker, start_celery_worker)
        kills += 1
    wait_until(lambda: state(upload) == SheetImport.State.DONE, PATIENCE, "the import is done")

    assert kills == 4
    assert upload.rows.filter(stored=True).count() == ROWS
    assert Company.objects.count() == ROWS
    assert CompanyAlias.objects.count() == 2 * ROWS


def kill_and_replace(worker: Child, start: StartWorker) -> Child:
    worker.send(signal.SIGKILL)
    worker.process.wait()
    return start()
