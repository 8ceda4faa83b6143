"""What load balancers and the supervisor ask."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.operations.health import check_health


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as the web server runs. Asks nothing of the database: restarting us would not mend that."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database, its schema and a worker are there; else 503 with one sentence for each that is not."""
    health = check_health(timezone.now())
    status = "ready" if health.ready else "not ready"
    return JsonResponse({"status": status, "problems": health.problems}, status=200 if health.ready else 503)
