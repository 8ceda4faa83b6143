"""What readers ask of the publisher, and how it is answered: each verb is one locked transaction and one mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from portal.access import inviting
from portal.access.mailing import absolute, letter
from portal.access.models import AccessRequest, Licence, Organisation, Seat, User
from reports.models import Report

TOO_MANY = "That was often in a short time. Wait an hour and try again."


class AlreadyHandled(ValueError):
    """Somebody else was quicker."""


class NothingToTell(ValueError):
    """Granting would promise what is not there."""


def allowed(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Whether this may be done once more now; counts it. The limits are in ACCOUNT_RATE_LIMITS, for all workers."""
    return bool(ratelimit.consume(request, action=action, key=key))


def ask(
    kind: str,
    *,
    email: str,
    at: datetime,
    person: User | None = None,
    report: Report | None = None,
    organisation_name: str = "",
    message: str = "",
) -> AccessRequest:
    """Put a request into the editors' inbox. The same one while the first waits adds its words to it.

    Whose organisation it is follows from the seat a person holds, else from the name as written; nobody is told which.
    """
    address = email.strip().lower()
    with transaction.atomic():
        waiting = (
            AccessRequest.objects.waiting()
            .select_for_update(of=("self",))
            .filter(kind=kind, email=address, report=report, person=person)
            .first()
        )
        if waiting is not None:
            if message and message not in waiting.message:
                waiting.message = f"{waiting.message}\n\n{message}".strip()
                waiting.save(update_fields=["message"])
            return waiting
        asked = AccessRequest.objects.create(
            kind=kind, email=address, person=person, report=report, message=message, created_at=at,
            organisation_name=organisation_name, organisation=_organisation(kind, person, organisation_name),
        )  # fmt: skip
        if settings.REQUESTS_TO:
            transaction.on_commit(lambda: _tell_the_desk(asked))
        return asked


def answer(asked: AccessRequest, words: str, *, by: User, at: datetime) -> AccessRequest:
    """Answer by mail. Raises AlreadyHandled, or NothingToTell without words."""
    if not words.strip():
        raise NothingToTell("Write the answer first; it is what the mail says.")
    return _handle(asked, AccessRequest.State.ANSWERED, words, by=by, at=at)


def decline(asked: AccessRequest, words: str, *, by: User, at: datetime) -> AccessRequest:
    """Say no by mail, with the reason if there is one. Raises AlreadyHandled."""
    return _handle(asked, AccessRequest.State.DECLINED, words, by=by, at=at)


def grant_seat(
    asked: AccessRequest, organisation: Organisation, *, by: User, at: datetime, words: str = ""
) -> AccessRequest:
    """Claim a seat for whoever asked, or invite them where they have no account yet, and tell them.

    Raises AlreadyHandled; NoSeatLeft or CannotInvite when no seat is left, and then the request stays open.
    """
    with transaction.atomic():
        handled = _handle(asked, AccessRequest.State.GRANTED, words, by=by, at=at, organisation=organisation)
        if asked.person is not None:
            Seat.objects.claim(organisation, asked.person)
        else:
            inviting.invite(organisation, asked.email, by=by, at=at)
        return handled


def grant_licence(asked: AccessRequest, *, by: User, at: datetime, words: str = "") -> AccessRequest:
    """Tell whoever asked that the licence is there. Raises AlreadyHandled, or NothingToTell while there is none."""
    if asked.organisation is None:
        raise NothingToTell("Choose the organisation first.")
    if covering_licence(asked, at=at) is None:
        raise NothingToTell("There is no licence for it yet. Make the licence, then grant the request.")
    return _handle(asked, AccessRequest.State.GRANTED, words, by=by, at=at)


def covering_licence(asked: AccessRequest, *, at: datetime) -> Licence | None:
    """The licence in force that gives what was asked for, if there is one."""
    if asked.organisation is None:
        return None
    licences = Licence.objects.in_force(at).filter(organisation=asked.organisation)
    if asked.report is not None:
        licences = licences.covering(asked.report)
    return licences.first()


def licence_form_values(asked: AccessRequest) -> dict[str, Any]:
    """What the form of a new licence starts with when a request is to be granted."""
    values: dict[str, Any] = {"scope": Licence.Scope.REPORT if asked.report_id else Licence.Scope.ALL}
    if asked.organisation_id:
        values["organisation"] = asked.organisation_id
    if asked.report_id:
        values["report"] = asked.report_id
    return values


def _handle(
    asked: AccessRequest, state: str, words: str, *, by: User, at: datetime, organisation: Organisation | None = None
) -> AccessRequest:
    with transaction.atomic():
        locked = (
            AccessRequest.objects.select_for_update(of=("self",))
            .select_related("report", "organisation")
            .get(pk=asked.pk)
        )
        if locked.state != AccessRequest.State.OPEN:
            raise AlreadyHandled(f"This request was {locked.get_state_display().lower()} already.")
        locked.state, locked.answer, locked.handled_by, locked.handled_at = state, words.strip(), by, at
        locked.organisation = organisation or locked.organisation
        locked.save(update_fields=["state", "answer", "handled_by", "handled_at", "organisation"])
        transaction.on_commit(lambda: letter("request_handled", locked.email, _words_about(locked)).send())
        return locked


def _words_about(asked: AccessRequest) -> Mapping[str, Any]:
    place = reverse("report", args=[asked.report.slug]) if asked.report else reverse("reports")
    return {
        "asked": asked,
        "about": f"{asked.get_kind_display().lower()}" + (f": {asked.report.title}" if asked.report else ""),
        "url": absolute(place),
    }


def _tell_the_desk(asked: AccessRequest) -> None:
    context = {"asked": asked, "url": absolute(reverse("admin:access_accessrequest_change", args=[asked.pk]))}
    for address in settings.REQUESTS_TO:
        letter("request_arrived", address, context).send()


def _organisation(kind: str, person: User | None, name: str) -> Organisation | None:
    if name.strip():
        return Organisation.objects.filter(name__iexact=name.strip()).first()
    if person is None or kind == AccessRequest.Kind.SEAT:
        return None
    held = list(Organisation.objects.filter(seats__user=person)[:2])
    return held[0] if len(held) == 1 else None
