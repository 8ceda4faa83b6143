"""Pages sent compressed. Files, pictures and the API's rows are left alone: squeezed already, or in a hurry.

BREACH guesses a secret from the length of compressed pages that also echo what was asked. Django's middleware makes the
length random by up to a hundred bytes, form tokens are masked anew on every page, and answers to signed-in readers are
kept by nobody; so pages may be compressed for everybody.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "text/csv", "image/svg+xml", "application/xml", "application/atom+xml")


class CompressPages(GZipMiddleware):
    """Django's compression with its random length, for pages and other text made for readers."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(COMPRESSED):
            return response
        assert isinstance(response, HttpResponse)
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
