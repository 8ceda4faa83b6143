"""How people sign up and in: allauth, with the same answer for everybody and an owner who is never locked out."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponseBase

from portal.access import known_device
from portal.access.mailing import dressed
from portal.access.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Tries at a password are counted per account, but apart for a device on which its owner signed in before."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """By setting; an invitation opens sign-up for the address it was sent to."""
        return settings.SIGN_UP_OPEN or bool(request.session.get("account_verified_email"))

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **more)
        known_device.remember(request, response, user)
        return response

    def render_mail(self, *arguments: Any, **more: Any) -> EmailMultiAlternatives:
        """allauth's text in the portal's dress."""
        return dressed(super().render_mail(*arguments, **more))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Whoever guesses at a password from elsewhere uses up their own count, not that of the owner's device.
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return key + known_device.name_of(request, credentials.get("email", ""))


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """allauth's form with a trap for programs, and the same work for a known address as for a new one."""

    company_website = forms.CharField(
        required=False,
        label="",
        widget=forms.TextInput(attrs={"class": "trap", "tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"}),
    )

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponseBase | None]:
        trapped = bool(self.cleaned_data["company_website"])
        if trapped or self.account_already_exists:
            # A new account costs a password hash; without this the time would tell that the address is known.
            User().set_password(self.cleaned_data.get("password1"))
        if trapped:
            return None, get_adapter().respond_email_verification_sent(request, None)
        saved: tuple[User | None, HttpResponseBase | None] = super().try_save(request)
        return saved
