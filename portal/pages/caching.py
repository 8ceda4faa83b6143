"""What browsers and caches may keep: nothing of a signed-in reader's page, a minute of a public one."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers


def for_this_reader(request: HttpRequest, response: HttpResponse, etag: str = "") -> HttpResponseBase:
    """`response` with the headers its reader calls for, or a 304 when an anonymous reader has it already.

    `etag` names everything the page was made from; without it the page is never answered by a 304.
    """
    patch_vary_headers(response, ["Cookie"])
    if request.user.is_authenticated:
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = "public, max-age=60"
    if not etag or response.status_code != 200:
        return response
    response["ETag"] = f'W/"{etag}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def theme(request: HttpRequest) -> str:
    """The colour scheme the reader chose, "light" or "dark"; empty to follow the device."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""
