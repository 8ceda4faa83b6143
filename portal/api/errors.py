"""What the API answers when it can't: one JSON object, RFC 9457, whose `detail` is a sentence to act on."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

NOTHING_HERE = "There is nothing at this address. Nothing was ever published here, or the address is misspelt."


class BadQuestion(exceptions.APIException):
    """A question that makes no sense: an unknown filter, a value that is no value. `errors` says which parameter."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, **errors: str) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class Gone(exceptions.APIException):
    """Something was published here and withdrawn."""

    status_code = status.HTTP_410_GONE


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: any refusal as a problem with a sentence. Unforeseen errors go on to Django's 500."""
    if isinstance(error, Http404):
        # In the same words for a draft, a wrong name and nothing at all: a refusal must not tell them apart.
        error = exceptions.NotFound(NOTHING_HERE)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "detail": str(error.detail),
    }
    if isinstance(error, BadQuestion):
        body["errors"] = error.errors
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return Response(body, status=error.status_code, headers=headers, content_type="application/problem+json")
