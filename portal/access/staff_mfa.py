"""Where STAFF_MFA_REQUIRED is set, no staff session reads or edits anything without a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

SET_UP = "Staff sign in with a second factor. Set up an authenticator app or a passkey here, then go on."
CONFIRM = "Staff sign in with a second factor. Confirm it is you, then go on."
BY_PROGRAM = "Staff need a second factor: sign in with it at /accounts/login/, or use an API key."


class SecondFactorForStaff:
    """Sends staff who signed in by password alone to set up or use a second factor, whatever page they ask for.

    Signing in by any way of allauth asks for the second factor a person has; this catches sessions of people who have
    none yet, and sessions from before they had one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponseBase | None:
        return None if getattr(view, "asks_for_second_factor", False) else away(request)


def asks_for_second_factor[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Marks a view that calls `away` itself before it answers staff, so that other readers cost it no query."""
    view.asks_for_second_factor = True  # type: ignore[attr-defined]
    return view


def away(request: HttpRequest) -> HttpResponseBase | None:
    """Where staff without a second factor are sent instead of what they asked for; None for everyone else."""
    if settings.STAFF_MFA_REQUIRED and not _open_to_all(request.path):
        user = request.user
        if user.is_authenticated and user.is_staff and not used_second_factor(request):
            return _send_away(request)
    return None


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session was signed in, or confirmed later, by a second factor or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def _open_to_all(path: str) -> bool:
    places = (reverse("mfa_index"), reverse("account_reauthenticate"), reverse("account_logout"), settings.STATIC_URL)
    return path.startswith((*places, "/livez", "/readyz"))


def _send_away(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": BY_PROGRAM}, status=403)
    if not Authenticator.objects.filter(user_id=request.user.pk).exclude(type="recovery_codes").exists():
        messages.warning(request, SET_UP)
        return redirect("mfa_index")
    messages.warning(request, CONFIRM)
    onward = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': onward})}")
