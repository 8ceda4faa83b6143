"""Who else is here: people who have a page of the same draft open."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser

from reports.models import Presence, Report

GONE_AFTER = timedelta(seconds=45)
"""Pages say every 15 seconds that they are open; two lost messages are no departure."""


def be_here(report: Report, user: AbstractUser, *, place: str, now: datetime) -> list[Presence]:
    """Note that `user` has `place` of the draft open; returns the others who are there, the latest first."""
    Presence.objects.bulk_create(
        [Presence(report=report, user_id=user.pk, place=place[:60], seen_at=now)],
        update_conflicts=True,
        unique_fields=["report", "user"],
        update_fields=["place", "seen_at"],
    )
    others = Presence.objects.filter(report=report, seen_at__gt=now - GONE_AFTER).exclude(user_id=user.pk)
    return list(others.select_related("user").order_by("-seen_at", "pk"))


def sentence(others: list[Presence]) -> str:
    """Who else is here, such as "Anna is here too (Sections)."; empty when nobody is."""
    if not others:
        return ""
    named = [f"{one.user} ({one.place})" if one.place else str(one.user) for one in others]
    if len(named) == 1:
        return f"{named[0]} is here too."
    return f"{', '.join(named[:-1])} and {named[-1]} are here too."
