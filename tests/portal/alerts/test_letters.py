"""Letters to followers: only when what they may read changed, only what they may read, only once."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from portal.access.models import Licence, User
from portal.alerts import following, sweeping
from portal.alerts.models import Letter, Notice, Rhythm, Watch
from portal.alerts.sweeping import anything_due, send_due
from reports.document import Document
from reports.models import Edition, Withdrawal
from tests.documents import sample_document, small_document
from tests.editions import NOW
from tests.letters import html_of
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
DEEP = ("geography/europe/germany", 2029)
SECRET = "77,777.77"


def changed_deep_down() -> Document:
    """A new value that only licensed readers may see."""
    return with_value(sample_document(), *DEEP, "77777.77")


def body(number: int = -1) -> str:
    return str(mail.outbox[number].body)


def test_a_licensed_follower_is_told_the_changed_number(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    assert send_due(LATER) == (0, 0)
    publish(changed_deep_down())
    assert send_due(LATER) == (1, 1)
    (letter,) = mail.outbox
    assert letter.to == ["subscriber@example.org"]
    assert letter.subject == "Car Sunroof Market: edition 2"
    old = sample_document().value(*DEEP)
    assert re.search(rf"Germany, 2029\t{old:,} → {SECRET}\t\+[\d.]+ %", body())
    assert "Illustrative, not market data." in body()
    assert SECRET in html_of(letter)


def test_a_follower_who_may_not_read_what_changed_gets_no_letter(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(registered, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    assert send_due(LATER) == (1, 0)
    assert Letter.objects.get().state == "empty"
    assert mail.outbox == []
    assert send_due(LATER + timedelta(hours=1)) == (0, 0)


def test_each_follower_is_told_only_what_they_may_read(
    registered: User, subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    for user in (registered, subscriber):
        following.follow_report(user, sunroofs.report, "instantly", at=NOW)
    publish(replace(changed_deep_down(), summary="Another summary that anybody may read."))
    send_due(LATER)
    by_reader = {letter.to[0]: letter for letter in mail.outbox}
    assert SECRET in str(by_reader["subscriber@example.org"].body)
    plain = str(by_reader["registered@example.org"].body) + html_of(by_reader["registered@example.org"])
    assert "77" not in plain.replace("&#x27;", "")
    assert "summary" in plain


def test_an_edition_that_only_a_machine_can_tell_from_the_last_makes_no_letter(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(replace(sample_document(), engine_version="another", inputs_digest="b" * 64))
    send_due(LATER)
    assert mail.outbox == []


def test_a_licence_that_ends_before_the_letter_goes_out_closes_the_letter_too(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(replace(changed_deep_down(), summary="Another summary."))
    from portal.alerts.collecting import collect
    from portal.alerts.sending import send_letters

    collect(LATER)
    Licence.objects.update(until=LATER)
    send_letters(LATER)
    assert SECRET not in body()


def test_gaining_a_licence_is_no_change_of_the_report(registered: User, subscriber: User, sunroofs: Edition) -> None:
    following.follow_report(registered, sunroofs.report, "instantly", at=NOW)
    organisation = Licence.objects.get().organisation
    organisation.seats.create(user=registered)
    assert send_due(LATER) == (0, 0)


def test_running_again_tells_nobody_twice(subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    for minutes in range(5):
        send_due(LATER + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_four_processes_at_once_tell_everybody_once(
    subscriber: User, registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    for user in (registered, subscriber):
        following.follow_report(user, sunroofs.report, "instantly", at=NOW)
    publish(replace(changed_deep_down(), summary="Another summary."))
    start = threading.Barrier(4)

    def process() -> None:
        try:
            start.wait()
            send_due(LATER)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send_due(LATER)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["registered@example.org", "subscriber@example.org"]


def test_a_letter_whose_sender_died_is_not_sent_again(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    with (
        patch("django.core.mail.EmailMultiAlternatives.send", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        send_due(LATER)
    assert Letter.objects.get().state == "sending"
    assert send_due(LATER + timedelta(hours=2)) == (0, 0)
    assert Letter.objects.get().state == "failed"
    assert "not sent again" in Letter.objects.get().problem


def test_a_mail_server_that_is_down_is_tried_again(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    with patch("django.core.mail.EmailMultiAlternatives.send", side_effect=ConnectionRefusedError("refused")):
        assert send_due(LATER) == (1, 0)
    assert "did not take it" in Letter.objects.get().problem
    assert send_due(LATER + timedelta(minutes=6)) == (0, 1)
    assert Letter.objects.get().state == "sent"


def test_a_failure_that_may_have_come_after_the_letter_went_out_is_not_tried_again(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    with patch("django.core.mail.EmailMultiAlternatives.send", side_effect=TimeoutError("no answer")):
        send_due(LATER)
    assert send_due(LATER + timedelta(hours=2)) == (0, 0)
    assert Letter.objects.get().state == "failed"


def test_daily_followers_wait_for_the_morning_and_get_one_letter(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    other = publish(small_document())
    for edition in (sunroofs, other):
        following.follow_report(subscriber, edition.report, "daily", at=NOW)
    publish(changed_deep_down())
    publish(replace(small_document(), summary="Another summary."))
    assert send_due(NOW + timedelta(hours=3)) == (0, 0)
    morning = NOW.replace(hour=6) + timedelta(days=1)
    assert send_due(morning) == (1, 1)
    assert mail.outbox[0].subject == "2 changes in what you follow"
    assert Rhythm.objects.get(pace="daily").next_at == morning + timedelta(days=1)


def test_a_change_after_a_quiet_morning_waits_for_the_next(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "daily", at=NOW)
    morning = NOW.replace(hour=6) + timedelta(days=1)
    send_due(morning)
    publish(changed_deep_down())
    assert send_due(morning + timedelta(hours=5)) == (0, 0)
    assert send_due(morning + timedelta(days=1)) == (1, 1)


def test_weekly_letters_go_out_on_mondays() -> None:
    assert NOW.weekday() == 0
    assert following.next_time("weekly", NOW) == NOW.replace(hour=6) + timedelta(days=7)
    assert following.next_time("weekly", NOW - timedelta(days=2)) == NOW.replace(hour=6)


def test_an_edition_that_is_withdrawn_is_told_with_its_reason(
    subscriber: User, editor: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    second = publish(changed_deep_down())
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    Withdrawal.objects.create(edition=second, reason="A wrong unit.", withdrawn_at=NOW, withdrawn_by=editor)
    assert send_due(LATER) == (1, 1)
    assert "Edition 2 was withdrawn: A wrong unit. Edition 1 is current again." in body()


def test_one_click_in_the_mail_program_ends_the_letters_without_signing_in(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    publish(changed_deep_down())
    send_due(LATER)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.sub(r"^<https?://[^/]+|>$", "", headers["List-Unsubscribe"])
    client = Client(enforce_csrf_checks=True)
    assert "Stop these letters" in client.get(path).content.decode()
    assert Watch.objects.count() == 1, "opening the link must not end anything: programs that check mail open links"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Watch.objects.exists()
    assert client.post(path).status_code == 200
    assert client.get("/following/stop/forged/").status_code == 404
    assert path in body()


def test_a_disabled_follower_gets_no_letter(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    User.objects.filter(pk=subscriber.pk).update(is_active=False)
    publish(changed_deep_down())
    send_due(LATER)
    assert mail.outbox == []


def test_a_company_is_told_of_when_what_a_report_says_of_it_changes(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_company(subscriber, "webasto-group", "Webasto Group", "instantly", at=NOW)
    publish(changed_deep_down())
    send_due(LATER)
    assert mail.outbox == [], "a number of the market is not about the company"
    document = sample_document()
    profiles = tuple(
        replace(p, overview="<p>New words.</p>") if p.slug == "webasto-group" else p for p in document.profiles
    )
    publish(replace(document, profiles=profiles))
    send_due(LATER)
    assert mail.outbox[-1].subject == "Webasto Group in Car Sunroof Market: edition 3"
    assert "The profile changed: overview." in body()


def test_a_change_of_a_profile_is_not_told_to_whom_it_is_closed(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_company(registered, "webasto-group", "Webasto Group", "instantly", at=NOW)
    document = sample_document()
    publish(replace(document, profiles=tuple(replace(p, overview="<p>New.</p>") for p in document.profiles)))
    send_due(LATER)
    assert mail.outbox == []


def test_a_report_that_names_the_company_for_the_first_time_is_told(
    registered: User, sunroofs: Edition, publish: Callable[..., Edition]
) -> None:
    following.follow_company(registered, "webasto-group", "Webasto Group", "instantly", at=NOW)
    player = next(p for p in sample_document().players if p.slug == "webasto-group")
    publish(replace(small_document(), players=(player,)))
    send_due(LATER)
    assert "names the company for the first time" in body()


def test_looking_costs_the_same_however_many_follow(
    subscriber: User, registered: User, sunroofs: Edition, django_assert_num_queries: object
) -> None:
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert not anything_due(LATER)
    following.follow_report(registered, sunroofs.report, "instantly", at=NOW)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert not anything_due(LATER)


def test_the_sweep_asks_the_queue_only_when_something_is_due(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_asked_at", None)
    following.follow_report(subscriber, sunroofs.report, "instantly", at=NOW)
    with patch("portal.alerts.tasks.send_alerts.delay") as delay:
        sweeping.sweep(LATER)
        assert delay.call_count == 0
        publish(changed_deep_down())
        for seconds in (0, 5, 10):
            sweeping.sweep(LATER + timedelta(seconds=seconds))
        assert delay.call_count == 1
        delay.side_effect = OSError("down")
        sweeping.sweep(LATER + timedelta(seconds=40))


def test_the_command_says_what_it_did(
    subscriber: User, sunroofs: Edition, publish: Callable[..., Edition], capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    following.follow_report(subscriber, sunroofs.report, "instantly", at=timezone.now())
    publish(changed_deep_down())
    call_command("send_alerts")
    assert capsys.readouterr().out == "1 letters were due, 1 were sent.\n"
    assert Notice.objects.count() == 1
