"""The history of a draft: who changed which value of a report, its market and its companies, when and from where.

Read from the events that triggers store for every tracked row (docs/adr/0007): an event holds the row as it was before
an update or a deletion, or as it was made. What an update led to is the row's next event, or the row itself.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.utils.html import strip_tags

from reports.models import Report
from reports.models.prose import ProseField
from reports.wording import Piece, pieces

OF_REPORT = "e.report_id = %(report)s"
OF_MARKET = "e.market_id = %(market)s"


def _within(column: str, table: str, scope: str) -> str:
    """Rows whose `column` points at a row of `table` within `scope`, deleted ones included."""
    return (
        f"e.{column} IN (SELECT id FROM {table} e WHERE {scope} "
        f"UNION SELECT e.pgh_obj_id FROM {table}event e WHERE {scope})"
    )


_PLAYERS = "IN (SELECT company_id FROM reports_player WHERE report_id = %(report)s)"
_DEVELOPMENTS = "IN (SELECT development_id FROM reports_report_developments WHERE report_id = %(report)s)"

OWNED: dict[str, str] = {
    "reports.Report": "e.id = %(report)s",
    "reports.Section": OF_REPORT,
    "reports.Takeaway": OF_REPORT,
    "reports.SegmentNarrative": OF_REPORT,
    "reports.MarketForce": OF_REPORT,
    "reports.MatrixArea": OF_REPORT,
    "reports.MatrixCell": _within("area_id", "reports_matrixarea", OF_REPORT),
    "reports.PestItem": OF_REPORT,
    "reports.PorterForce": OF_REPORT,
    "reports.Player": OF_REPORT,
    "reports.Abbreviation": OF_REPORT,
    "reports.ReportDevelopment": OF_REPORT,
    "forecasts.Market": "e.id = %(market)s",
    "forecasts.Dimension": OF_MARKET,
    "forecasts.Segment": _within("dimension_id", "forecasts_dimension", OF_MARKET),
    "forecasts.Observation": OF_MARKET,
    "forecasts.Assumption": OF_MARKET,
    "forecasts.GrowthStep": _within("assumption_id", "forecasts_assumption", OF_MARKET),
    "forecasts.Pin": OF_MARKET,
    "forecasts.Driver": OF_MARKET,
    "forecasts.Scenario": OF_MARKET,
    "forecasts.ScenarioWeight": _within("scenario_id", "forecasts_scenario", OF_MARKET),
}
"""What belongs to one report alone, and how its events are found."""

SHARED: dict[str, str] = {
    "companies.Company": f"e.id {_PLAYERS}",
    "companies.CompanyAlias": f"e.company_id {_PLAYERS}",
    "companies.Product": f"e.company_id {_PLAYERS}",
    "companies.FinancialYear": f"e.company_id {_PLAYERS}",
    "companies.Strategy": f"e.company_id {_PLAYERS}",
    "companies.SwotItem": f"e.company_id {_PLAYERS}",
    "companies.Development": f"e.id {_DEVELOPMENTS}",
    "companies.DevelopmentCompany": f"e.development_id {_DEVELOPMENTS}",
}
"""What other reports may show too: the profiles of the players, and the developments."""

_HIDDEN = {"id", "report", "market", "key", "path", "slug"}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one row, as it is stored. `before` and `after` are None where the row did not exist."""

    label: str
    event_id: int
    at: datetime
    pk: int
    user_id: int | None
    url: str
    save: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def changed(self) -> list[str]:
        """The columns in which before and after differ."""
        if self.before is None or self.after is None:
            return []
        return [name for name, value in self.before.items() if self.after.get(name) != value]


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    old: str
    new: str
    words: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change for reading: what was `added`, `changed` or `removed`, and each value before and after."""

    event: Event
    verb: str
    kind: str
    what: str
    fields: tuple[FieldChange, ...]

    @property
    def key(self) -> str:
        """The address of the event, for undoing it alone."""
        return f"{self.event.label}:{self.event.event_id}"


@dataclass(slots=True)
class Save:
    """Everything one request changed, with who and when."""

    at: datetime
    who: str
    where: str
    id: UUID | None
    changes: list[Change] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Such as "3 observations changed, 1 pin added"."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.changes:
            counts[one.event.label, one.verb] = counts.get((one.event.label, one.verb), 0) + 1
        return ", ".join(f"{count} {_plural(label, count)} {verb}" for (label, verb), count in counts.items())


def events(
    report: Report,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    save: UUID | None = None,
    labels: Iterable[str] | None = None,
    user: int | None = None,
    most: int | None = None,
) -> list[Event]:
    """Changes of the report, its market and what it shows of companies, the newest first; one query."""
    given = {"report": report.pk, "market": report.market_id, "since": since, "before": before, "save": save}
    given |= {"user": user, "most": most}
    parts = []
    for label, scope in (OWNED | SHARED).items():
        if labels is not None and label not in labels:
            continue
        model = apps.get_model(label)
        table, live = event_table(label), model._meta.db_table
        narrowed = scope
        narrowed += " AND e.pgh_created_at > %(since)s" if since else ""
        narrowed += " AND e.pgh_created_at < %(before)s" if before else ""
        narrowed += " AND e.pgh_context_id = %(save)s" if save else ""
        narrowed += " AND (e.pgh_context->>'user')::bigint = %(user)s" if user else ""
        parts.append(
            f"(SELECT '{label}' AS label, e.pgh_id, e.pgh_created_at, e.pgh_label, e.pgh_obj_id, e.pgh_context, "
            "e.pgh_context_id, to_jsonb(e)::text AS row, "
            "CASE WHEN e.pgh_label = 'update' THEN COALESCE("
            f"(SELECT to_jsonb(n) FROM {table} n WHERE n.pgh_obj_id = e.pgh_obj_id AND n.pgh_id > e.pgh_id "
            f"ORDER BY n.pgh_id LIMIT 1), (SELECT to_jsonb(l) FROM {live} l WHERE l.id = e.pgh_obj_id))::text END "
            f"FROM {table} e WHERE {narrowed} ORDER BY e.pgh_id DESC {'LIMIT %(most)s' if most else ''})"
        )
    if not parts:
        return []
    query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) found ORDER BY pgh_created_at DESC, pgh_id DESC"
    query += " LIMIT %(most)s" if most else ""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [_event(row) for row in cursor.fetchall()]


def event_table(label: str) -> str:
    """The table of a tracked model's events."""
    return str(apps.get_model(f"{label}Event")._meta.db_table)


