"""A page with every component on it, for whoever builds pages. Shown in development and to staff."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.pages.caching import for_this_reader, theme


@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    """The components page. To anyone else it does not exist."""
    staff = request.user.is_authenticated and request.user.is_staff
    if not (settings.DEBUG or staff):
        raise Http404("There is no page at this address.")
    return for_this_reader(request, render(request, "pages/design.html", {"theme": theme(request)}))
