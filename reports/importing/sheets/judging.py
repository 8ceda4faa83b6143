"""Compares rows of a spreadsheet with what is stored: new, changed (old and new), unchanged, doubtful or refused."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.importing.manuscript.companies import is_company_name
from reports.importing.sheets.parts import ORDER, PARTS, Part
from reports.importing.sheets.parts.base import Doubt, Problem, Texts, Values, nth
from reports.importing.sheets.places import Places
from reports.models import SheetImport, SheetRow

Verdict = SheetRow.Verdict
_NAMED_IN = {"companies": "name", "players": "company"}
_ANNOUNCED = ("reports", "dimensions", "segments", "drivers", "cross-tables", "companies")


@dataclass(slots=True)
class Judged:
    """A row with what was made of it: values to store, and the stored object that it speaks of."""

    row: SheetRow
    values: Values
    stored: Any | None = None


def digest(key: str) -> str:
    """The form in which keys are kept and compared in the database."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def places_for(upload: SheetImport) -> Places:
    """An empty set of places that knows which companies this upload brings."""

    def announced(keys: set[str]) -> set[str]:
        by_digest = {digest(key): key for key in keys}
        found = SheetRow.objects.filter(upload=upload, part="companies", key__in=by_digest)
        coming = found.filter(verdict__in=[Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED])
        return {by_digest[one] for one in coming.values_list("key", flat=True)}

    return Places(announced)


def judge(rows: Sequence[SheetRow], places: Places, *, beside: Sequence[SheetRow] = ()) -> None:
    """Set the verdict, the difference and the notes of rows. Nothing is stored, not even the rows.

    Rows may refer to what other rows, these or those `beside` them, will make.
    """
    read = {part: read_rows(PARTS[part], found) for part, found in by_part(rows)}
    others = {part: read_rows(PARTS[part], found) for part, found in by_part(beside) if part in _ANNOUNCED}
    for part in _ANNOUNCED:
        for judged, problems in (*read.get(part, []), *others.get(part, [])):
            if not problems:
                places.announce(part, judged.values)
    for part, found in read.items():
        judge_part(PARTS[part], found, places)


def by_part(rows: Sequence[SheetRow]) -> list[tuple[str, list[SheetRow]]]:
    """Rows by their part, in the order in which parts are stored."""
    found: dict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        found[row.part].append(row)
    return sorted(found.items(), key=lambda pair: ORDER[pair[0]])


def read_rows(part: Part, rows: Sequence[SheetRow]) -> list[tuple[Judged, list[Problem]]]:
    """Rows of one part with their values, and what is wrong with their single cells."""
    return [_read(part, row) for row in rows]


def judge_part(
    part: Part, read: Sequence[tuple[Judged, list[Problem]]], places: Places, *, doubting: bool = True
) -> list[Judged]:
    """Judge rows of one part. Returns those that are to be stored, new or changed, in the order to store them in.

    Without `doubting` what an editor was asked about, or was not, at the check is not asked again.
    """
    good = [judged for judged, problems in read if not problems]
    stored = part.find([judged.values for judged in good], places)
    if doubting and part.code in ("companies", "players", "developments"):
        places.load_alike(name for judged in good if not judged.row.accepted for name in _names(part, judged.values))
    seen: dict[str, SheetRow] = {}
    to_store = []
    for judged, problems in read:
        row = judged.row
        if problems:
            _refuse(row, problems)
            _quarantine(row, _broken(part, row))
            continue
        judged.values = part.canonical(judged.values, places)
        key, turn = part.key_of(judged.values), 1
        while part.may_repeat and nth(key, turn) in seen:
            turn += 1
        key = nth(key, turn)
        row.key = digest(key)
        judged.stored = stored.get(key)
        _verdict(part, judged, seen.get(key), places, doubting=doubting and not row.accepted)
        seen.setdefault(key, row)
        if row.verdict in (Verdict.NEW, Verdict.CHANGED):
            to_store.append(judged)
    return sorted(to_store, key=lambda judged: part.turn(judged.values))


