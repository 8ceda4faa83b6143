"""What an imported manuscript said, kept whole: every claim, every line that found no place, every suggested alias."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from companies.models import Company
from reports.models.report import Report


class ManuscriptImport(models.Model):
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    text = models.TextField(help_text="The manuscript as it came in.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    placed_share = models.DecimalField(max_digits=5, decimal_places=4)
    counts = models.JSONField(default=dict)
    unsure = models.JSONField(default=list, help_text="Sentences on what the importer was unsure of.")
    findings = models.JSONField(default=list, help_text="What the importer saw in the text itself.")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["report", "sha256"], name="manuscript_once_per_report")]

    def __str__(self) -> str:
        return f"{self.filename} ({self.imported_at:%-d %B %Y})"


class UnplacedLine(models.Model):
    """A line the importer could not place. It stays until an editor has dealt with it."""

    manuscript = models.ForeignKey(ManuscriptImport, on_delete=models.CASCADE, related_name="unplaced_lines")
    line = models.PositiveIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=300, blank=True)
    handled = models.BooleanField(default=False)

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text[:60]}"


class HeadlineClaim(models.Model):
    """One statement of a headline number. Contradicting claims are all kept until an editor decides."""

    class Kind(models.TextChoices):
        BASE_VALUE = "base-value", "Value in the base year"
        END_VALUE = "end-value", "Value in the last year"
        CAGR = "cagr", "Compound annual growth rate"
        BASE_YEAR = "base-year", "Base year"
        SPAN = "span", "Span of years"
        CONCENTRATION = "concentration", "Market concentration"
        PAGES = "pages", "Number of pages"
        OTHER = "other", "Other"

    class Decision(models.TextChoices):
        OPEN = "open", "Not decided"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="claims")
    manuscript = models.ForeignKey(
        ManuscriptImport, null=True, blank=True, on_delete=models.CASCADE, related_name="claims"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    value = models.DecimalField(
        max_digits=24, decimal_places=6, null=True, blank=True, help_text="In the market's unit, or per cent."
    )
    shown = models.CharField(max_length=120, blank=True, help_text="The value as it was printed.")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    quote = models.TextField()
    line = models.PositiveIntegerField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="open") | (Q(decided_at__isnull=False) & ~Q(reason="")),
                name="claim_decision_has_date_and_reason",
                violation_error_message="Say why this claim is accepted or rejected.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.shown or self.value}"


class AliasSuggestion(models.Model):
    """Two names that may be one company. Nothing is merged until an editor says so."""

    class Decision(models.TextChoices):
        OPEN = "open", "Not decided"
        MERGED = "merged", "The same company"
        DISTINCT = "distinct", "Two companies"

    manuscript = models.ForeignKey(ManuscriptImport, on_delete=models.CASCADE, related_name="alias_suggestions")
    name = models.CharField(max_length=200)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="alias_suggestions")
    reason = models.CharField(max_length=300)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["manuscript", "name", "company"], name="alias_suggestion_once")]

    def __str__(self) -> str:
        return f"“{self.name}” may be {self.company}"
