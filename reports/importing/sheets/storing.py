"""Stores rows that were checked before. One transaction for the batch: what belongs together is stored together."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, transaction

from forecasts.requesting import request_recompute
from reports.importing.sheets.judging import Judged, Verdict, by_part, compare, judge_part, read_rows
from reports.importing.sheets.parts import PARTS, Part
from reports.importing.sheets.parts.market import DIMENSIONS
from reports.importing.sheets.places import Places
from reports.importing.sheets.saving import save_findings
from reports.models import Report, SheetImport, SheetRow

_REFERRED_TO = ("reports", "dimensions", "segments", "drivers", "cross-tables")


def store_batch(upload: SheetImport, rows: Sequence[SheetRow], places: Places, *, now: datetime) -> None:
    """Judge the rows once more and store those that are still new or changed. Call within a transaction.

    A row whose stored value is another than at the check is held back: somebody edited it since. A row that the
    database refuses is refused alone. The markets are recomputed once, after the transaction.
    """
    for row in rows:
        if row.part == "segments":  # a dimension may split a segment that comes after it
            places.announce("segments", {"market": row.cells.get("market"), "path": row.cells.get("path")})
    dimensions: list[Judged] = []
    for code, found in by_part(rows):
        part = PARTS[code]
        checked = {row.pk: (row.verdict, row.stored_was) for row in found}
        judged = judge_part(part, read_rows(part, found), places, doubting=False)
        fresh = [one for one in judged if not _edited_since(part, one, *checked[one.row.pk])]
        _store(part, fresh, places)
        if code == "dimensions":
            dimensions = fresh
        if code == "segments" and dimensions:
            DIMENSIONS.settle([one.values for one in dimensions], places)
        if code in _REFERRED_TO:
            places.load_markets({str(one.values.get("market", "")) for one in fresh})
    save_findings(rows)
    Report.objects.filter(pk__in=places.changed_reports).update(updated_at=now)
    for market in sorted(places.changed_markets):
        request_recompute(market, trigger="import", by=upload.uploaded_by_id)


def _edited_since(part: Part, judged: Judged, verdict: str, was: dict[str, str] | None) -> bool:
    row = judged.row
    if verdict == row.verdict and (row.verdict == Verdict.NEW or was == row.stored_was):
        return False
    before, after = compare(part, judged)
    changes = ", ".join(f"{name} is now “{text}”" for name, text in before.items()) or "it is there no longer"
    row.verdict, row.stored_was, row.becomes = Verdict.DOUBTFUL, before, after
    row.notes = [
        {
            "column": "",
            "sentence": f"Somebody edited this since it was checked: {changes}. Accept the row to replace it.",
        }
    ]
    return True


def _store(part: Part, rows: Sequence[Judged], places: Places) -> None:
    if not rows:
        return
    try:
        with transaction.atomic():
            part.store([(one.values, one.stored) for one in rows], places)
    except (IntegrityError, DataError, ValidationError, KeyError):
        places.reload()  # what was rolled back must not be referred to
        for one in rows:
            _store_alone(part, one, places)
        return
    for one in rows:
        one.row.stored = True


def _store_alone(part: Part, one: Judged, places: Places) -> None:
    try:
        with transaction.atomic():
            part.store([(one.values, one.stored)], places)
    except (IntegrityError, DataError, ValidationError, KeyError) as error:
        one.row.verdict = Verdict.REFUSED
        one.row.notes = [{"column": "", "sentence": _sentence(part, error)}]
    else:
        one.row.stored = True


def _sentence(part: Part, error: Exception) -> str:
    """What the database refused, in the words of the constraint that was broken."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, KeyError):
        return "Something that this row refers to was not stored. See the rows before it."
    assert isinstance(error, DatabaseError)
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for constraint in part.model._meta.constraints:
        if constraint.name == name and constraint.violation_error_message:
            return str(constraint.violation_error_message)
    return f"The database refused it: {str(error).splitlines()[0]}."
