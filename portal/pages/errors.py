"""Error pages that say what is wrong and what to do. 403, 404 and 500 are Django's own views with our templates."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.pages.caching import theme


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A question that makes no sense, answered with our own sentence; what Django found suspicious is not repeated."""
    says = str(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"exception": says, "theme": theme(request)}, status=400)
