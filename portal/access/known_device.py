"""A signed cookie that says: on this device the owner of an account has signed in before."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from portal.access.models import User

COOKIE = "known_device"
SALT = "portal.access.known_device"
DAYS = 180


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Mark the device that `response` goes to as known to `user`."""
    if name_of(request, user.email):
        return
    response.set_cookie(
        COOKIE,
        signing.dumps([user.email.lower(), secrets.token_hex(8)], salt=SALT),
        max_age=DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def name_of(request: HttpRequest, email: str) -> str:
    """The name of the device if it is known to the account with that address, else an empty string."""
    try:
        owner, name = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return f":{name}" if owner == email.lower() else ""
