"""Signing up and in: verified addresses, second factors, limits, and the same answer for everybody."""

import re
import threading
import time
from unittest.mock import patch

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from portal.access.models import User
from portal.access.second_factor import SecondFactorAdapter
from tests.factories import PASSWORD, UserFactory
from tests.letters import html_of
from tests.portal.access.conftest import person, signed_in

pytestmark = pytest.mark.django_db
SIGN_UP, SIGN_IN, RESET = "/accounts/signup/", "/accounts/login/", "/accounts/password/reset/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, email: str, password: str = PASSWORD, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(SIGN_IN, {"login": email, "password": password}, headers=headers)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code(secret: str = SECRET) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_a_new_account_can_be_used_once_its_address_is_confirmed(client: Client) -> None:
    client.post(SIGN_UP, {"email": "New@Example.org", "password1": PASSWORD})
    assert sign_in(client, "new@example.org").status_code == 302
    assert not is_signed_in(client)
    letter = mail.outbox[0]
    assert letter.to == ["new@example.org"]
    link = re.search(r"https?://\S+/accounts/confirm-email/\S+", str(letter.body))
    assert link is not None
    assert html_of(letter)
    path = re.sub(r"https?://[^/]+", "", link[0])
    client.post(path)
    sign_in(client, "new@example.org")
    assert is_signed_in(client)


