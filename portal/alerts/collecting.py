"""Finding what followers must be told: which editions changed under which watches, each noticed once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from portal.alerts.finding import search_changes
from portal.alerts.following import next_time
from portal.alerts.models import Letter, Notice, Pace, Rhythm, SeenEdition, Watch
from reports.document import Tier
from reports.models import Edition, EditionCompany

OVERLAP = timedelta(minutes=2)
"""An edition that was being published while a search was looked at is found at the next look: no task runs so long."""

_STALE = """
WITH standing AS (
    SELECT DISTINCT ON (edition.report_id) edition.report_id, edition.id, edition.number
    FROM reports_edition edition
    WHERE NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = edition.id)
    ORDER BY edition.report_id, edition.number DESC
)
SELECT DISTINCT rhythm.id
FROM alerts_rhythm rhythm
JOIN alerts_watch watch ON watch.user_id = rhythm.user_id AND watch.pace = rhythm.pace
WHERE rhythm.next_at <= %(at)s AND (
    EXISTS (
        SELECT FROM alerts_seenedition seen LEFT JOIN standing ON standing.report_id = seen.report_id
        WHERE seen.watch_id = watch.id AND seen.edition_id IS DISTINCT FROM standing.id
    ) OR EXISTS (
        SELECT FROM reports_edition published
        WHERE watch.search <> '' AND published.published_at > watch.looked_at - %(overlap)s::interval
          AND NOT EXISTS (
              SELECT FROM alerts_seenedition seen WHERE seen.watch_id = watch.id AND seen.edition_id = published.id
          )
    ) OR EXISTS (
        SELECT FROM reports_editioncompany named JOIN standing ON standing.report_id = named.report_id
        WHERE watch.company_slug <> '' AND named.slug = watch.company_slug
          AND named.first_edition <= standing.number
          AND (named.last_edition IS NULL OR named.last_edition >= standing.number)
          AND NOT EXISTS (
              SELECT FROM alerts_seenedition seen
              WHERE seen.watch_id = watch.id AND seen.report_id = named.report_id
          )
    )
)
"""


def stale_rhythms(at: datetime) -> list[int]:
    """The rhythms that are due and have something to tell. One query, whatever the number of watches."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"at": at, "overlap": f"{OVERLAP.total_seconds():.0f} seconds"})
        return [pk for (pk,) in cursor.fetchall()]


def collect(at: datetime) -> int:
    """Make a letter for each person and pace that has something to be told; returns how many were made.

    Safe to run at once in several processes and to run again: a rhythm's row is the lock, what was noticed is kept,
    and a constraint keeps a watch from being told of an edition twice.
    """
    stale = stale_rhythms(at)
    made = sum(_collect_one(pk, at) for pk in stale)
    for pace in (Pace.DAILY, Pace.WEEKLY):
        # Those with nothing to tell wait for the next morning too, so that a change at noon comes with it.
        due = Rhythm.objects.filter(pace=pace, next_at__lte=at).exclude(pk__in=stale)
        due.update(next_at=next_time(pace, at))
    return made


def _collect_one(rhythm_id: int, at: datetime) -> int:
    with transaction.atomic():
        rhythm = Rhythm.objects.select_for_update(skip_locked=True).filter(pk=rhythm_id, next_at__lte=at).first()
        if rhythm is None:
            return 0
        letter = None
        for watch in Watch.objects.filter(user=rhythm.user_id, pace=rhythm.pace).order_by("pk"):
            for kind, edition, before in _found_anew(watch, at) if watch.search else _moves(watch):
                if letter is None:
                    letter = Letter.objects.create(user_id=rhythm.user_id, made_at=at, next_try_at=at)
                Notice.objects.get_or_create(
                    watch=watch, edition=edition, kind=kind, defaults={"letter": letter, "before": before}
                )
        if rhythm.pace != Pace.INSTANTLY:
            rhythm.next_at = next_time(rhythm.pace, at)
            rhythm.save(update_fields=["next_at"])
        if letter is not None and not letter.notices.exists():
            letter.delete()
            letter = None
        return int(letter is not None)


def _moves(watch: Watch) -> Iterable[tuple[str, Edition, Edition | None]]:
    """What happened under a watch since it was last looked at, which it now has been."""
    seen = {one.report_id: one.edition for one in watch.seen.select_related("edition").defer("edition__document")}
    report_ids = set(seen) | set(_newly_named(watch, set(seen)))
    standing = {
        edition.report_id: edition
        for edition in Edition.objects.filter(report_id__in=report_ids).current().defer("document")
    }
    for report_id in sorted(report_ids):
        before, now = seen.get(report_id), standing.get(report_id)
        if (before and before.pk) == (now and now.pk):
            continue
        SeenEdition.objects.update_or_create(watch=watch, report_id=report_id, defaults={"edition": now})
        if now is not None and (before is None or now.number > before.number):
            yield Notice.Kind.PUBLISHED, now, before
        elif before is not None:
            yield Notice.Kind.WITHDRAWN, before, now


def _found_anew(watch: Watch, at: datetime) -> Iterable[tuple[str, Edition, Edition | None]]:
    """Editions since the last look that change what a search finds, for whoever may read everything.

    Whether they change what this person may read is decided when the letter is written.
    """
    since = (watch.looked_at or watch.since) - OVERLAP
    seen = {one.report_id: one.edition_id for one in watch.seen.all()}
    moved = set(
        Edition.objects.filter(published_at__gt=since).order_by().values_list("report_id", flat=True).distinct()
    )
    standing = Edition.objects.filter(report_id__in=moved).current().defer("document").order_by("report_id")
    for now in standing:
        if seen.get(now.report_id) == now.pk or now.published_at <= max(since, watch.since):
            continue
        earlier = Edition.objects.standing().filter(report=now.report_id, number__lt=now.number).order_by("-number")
        known = seen.get(now.report_id)
        before = earlier.filter(pk=known).first() if known else None
        before = before or earlier.filter(published_at__lte=max(since, watch.since)).first()
        SeenEdition.objects.update_or_create(watch=watch, report_id=now.report_id, defaults={"edition": now})
        if search_changes(before.contents if before else None, now.contents, watch.search, Tier.LICENSED).anything:
            yield Notice.Kind.PUBLISHED, now, before
    Watch.objects.filter(pk=watch.pk).update(looked_at=at)


def _newly_named(watch: Watch, known: set[int]) -> list[int]:
    if not watch.company_slug:
        return []
    named = EditionCompany.objects.filter(slug=watch.company_slug, last_edition__isnull=True).exclude(
        report_id__in=known
    )
    return list(named.values_list("report_id", flat=True).distinct())
