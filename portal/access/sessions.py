"""Django's sessions in the database, found without building the same query anew on every request."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connections, router
from django.utils import timezone

_FIND = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """As Django's own in all but how a session's row is found. One query."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key
        with connections[router.db_for_read(Session)].cursor() as cursor:
            cursor.execute(_FIND, [key, timezone.now()])
            found = cursor.fetchone()
        if key is None or found is None:
            self._session_key = None
            return None
        return Session(session_key=key, session_data=found[0], expire_date=found[1])
