"""Noting that a licensed report was read, cheaply enough to do on every page and API answer."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from portal.access.entitlement import Reader
from portal.access.models import ApiKey, User

logger = logging.getLogger(__name__)

DOUBLE_CLICK = timedelta(seconds=30)
"""COUNTER's rule: the same reader asking for the same thing again within 30 seconds has read it once."""
MOST_REMEMBERED = 10_000

_recent: dict[tuple[str, int, int], datetime] = {}
_lock = threading.Lock()

_UPSERT = """
INSERT INTO access_reportreading AS known (organisation_id, user_id, api_key_id, report_id, day, count, last_at)
SELECT DISTINCT licence.organisation_id, %(user)s::bigint, %(key)s::bigint, report.id, %(at)s::timestamptz::date, 1,
       %(at)s::timestamptz
FROM reports_report report
JOIN access_licence licence ON licence.starts <= %(at)s AND (licence.until IS NULL OR licence.until > %(at)s)
     AND (licence.scope = 'all' OR licence.report_id = report.id OR licence.industry_id = report.industry_id)
WHERE report.id = %(report)s
  AND (licence.organisation_id = %(organisation)s
       OR EXISTS (SELECT FROM access_seat seat
                  WHERE seat.user_id = %(user)s AND seat.organisation_id = licence.organisation_id))
ON CONFLICT (organisation_id, user_id, api_key_id, report_id, day) DO UPDATE
SET count = known.count + 1, last_at = excluded.last_at
WHERE known.last_at <= excluded.last_at - %(apart)s
"""


def record_reading(reader: Reader, report_id: int, at: datetime) -> None:
    """Count one reading of a report by a person or a key, for every organisation whose licence opened it to them.

    Nothing is counted for readers without a licence, nor for staff. A second reading within 30 seconds is the same
    reading and mostly costs no query; any other costs one. Never fails: what can't be counted is logged, not refused.
    """
    if not isinstance(reader, User | ApiKey):
        return
    who = ("key" if isinstance(reader, ApiKey) else "person", reader.pk, report_id)
    with _lock:
        last = _recent.get(who)
        if last is not None and timedelta(0) <= at - last < DOUBLE_CLICK:
            return
        if len(_recent) >= MOST_REMEMBERED:
            _recent.clear()
        _recent[who] = at
    by_key = isinstance(reader, ApiKey)
    given: dict[str, Any] = {
        "user": None if by_key else reader.pk,
        "key": reader.pk if by_key else None,
        "organisation": reader.organisation_id if isinstance(reader, ApiKey) else None,
        "report": report_id,
        "at": at,
        "apart": DOUBLE_CLICK,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_UPSERT, given)
    except DatabaseError:
        logger.warning("A reading of report %s could not be counted.", report_id, exc_info=True)
