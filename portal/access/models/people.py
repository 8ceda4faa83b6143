"""Who people are, and which organisation's seat they hold."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models, transaction
from django.db.models.functions import Lower


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

    objects = UserManager()  # type: ignore[misc]

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
