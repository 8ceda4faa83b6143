"""The report page as most readers ask for it, in two queries: who are you, what may you read, send the bytes.

The page's body is kept for each edition, tier and scenario, and its shell for each kind of reader, as bytes and as
compressed blocks, in this process. What is kept is chosen by what the gate says in this request's own query; nothing of
a reader is kept. Where a question is not that simple - an older edition, a page not made yet, a message waiting, staff
- the view takes the long way. A test holds both ways' bytes and headers equal.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from portal.access.entitlement import TIER_OF_PERSON
from portal.access.models import User
from portal.pages import rendering
from portal.pages.compressing import block, gzipped, wants_gzip
from reports.document import Tier

MOST_BYTES = 96 * 2**20
WHO, BODY = "\ue002", "\ue003"
"""Stand in a shell for the reader's address and the body; from Unicode's private use, so no page has them."""

_PERSON = tuple(field.column for field in User._meta.concrete_fields)
_FIND = f"""
SELECT edition.id, edition.number, edition.digest, report.id, {TIER_OF_PERSON},
       {", ".join(f'person."{name}"' for name in _PERSON)}
FROM reports_report report
CROSS JOIN LATERAL (
    SELECT id, number, digest FROM reports_edition one
    WHERE one.report_id = report.id
      AND NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = one.id)
    ORDER BY number DESC LIMIT 1
) edition
LEFT JOIN access_user person ON person.id = %(person)s
WHERE report.slug = %(slug)s
"""


type Reader = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Opened:
    """The current edition of a report, and who asks for it with what access."""

    edition: int
    number: int
    digest: str
    report: int
    tier: Tier
    reader: Reader


def opened(request: HttpRequest, slug: str, *, at: datetime) -> Opened | None:
    """What a simple question leads to; None where the long way must answer. Two queries for who is signed in."""
    if CookieStorage.cookie_name in request.COOKIES:
        return None  # a message waits; Django looks for more of it in the session only beside this cookie
    # A connection that broke is noticed by the question itself; trying it first would be a third query.
    connection.health_check_done = True  # type: ignore[attr-defined]  # missing in the stubs
    try:
        return _asked(request, slug, at)
    except (InterfaceError, OperationalError):
        connection.close()
        return None


def _asked(request: HttpRequest, slug: str, at: datetime) -> Opened | None:
    session = request.session
    person = session.get(SESSION_KEY) if session.session_key else None
    if person is not None and session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"slug": slug, "person": person, "at": at})
        row = cursor.fetchone()
    if row is None:
        return None
    edition, number, digest, report, tier, *columns = row
    reader: Reader = AnonymousUser()
    if person is not None:
        if tier not in (Tier.REGISTERED, Tier.LICENSED):
            return None  # staff, for whom more is to be looked at, and people who are no more
        reader = User.from_db(connection.alias, [one.attname for one in User._meta.concrete_fields], columns)
        if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), reader.get_session_auth_hash()):
            return None
        request._cached_user = reader  # type: ignore[attr-defined]  # where Django's middleware keeps it
    return Opened(edition, number, digest, report, Tier(tier), reader)


@dataclass(slots=True)
class Kept:
    """A page's body, as bytes and as a compressed block; `shells` are what stands before and after it."""

    body: bytes
    compressed: bytes
    shells: dict[tuple[str, ...], tuple[bytes, bytes]] = field(default_factory=dict)

    def keep_shell(self, key: tuple[str, ...], page: str) -> None:
        """`page` is the whole page for `Somebody`, with `BODY` where the body goes; `key` is all it depends on."""
        before, after = page.split(BODY)
        self.shells[key] = (before.encode(), after.encode())


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
        written = body.encode()
        kept = Kept(written, block(written))
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
    return len(kept.body) + len(kept.compressed)


pages = Memory(MOST_BYTES)


def assembled(request: HttpRequest, kept: Kept, shell: tuple[bytes, bytes], reader: Reader) -> HttpResponse:
    """The page for this reader, compressed where their browser takes that."""
    before, after = shell
    if isinstance(reader, User):
        before = before.replace(WHO.encode(), escape(reader.email).encode())
    if wants_gzip(request):
        response = HttpResponse(gzipped(before, kept.body, kept.compressed, after))
        response["Content-Encoding"] = "gzip"
        return response
    return HttpResponse(before + kept.body + after)
