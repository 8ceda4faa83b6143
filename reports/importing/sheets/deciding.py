"""What an editor decides about an upload: what its columns mean, what becomes of doubtful rows, when it is stored."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction

from companies.models import Company, CompanyAlias
from reports.importing.sheets import working
from reports.importing.sheets.judging import Verdict, judge, places_for
from reports.importing.sheets.mapping import MANUSCRIPTS, TARGETS, judge_manuscripts
from reports.importing.sheets.receiving import header_of, models_of, parts_of
from reports.models import ColumnMapping, SheetImport, SheetRow

State = SheetImport.State


def may_import(user: AbstractUser, parts: Iterable[str]) -> str:
    """A sentence when this person may not add to and change everything that these parts are stored in; else nothing."""
    for model in sorted(models_of(parts), key=lambda one: str(one._meta.label)):
        for does in ("add", "change"):
            if not user.has_perm(f"{model._meta.app_label}.{does}_{model._meta.model_name}"):
                return f"You may not {does} {model._meta.verbose_name_plural}, and this file does."
    return ""


def begin(upload: SheetImport, *, by: AbstractUser, now: datetime) -> None:
    """Have a worker store the new and changed rows. Raises ValueError, with a sentence, when that can't be now."""
    with transaction.atomic():
        upload = SheetImport.objects.select_for_update().get(pk=upload.pk)
        if upload.state not in (State.CHECKED, State.DONE):
            raise ValueError("It is being worked on. Wait until that has ended.")
        if refused := may_import(by, parts_of(upload)):
            raise ValueError(refused)
        upload.state, upload.started_at, upload.touched_at, upload.attempts = State.IMPORTING, now, now, 0
        upload.uploaded_by = by  # type: ignore[assignment]
        if not working.waiting_rows(upload).exists():
            raise ValueError("There is no new or changed row to store.")
        upload.save()
        transaction.on_commit(partial(working.ask, upload.pk), robust=True)


def check_again(upload: SheetImport, *, now: datetime) -> None:
    """Compare all rows that were not stored with what the database says now. Raises ValueError."""
    with transaction.atomic():
        upload = SheetImport.objects.select_for_update().get(pk=upload.pk)
        if upload.state not in (State.CHECKED, State.DONE, State.FAILED):
            raise ValueError("It is being worked on. Wait until that has ended.")
        upload.rows.filter(stored=False).exclude(verdict=Verdict.DROPPED).update(verdict=Verdict.WAITING)
        upload.state, upload.touched_at, upload.attempts, upload.problem = State.CHECKING, now, 0, ""
        upload.save()
        transaction.on_commit(partial(working.ask, upload.pk), robust=True)


def map_columns(
    upload: SheetImport, *, name: str, columns: Mapping[str, str], by: AbstractUser, now: datetime
) -> ColumnMapping:
    """Save what the columns of a publisher's sheet mean, under a name, and have its rows checked by it.

    Raises ValueError, with a sentence, for a mapping that makes no draft.
    """
    chosen = {header: columns.get(header, "") for header in header_of(upload)}
    if any(target and target not in TARGETS for target in chosen.values()):
        raise ValueError("Choose what each column means from its list.")
    if "title" not in chosen.values():
        raise ValueError("Say which column holds the title: without one there is no report to draft.")
    if not name.strip():
        raise ValueError("Give the mapping a name, such as that of the publisher.")
    with transaction.atomic():
        upload = SheetImport.objects.select_for_update().get(pk=upload.pk)
        if upload.rows.filter(stored=True).exists():
            raise ValueError("Rows were stored by the present mapping already. Upload the file again for another one.")
        mapping, _ = ColumnMapping.objects.update_or_create(
            name=" ".join(name.split())[:120],
            defaults={"columns": chosen, "created_by": by},  # type: ignore[misc]
        )
        upload.rows.update(verdict=Verdict.WAITING)
        upload.mapping, upload.state = mapping, State.CHECKING
        upload.touched_at, upload.attempts = now, 0
        upload.save()
        transaction.on_commit(partial(working.ask, upload.pk), robust=True)
    return mapping


def accept(row: SheetRow) -> None:
    """Let a doubtful row pass as it is."""
    with _decided(row):
        row.accepted = True


def drop(row: SheetRow) -> None:
    """Leave a row out."""
    with transaction.atomic():
        _open_upload(row)
        row.verdict = Verdict.DROPPED
        row.save(update_fields=["verdict"])


def mend(row: SheetRow, cells: Mapping[str, str]) -> None:
    """Put other texts into a row's cells. It is judged anew, doubts and all."""
    with _decided(row):
        row.cells = {name: cells.get(name, text).strip() for name, text in row.cells.items()}
        row.extra, row.accepted = [], False


def same_company(row: SheetRow, company: Company, name: str) -> None:
    """Make a doubtful name an alias of the registered company that it means. Raises ValueError if another has it."""
    if not any(note.get("name") == name and note.get("company") == company.pk for note in row.notes):
        raise ValueError("This row does not ask about that company.")
    with _decided(row):
        try:
            with transaction.atomic():
                CompanyAlias.objects.create(company=company, name=name)
        except IntegrityError:
            if not Company.objects.named(name).filter(pk=company.pk).exists():
                raise ValueError(f"“{name}” is a name of another company by now.") from None


class _decided:
    """Within it a row is changed; at its end the row is judged anew and saved."""

    def __init__(self, row: SheetRow) -> None:
        self._row = row

    def __enter__(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        try:
            _open_upload(self._row)
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            _judge_alone(self._row)
            self._row.save()
        self._transaction.__exit__(*error)  # type: ignore[arg-type]


def _open_upload(row: SheetRow) -> None:
    upload = SheetImport.objects.select_for_update().get(pk=row.upload_id)
    if upload.is_working:
        raise ValueError("The file is being worked on. Wait until that has ended, then decide.")
    row.refresh_from_db()
    if row.stored:
        raise ValueError(f"{row} is stored already.")


def _judge_alone(row: SheetRow) -> None:
    if row.part == MANUSCRIPTS:
        judge_manuscripts([row])
        return
    beside = row.upload.rows.filter(group=row.group, stored=False).exclude(pk=row.pk)
    judge([row], places_for(row.upload), beside=list(beside.exclude(verdict__in=[Verdict.REFUSED, Verdict.DROPPED])))