def _event(row: Sequence[Any]) -> Event:
    label, event_id, at, kind, pk, context, save, stored, led_to = row
    context = json.loads(context) if isinstance(context, str) else context or {}
    held = snapshot(label, stored)
    after = snapshot(label, led_to) if led_to else None
    before = None if kind == "insert" else held
    return Event(
        label, event_id, at, pk, context.get("user"), context.get("url") or "", save, before,
        held if kind == "insert" else after,
    )  # fmt: skip


def snapshot(label: str, stored: str) -> dict[str, Any]:
    """A stored row as values of the model's tracked columns, Decimals whole."""
    values = json.loads(stored, parse_float=Decimal)
    tracked = {one.name for one in apps.get_model(f"{label}Event")._meta.fields}
    return {
        one.attname: one.to_python(values.get(one.attname)) if values.get(one.attname) is not None else None
        for one in apps.get_model(label)._meta.concrete_fields
        if one.name in tracked
    }


def saves(found: list[Event]) -> list[Save]:
    """The events for reading, gathered by the request that made them, the newest first."""
    people = get_user_model().objects.in_bulk({one.user_id for one in found if one.user_id})
    gathered: dict[Any, Save] = {}
    for one in readable(found):
        event = one.event
        key = event.save or (event.at.replace(second=0, microsecond=0), event.user_id)
        who = str(people.get(event.user_id) or "somebody who has left") if event.user_id else "nobody signed in"
        save = gathered.setdefault(key, Save(event.at, who, _where(event.url), event.save))
        save.changes.append(one)
    return list(gathered.values())


def readable(found: list[Event]) -> list[Change]:
    """Each event with the names of what it points at, in as many queries as there are kinds of these."""
    related = _related(found)
    return [_change(one, related) for one in found]


