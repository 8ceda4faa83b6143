"""Keys with which an organisation's programs read the API."""

import hashlib
import secrets
import zlib
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.access.models.people import Organisation, User

KEY_PREFIX = "plumb"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def issue(self, organisation: Organisation, *, name: str, by: User, **fields: Any) -> tuple["ApiKey", str]:
        """Make a key for `organisation`; the secret is returned this once and only its hash is stored."""
        secret = make_secret()
        key = self.create(
            organisation=organisation,
            name=name,
            created_by=by,
            prefix=secret[:12],
            digest=hash_secret(secret),
            **fields,
        )
        return key, secret

    def usable(self, at: datetime) -> "ApiKeyQuerySet":
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True)


def make_secret() -> str:
    """A new key: prefix, 160 random bits in base 36-safe letters, and a checksum that spots a mistyped key offline."""
    body = secrets.token_hex(20)
    return f"{KEY_PREFIX}_{body}{zlib.crc32(body.encode()):08x}"


def well_formed(secret: str) -> bool:
    """Whether this can be one of our keys at all: right prefix, length and checksum. Costs no query."""
    prefix, _, rest = secret.partition("_")
    return prefix == KEY_PREFIX and len(rest) == 48 and rest[40:] == f"{zlib.crc32(rest[:40].encode()):08x}"


def hash_secret(secret: str) -> str:
    """SHA-256: the secret has 160 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKey(models.Model):
    """A key with which an organisation's programs read the API. Only its hash is stored."""

    class ApiScope(models.TextChoices):
        READ = "read", "Read reports and values"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=ApiScope), default=list)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="issued_keys")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "name"]
        verbose_name = "API key"
        constraints = [models.CheckConstraint(condition=~Q(digest=""), name="api_key_has_a_digest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
