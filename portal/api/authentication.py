"""Who asks: an organisation's program by its key, a person by their session, or nobody in particular."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from portal.access.models import ApiKey, hash_secret, well_formed

USE_IS_NOTED_EVERY = timedelta(minutes=1)

NO_KEY = (
    "The Authorization header holds no API key. Write “Authorization: Bearer plumb_…”, or leave the header out to read "
    "what is public."
)
MISTYPED = "This is not an API key: its checksum does not fit. Copy the key again; it begins with plumb_."
UNKNOWN = "This API key is not known here. It may belong to another portal, or have been deleted. Ask for a new one."
REVOKED = "This API key was revoked. Ask your organisation for a new one."
MAKER_DISABLED = "Whoever made this API key has no account any more. Ask your organisation for a new one."
EXPIRED = "This API key expired on {day}. Ask your organisation for a new one."
MAY_NOT_READ = "This API key may not read. Ask your organisation for a key with the scope “read”."


class KeyAuthentication(BaseAuthentication):
    """A key in `Authorization: Bearer plumb_…`, `Authorization: Api-Key plumb_…` or `X-Api-Key: plumb_…`.

    A key that can't be one is refused before the database is asked; nothing is remembered between requests, so that a
    revoked key is refused at once. `request.auth` is the `ApiKey`; `request.user` stays anonymous, for a key belongs to
    an organisation and not to a person.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        secret = presented(request)
        if secret is None:
            return None
        if not secret:
            raise AuthenticationFailed(NO_KEY)
        if not well_formed(secret):
            raise AuthenticationFailed(MISTYPED)
        now = timezone.now()
        key = ApiKey.objects.order_by().select_related("created_by").filter(digest=hash_secret(secret)).first()
        if key is None:
            raise AuthenticationFailed(UNKNOWN)
        if key.revoked_at is not None and key.revoked_at <= now:
            raise AuthenticationFailed(REVOKED)
        if not key.created_by.is_active:
            raise AuthenticationFailed(MAKER_DISABLED)
        if key.expires_at is not None and key.expires_at <= now:
            raise AuthenticationFailed(EXPIRED.format(day=f"{key.expires_at:%-d %B %Y}"))
        if ApiKey.ApiScope.READ not in key.scopes:
            raise PermissionDenied(MAY_NOT_READ)
        noted_before = now - USE_IS_NOTED_EVERY
        if key.last_used_at is None or key.last_used_at < noted_before:
            ApiKey.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lt=noted_before), pk=key.pk).update(
                last_used_at=now
            )
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Plumbline API"'


def presented(request: Request) -> str | None:
    """The key a request presents: None when it presents none, "" when it presents something else."""
    header = request.headers.get("Authorization")
    if header is None:
        return request.headers.get("X-Api-Key")
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() in ("bearer", "api-key") else ""