@pytest.mark.parametrize("path", [SIGN_UP, RESET])
def test_a_known_and_an_unknown_address_get_the_same_answer(path: str) -> None:
    person("known@example.org")
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        response = Client().post(path, {"email": email, "password1": "an entirely new one"})
        answers.append((response.status_code, response["Location"]))
    assert answers[0] == answers[1]
    assert {tuple(one.to) for one in mail.outbox} == {("known@example.org",), ("unknown@example.org",)}


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer() -> None:
    person("known@example.org")
    bodies = []
    for email in ("known@example.org", "nobody@example.org"):
        response = sign_in(Client(), email, "a wrong password")
        text = response.content.decode().replace(email, "")
        bodies.append((response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)))
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, RESET])
def test_known_and_unknown_addresses_cost_the_same_number_of_password_hashes(path: str, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with patch.object(PBKDF2PasswordHasher, "iterations", 10):
        person("known@example.org")
        counts = []
        for email in ("known@example.org", "unknown@example.org"):
            hashed = PBKDF2PasswordHasher.encode
            with patch.object(PBKDF2PasswordHasher, "encode", autospec=True, side_effect=hashed) as hashing:
                Client().post(
                    path, {"email": email, "login": email, "password": "wrong one", "password1": "a brand new one"}
                )
            counts.append(hashing.call_count)
    assert counts[0] == counts[1]


def test_a_program_that_fills_in_the_trap_gets_the_usual_answer_and_no_account(client: Client) -> None:
    answer = client.post(SIGN_UP, {"email": "bot@example.org", "password1": PASSWORD, "company_website": "https://x"})
    honest = Client().post(SIGN_UP, {"email": "human@example.org", "password1": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (honest.status_code, honest["Location"])
    assert not User.objects.filter(email="bot@example.org").exists()


def test_ten_wrong_passwords_close_an_account_for_strangers_but_not_for_its_owners_device() -> None:
    person("owner@example.org")
    at_home = Client()
    sign_in(at_home, "owner@example.org")
    at_home.post("/accounts/logout/")
    stranger = Client()
    for _ in range(10):
        sign_in(stranger, "owner@example.org", "a guess")
    refused = sign_in(Client(REMOTE_ADDR="203.0.113.9"), "owner@example.org")
    assert "Too many failed login attempts" in refused.content.decode()
    sign_in(at_home, "owner@example.org")
    assert is_signed_in(at_home)


def test_a_made_up_forwarding_header_does_not_get_around_the_limit_by_address() -> None:
    for number in range(20):
        sign_in(Client(), f"somebody{number}@example.org", "a guess", **{"X-Forwarded-For": f"198.51.100.{number}"})
    person("late@example.org")
    client = Client()
    sign_in(client, "late@example.org", **{"X-Forwarded-For": "198.51.100.77"})
    assert not is_signed_in(client)


def test_counts_are_kept_where_every_worker_sees_them() -> None:
    from django.db import connection

    cache.set("seen-by-all", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_shared_cache WHERE cache_key LIKE %s", ["%seen-by-all"])
        assert cursor.fetchone() == (1,)


def test_the_seed_of_an_authenticator_app_is_not_in_the_database_in_the_clear() -> None:
    user = person("careful@example.org")
    TOTP.activate(user, SECRET)
    stored = Authenticator.objects.get().data["secret"]
    assert SECRET not in stored
    assert SecondFactorAdapter().decrypt(stored) == SECRET


def test_a_seed_is_still_read_after_the_secret_key_was_replaced(settings: Settings) -> None:
    encrypted = SecondFactorAdapter().encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    assert SecondFactorAdapter().decrypt(encrypted) == SECRET


def test_who_has_an_authenticator_app_is_asked_for_its_code() -> None:
    TOTP.activate(person("careful@example.org"), SECRET)
    client = Client()
    response = sign_in(client, "careful@example.org")
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    client.post(response["Location"], {"code": code()})
    assert is_signed_in(client)


def test_a_session_gets_a_new_name_at_sign_in() -> None:
    person("reader@example.org")
    client = Client()
    client.get("/organisation/")
    client.session.save()
    before = client.session.session_key
    sign_in(client, "reader@example.org")
    assert client.session.session_key != before


@pytest.mark.parametrize("end", ["password", "disabled"])
def test_a_changed_password_or_a_disabled_person_ends_every_session(end: str) -> None:
    user = person("reader@example.org")
    client = signed_in(user)
    assert client.get("/account/").status_code == 200
    if end == "password":
        user.set_password("quite another password")
    else:
        user.is_active = False
    user.save()
    assert client.get("/account/").status_code == 302


def test_without_the_setting_staff_need_no_second_factor() -> None:
    assert signed_in(UserFactory.create(is_staff=True)).get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/account/", "/reports/", "/admin/access/user/"])
def test_with_the_setting_no_page_opens_to_staff_without_a_second_factor(path: str, settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client = signed_in(UserFactory.create(is_staff=True, is_superuser=True))
    response = client.get(path, follow=True)
    assert response.redirect_chain[0][0] == "/accounts/2fa/"
    assert "Set up an authenticator app or a passkey" in response.content.decode()
    assert client.get("/api/v1/values/").status_code == 403


def test_with_the_setting_staff_who_gave_a_code_get_in(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    user = person("staff@example.org")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    TOTP.activate(user, SECRET)
    by_password_alone = Client()
    by_password_alone.force_login(user)
    assert by_password_alone.get("/admin/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    client = Client()
    sign_in(client, "staff@example.org")
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/admin/").status_code == 200


def test_readers_need_no_second_factor_where_staff_do(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    assert signed_in(person("reader@example.org")).get("/account/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [SIGN_UP, SIGN_IN, RESET, "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/",
     "/accounts/email/", "/accounts/password/change/", "/accounts/logout/", "/account/", "/organisation/",
     "/following/", "/accounts/confirm-email/", "/requests/new/", "/requests/sent/"],
)  # fmt: skip
def test_every_account_page_is_in_the_house_style_and_has_no_inline_style(path: str) -> None:
    user = person("reader@example.org")
    client = Client()
    if path not in (SIGN_UP, SIGN_IN, RESET):
        sign_in(client, user.email)
    html = client.get(path, follow=True).content.decode()
    assert "site-head" in html
    assert not re.search(r"<[^>]+\sstyle=", html)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", html)


@pytest.mark.django_db(transaction=True)
def test_thirty_tries_at_once_pass_a_limit_of_ten_ten_times_at_most() -> None:
    cache.clear()
    start, passed = threading.Barrier(6), []

    def client() -> None:
        try:
            request = RequestFactory().post("/accounts/login/")
            start.wait()
            for _ in range(5):
                usage = ratelimit.consume(
                    request, app="allauth.account", action="login_failed", key="owner@example.org"
                )
                passed.append(bool(usage))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 30
    assert sum(passed) == 10


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_labels_have_no_colon_and_what_was_wrong_is_told_beside_its_field(page: str) -> None:
    client = Client()
    html = client.get(f"/accounts/{page}/").content.decode()
    labels = re.findall(r"<label[^>]*>([^<]+)</label>", html)
    assert labels
    assert not [label for label in labels if label.strip().endswith(":")]
    told = client.post(f"/accounts/{page}/", {}).content.decode()
    field = "email" if page != "login" else "login"
    assert f'id="id_{field}_error"' in told
    assert f'aria-describedby="id_{field}_error"' in told
