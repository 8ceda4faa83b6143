"""Taking changes of a draft back: one change, a whole save, or everything since an edition. Each is one transaction.

What is written is itself history, so an undoing can be undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from forecasts.requesting import request_recompute
from reports.history import OWNED, Event, event_table, events, readable, snapshot
from reports.models import Edition, Report


class CannotUndo(ValueError):
    """Why a change can't be taken back, as a sentence an editor can act on."""


@dataclass(slots=True)
class _Rows:
    """What is to be written: rows to remove, columns to set, rows to bring back, by model label."""

    remove: dict[str, list[int]] = field(default_factory=dict)
    change: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    bring_back: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        parts: Iterable[Any] = (*self.remove.values(), *self.change.values(), *self.bring_back.values())
        return sum(len(one) for one in parts)


def undo_save(report: Report, save: UUID, *, by: AbstractUser, now: datetime) -> int:
    """Take back everything that one save changed of this report; returns how many rows. Raises CannotUndo."""
    return _undo(report, events(report, save=save), by)


def undo_change(report: Report, key: str, *, by: AbstractUser, now: datetime) -> int:
    """Take back one change, named by its key. Raises CannotUndo."""
    label, _, number = key.partition(":")
    found = [one for one in events(report, labels=[label]) if str(one.event_id) == number]
    return _undo(report, found, by)


def _undo(report: Report, found: list[Event], by: AbstractUser) -> int:
    if not found:
        raise CannotUndo("This change is not in the history of this report any more.")
    for label in {one.label for one in found}:
        _must_change(by, label)
    with transaction.atomic():
        _lock(report)
        return _write(report, _taken_back(found), by)


def _taken_back(found: list[Event]) -> _Rows:
    rows = _Rows()
    by_row: dict[tuple[str, int], list[Event]] = {}
    for event in reversed(found):
        by_row.setdefault((event.label, event.pk), []).append(event)
    for (label, pk), of_row in by_row.items():
        first, last = of_row[0], of_row[-1]
        now = _stored(label, pk)
        changed = {name for one in of_row for name in one.changed} or set(last.after or {})
        if (now is None) != (last.after is None) or (
            now is not None and last.after is not None and any(now[name] != last.after[name] for name in changed)
        ):
            (seen,) = readable([last])
            raise CannotUndo(f"“{seen.what}” was changed again since. Undo the later change first.")
        if first.before is None:
            rows.remove.setdefault(label, []).append(pk)
        elif now is None:
            rows.bring_back.setdefault(label, []).append(first.before)
        else:
            back = {name: value for name, value in first.before.items() if now[name] != value}
            rows.change.setdefault(label, {})[pk] = back
    return rows


def restore(edition: Edition, *, by: AbstractUser, now: datetime) -> int:
    """Bring the draft back to what it was when the edition was published; returns how many rows that changed.

    Words, players, data, assumptions, pins, drivers and scenarios come back. Companies and developments are shared with
    other reports and stay as they are; which developments the report names comes back. The edition is untouched, and
    nothing is published. Raises CannotUndo when the history does not reach back that far.
    """
    report = edition.report
    for label in ("reports.Report", "forecasts.Market"):
        _must_change(by, label)
    begins = history_begins(now)
    if edition.published_at < begins:
        raise CannotUndo(
            f"The history of drafts reaches back to {begins:%-d %B %Y}, and this edition is older. "
            "Compare it with the draft and mend by hand."
        )
    with transaction.atomic():
        _lock(report)
        return _write(report, _as_of(report, edition.published_at), by)


def history_begins(now: datetime) -> datetime:
    """The moment from which the state of any draft is known: what came later was installation or retention."""
    kept_since = now - timedelta(days=settings.HISTORY_DAYS)
    installed = MigrationRecorder.Migration.objects.filter(name__endswith="_draft_history").aggregate(
        models.Max("applied")
    )["applied__max"]
    return max(kept_since, installed) if installed else kept_since


def _as_of(report: Report, moment: datetime) -> _Rows:
    """What must be written to have the report's own rows as they were at `moment`."""
    rows = _Rows()
    given: dict[str, Any] = {"report": report.pk, "market": report.market_id, "moment": moment}
    for label, scope in OWNED.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT ON (e.pgh_obj_id) e.pgh_obj_id, e.pgh_label, to_jsonb(e)::text "
                f"FROM {event_table(label)} e WHERE {scope} AND e.pgh_created_at > %(moment)s "
                "ORDER BY e.pgh_obj_id, e.pgh_id",
                given,
            )
            for pk, kind, row in cursor.fetchall():
                now = _stored(label, pk)
                if kind == "insert":
                    if now is not None:
                        rows.remove.setdefault(label, []).append(pk)
                    continue
                then = snapshot(label, row)
                if now is None:
                    rows.bring_back.setdefault(label, []).append(then)
                elif back := {name: value for name, value in then.items() if now[name] != value}:
                    rows.change.setdefault(label, {})[pk] = back
    return rows


def _stored(label: str, pk: int) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        table = apps.get_model(label)._meta.db_table
        cursor.execute(f"SELECT to_jsonb(l)::text FROM {table} l WHERE l.id = %s FOR UPDATE", [pk])
        row = cursor.fetchone()
    return snapshot(label, row[0]) if row else None


def _write(report: Report, rows: _Rows, by: AbstractUser) -> int:
    """Write the rows: removals first, so that what they were in the way of can come back."""
    count = rows.count
    if "reports.Report" in rows.remove or "forecasts.Market" in rows.remove:
        raise CannotUndo("That was the making of the report itself. Delete the report instead.")
    try:
        with transaction.atomic():
            for label, pks in reversed(rows.remove.items()):  # what came last may hold on to what came before
                apps.get_model(label)._default_manager.filter(pk__in=pks).delete()
            for label, changes in rows.change.items():
                for pk, values in changes.items():
                    apps.get_model(label)._default_manager.filter(pk=pk).update(**values)
            for label, back in rows.bring_back.items():
                model = apps.get_model(label)
                concrete = model._meta.concrete_model or model
                concrete._default_manager.bulk_create([concrete(**values) for values in back])
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except models.ProtectedError as held:
        raise CannotUndo("Something else refers to what would be removed, so nothing was undone.") from held
    except IntegrityError as clash:
        raise CannotUndo(
            "What is there now contradicts what would come back, so nothing was undone. Undo later changes first."
        ) from clash
    if count:
        Report.objects.get(pk=report.pk).save(update_fields=["updated_at"])
        touched = {*rows.remove, *rows.change, *rows.bring_back}
        if any(label.startswith("forecasts.") for label in touched):
            request_recompute(report.market_id, trigger="edit", by=by.pk)
    return count


def _lock(report: Report) -> None:
    Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)


def _must_change(by: AbstractUser, label: str) -> None:
    app, _, model = label.partition(".")
    shown = {"ReportDevelopment": "Report", "DevelopmentCompany": "Development"}.get(model, model)
    if not by.has_perm(f"{app}.change_{shown.lower()}"):
        raise PermissionDenied("Only who may change it may also take a change back.")
