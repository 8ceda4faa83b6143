"""The report page as most readers ask for it, in one query: who are you, what may you read, send the bytes.

The page is kept for each edition, tier and scenario, with the headers it was sent with, in this process; the reader's
own address is put into it as it is sent. What is sent is chosen by what the gate says in this request's own query.
Of a reader nothing is kept but whose session was whose, as a guess that the same query confirms. Where a question is
not that simple - an older edition, a page not made yet, a message waiting, staff - the view takes the long way. A test
holds both ways' bytes and headers equal.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare

from portal.access.entitlement import TIER_OF_PERSON
from portal.access.models import User
from portal.access.recording import record_reading
from portal.access.sessions import SessionStore
from portal.pages import rendering
from portal.pages.caching import theme
from portal.pages.compressing import Gapped, Piece, wants_gzip
from reports.document import Tier

MOST_BYTES = 96 * 2**20
MOST_GUESSES = 20_000
WHO, BODY = "\ue002", "\ue003"
"""Stand in a shell for the reader's address and the body; from Unicode's private use, so no page has them."""

_ADDRESS = re.compile(r"/reports/([-\w]{1,200})/")
_QUERY = re.compile(r"(?:scenario=([-\w]{1,60}))?")
_PERSON = tuple(field.attname for field in User._meta.concrete_fields)
_FIND = f"""
SELECT edition.id, edition.number, edition.digest, report.id, session.session_data, {TIER_OF_PERSON},
       {", ".join(f'person."{one.column}"' for one in User._meta.concrete_fields)}
FROM reports_report report
CROSS JOIN LATERAL (
    SELECT id, number, digest FROM reports_edition one
    WHERE one.report_id = report.id
      AND NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = one.id)
    ORDER BY number DESC LIMIT 1
) edition
LEFT JOIN django_session session ON session.session_key = %(session)s AND session.expire_date > %(at)s
LEFT JOIN access_user person ON person.id = %(person)s
WHERE report.slug = %(slug)s
"""
_ASKED = ("slug", "session", "person", "at")
_PREPARE = "PREPARE plumbline_open (text, text, bigint, timestamptz) AS " + _FIND % {
    name: f"${number}" for number, name in enumerate(_ASKED, 1)
}
_EXECUTE = f"EXECUTE plumbline_open ({', '.join(f'%({name})s' for name in _ASKED)})"

type Reader = User | AnonymousUser
type Kind = tuple[str, str]
"""What a page's shell depends on beside its body: the reader's theme and the query."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The current edition of a report, and who asks for it with what access."""

    edition: int
    number: int
    digest: str
    report: int
    tier: Tier
    reader: Reader


@dataclass(frozen=True, slots=True)
class Question:
    """A report's page asked for in the simplest way: its current edition, by nobody or by whom a session names."""

    slug: str
    scenario: str
    kind: Kind
    session: str | None

    @classmethod
    def of(cls, request: HttpRequest) -> "Question | None":
        """The question of a request; None where it asks for anything else, or says more."""
        if request.method != "GET" or not (address := _ADDRESS.fullmatch(request.path_info)):
            return None
        query = request.META.get("QUERY_STRING", "")
        scenario = _QUERY.fullmatch(query)
        # Django looks for messages in the session only where some did not fit into this cookie.
        if scenario is None or CookieStorage.cookie_name in request.COOKIES:
            return None
        try:
            request.get_host()
        except DisallowedHost:
            return None
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        return cls(address[1], scenario[1] or "base", (theme(request), query), session or None)


class Guesses:
    """Whose session was whose, by the session's key: what to ask for together with the session. Never believed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: str | None) -> int | None:
        return self._known.get(session) if session else None

    def note(self, session: str, person: int) -> None:
        with self._lock:
            self._known[session] = person
            self._known.move_to_end(session)
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


guesses = Guesses(MOST_GUESSES)


def opened(question: Question, *, at: datetime) -> Opened | None:
    """What a simple question leads to; None where the long way must answer. One query, two for a session not seen yet.

    Never raises for a database that is away: a connection that broke is noticed by the question itself, and closed.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # missing in the stubs; it would be a query more
    try:
        return _opened(question, at)
    except (InterfaceError, OperationalError):
        connection.close()
        return None


def _opened(question: Question, at: datetime) -> Opened | None:
    guess = guesses.get(question.session)
    row = _found(question, guess, at)
    if row is None:
        return None
    signed_in: dict[str, Any] = {}
    if question.session is not None:
        if row[4] is None:
            return None  # a session that ended: Django removes its cookie
        signed_in = SessionStore().decode(row[4])
        person = _number(signed_in.get(SESSION_KEY))
        if person != guess and person is not None:
            guesses.note(question.session, person)
            row = _found(question, person, at)
            if row is None:
                return None
        elif person is None and guess is not None:
            return None
    edition, number, digest, report, _, tier, *columns = row
    if not signed_in.get(SESSION_KEY):
        return Opened(edition, number, digest, report, Tier(tier), AnonymousUser())
    if tier not in (Tier.REGISTERED, Tier.LICENSED):
        return None  # staff, for whom more is to be looked at, and people who are no more
    if signed_in.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    reader = User.from_db(connection.alias, _PERSON, columns)
    if not constant_time_compare(signed_in.get(HASH_SESSION_KEY, ""), reader.get_session_auth_hash()):
        return None
    return Opened(edition, number, digest, report, Tier(tier), reader)


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() else None


