"""Takes an uploaded spreadsheet in: which table each sheet is, and every row stored before any is looked at."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from forecasts.models import Market
from reports.importing.markup import fitted
from reports.importing.opening import CannotOpen
from reports.importing.sheets.files import GUIDE
from reports.importing.sheets.mapping import MANUSCRIPTS
from reports.importing.sheets.parts import ORDER, PARTS, Part
from reports.importing.sheets.tables import Table, read_tables
from reports.models import ColumnMapping, Report, SheetImport, SheetRow

Read = list[tuple[Part, Table, list[str]]]


def receive(content: bytes, filename: str, *, by: AbstractUser | None, now: datetime) -> SheetImport:
    """Store a spreadsheet's rows, to be checked by a worker. Raises CannotOpen, with a sentence, and stores nothing.

    A sheet is known by its columns. One whose columns belong to no template waits for a mapping, or takes a saved one
    that fits.
    """
    tables = [table for table in read_tables(content, filename) if table.name.strip().casefold() != GUIDE.casefold()]
    read: Read = []
    unknown: list[Table] = []
    for table in tables:
        header = [re.sub(r"[\s-]+", "_", name.strip().rstrip("*").strip().casefold()) for name in table.header]
        part = _part_of(table, header)
        if part is None:
            unknown.append(table)
        else:
            read.append((part, table, _checked_header(part, table, header)))
    if not read and not unknown:
        raise CannotOpen(f"{filename} has no row below a header: there is nothing to import.")
    upload = SheetImport(
        filename=fitted(filename, 255),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,  # type: ignore[misc]
        uploaded_at=now,
        touched_at=now,
    )
    with transaction.atomic():
        if read:
            upload.remarks = [
                f"The sheet “{table.name}” was left out: its columns belong to no template." for table in unknown
            ]
            upload.headers = {fitted(table.name, 120): header for _, table, header in read}
            upload.save()
            SheetRow.objects.bulk_create(_rows(upload, read), batch_size=2000)
        else:
            _receive_unknown(upload, unknown)
    return upload


def parts_of(upload: SheetImport) -> list[str]:
    """The parts that an upload has rows of, in their order."""
    found = set(upload.rows.order_by().values_list("part", flat=True).distinct())
    return sorted(found, key=lambda code: ORDER.get(code, -1))


def header_of(upload: SheetImport) -> list[str]:
    """The columns of an upload that has one sheet, as a publisher's has."""
    return next((list(header) for header in upload.headers.values()), [])


def _part_of(table: Table, header: Sequence[str]) -> Part | None:
    named = PARTS.get(table.name.strip().casefold())
    if named is not None and set(named.key) & set(header):
        return named
    fits = [part for part in PARTS.values() if set(part.key) <= set(header) <= set(part.names)]
    # The part with the fewest columns to spare: what fits more closely is meant.
    return min(fits, key=lambda part: len(part.names), default=None) or _nearly(header)


def _nearly(header: Sequence[str]) -> Part | None:
    """A part that has the key and most of the columns, so that one misspelt column is named rather than wondered at."""
    near = [
        part
        for part in PARTS.values()
        if set(part.key) <= set(header) and len(set(header) - set(part.names)) <= len(set(header) & set(part.names)) / 3
    ]
    return max(near, key=lambda part: len(set(header) & set(part.names)), default=None)


def _checked_header(part: Part, table: Table, header: list[str]) -> list[str]:
    shown = [name for name in header if not name.startswith("#")]  # "#row", "#problem": our own remarks coming back
    for name in shown:
        if not name:
            raise CannotOpen(f"The sheet “{table.name}” has a column without a name. Name it or take it out.")
        if name not in part.names:
            near = difflib.get_close_matches(name, part.names, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Its columns are: {', '.join(part.names)}."
            raise CannotOpen(f"The sheet “{table.name}” has a column “{name}”, which {part.title} do not have. {hint}")
    twice = next((name for name in shown if shown.count(name) > 1), None)
    if twice:
        raise CannotOpen(f"The sheet “{table.name}” has the column “{twice}” twice. Keep one of them.")
    missing = [name for name in part.key if name not in shown and part.column(name).required]
    if missing:
        raise CannotOpen(f"The sheet “{table.name}” has no column “{missing[0]}”, and {part.title} need it.")
    return header


def _rows(upload: SheetImport, read: Read) -> list[SheetRow]:
    """Rows in the order in which they are worked through: by report, within it by part, as they stand in the sheet."""
    groups = _groups(read)
    rows: list[SheetRow] = []
    for part, table, header in read:
        for row in table.rows:
            cells = {
                name: row.cells[at] if at < len(row.cells) else ""
                for at, name in enumerate(header)
                if not name.startswith("#")
            }
            belongs = cells.get(part.belongs_to, "") if part.belongs_to else ""
            rows.append(
                SheetRow(
                    upload=upload,
                    position=0,
                    sheet=fitted(table.name, 120),
                    number=row.number,
                    part=part.code,
                    group=groups.get((part.belongs_to, belongs), belongs)[:200],
                    cells=cells,
                    extra=list(row.cells[len(header) :]),
                )
            )
    # What stands alone (companies) comes before, developments after what they name.
    rows.sort(key=lambda row: (row.part == "developments", bool(row.group), row.group, ORDER[row.part], row.number))
    for position, made in enumerate(rows):
        made.position = position
    return rows


def _groups(read: Read) -> dict[tuple[str, str], str]:
    """The market of each report: rows of either belong together and are stored in one transaction."""
    groups = dict[tuple[str, str], str]()
    for slug, market in Report.objects.values_list("slug", "market__slug"):
        groups["report", slug] = market
    for part, table, header in read:
        if part.code == "reports" and {"report", "market"} <= set(header):
            at = header.index("report"), header.index("market")
            for row in table.rows:
                if max(at) < len(row.cells):
                    groups["report", row.cells[at[0]]] = row.cells[at[1]]
    return groups


def _receive_unknown(upload: SheetImport, tables: Sequence[Table]) -> None:
    table, *others = tables
    header = _distinct(name or f"Column {at}" for at, name in enumerate(table.header, start=1))
    upload.headers = {fitted(table.name, 120): header}
    upload.remarks = [f"The sheet “{other.name}” was left out: only the first is read." for other in others]
    upload.mapping = next(
        (saved for saved in ColumnMapping.objects.order_by("-updated_at") if set(saved.columns) == set(header)), None
    )
    upload.state = SheetImport.State.CHECKING if upload.mapping else SheetImport.State.MAPPING
    upload.save()
    SheetRow.objects.bulk_create(
        [
            SheetRow(
                upload=upload,
                position=position,
                sheet=fitted(table.name, 120),
                number=row.number,
                part=MANUSCRIPTS,
                group=f"row {row.number}",
                cells={name: row.cells[at] if at < len(row.cells) else "" for at, name in enumerate(header)},
                extra=list(row.cells[len(header) :]),
            )
            for position, row in enumerate(table.rows)
        ],
        batch_size=2000,
    )


def _distinct(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        shown, turn = name, 2
        while shown in found:
            shown, turn = f"{name} ({turn})", turn + 1
        found.append(shown)
    return found


def models_of(parts: Iterable[str]) -> set[Any]:
    """The models that an import of these parts adds to or changes: who imports must be allowed to do both."""
    models: set[Any] = {PARTS[code].model for code in parts if code in PARTS}
    if "reports" in parts:
        models.add(Market)
    if MANUSCRIPTS in parts:
        models |= {Report, Market}
    return models
