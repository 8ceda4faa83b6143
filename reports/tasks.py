"""What the Celery worker does for drafts."""

from celery import shared_task
from django.utils import timezone

from reports.checking import check_due_drafts
from reports.importing.sheets.working import work_through


@shared_task(name="reports.check_drafts", ignore_result=True)  # type: ignore[untyped-decorator]
def check_drafts() -> None:
    """Check the drafts that are due."""
    check_due_drafts(timezone.now())


@shared_task(name="reports.work_through_sheet", ignore_result=True)  # type: ignore[untyped-decorator]
def work_through_sheet(upload_id: int) -> None:
    """Go on with an uploaded spreadsheet."""
    work_through(upload_id)
