"""Spreadsheets on their way into the database: the upload, its rows with what was found of each, saved mappings."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ColumnMapping(models.Model):
    """What the columns of a publisher's upload sheet mean, saved so that the next such sheet needs no questions."""

    name = models.CharField(max_length=120, unique=True)
    columns = models.JSONField(help_text="Header of the sheet to what it means.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SheetImport(models.Model):
    """One uploaded spreadsheet. Its rows are kept, so that a worker can take up where another was killed."""

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns to be named"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, nothing stored yet"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        FAILED = "failed", "Stopped"

    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.CHECKING)
    headers = models.JSONField(default=dict, help_text="The columns of each sheet, in their order.")
    mapping = models.ForeignKey(ColumnMapping, null=True, on_delete=models.SET_NULL, related_name="imports")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text="When it was told to store.")
    finished_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(help_text="When a batch of it was last done.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Batches begun since the last one that was done.")
    problem = models.TextField(blank=True, help_text="Why it stopped, in words.")
    remarks = models.JSONField(default=list, help_text="Sentences on what of the file was left out.")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "spreadsheet import"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["mapping", "checking", "checked", "importing", "done", "failed"]),
                name="sheet_import_state_known",
            )
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="sheet_import_waiting")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_working(self) -> bool:
        """Whether a worker has something to do on it."""
        return self.state in (self.State.CHECKING, self.State.IMPORTING)


class SheetRow(models.Model):
    """One row of an uploaded spreadsheet as it came in, and what was found of it."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", "Not checked yet"
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        DOUBTFUL = "doubtful", "Doubtful"
        REFUSED = "refused", "Refused"
        DROPPED = "dropped", "Dropped"

    upload = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(help_text="Its turn: what others refer to comes first.")
    sheet = models.CharField(max_length=120)
    number = models.PositiveIntegerField(help_text="Its number in the sheet, as the spreadsheet shows it.")
    part = models.CharField(max_length=20)
    group = models.CharField(max_length=200, blank=True, help_text="The report or market it belongs to.")
    key = models.CharField(max_length=64, blank=True, help_text="A digest of what the row speaks of.")
    cells = models.JSONField(help_text="Column to text, as uploaded or as mended.")
    extra = models.JSONField(default=list, help_text="Cells beyond the last column of the header.")
    verdict = models.CharField(max_length=9, choices=Verdict, default=Verdict.WAITING)
    stored_was = models.JSONField(null=True, help_text="What the database said when the row was checked.")
    becomes = models.JSONField(null=True, help_text="What it will say, as far as that differs.")
    notes = models.JSONField(default=list, help_text="Column and sentence of each problem or doubt.")
    accepted = models.BooleanField(default=False, help_text="An editor saw the doubt and let the row pass.")
    stored = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "position"], name="sheet_row_position_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["waiting", "new", "changed", "unchanged", "doubtful", "refused", "dropped"]),
                name="sheet_row_verdict_known",
            ),
        ]
        indexes = [
            models.Index(fields=["upload", "verdict", "position"], name="sheet_row_by_verdict"),
            models.Index(
                fields=["upload", "part", "key"], name="sheet_row_by_key", condition=~Q(key=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.number}"

    @property
    def columns(self) -> list[str]:
        """The names of its cells in the order of the sheet."""
        return [name for name in self.upload.headers.get(self.sheet, ()) if name in self.cells]
