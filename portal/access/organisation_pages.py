"""The organisation's page: seats, invitations, licences, usage and keys, for those who own it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.access import asking, inviting
from portal.access.answers import private_page
from portal.access.models import AccessRequest, ApiKey, NoSeatLeft, Organisation, Seat, User
from portal.access.usage import usage, usage_csv, usage_table

LICENCE_ENDS_SOON = timedelta(days=60)


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class KeyForm(forms.Form):
    name = forms.CharField(label="What will use it", max_length=100)
    expires = forms.DateField(
        label="Works until", required=False, help_text="The end of that day (UTC); empty is for ever.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    def clean_expires(self) -> datetime | None:
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        end = datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())
        if end <= timezone.now():
            raise forms.ValidationError("Choose a day that has not passed.")
        return end


@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The reader's organisation; a choice where there are several, advice where there is none."""
    seats = list(_seats_of(request))
    if len(seats) == 1:
        return redirect("organisation_page", slug=seats[0].organisation.slug)
    return private_page(request, "organisation/choose.html", {"seats": seats})


@login_required
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation, as far as the reader may see it: owners everything, others its licences and owners."""
    return _page(request, _seat(request, slug))


@login_required
@require_POST
def change_seat(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Free a seat, or make its holder an owner or no longer one."""
    own = _owned(request, slug)
    seat = get_object_or_404(own.organisation.seats.select_related("user"), pk=pk)
    action = request.POST.get("action")
    try:
        if action == "free":
            inviting.free_seat(seat)
            messages.success(
                request, f"The seat of {seat.user} is free. From their next page on, licensed reports are closed."
            )
            left = own.organisation.api_keys.usable(timezone.now()).filter(created_by=seat.user).count()
            if left:
                messages.warning(
                    request,
                    f"{seat.user} made {left} {'key' if left == 1 else 'keys'} that still work. Revoke "
                    "what they may have kept.",
                )
        elif action in ("owner", "member"):
            inviting.set_owner(seat, action == "owner")
            messages.success(
                request, f"{seat.user} is {'now an owner' if action == 'owner' else 'no longer an owner'}."
            )
    except inviting.LastOwner as problem:
        messages.error(request, str(problem))
    return _back(request, own)


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer a seat to an address."""
    own = _owned(request, slug)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, own, invite_form=form, status=422)
    if not asking.allowed(request, "invite"):
        messages.error(request, asking.TOO_MANY)
        return _back(request, own)
    try:
        sent = inviting.invite(own.organisation, form.cleaned_data["email"], by=own.user, at=timezone.now())
    except inviting.CannotInvite as problem:
        form.add_error("email", str(problem))
        return _page(request, own, invite_form=form, status=422)
    messages.success(request, f"An invitation was sent to {sent.email}. It holds until {sent.expires_at:%-d %B %Y}.")
    return _back(request, own)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an offer back."""
    own = _owned(request, slug)
    found = get_object_or_404(own.organisation.invitations.waiting(), pk=pk)
    inviting.withdraw(found, at=timezone.now())
    messages.success(request, f"The invitation to {found.email} was withdrawn; its link leads nowhere now.")
    return _back(request, own)