def _verdict(part: Part, judged: Judged, twin: SheetRow | None, places: Places, *, doubting: bool) -> None:
    row, values = judged.row, judged.values
    row.notes, row.stored_was, row.becomes = [], None, None
    if twin is not None:
        if twin.cells == row.cells:
            row.verdict = Verdict.UNCHANGED
            row.notes = [{"column": "", "sentence": f"Row {twin.number} says the same."}]
            return
        _refuse(row, [Problem("", f"Row {twin.number} speaks of the same and says something else. Keep one of them.")])
        return
    problems = part.check(values, judged.stored, places)
    if problems:
        _refuse(row, problems)
        _quarantine(row, _broken(part, row))
        return
    before, after = compare(part, judged)
    if judged.stored is None:
        row.verdict, row.becomes = Verdict.NEW, after
    elif after:
        row.verdict, row.stored_was, row.becomes = Verdict.CHANGED, before, after
    else:
        row.verdict = Verdict.UNCHANGED
    if doubting:
        _quarantine(row, _broken(part, row) or part.doubts(values, judged.stored, places))


def compare(part: Part, judged: Judged) -> tuple[Texts, Texts]:
    """What the stored object says and what it will say, each only in the columns in which they differ."""
    if judged.stored is None:
        return {}, {name: text for name, text in part.shown(judged.values).items() if text}
    now = part.texts_of(judged.stored)
    then = part.shown(part.compared(judged.values, judged.stored))
    differ = [name for name, text in then.items() if text != now[name]]
    return {name: now[name] for name in differ}, {name: then[name] for name in differ}


def _read(part: Part, row: SheetRow) -> tuple[Judged, list[Problem]]:
    values, problems = part.read(row.cells)
    if row.extra:
        beyond = ", ".join(f"“{cell}”" for cell in row.extra[:3])
        problems.insert(
            0,
            Problem(
                "",
                f"The row goes on after the last column: {beyond}. Perhaps a text with a comma in it was not quoted.",
            ),
        )
    return Judged(row, values), problems


def _names(part: Part, values: Values) -> list[str]:
    if part.code == "developments":
        return list(values.get("companies") or [])
    return [values.get(_NAMED_IN[part.code]) or ""]


def _refuse(row: SheetRow, problems: Sequence[Problem]) -> None:
    row.verdict = Verdict.REFUSED
    row.stored_was = row.becomes = None
    row.notes = [{"column": problem.column, "sentence": problem.sentence} for problem in problems]


def _quarantine(row: SheetRow, doubts: Sequence[Doubt]) -> None:
    if not doubts:
        return
    row.verdict = Verdict.DOUBTFUL
    row.notes = [
        {"column": doubt.column, "sentence": doubt.sentence}
        | ({"mend": dict(doubt.mend)} if doubt.mend else {})
        | ({"name": doubt.name, "company": doubt.company} if doubt.company else {})
        for doubt in doubts
    ]


def _broken(part: Part, row: SheetRow) -> list[Doubt]:
    """Whether a name such as "Foo, Inc." was broken over two cells, and how the row would be whole."""
    column = _NAMED_IN.get(part.code)
    names = row.columns
    if column not in names:
        return []
    at = names.index(column)
    cells = [*(row.cells[name] for name in names), *row.extra]
    if at + 1 >= len(cells) or not cells[at] or not cells[at + 1] or is_company_name(cells[at + 1]):
        return []
    if not any(map(str.isalpha, cells[at + 1])) or (len(cells[at + 1]) == 2 and cells[at + 1].isupper()):
        return []  # a year, or the code of a country that is also a legal form, such as SE
    whole = f"{cells[at].rstrip(',')}, {cells[at + 1]}"
    mended = [*cells[:at], whole, *cells[at + 2 :]]
    mended += [""] * (len(names) - len(mended))
    sentence = f"“{cells[at]}” and “{cells[at + 1]}” look like one name, “{whole}”, broken over two cells."
    return [Doubt(column, sentence, mend=dict(zip(names, mended, strict=False)))]