_prepared: WeakSet[Any] = WeakSet()
"""Connections that know the question already. Planning it anew takes the database twice as long as answering it."""
_may_prepare = True


def _found(question: Question, person: int | None, at: datetime) -> Any:
    global _may_prepare
    given = {"slug": question.slug, "session": question.session, "person": person, "at": at}
    with connection.cursor() as cursor:
        if _may_prepare:
            try:
                if connection.connection not in _prepared:
                    cursor.execute(_PREPARE)
                    _prepared.add(connection.connection)
                cursor.execute(_EXECUTE, given)
                return cursor.fetchone()
            except ProgrammingError:
                # A pool between us and the database gives each question another connection.
                _may_prepare = False
                if connection.in_atomic_block:
                    raise
        cursor.execute(_FIND, given)
        return cursor.fetchone()


@dataclass(slots=True)
class Shell:
    """A page for one kind of reader, and the headers it was sent with, by status and whether it was compressed."""

    page: Gapped
    headers: dict[tuple[int, bool], dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Kept:
    """A page's body; `shells` are it with what stands before and after it."""

    body: Piece
    shells: dict[Kind, Shell] = field(default_factory=dict)

    def keep_shell(self, kind: Kind, page: str) -> None:
        """`page` is the whole page for `Somebody`, with `BODY` where the body goes; `kind` is all it depends on."""
        if kind in self.shells:
            return  # with the headers it was sent with
        before, after = page.split(BODY)
        self.shells[kind] = Shell(Gapped((*_pieces(before), self.body, *_pieces(after))))


def _pieces(text: str) -> Iterator[Piece | None]:
    """A text compressed, with None where the reader's address goes."""
    first, *others = text.split(WHO)
    yield Piece.of(first.encode())
    for other in others:
        yield None
        yield Piece.of(other.encode())


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whoever a kept shell is made for: signed in, nobody's colleague, at the address `WHO`."""

    email: str = WHO
    is_authenticated: bool = True
    is_staff: bool = False


class Memory:
    """Kept pages by edition, tier and scenario. Least recently read ones go first; safe for several threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, opened: Opened, scenario: str) -> Kept | None:
        key = _key(opened, scenario)
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, opened: Opened, scenario: str, body: str) -> Kept:
        """Keep a body, unless it is kept already: an edition never changes, nor does its page in one process."""
        known = self.get(opened, scenario)
        if known is not None:
            return known
        kept = Kept(Piece.of(body.encode()))
        with self._lock:
            self._pages[_key(opened, scenario)] = kept
            self._bytes = sum(map(_size, self._pages.values()))
            while self._bytes > self.most_bytes and len(self._pages) > 1:
                self._bytes -= _size(self._pages.popitem(last=False)[1])
        return kept

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


def _key(opened: Opened, scenario: str) -> tuple[object, ...]:
    version = rendering.templates_version()
    return opened.edition, opened.digest, min(opened.tier, Tier.LICENSED), scenario, version


def _size(kept: Kept) -> int:
    return len(kept.body.text) + len(kept.body.block)


pages = Memory(MOST_BYTES)


class OpenReports:
    """Middleware that answers the simple question for a report's page, before all that only other questions need.

    A page's headers are those that the long way sent it with; the first of a kind always goes the long way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        question = Question.of(request)
        found = opened(question, at=now) if question else None
        if question is None or found is None:
            return self.get_response(request)
        packed = wants_gzip(request)
        shell = _shell(found, question)
        if shell and (answer := _sent(request, shell, found, packed=packed)):
            if found.tier == Tier.LICENSED:
                record_reading(found.reader, found.report, now)
            return answer
        request.opened = found, question  # type: ignore[attr-defined]  # for `asking`
        response = self.get_response(request)
        shell = _shell(found, question)
        if shell and response.status_code in (200, 304) and not response.cookies and not response.streaming:
            shell.headers[response.status_code, packed] = dict(response.items())
        return response


def asking(request: HttpRequest) -> tuple[Opened, Question] | None:
    """What a request asks for simply, where its page was not kept yet: so that the view may keep what it makes."""
    found: tuple[Opened, Question] | None = getattr(request, "opened", None)
    return found


def _shell(found: Opened, question: Question) -> Shell | None:
    kept = pages.get(found, question.scenario)
    return kept.shells.get(question.kind) if kept else None


def _sent(request: HttpRequest, shell: Shell, found: Opened, *, packed: bool) -> HttpResponseBase | None:
    """The page for this reader, or that they have it already; None where it was not sent like this before."""
    headers = shell.headers.get((200, packed))
    if headers is None:
        return None
    if "ETag" in headers:
        unchanged: HttpResponseBase | None = get_conditional_response(request, etag=headers["ETag"])
        if unchanged is not None:
            known = shell.headers.get((304, packed)) if unchanged.status_code == 304 else None
            return HttpResponseNotModified(headers=known) if known else None
    gap = escape(found.reader.email).encode() if isinstance(found.reader, User) else b""
    content = shell.page.gzipped(gap) if packed else shell.page.plain(gap)
    return HttpResponse(content, headers=headers | {"Content-Length": str(len(content))})
