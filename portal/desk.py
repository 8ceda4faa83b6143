"""What the desk's home shows: reports, what is stale or failed, what expires."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from forecasts.models import Market
from portal.access.models import Licence
from reports.models import Report, Waiver, Workflow

_waived = Exists(
    Waiver.objects.filter(report=OuterRef("findings__report"), fingerprint=OuterRef("findings__fingerprint"))
)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Everything the home screen lists, as far as the person signed in may see it."""
    now = timezone.now()
    if request.user.has_perm("reports.view_report"):
        context["desk_reports"] = Report.objects.select_related(
            "market__state", "industry", "workflow", "draft_check"
        ).annotate(errors=Count("findings", filter=Q(findings__severity="error") & Q(~_waived)))[:50]
        context["desk_in_review"] = Workflow.objects.filter(state="in-review").select_related("report", "reviewer")
        context["desk_scheduled"] = Workflow.objects.filter(state="scheduled").select_related("report")
        context["desk_refused"] = Workflow.objects.exclude(refusal="").select_related("report")
        context["desk_failed"] = Market.objects.filter(state__problem__gt="").select_related("state")[:20]
        context["desk_stale"] = Market.objects.stale()[:20]
    if request.user.has_perm("access.view_licence"):
        context["desk_expiring"] = Licence.objects.filter(
            until__gt=now, until__lt=now + timedelta(days=60)
        ).select_related("organisation", "report", "industry")
    return context
