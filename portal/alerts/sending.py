"""Writing and sending letters: each is claimed, written from what its reader may read at that moment, and sent once."""

import logging
import smtplib
import socket
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse

from portal.access import entitlement
from portal.access.mailing import absolute, letter
from portal.access.models import User
from portal.alerts.changes import Changes, changes, chart_changes, company_changes, shown
from portal.alerts.finding import search_changes
from portal.alerts.following import stop_path
from portal.alerts.models import Letter, Notice, Watch
from portal.explorer.saving import question_of
from reports.models import Edition

logger = logging.getLogger(__name__)

MOST_TRIES = 5
MOST_NUMBERS = 20
TRY_AGAIN_AFTER = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(hours=1)
NOT_SENT_FOR_SURE = (
    ConnectionError,
    socket.gaierror,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
)
"""Failures before the server took the letter. After any other, it may have: then it isn't sent again."""


def send_letters(at: datetime) -> int:
    """Send every letter that waits; returns how many were sent. Safe to run at once in several processes."""
    _give_up_on_the_interrupted(at)
    sent = 0
    while (claimed := _claim(at)) is not None:
        sent += _send(claimed, at)
    return sent


def write(written: Letter, *, at: datetime) -> EmailMultiAlternatives | None:
    """The mail of a letter, from what its reader may read now; None when nothing of that changed."""
    reader = written.user
    assert isinstance(reader, User)
    if not reader.is_active:
        return None
    parts, told = [], []
    notices = written.notices.select_related(
        "edition__report", "before__report", "watch__report", "watch__chart", "edition__withdrawal"
    )
    for notice in notices.order_by("pk"):
        part = _part(notice, reader, at)
        if part is not None:
            parts.append(part)
            told.append(notice.watch)
    if not parts:
        return None
    stop = absolute(stop_path(told))
    context = {
        "parts": parts,
        "single": parts[0] if len(parts) == 1 else None,
        "stops": [(watch.subject, absolute(stop_path([watch]))) for watch in dict.fromkeys(told)],
        "following": absolute(reverse("following")),
    }
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Message-ID": f"<letter-{written.pk}-{written.made_at:%Y%m%d%H%M%S}@plumbline>",
    }
    return letter("changes", reader.email, context, headers=headers)


def _part(notice: Notice, reader: User, at: datetime) -> dict[str, object] | None:
    edition, before, watch = notice.edition, notice.before, notice.watch
    tier = entitlement.tier(reader, edition.report, at=at)
    withdrawn = notice.kind == Notice.Kind.WITHDRAWN
    if withdrawn:
        told = Changes(True, "", others=(_about_withdrawal(edition, before),))
    elif watch.company_slug:
        told = company_changes(before.contents if before else None, edition.contents, watch.company_slug, tier)
    elif watch.search:
        told = search_changes(before.contents if before else None, edition.contents, watch.search, tier)
    elif watch.chart is not None:
        question = question_of(watch.chart.query)
        told = chart_changes(before.contents if before else None, edition.contents, question, tier)
    else:
        told = changes(before.contents if before else None, edition.contents, tier)
    if not told.anything:
        return None
    return {
        "title": edition.report.title if watch.report_id else f"{watch.subject} in {edition.report.title}",
        "edition": edition,
        "withdrawn": withdrawn,
        "unit": told.unit,
        "numbers": [
            (f"{one.name}, {one.year}" + ("" if one.scenario == "base" else f", {one.scenario}"),
             f"{shown(one.old)} → {shown(one.new)}", f"{one.percent:+} %" if one.percent is not None else "")
            for one in told.numbers[:MOST_NUMBERS]
        ],
        "more": max(len(told.numbers) - MOST_NUMBERS, 0),
        "others": told.others,
        "illustrative": edition.contents.headline.illustrative,
        "url": absolute(_place(watch, edition)),
    }  # fmt: skip


def _place(watch: Watch, edition: Edition) -> str:
    """Where the change is seen: the chart, the search or the report."""
    if watch.chart is not None:
        return f"{reverse('explorer')}?{watch.chart.query}"
    if watch.search:
        return f"{reverse('search')}?{urlencode({'q': watch.search})}"
    return reverse("report", args=[edition.report.slug])


def _about_withdrawal(edition: Edition, before: Edition | None) -> str:
    reason = edition.withdrawal.reason
    stands = f" Edition {before.number} is current again." if before else " No edition of it is current now."
    return f"Edition {edition.number} was withdrawn: {reason}{stands}"


def _claim(at: datetime) -> Letter | None:
    """Take the next letter. It is marked before it is sent, so that a process that dies can't make it go twice."""
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
        found = waiting.filter(state=Letter.State.WAITING, next_try_at__lte=at).order_by("next_try_at").first()
        if found is not None:
            found.state, found.tries, found.next_try_at = Letter.State.SENDING, found.tries + 1, at
            found.save(update_fields=["state", "tries", "next_try_at"])
        return found


def _send(claimed: Letter, at: datetime) -> int:
    try:
        mail = write(claimed, at=at)
        if mail is None:
            claimed.state = Letter.State.EMPTY
        else:
            mail.send()
            claimed.state, claimed.sent_at, claimed.problem = Letter.State.SENT, at, ""
    except NOT_SENT_FOR_SURE as error:
        again = claimed.tries < MOST_TRIES
        claimed.state = Letter.State.WAITING if again else Letter.State.FAILED
        claimed.next_try_at = at + TRY_AGAIN_AFTER * claimed.tries
        claimed.problem = f"The mail server did not take it: {error}"
        logger.warning("Letter %s was not taken; %s.", claimed.pk, "it is tried again" if again else "given up")
    except Exception as error:
        claimed.state, claimed.problem = Letter.State.FAILED, f"{type(error).__name__}: {error}"
        logger.exception("Letter %s failed and is not sent again, so that nobody is told twice.", claimed.pk)
    claimed.save(update_fields=["state", "sent_at", "next_try_at", "problem"])
    return int(claimed.state == Letter.State.SENT)


def _give_up_on_the_interrupted(at: datetime) -> None:
    Letter.objects.filter(state=Letter.State.SENDING, next_try_at__lt=at - GIVEN_UP_AFTER).update(
        state=Letter.State.FAILED,
        problem="The process that was sending it ended. It may have gone out, so it is not sent again.",
    )