@login_required
@require_POST
def issue_key(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a key and show its secret, this once: it is in this answer and nowhere else."""
    own = _owned(request, slug)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, own, key_form=form, status=422)
    if not asking.allowed(request, "issue_key"):
        messages.error(request, asking.TOO_MANY)
        return _back(request, own)
    key, secret = ApiKey.objects.issue(
        own.organisation, name=form.cleaned_data["name"], by=own.user, expires_at=form.cleaned_data["expires"],
        scopes=[ApiKey.ApiScope.READ],
    )  # fmt: skip
    return _page(request, own, new_key=key, secret=secret)


@login_required
@require_POST
def revoke_key(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End a key: the next request with it is refused."""
    own = _owned(request, slug)
    key = get_object_or_404(own.organisation.api_keys, pk=pk)
    own.organisation.api_keys.filter(pk=pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    messages.success(request, f"The key “{key.name}” was revoked; it stopped working at once.")
    return _back(request, own)


@login_required
@require_safe
def usage_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Every month's readings as CSV."""
    own = _owned(request, slug)
    response = HttpResponse(
        usage_csv(own.organisation, usage(own.organisation)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="usage-{own.organisation.slug}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def answer_seat_request(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An owner gives the seat somebody asked for, or says no."""
    own = _owned(request, slug)
    asked = get_object_or_404(_seat_requests(own.organisation), pk=pk)
    try:
        if request.POST.get("action") == "grant":
            asking.grant_seat(asked, own.organisation, by=own.user, at=timezone.now())
            messages.success(request, f"{asked.email} was told of the seat.")
        else:
            asking.decline(asked, "", by=own.user, at=timezone.now())
            messages.success(request, f"{asked.email} was told that there is no seat for them.")
    except (NoSeatLeft, inviting.CannotInvite, asking.AlreadyHandled) as problem:
        messages.error(request, str(problem))
    return _back(request, own)


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: sign up or in, then accept."""
    found = inviting.find(token)
    now = timezone.now()
    if found is None or not (found.is_open(now) or found.accepted_at):
        return private_page(request, "organisation/invitation_gone.html", {}, status=410)
    context: dict[str, Any] = {"invitation": found}
    if not request.user.is_authenticated:
        # Whoever opened the link reads the mail of that address: signing up with it needs no second letter.
        request.session["account_verified_email"] = found.email
        context["next"] = request.path
        return private_page(request, "organisation/invitation.html", context)
    assert isinstance(request.user, User)
    if request.method == "POST":
        try:
            seat = inviting.accept(found, by=request.user, at=now)
        except (inviting.CannotInvite, NoSeatLeft) as problem:
            context["problem"] = str(problem)
            return private_page(request, "organisation/invitation.html", context, status=409)
        messages.success(
            request, f"You hold a seat at {seat.organisation.name} now. Its licensed reports are open to you."
        )
        return redirect("reports")
    return private_page(request, "organisation/invitation.html", context)


def _page(request: HttpRequest, own: Seat, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    organisation = own.organisation
    licences = organisation.licences.select_related("report", "industry").order_by("-starts")
    context: dict[str, Any] = {
        "organisation": organisation,
        "seat": own,
        "licences": [(licence, _standing(licence.starts, licence.until, now)) for licence in licences],
        "owners": organisation.seats.filter(is_owner=True).select_related("user").order_by("user__email"),
    }
    if own.is_owner:
        seats = list(organisation.seats.select_related("user").order_by("user__email"))
        rows = usage(organisation, since=(now - timedelta(days=200)).date())
        context |= {
            "seats": seats,
            "seats_free": max(organisation.seats_bought - len(seats), 0),
            "invitations": [(one, one.is_open(now)) for one in organisation.invitations.waiting()],
            "keys": [
                (
                    key,
                    "Revoked"
                    if key.revoked_at
                    else "Expired"
                    if key.expires_at and key.expires_at <= now
                    else "Working",
                )
                for key in organisation.api_keys.select_related("created_by").order_by(
                    F("revoked_at").asc(nulls_first=True), "name"
                )
            ],
            "usage": usage_table(rows, today=now.date()),
            "seat_requests": _seat_requests(organisation),
            "invite_form": InviteForm(),
            "key_form": KeyForm(auto_id="key_%s"),
        }
    return private_page(request, "organisation/page.html", context | more, status=status)


def _standing(starts: datetime, until: datetime | None, now: datetime) -> str:
    if starts > now:
        return "not yet"
    if until is None:
        return "open"
    if until <= now:
        return "expired"
    return "ends soon" if until - now < LICENCE_ENDS_SOON else "open"


def _seat_requests(organisation: Organisation) -> QuerySet[AccessRequest]:
    return AccessRequest.objects.waiting().filter(organisation=organisation, kind=AccessRequest.Kind.SEAT)


def _seats_of(request: HttpRequest) -> QuerySet[Seat]:
    assert isinstance(request.user, User)
    return Seat.objects.filter(user=request.user).select_related("organisation", "user").order_by("organisation__name")


def _seat(request: HttpRequest, slug: str) -> Seat:
    """The reader's own seat at an organisation; to anybody else the organisation does not exist."""
    found = _seats_of(request).filter(organisation__slug=slug).first()
    if found is None:
        raise Http404("There is no page at this address.")
    return found


def _owned(request: HttpRequest, slug: str) -> Seat:
    found = _seat(request, slug)
    if not found.is_owner:
        raise PermissionDenied("Only owners of the organisation may change this. Ask one of them.")
    return found


def _back(request: HttpRequest, own: Seat) -> HttpResponse:
    return redirect(reverse("organisation_page", args=[own.organisation.slug]))
