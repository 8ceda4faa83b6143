"""Following a report, a company, a search or a saved chart, and no longer following it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse

from portal.access.models import User
from portal.alerts.models import Pace, Rhythm, SeenEdition, Watch
from portal.explorer.models import SavedChart
from portal.explorer.saving import question_of
from reports.models import Edition, EditionCompany, Report

SALT = "portal.alerts.stop"
HOUR_OF_LETTERS = 6  # UTC
MONDAY = 0


def follow_report(user: User, report: Report, pace: str, *, at: datetime) -> Watch:
    """Tell `user` of changes to `report` from now on; following it already, only the pace changes."""
    with transaction.atomic():
        watch, made = Watch.objects.update_or_create(
            user=user, report=report, defaults={"pace": pace}, create_defaults={"pace": pace, "since": at}
        )
        if made:
            start_from_current(watch, [report.pk])
        keep_rhythm(user, pace, at=at)
        return watch


def follow_company(user: User, slug: str, name: str, pace: str, *, at: datetime) -> Watch:
    """Tell `user` of changes to what any report says of a company, from now on."""
    with transaction.atomic():
        watch, made = Watch.objects.update_or_create(
            user=user, company_slug=slug, defaults={"pace": pace, "company_name": name},
            create_defaults={"pace": pace, "company_name": name, "since": at},
        )  # fmt: skip
        if made:
            named = EditionCompany.objects.filter(slug=slug).values_list("report_id", flat=True).distinct()
            start_from_current(watch, list(named))
        keep_rhythm(user, pace, at=at)
        return watch


def follow_search(user: User, line: str, pace: str, *, at: datetime) -> Watch:
    """Tell `user` when an edition published from now on changes what this line finds."""
    with transaction.atomic():
        watch, _ = Watch.objects.update_or_create(
            user=user, search=line, defaults={"pace": pace},
            create_defaults={"pace": pace, "since": at, "looked_at": at},
        )  # fmt: skip
        keep_rhythm(user, pace, at=at)
        return watch


def follow_chart(user: User, chart: SavedChart, pace: str, *, at: datetime) -> Watch:
    """Tell `user` when a number in a saved chart changes, from now on."""
    with transaction.atomic():
        watch, _ = Watch.objects.update_or_create(
            user=user, chart=chart, defaults={"pace": pace}, create_defaults={"pace": pace, "since": at}
        )
        know_chart(watch, chart)
        keep_rhythm(user, pace, at=at)
        return watch


def know_chart(watch: Watch, chart: SavedChart) -> None:
    """Look at the reports that the chart shows now, and no longer at others."""
    slugs = question_of(chart.query).report
    report_ids = list(Report.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    SeenEdition.objects.filter(watch=watch).exclude(report__in=report_ids).delete()
    start_from_current(watch, report_ids)


def set_pace(watch: Watch, pace: str, *, at: datetime) -> None:
    """Tell of it at another pace; what waits is not lost."""
    with transaction.atomic():
        Watch.objects.filter(pk=watch.pk).update(pace=pace)
        keep_rhythm(watch.user, pace, at=at)


def start_from_current(watch: Watch, report_ids: list[int]) -> None:
    """What is published now is known; only what comes later is told."""
    current = Edition.objects.filter(report_id__in=report_ids).current().values_list("report_id", "pk")
    SeenEdition.objects.bulk_create(
        [SeenEdition(watch=watch, report_id=report_id, edition_id=pk) for report_id, pk in current],
        ignore_conflicts=True,
    )


def keep_rhythm(user: User, pace: str, *, at: datetime) -> None:
    """Make sure that watches of this pace are looked at."""
    Rhythm.objects.get_or_create(user=user, pace=pace, defaults={"next_at": next_time(pace, at)})


def next_time(pace: str, at: datetime) -> datetime:
    """When watches of a pace are looked at next: at once, the coming morning, or the coming Monday's morning (UTC)."""
    if pace == Pace.INSTANTLY:
        return at
    morning = at.replace(hour=HOUR_OF_LETTERS, minute=0, second=0, microsecond=0)
    if morning <= at:
        morning += timedelta(days=1)
    if pace == Pace.WEEKLY:
        morning += timedelta(days=(MONDAY - morning.weekday()) % 7)
    return morning


def stop_path(watches: Iterable[Watch]) -> str:
    """The signed path that ends these watches without signing in."""
    return reverse("stop_watch", args=[signing.dumps(sorted(watch.pk for watch in watches), salt=SALT)])


def watches_of_token(token: str) -> list[int] | None:
    """The ids of the watches that a signed path ends; None where the path is not ours."""
    try:
        return [int(pk) for pk in signing.loads(token, salt=SALT)]
    except (signing.BadSignature, ValueError, TypeError):
        return None