def _related(found: list[Event]) -> dict[type[models.Model], dict[Any, models.Model]]:
    wanted: dict[type[models.Model], set[Any]] = {}
    for event in found:
        for one in event.model._meta.concrete_fields:
            if isinstance(one, models.ForeignKey):
                for state in (event.before, event.after):
                    if state and state.get(one.attname) is not None:
                        wanted.setdefault(one.related_model, set()).add(state[one.attname])
    return {model: model._default_manager.in_bulk(ids) for model, ids in wanted.items()}


def _change(event: Event, related: dict[type[models.Model], dict[Any, models.Model]]) -> Change:
    verb = "added" if event.before is None else "changed" if event.after is not None else "removed"
    return Change(
        event,
        verb,
        str(event.model._meta.verbose_name),
        _name(event, related),
        tuple(_fields(event, verb, related)),
    )


def _name(event: Event, related: dict[type[models.Model], dict[Any, models.Model]]) -> str:
    if event.label == "reports.ReportDevelopment":
        development = (event.before or event.after or {}).get("development_id")
        names = {model.__name__: rows for model, rows in related.items()}
        return str(names.get("Development", {}).get(development, "a development deleted since"))
    model = event.model
    row = model()
    for name, value in ((event.after or event.before) or {}).items():
        setattr(row, name, _plain(value) if isinstance(value, Decimal) else value)
    for one in model._meta.concrete_fields:
        if isinstance(one, models.ForeignKey) and getattr(row, one.attname) is not None:
            there = related.get(one.related_model, {}).get(getattr(row, one.attname))
            if there is not None:
                setattr(row, one.name, there)
    try:
        return strip_tags(str(row)) or str(model._meta.verbose_name)
    except ObjectDoesNotExist:
        return f"{model._meta.verbose_name} of something deleted since"


def _fields(
    event: Event, verb: str, related: dict[type[models.Model], dict[Any, models.Model]]
) -> Iterator[FieldChange]:
    before, after = event.before or {}, event.after or {}
    for one in event.model._meta.concrete_fields:
        if one.name in _HIDDEN or (one.attname not in before and one.attname not in after):
            continue
        old, new = before.get(one.attname), after.get(one.attname)
        if old == new or (verb != "changed" and (old or new) in (None, "", False)):
            continue
        was, now = _shown(one, old, related), _shown(one, new, related)
        words = tuple(pieces(was, now)) if verb == "changed" and isinstance(one, models.TextField) else ()
        yield FieldChange(str(one.verbose_name), was, now, words)


def _shown(one: Any, value: Any, related: dict[type[models.Model], dict[Any, models.Model]]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(one, models.ForeignKey):
        return str(related.get(one.related_model, {}).get(value, "something deleted since"))
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{_plain(value):,}"
    if isinstance(one, ProseField):
        return " ".join(strip_tags(str(value).replace("<", " <")).split())
    return str(value)


def _plain(value: Decimal) -> Decimal:
    """The number without the zeros its column adds: 2300.000000 -> 2300."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _where(url: str) -> str:
    """Where a change came from, in words."""
    for part, words in (
        ("/data/", "in the data grid"),
        ("/import", "by an import"),
        ("/history/", "by undoing"),
        ("/restore/", "by restoring an edition"),
        ("/findings/", "from the findings"),
        ("/api/", "through the API"),
        ("/admin/", "on the desk"),
        ("demo", "by loading the demo"),
    ):
        if part in url:
            return words
    return "outside the desk"


def _plural(label: str, count: int) -> str:
    options = apps.get_model(label)._meta
    return str(options.verbose_name if count == 1 else options.verbose_name_plural)


@dataclass(frozen=True, slots=True)
class Edited:
    """What one person changed of a draft since a moment."""

    who: str
    user_id: int | None
    last_at: datetime
    summary: str


def edited_since(report: Report, moment: datetime, *, most: int = 2000) -> list[Edited]:
    """Who changed what since `moment`, whoever was last at it first; of at most `most` changes."""
    by_person: dict[str, Save] = {}
    user_ids: dict[str, int | None] = {}
    for save in saves(events(report, since=moment, most=most)):
        together = by_person.setdefault(save.who, Save(save.at, save.who, "", None))
        together.changes += save.changes
        user_ids.setdefault(save.who, save.changes[0].event.user_id)
    return [Edited(who, user_ids[who], save.at, save.summary) for who, save in by_person.items()]
