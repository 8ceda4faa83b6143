"""What every part of a workbook has: columns, a key, a way to find what is stored, to compare and to store it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from reports.importing.sheets.columns import Column
from reports.importing.sheets.places import Places

EMPTIED = "(empty)"
"""What a cell says to empty what is stored. A cell without anything says nothing: a list of names must wipe nothing."""

Texts = dict[str, str]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell, or with the row as a whole where `column` is empty."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an editor should look at before it is stored. `mend` are cells that would put it right; `company` names one
    of the register that may be meant by `name`."""

    column: str
    sentence: str
    mend: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    company: int | None = None


def nth(key: str, turn: int) -> str:
    """The key of the `turn`-th thing of one key."""
    return key if turn == 1 else f"{key}\x1f#{turn}"


class Part:
    """One table: a sheet of a workbook, or a csv file. Subclasses say how its rows become rows of the database."""

    code: str
    title: str
    about: str
    model: type[Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    # The column that says to what a row belongs: "market", "report", or nothing for what stands alone.
    belongs_to: str = ""
    # Whether several rows may have one key; the second then means the second of that key that is stored, and so on.
    may_repeat: bool = False
    # Columns that are not fields of the model, or need more than setting.
    not_fields: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def read(self, cells: Mapping[str, str]) -> tuple[Values, list[Problem]]:
        """The values of the cells that say something; an empty cell, or a column that is not there, has none."""
        values: Values = {}
        problems: list[Problem] = []
        for column in self.columns:
            if column.name not in cells:
                if column.name in self.key or (column.required and column.name == self.belongs_to):
                    problems.append(Problem(column.name, f"The file has no column “{column.name}”, which is needed."))
                continue
            text = cells[column.name].strip()
            emptied = text.casefold() == EMPTIED
            if column.required and (emptied or not text):
                problems.append(Problem(column.name, f"“{column.name}” is empty, and it is needed."))
            elif emptied and column.never_empty:
                problems.append(Problem(column.name, f"“{column.name}” can’t be emptied."))
            elif emptied or (not text and column.name in self.key):
                values[column.name] = column.kind.empty
            if emptied or not text:
                continue
            try:
                values[column.name] = column.kind.read(text)
            except ValueError as wrong:
                problems.append(Problem(column.name, str(wrong)))
        return values, problems

    def shown(self, values: Values) -> Texts:
        """Values as the texts that are compared and exported."""
        return {
            name: "" if value is None or value == "" else self.column(name).kind.text(value)
            for name, value in values.items()
        }

    def key_of(self, values: Values) -> str:
        """What makes two rows one: equal for rows that speak of the same thing."""
        texts = self.shown({name: values.get(name) for name in self.key})
        return "\x1f".join(texts[name].casefold() for name in self.key)

    def values_of(self, stored: Any) -> Values:
        """A stored object as values of the columns."""
        return {column.name: getattr(stored, column.field) for column in self.columns}

    def texts_of(self, stored: Any) -> Texts:
        """A stored object as the texts that are compared and exported."""
        return self.shown(self.values_of(stored))

    def canonical(self, values: Values, places: Places) -> Values:
        """The same values with aliases replaced by what they stand for, so that equal things compare as equal."""
        return values

    def turn(self, values: Values) -> int:
        """Rows with a lower turn are stored first, where rows of one part refer to each other."""
        return 0

    def compared(self, values: Values, stored: Any) -> Values:
        """What the stored object would say after this row; what the row does not say is not among it."""
        return values

    def find(self, rows: Sequence[Values], places: Places) -> dict[str, Any]:
        """What is stored already of these rows, by key. A few queries, however many rows."""
        raise NotImplementedError

    def check(self, values: Values, stored: Any | None, places: Places) -> list[Problem]:
        """What is wrong with a row beyond its single cells: what it refers to, and what must go together."""
        return []

    def doubts(self, values: Values, stored: Any | None, places: Places) -> list[Doubt]:
        """What an editor should look at first."""
        return []

    def store(self, rows: Sequence[tuple[Values, Any | None]], places: Places) -> None:
        """Store new rows (with None) and changed ones. Within the caller's transaction."""
        new: list[Any] = []
        changed: list[Any] = []
        touched: set[str] = set()
        for values, stored in rows:
            target = stored if stored is not None else self.begin(values, places)
            touched |= self.fill(target, values, places)
            (changed if stored is not None else new).append(target)
        manager = self.model._default_manager
        if new:
            manager.bulk_create(new, batch_size=500)
        if changed:
            manager.bulk_update(changed, sorted(touched), batch_size=500)

    def begin(self, values: Values, places: Places) -> Any:
        """A new object that knows to what it belongs."""
        raise NotImplementedError

    def fill(self, target: Any, values: Values, places: Places) -> set[str]:
        """Set what the row says. Returns the names of the fields set."""
        fields = set()
        for column in self.columns:
            if column.name in values and column.name not in (self.belongs_to, *self.not_fields):
                setattr(target, column.field, values[column.name])
                fields.add(column.field)
        return fields

    def exported(self, places_of: Iterable[Any] | None = None) -> Iterable[Any]:
        """Everything stored of this part, for these markets or reports, or of all."""
        raise NotImplementedError
