"""What can be seen only when all rows of an upload are known: rows that repeat others, names that are much alike."""

from django.db import connection

from reports.importing.manuscript.companies import suggest_aliases
from reports.importing.sheets.judging import Verdict
from reports.importing.sheets.parts import PARTS
from reports.models import SheetImport, SheetRow

_TWINS = """
SELECT id, first_number, cells = first_cells FROM (
    SELECT id, part, cells, verdict, row_number() OVER same AS turn,
           first_value(number) OVER same AS first_number, first_value(cells) OVER same AS first_cells
    FROM reports_sheetrow
    WHERE upload_id = %s AND key <> '' AND part = ANY(%s) AND verdict IN ('new', 'changed', 'unchanged', 'doubtful')
    WINDOW same AS (PARTITION BY part, key ORDER BY position)
) AS counted WHERE turn > 1 AND verdict <> 'unchanged'
"""


def compare_within(upload: SheetImport) -> None:
    """Refuse rows that contradict an earlier one of the same file; hold back new companies that look like one."""
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, [upload.pk, [code for code, part in PARTS.items() if not part.may_repeat]])
        for pk, number, same in cursor.fetchall():
            sentence = (
                f"Row {number} says the same."
                if same
                else f"Row {number} speaks of the same and says something else. Keep one of them."
            )
            SheetRow.objects.filter(pk=pk).update(
                verdict=Verdict.UNCHANGED if same else Verdict.REFUSED,
                notes=[{"column": "", "sentence": sentence}],
                becomes=None,
                stored_was=None,
            )
    _alike(upload)


def _alike(upload: SheetImport) -> None:
    new = upload.rows.filter(part="companies", verdict=Verdict.NEW, accepted=False)
    named = {row.cells["name"]: row for row in new.only("cells", "number", "notes")}
    held: set[int] = set()
    for alias in suggest_aliases(named):
        longer, shorter = named[alias.name], named[alias.alias]
        if longer.pk in held:
            continue
        held.add(longer.pk)
        sentence = (
            f"“{alias.name}” and “{alias.alias}” of row {shorter.number} may be one company. If so, drop this row "
            "and add its name to the aliases of the other; if they are two, accept it."
        )
        SheetRow.objects.filter(pk=longer.pk).update(
            verdict=Verdict.DOUBTFUL, notes=[{"column": "name", "sentence": sentence}]
        )
