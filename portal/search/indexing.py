"""Keeps what can be found equal to the current editions. Lost work is found again: what is missing says so itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from portal.search.entries import entries_by_tier
from portal.search.models import NAMES, SearchEntry, SearchName
from reports.models import Edition
from reports.models.editions import Withdrawal

AT_ONCE = 20

_seen: tuple[int | None, int | None] | None = None
"""The newest edition and withdrawal when everything was last found indexed: nothing to look for until these change."""


def index(edition: Edition) -> int:
    """Write the entries of one edition anew and drop those of its report's others; returns how many there are."""
    rows = [
        SearchEntry(
            edition=edition,
            report_id=edition.report_id,
            tier=tier,
            place=one.place,
            anchor=one.anchor,
            title=one.title,
            body=one.body,
        )
        for tier, one in entries_by_tier(edition.contents)
    ]
    with transaction.atomic():
        # Two sweepers may come at once: the lock makes one wait, and it then writes the same again.
        Edition.objects.select_for_update(no_key=True).filter(pk=edition.pk).first()
        SearchEntry.objects.filter(report_id=edition.report_id).delete()
        SearchEntry.objects.bulk_create(rows)
        names = sorted({row.title for row in rows if row.place in NAMES})
        SearchName.objects.bulk_create([SearchName(name=name) for name in names], ignore_conflicts=True)
    return len(rows)


def catch_up(most: int = AT_ONCE) -> int:
    """Index current editions that are not yet, and drop what belongs to others; returns how many were indexed."""
    indexed = Exists(SearchEntry.objects.filter(edition=OuterRef("pk")))
    missing = list(Edition.objects.current().filter(~indexed).select_related("report")[:most])
    for edition in missing:
        index(edition)
    gone = Edition.objects.filter(indexed).exclude(pk__in=Edition.objects.current().values("pk"))
    SearchEntry.objects.filter(edition__in=list(gone.values_list("pk", flat=True))).delete()
    return len(missing)


def rebuild() -> int:
    """Throw everything away and index every current edition; returns how many."""
    SearchEntry.objects.all().delete()
    SearchName.objects.all().delete()
    total = 0
    while done := catch_up():
        total += done
    return total


def sweep(now: datetime) -> None:
    """Called by every worker each few seconds. Two small queries while nothing was published or withdrawn."""
    global _seen
    newest = Edition.objects.aggregate(newest=Max("pk"))["newest"]
    withdrawn = Withdrawal.objects.aggregate(newest=Max("pk"))["newest"]
    if (newest, withdrawn) == _seen:
        return
    if catch_up() < AT_ONCE:
        _seen = (newest, withdrawn)
