"""Pages kept as bytes: a projection of editions, one row for each tier and scenario, safe to delete at any time."""

from django.db import models

from reports.models import Edition


class RenderedPage(models.Model):
    """The body of a report's page as one tier reads it in one scenario, made by one version of the templates."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rendered_pages")
    tier = models.PositiveSmallIntegerField()
    scenario = models.CharField(max_length=60)
    version = models.CharField(max_length=16, help_text="Of the templates and code the body was made with.")
    head = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "tier", "scenario", "version"], name="rendered_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}, tier {self.tier}, {self.scenario}"
