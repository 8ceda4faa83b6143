"""Inviting people to an organisation's seats, by a signed link in a mail; and freeing seats again."""

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.urls import reverse

from portal.access.mailing import absolute, letter
from portal.access.models import Invitation, Organisation, Seat, User
from portal.access.models.invitations import GOOD_FOR

SALT = "portal.access.invitation"


class CannotInvite(ValueError):
    """Why an invitation can't be sent or accepted, as a sentence."""


class LastOwner(ValueError):
    """An organisation keeps at least one owner."""


def invite(organisation: Organisation, email: str, *, by: User, at: datetime) -> Invitation:
    """Offer a seat to an address and send the mail; asked again for the same address, send a fresh link.

    Raises CannotInvite when every seat is taken or promised, or the address holds a seat already. The organisation's
    row is the lock, so that two invitations at once can't promise the same seat.
    """
    address = email.strip().lower()
    with transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if locked.seats.filter(user__email=address).exists():
            raise CannotInvite(f"{address} holds a seat already.")
        promised = locked.invitations.waiting().filter(expires_at__gt=at).exclude(email=address).count()
        if locked.seats.count() + promised >= locked.seats_bought:
            raise CannotInvite(
                f"All {locked.seats_bought} seats are taken or promised. Free a seat, withdraw an invitation or buy "
                "another seat."
            )
        invitation, _ = Invitation.objects.waiting().update_or_create(
            organisation=locked,
            email=address,
            defaults={"invited_by": by, "invited_at": at, "expires_at": at + GOOD_FOR},
        )
        transaction.on_commit(lambda: _send(invitation))
        return invitation


def find(token: str) -> Invitation | None:
    """The invitation that a link names; None where the link is not ours."""
    try:
        pk, sent = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()
    # A link sent before the last one was renewed leads nowhere.
    return found if found is not None and found.invited_at.isoformat() == sent else None


def accept(invitation: Invitation, *, by: User, at: datetime) -> Seat:
    """Claim the seat for `by`, whose address must be the one invited. Accepting twice changes nothing.

    Raises CannotInvite with a sentence when the invitation no longer holds, NoSeatLeft when no seat is left.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
        if by.email.lower() != locked.email.lower():
            raise CannotInvite(
                f"This invitation was sent to {locked.email}, and you are signed in as {by.email}. Sign in with that "
                "address, or ask for an invitation to this one."
            )
        if locked.accepted_at is None:
            if not locked.is_open(at):
                raise CannotInvite("This invitation was withdrawn or has expired. Ask for a new one.")
            locked.accepted_at, locked.accepted_by = at, by
            locked.save(update_fields=["accepted_at", "accepted_by"])
            return Seat.objects.claim(locked.organisation, by)
        seat = Seat.objects.filter(organisation=locked.organisation, user=by).first()
        if seat is None:
            raise CannotInvite("This invitation was used, and the seat was freed since. Ask for a new one.")
        return seat


def withdraw(invitation: Invitation, *, at: datetime) -> None:
    """Make the link useless."""
    Invitation.objects.waiting().filter(pk=invitation.pk).update(withdrawn_at=at)


def free_seat(seat: Seat) -> None:
    """Take a seat back: the next request of its holder finds the reports closed. Raises LastOwner."""
    with transaction.atomic():
        _keep_an_owner(seat)
        seat.delete()


def set_owner(seat: Seat, owner: bool) -> None:
    """Let the holder of a seat keep the organisation's page, or no longer. Raises LastOwner."""
    with transaction.atomic():
        if not owner:
            _keep_an_owner(seat)
        Seat.objects.filter(pk=seat.pk).update(is_owner=owner)


def _keep_an_owner(seat: Seat) -> None:
    Organisation.objects.select_for_update().get(pk=seat.organisation_id)
    others = Seat.objects.filter(organisation_id=seat.organisation_id, is_owner=True).exclude(pk=seat.pk)
    if Seat.objects.filter(pk=seat.pk, is_owner=True).exists() and not others.exists():
        raise LastOwner("An organisation needs an owner. Make somebody else an owner first.")


def link(invitation: Invitation) -> str:
    """The path of the page on which the invited accept."""
    return reverse("invitation", args=[signing.dumps([invitation.pk, invitation.invited_at.isoformat()], salt=SALT)])


def _send(invitation: Invitation) -> None:
    context = {
        "invitation": invitation,
        "inviter": invitation.invited_by.email if invitation.invited_by else "Its owner",
        "url": absolute(link(invitation)),
    }
    letter("invitation", invitation.email, context).send()
