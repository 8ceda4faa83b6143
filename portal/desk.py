"""What the desk's home shows: one's own reports, what needs somebody, what is planned, what expires."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone

from forecasts.models import Market
from portal.access.models import AccessRequest, Licence, User
from reports.models import Report, Workflow

MINE_SHOWN = 25
OTHERS_SHOWN = 15
REQUESTS_SHOWN = 6
EXPIRES_WITHIN = timedelta(days=60)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Everything the home screen lists, as far as the person signed in may see it."""
    now = timezone.now()
    if isinstance(request.user, User) and request.user.has_perm("reports.view_report"):
        context |= _reports(request.user) | _needed(request.user)
        context["today"] = now.date()
    if request.user.has_perm("access.view_accessrequest"):
        waiting = AccessRequest.objects.waiting().select_related("report", "organisation").order_by("created_at")
        context |= {"desk_requests": list(waiting[:REQUESTS_SHOWN]), "desk_requests_count": waiting.count()}
    if request.user.has_perm("access.view_licence"):
        context["desk_people"] = True
        context["desk_expiring"] = (
            Licence.objects.filter(until__gt=now, until__lt=now + EXPIRES_WITHIN)
            .select_related("organisation", "report", "industry")
            .order_by("until")
        )
    return context


def _reports(user: User) -> dict[str, Any]:
    shown = Report.objects.select_related("market__state", "industry", "workflow", "draft_check").with_standing()
    return {
        "desk_mine": shown.filter(kept_by=user).order_by("-updated_at")[:MINE_SHOWN],
        "desk_others": shown.exclude(kept_by=user).order_by("-updated_at")[:OTHERS_SHOWN],
        "desk_count": Report.objects.count(),
    }


def _needed(user: User) -> dict[str, Any]:
    """What waits for somebody. Reviews: one's own first, then those nobody has, the most urgent first."""
    way = Workflow.objects.select_related("report", "reviewer", "submitted_by", "scheduled_by", "sent_back_with__by")
    reviews = list(way.filter(state="in-review").order_by(F("due").asc(nulls_last=True), "submitted_at"))
    reviews.sort(key=lambda one: (one.reviewer_id != user.pk, one.reviewer_id is not None))
    return {
        "desk_sent_back": way.filter(sent_back_with__settled_at=None, sent_back_with__isnull=False),
        "desk_in_review": reviews,
        "desk_approved": way.filter(state="approved").order_by("approved_at"),
        "desk_scheduled": way.filter(state="scheduled").order_by("scheduled_at"),
        "desk_embargoed": way.filter(embargo_until__gt=timezone.now()).exclude(state="scheduled"),
        "desk_refused": way.exclude(refusal=""),
        "desk_failed": Market.objects.filter(~Q(state__problem="")).select_related("state", "report")[:20],
        "desk_stale": Market.objects.stale().select_related("state", "report")[:20],
    }
