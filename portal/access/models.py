"""Who people are, which organisation's seat they hold, and what that organisation has licensed."""

import hashlib
import secrets
import zlib
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from reports.models import Industry, Report


class UserManager(DjangoUserManager["User"]):
    """People are known by their e-mail address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        fields.setdefault("is_staff", False)
        fields.setdefault("is_superuser", False)
        return self._make(email, password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        return self._make(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def _make(self, email: str, password: str | None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.email


class Organisation(models.Model):
    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    seats_bought = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class NoSeatLeft(ValueError):
    """Every seat the organisation bought is taken."""


class SeatQuerySet(models.QuerySet["Seat"]):
    def claim(self, organisation: Organisation, user: User, *, owner: bool = False) -> "Seat":
        """Give `user` a seat, or say in a sentence that none is left. Two claims on the last seat: one wins.

        Raises NoSeatLeft. The organisation's row is the lock.
        """
        with transaction.atomic():
            locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
            held = self.filter(organisation=locked, user=user).first()
            if held is not None:
                return held
            if self.filter(organisation=locked).count() >= locked.seats_bought:
                raise NoSeatLeft(
                    f"All {locked.seats_bought} seats of {locked.name} are taken. Free a seat or buy another."
                )
            return self.create(organisation=locked, user=user, is_owner=owner)


class Seat(models.Model):
    """That a person may read what an organisation has licensed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    is_owner = models.BooleanField(default=False, help_text="May invite people and free seats.")
    since = models.DateTimeField(auto_now_add=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "user"]
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="seat_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation}"


class LicenceQuerySet(models.QuerySet["Licence"]):
    def in_force(self, at: datetime) -> "LicenceQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), starts__lte=at)

    def covering(self, report: Report) -> "LicenceQuerySet":
        return self.filter(
            Q(scope="all")
            | Q(scope="industry", industry_id=report.industry_id)
            | Q(scope="report", report_id=report.pk)
        )


class Licence(models.Model):
    """What an organisation may read in full, from when, until when (exclusive; empty is for ever)."""

    class Scope(models.TextChoices):
        REPORT = "report", "One report"
        INDUSTRY = "industry", "One industry"
        ALL = "all", "All access"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="licences")
    scope = models.CharField(max_length=8, choices=Scope)
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="licences")
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT, related_name="licences")
    starts = models.DateTimeField("from")
    until = models.DateTimeField(null=True, blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="report", report__isnull=False, industry__isnull=True)
                | Q(scope="industry", report__isnull=True, industry__isnull=False)
                | Q(scope="all", report__isnull=True, industry__isnull=True),
                name="licence_names_what_it_covers",
                violation_error_message="Name the report or the industry that is licensed, or neither for all access.",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("starts")),
                name="licence_ends_after_it_starts",
                violation_error_message="A licence must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        covered = self.report or self.industry or "all reports"
        return f"{self.organisation}: {covered}"


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
